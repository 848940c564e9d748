//! Allow and deny, the reasons, the version a decision is bound to.

use trustctl_claims::UnixTime;
use trustctl_eval::{DenyReason, Effect, Evaluator, NearKind, Request, Target};

use crate::common::*;

pub(crate) const POLICY: &str = r#"
trust: 1
registry: npm
grants:
  - name: widgets-release
    packages: ["@acme/widgets"]
    actions: [publish]
    provider: github-actions
    when:
      repository-pin: acme@1234567/widgets@556677
      workflow-file: publish.yml
      environment: npm
      tag: { template: "v{version}" }
    expires: 2027-06-30
"#;

/// The code for a release with these members changed.
fn with(evaluator: &Evaluator, changes: &[(&str, &str)]) -> &'static str {
    code(&evaluator.evaluate(&release_but(changes), &publish("@acme/widgets", Some("1.4.0")), NOW))
}

fn asking(evaluator: &Evaluator, request: &Request<'_>) -> &'static str {
    let claims = release_but(&[]);
    code(&evaluator.evaluate(&claims, request, NOW))
}

#[test]
fn the_release_is_allowed_and_nothing_else() {
    let evaluator = evaluator(POLICY);
    assert_eq!(with(&evaluator, &[]), "allow");
    for (name, json) in [
        ("repository", "\"acme/gadgets\""),
        ("repository", "\"acme/Widgets\""),
        ("repository_id", "\"1\""),
        ("repository_id", "556677"),
        ("repository_owner_id", ""),
        ("workflow_ref", "\"acme/widgets/.github/workflows/ci.yml@refs/tags/v1.4.0\""),
        ("workflow_ref", "\"publish.yml\""),
        ("workflow_ref", "null"),
        ("environment", "\"staging\""),
        ("environment", ""),
        ("ref", "\"refs/heads/v1.4.0\""),
        ("ref", "\"refs/tags/v1.4.1\""),
        ("event_name", "\"pull_request_target\""),
        ("event_name", ""),
        ("runner_environment", "\"self-hosted\""),
        ("runner_environment", ""),
    ] {
        assert_eq!(with(&evaluator, &[(name, json)]), "conditions-failed", "{name}: {json}");
    }
}

#[test]
fn the_issuer_is_compared_byte_for_byte() {
    let evaluator = evaluator(POLICY);
    for iss in [
        "https://token.actions.githubusercontent.com/",
        "https://token.actions.githubusercontent.com/acme",
        "HTTPS://token.actions.githubusercontent.com",
        "https://token.actions.githubusercontent.co",
        "https://ci.evil-corp.example",
    ] {
        assert_eq!(with(&evaluator, &[("iss", &format!("{iss:?}"))]), "unknown-issuer", "{iss}");
    }
    for iss in ["", "null", "\"\"", "[\"https://token.actions.githubusercontent.com\"]", "1"] {
        assert_eq!(with(&evaluator, &[("iss", iss)]), "missing-claims", "{iss}");
    }
}

#[test]
fn the_audience_is_exactly_one() {
    let evaluator = evaluator(POLICY);
    for aud in [
        "\"https://github.com/acme\"",
        "\"npm:registry.npmjs.org/\"",
        "[\"npm:registry.npmjs.org\"]",
        "[\"npm:registry.npmjs.org\", \"x\"]",
        "{}",
        "1",
    ] {
        assert_eq!(with(&evaluator, &[("aud", aud)]), "wrong-audience", "{aud}");
    }
    for aud in ["", "null", "\"\"", "[]"] {
        assert_eq!(with(&evaluator, &[("aud", aud)]), "missing-claims", "{aud}");
    }
}

#[test]
fn an_array_of_one_audience_counts_where_the_provider_writes_such() {
    let evaluator = evaluator(
        r#"
trust: 1
registry: npm
grants:
  - packages: ["@acme/widgets"]
    actions: [publish]
    provider: gitlab
    when: { project_id: 556677 }
"#,
    );
    let gitlab = |aud| {
        let text = [
            ("iss", "\"https://gitlab.com\""),
            ("aud", aud),
            ("project_id", "\"556677\""),
            ("pipeline_source", "\"push\""),
            ("runner_environment", "\"gitlab-hosted\""),
        ];
        let claims = release_but(&text);
        code(&evaluator.evaluate(&claims, &publish("@acme/widgets", None), NOW))
    };
    assert_eq!(gitlab("\"npm:registry.npmjs.org\""), "allow");
    assert_eq!(gitlab("[\"npm:registry.npmjs.org\"]"), "allow");
    assert_eq!(gitlab("[\"npm:registry.npmjs.org\", \"npm:registry.npmjs.org\"]"), "wrong-audience");
    assert_eq!(gitlab("[[\"npm:registry.npmjs.org\"]]"), "wrong-audience");
    assert_eq!(gitlab("[]"), "missing-claims");
}

#[test]
fn requests_must_be_well_put() {
    let evaluator = evaluator(POLICY);
    let (long_name, long_version) = ("x".repeat(100_000), "1".repeat(100_000));
    let package =
        |name, version, action| Request { registry: "npm", target: Target::Package { name, version, action } };
    assert_eq!(asking(&evaluator, &package("@acme/widgets", None, "publish")), "allow");
    assert_eq!(asking(&evaluator, &package("@acme/widgets", None, "stage")), "no-grant");
    assert_eq!(asking(&evaluator, &package("@acme/widgets", None, "PUBLISH")), "unknown-action");
    assert_eq!(asking(&evaluator, &package("@acme/widgets", None, "")), "unknown-action");
    assert_eq!(asking(&evaluator, &package("@acme/gadgets", None, "publish")), "no-grant");
    for name in ["@Acme/widgets", "", "..", "@acme/widgets ", "@acme//widgets", "@acme/w\u{e4}", &long_name] {
        assert_eq!(asking(&evaluator, &package(name, None, "publish")), "bad-request", "{name}");
    }
    for version in ["", "v1.4.0", "1.4", "1.4.0 ", "01.4.0", &long_version] {
        assert_eq!(asking(&evaluator, &package("@acme/widgets", Some(version), "publish")), "bad-request", "{version}");
    }
    let account = Request { registry: "npm", target: Target::Account { name: "ci" } };
    assert_eq!(asking(&evaluator, &account), "bad-request");
    let elsewhere = Request { registry: "pypi", ..package("@acme/widgets", None, "publish") };
    assert_eq!(asking(&evaluator, &elsewhere), "unknown-registry");
}

#[test]
fn a_bad_name_is_a_bad_request_whoever_asks() {
    let evaluator = evaluator(POLICY);
    let request = publish("Not A Name", None);
    for iss in ["\"https://ci.evil-corp.example\"", ""] {
        let claims = release_but(&[("iss", iss)]);
        assert_eq!(code(&evaluator.evaluate(&claims, &request, NOW)), "bad-request");
    }
}

#[test]
fn normal_form_is_asked_for_and_shown() {
    let evaluator = evaluator(
        r#"
trust: 1
registry: pypi
grants:
  - packages: [Acme_Widgets]
    actions: [publish]
    provider: github-actions
    when: { repository_id: 556677 }
"#,
    );
    let claims = release_but(&[("aud", "\"pypi\"")]);
    let ask = |name| Request { registry: "pypi", target: Target::Package { name, version: None, action: "publish" } };
    assert_eq!(code(&evaluator.evaluate(&claims, &ask("acme-widgets"), NOW)), "allow");
    let request = ask("Acme_Widgets");
    let decision = evaluator.evaluate(&claims, &request, NOW);
    assert_eq!(code(&decision), "bad-request");
    let near = decision.trace().near;
    assert_eq!((near[0].kind, near[0].name.as_str()), (NearKind::NormalForm, "acme-widgets"));
}

#[test]
fn a_grant_ends_with_its_last_day() {
    let evaluator = evaluator(POLICY);
    let claims = release_but(&[]);
    let request = publish("@acme/widgets", None);
    let end = 1_814_400_000; // 2027-07-01T00:00:00Z
    let at = |seconds| code(&evaluator.evaluate(&claims, &request, UnixTime(seconds)));
    assert_eq!(at(i64::MIN), "allow");
    assert_eq!(at(end - 1), "allow");
    assert_eq!(at(end), "expired");
    assert_eq!(at(i64::MAX), "expired");
    let other = release_but(&[("environment", "\"staging\"")]);
    assert_eq!(code(&evaluator.evaluate(&other, &request, UnixTime(end))), "conditions-failed");
}

#[test]
fn without_a_version_the_template_binds_one() {
    let evaluator = evaluator(POLICY);
    let claims = release_but(&[]);
    let request = publish("@acme/widgets", None);
    let decision = evaluator.evaluate(&claims, &request, NOW);
    assert_eq!(decision.effect(), Effect::Allow);
    let binding = decision.binding();
    assert!(!binding.is_any());
    assert_eq!(binding.versions().collect::<Vec<_>>(), ["1.4.0"]);
    assert!(binding.permits("1.4.0") && !binding.permits("1.4.1"));
    assert_eq!(decision.trace().grants[0].version.as_deref(), Some("1.4.0"));
    for tag in ["v1.4", "v", "1.4.0", "vv1.4.0", "v1.4.0/x", "v01.4.0"] {
        let claims = release_but(&[("ref", &format!("\"refs/tags/{tag}\""))]);
        assert_eq!(code(&evaluator.evaluate(&claims, &request, NOW)), "conditions-failed", "{tag}");
    }
}

#[test]
fn a_version_that_was_asked_for_is_the_only_one() {
    let evaluator = evaluator(POLICY);
    let claims = release_but(&[]);
    let request = publish("@acme/widgets", Some("1.4.0"));
    let decision = evaluator.evaluate(&claims, &request, NOW);
    assert!(decision.binding().permits("1.4.0") && !decision.binding().permits("1.5.0"));
    let request = publish("@acme/widgets", Some("1.5.0"));
    let decision = evaluator.evaluate(&claims, &request, NOW);
    assert_eq!(code(&decision), "conditions-failed");
    assert!(!decision.binding().permits("1.5.0") && !decision.binding().is_any());
}

#[test]
fn templates_of_one_grant_must_agree_and_grants_bind_each_for_itself() {
    let grant = |conditions: &str| {
        format!(
            r#"
  - packages: [widgets]
    actions: [publish]
    provider: github-actions
    when: {{ repository_id: 556677, {conditions} }}
"#
        )
    };
    let tag = r#"tag: { template: "v{version}" }"#;
    let environment = r#"environment: { template: "release-{version}" }"#;
    let policy = |grants: &[&str]| {
        let grants: Vec<String> = grants.iter().map(|conditions| grant(conditions)).collect();
        evaluator(&format!("trust: 1\nregistry: npm\ngrants:{}", grants.concat()))
    };
    let request = publish("widgets", None);
    let (same, other) =
        (release_but(&[("environment", "\"release-1.4.0\"")]), release_but(&[("environment", "\"release-2.0.0\"")]));

    let both = policy(&[&format!("{tag}, {environment}")]);
    assert_eq!(code(&both.evaluate(&same, &request, NOW)), "allow");
    let decision = both.evaluate(&other, &request, NOW);
    assert_eq!(code(&decision), "conditions-failed");
    assert!(decision.trace().to_string().contains("different versions"), "{}", decision.trace());

    let either = policy(&[tag, environment]);
    let decision = either.evaluate(&other, &request, NOW);
    assert_eq!(decision.binding().versions().collect::<Vec<_>>(), ["1.4.0", "2.0.0"]);
    assert!(decision.binding().permits("2.0.0") && !decision.binding().permits("3.0.0"));
    let decision = either.evaluate(&same, &request, NOW);
    assert_eq!((decision.binding().versions().count(), decision.allowed_by().len()), (1, 2));

    let free = policy(&[tag, "environment: { glob: \"release-*\" }"]);
    assert!(free.evaluate(&other, &request, NOW).binding().is_any());
}

#[test]
fn a_token_for_one_registry_never_acts_at_another() {
    let evaluator = evaluator(
        r#"
trust: 1
registries:
  staging: { kind: generic, audience: https://staging.acme.example }
  production: { kind: generic, audience: https://packages.acme.example }
grants:
  - { name: here, registry: staging, accounts: [ci], provider: github-actions, when: { repository_id: 556677 } }
  - { name: there, registry: production, accounts: [ci], provider: github-actions, when: { repository_id: 556677 } }
"#,
    );
    let claims = release_but(&[("aud", "\"https://staging.acme.example\"")]);
    let ask = |registry| Request { registry, target: Target::Account { name: "ci" } };
    assert_eq!(code(&evaluator.evaluate(&claims, &ask("staging"), NOW)), "allow");
    let request = ask("production");
    let decision = evaluator.evaluate(&claims, &request, NOW);
    assert_eq!(code(&decision), "wrong-audience");
    let text = decision.trace().to_string();
    assert!(text.contains("made for the registry `staging`"), "{text}");
}

#[test]
fn a_package_is_no_account() {
    let evaluator = evaluator(
        r#"
trust: 1
registry: { kind: generic, audience: https://packages.acme.example }
grants:
  - { name: account, accounts: [widgets], provider: github-actions, when: { repository_id: 556677 } }
"#,
    );
    let claims = release_but(&[("aud", "\"https://packages.acme.example\"")]);
    let package =
        Request { registry: "generic", target: Target::Package { name: "widgets", version: None, action: "publish" } };
    assert_eq!(code(&evaluator.evaluate(&claims, &package, NOW)), "no-grant");
    let account = Request { registry: "generic", target: Target::Account { name: "widgets" } };
    assert_eq!(code(&evaluator.evaluate(&claims, &account, NOW)), "allow");
}

#[test]
fn every_deny_sounds_the_same_outside() {
    let evaluator = evaluator(POLICY);
    let request = publish("@acme/widgets", None);
    let mut messages = std::collections::BTreeSet::new();
    for changes in
        [("iss", ""), ("iss", "\"x\""), ("aud", "\"x\""), ("environment", "\"x\""), ("repository_id", "\"1\"")]
    {
        let claims = release_but(&[changes]);
        let decision = evaluator.evaluate(&claims, &request, NOW);
        assert!(!decision.is_allow());
        messages.insert(decision.public_message());
    }
    assert_eq!(messages.len(), 1);
    let claims = release_but(&[]);
    assert!(!messages.contains(evaluator.evaluate(&claims, &request, NOW).public_message()));
}

#[test]
fn an_evaluator_can_be_shared() {
    fn shared<T: Send + Sync>() {}
    shared::<Evaluator>();
    shared::<DenyReason>();
}

#[test]
fn another_systems_patterns_are_evaluated_as_it_means_them() {
    let evaluator = evaluator(
        r#"
trust: 1
dialect: generic
registry: { kind: generic, audience: any }
providers:
  github: { kind: github-actions }
grants:
  - packages: [widgets]
    actions: [publish]
    provider: github
    when: { sub: { glob: "repo:acme/*", crossing: true } }
"#,
    );
    let ask =
        Request { registry: "generic", target: Target::Package { name: "widgets", version: None, action: "publish" } };
    let with = |sub: &str| {
        let claims =
            release_but(&[("sub", &format!("{sub:?}")), ("aud", "[1, 2]"), ("event_name", "\"pull_request\"")]);
        code(&evaluator.evaluate(&claims, &ask, NOW))
    };
    assert_eq!(with("repo:acme/widgets:pull_request"), "allow");
    assert_eq!(with("repo:evil-corp/widgets:pull_request"), "conditions-failed");
}
