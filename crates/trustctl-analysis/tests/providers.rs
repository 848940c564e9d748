//! What the rules find in grants of each provider, and whom they show.

#![expect(clippy::expect_used, reason = "what a test says when it fails")]

use std::sync::Arc;

use trustctl_analysis::{Finding, LintInput, LintOptions, lint};
use trustctl_claims::{Claims, UnixTime};
use trustctl_eval::{Evaluator, Request, Target};
use trustctl_policy::{Policy, read_text};

/// 2026-11-21 12:00 UTC.
const NOW: UnixTime = UnixTime(1_795_262_400);

const ORG: &str = "8c4b1d1e-1c1f-4b52-9a0c-3f1f0a3a9f11";
const PROJECT: &str = "5f2c9a4e-6a4f-4b8e-9a39-0d5f4c1b7e22";

fn read(providers: &str, when: &str) -> Arc<Policy> {
    let provider = providers.split([':', '{', ' ']).next().unwrap_or_default();
    let declared = if providers.contains(':') { format!("providers: {{ {providers} }}\n") } else { String::new() };
    let text = format!(
        "trust: 1\nregistry: {{ kind: generic, audience: https://packages.acme.example }}\n{declared}\
         grants:\n  - packages: [widgets]\n    actions: [publish]\n    provider: {provider}\n    when: {{ {when} }}\n"
    );
    let reading = read_text("trust.yaml", &text);
    assert_eq!(reading.diagnostics, [], "{text}");
    reading.policy.map(Arc::new).expect("a policy without diagnostics")
}

/// Rules that find something, each with who gets in; every witness is judged again.
fn found(providers: &str, when: &str) -> Vec<(&'static str, &'static str)> {
    let policy = read(providers, when);
    let findings = lint(&[LintInput::new(Arc::clone(&policy))], NOW, &LintOptions::default());
    let evaluator = Evaluator::new(policy);
    let of = |finding: &Finding| {
        let Some(witness) = &finding.witness else { return (finding.rule, "") };
        let claims = Claims::parse(&witness.claims).expect("claims that parse");
        let target = match &witness.action {
            Some(action) => Target::Package { name: &witness.resource, version: None, action },
            None => Target::Account { name: &witness.resource },
        };
        let request = Request { registry: &witness.registry, target };
        assert!(evaluator.evaluate(&claims, &request, witness.at).is_allow(), "{}", witness.claims);
        println!("{} {when}\n  {}", finding.rule, witness.claims);
        (finding.rule, witness.adversary.word())
    };
    findings.iter().map(of).collect()
}

#[test]
fn github() {
    let github = |when: &str| found("github-actions", when);
    let runner = "runner_environment: github-hosted, environment: npm";
    assert_eq!(github(&format!("repository-pin: acme@1/widgets@2, {runner}")), []);
    assert_eq!(github(&format!("repository_owner_id: 1, {runner}")), []);
    assert_eq!(github(&format!("sub: repo:acme@1/widgets@2:environment:npm, {runner}")), []);
    assert_eq!(github("sub: repo:acme@1/widgets@2:environment:npm, runner_environment: self-hosted"), []);
    let by_name = [("mutable-name-without-id", "re-registered-name")];
    assert_eq!(github(&format!("repository: acme/widgets, {runner}")), by_name);
    assert_eq!(github(&format!("repository: {{ glob: acme/* }}, {runner}")), by_name);
    assert_eq!(github(&format!("repository_owner: acme, {runner}")), by_name);
    // The subject in the old form: whatever is created now has the ids in it.
    assert_eq!(github("sub: repo:acme/widgets:environment:npm, runner_environment: github-hosted"), []);
    let anyone = [("missing-tenant-claim", "anyone")];
    for when in [
        "ref: refs/heads/main",
        "environment: npm",
        "workflow: Release",
        "event_name: push",
        "repository_visibility: public",
        "actor: octo",
        "repository: { glob: \"*/widgets\" }",
        "repository-name: widgets",
        "repository_owner: { not: evil }",
        "sub: repository_visibility:public",
        "tag: { template: \"v{version}\" }",
        "environment: { glob: \"prod-*\", not: prod-old }",
        "repository_id: { regex: \"[0-9]+\" }",
        "head_ref: { present: false }, branch: main",
    ] {
        assert_eq!(github(when), anyone, "{when}");
    }
}

/// To ask for any environment, all but one, or a state of it is to name none.
#[test]
fn an_environment_is_named_or_missing() {
    let missing = [("missing-environment", "any-writer")];
    let github = |when: &str| {
        found("github-actions", &format!("repository-pin: acme@1/widgets@2, runner_environment: github-hosted, {when}"))
    };
    for weak in ["{ present: true }", "{ not: dev }", "{ glob: \"*\" }", "{ regex: \".+\" }"] {
        assert_eq!(github(&format!("environment: {weak}")), missing, "{weak}");
    }
    // `npm` is named, `made-up-prod` is anybody's to make up.
    assert_eq!(github("environment: [npm, { glob: \"*-prod\" }]"), missing);
    for named in [
        "npm",
        "[npm, npm-beta]",
        "{ glob: \"prod-*\" }",
        "{ regex: \"npm|pypi\" }",
        "{ template: \"{package}\" }",
        "{ equals: NPM, ignore-case: true }",
        "{ glob: \"prod-*\", not: prod-old }",
    ] {
        assert_eq!(github(&format!("environment: {named}")), [], "{named}");
    }
    assert_eq!(github("environment_node_id: EN_kwDOAAh-lc4AAAAB"), []);
    let both = "sub: [\"repo:acme@1/widgets@2:environment:npm\", \"repo:acme@1/widgets@2:ref:refs/heads/main\"]";
    assert_eq!(github(both), missing);
    let gitlab = |when: &str| {
        found("gitlab", &format!("project-pin: acme/widgets@5, runner_environment: gitlab-hosted, {when}"))
    };
    assert_eq!(gitlab("deployment_tier: production"), missing);
    assert_eq!(gitlab("environment_protected: \"false\""), missing);
    assert_eq!(gitlab("environment_protected: \"true\", environment: production"), []);
    let context = "a74579f1-2e7d-451e-b009-5c082ad2729e";
    let circleci =
        |when: &str| found(&format!("circleci: {{ organization: {ORG} }}"), &format!("project-id: {PROJECT}, {when}"));
    assert_eq!(circleci(&format!("context-ids: {{ contains: {{ not: {context} }} }}")), missing);
    assert_eq!(circleci(&format!("oidc.circleci.com/context-ids: {{ contains: {context} }}")), []);
}

#[test]
fn a_machine_is_named_or_anybodys() {
    let silent: [(&str, &str); 0] = [];
    let anybodys = [("self-hosted-runner", "")];
    let github = |runner: &str| {
        let when = format!("repository-pin: acme@1/widgets@2, environment: npm, runner_environment: {runner}");
        found("github-actions", &when)
    };
    for both in
        ["[github-hosted, self-hosted]", "{ present: true }", "{ glob: \"*-hosted\" }", "{ not: github-hosted }"]
    {
        assert_eq!(github(both), anybodys, "{both}");
    }
    for settled in ["github-hosted", "self-hosted", "{ not: self-hosted }", "{ regex: \"github-.*\" }"] {
        assert_eq!(github(settled), silent, "{settled}");
    }
    // A runner by its id is a machine that is named.
    let gitlab = |runner: &str| found("gitlab", &format!("project-pin: acme/w@5, environment: production, {runner}"));
    assert_eq!(gitlab("runner_id: 12270807"), silent);
    assert_eq!(gitlab("runner_id: { present: true }"), anybodys);
}

/// Only ids of owner and repository keep a name from being taken, and only GitHub's own hosts put them in subjects.
#[test]
fn a_subject_without_ids_is_a_name() {
    let by_name = [("mutable-name-without-id", "re-registered-name")];
    let sub = "sub: \"organization:acme:pipeline:widgets:ref:refs/heads/main:commit:HEAD:step:publish\"";
    assert_eq!(found("buildkite", &format!("{sub}, runner_environment: buildkite-hosted")), by_name);
    let when = "sub: \"repo:acme/widgets:environment:npm\", runner_environment: github-hosted";
    assert_eq!(found("github-actions: { host: github.acme.example }", when), by_name);
    assert_eq!(found("github-actions: { subdomain: acme }", when), []);
    assert_eq!(found("github-actions: { enterprise: acme-inc }", when), []);
}

/// Conditions that shut everybody out, under whichever name of the claim.
#[test]
fn conditions_that_contradict_each_other() {
    let contradict = [("contradictory-conditions", "")];
    let context = "context-ids: { contains: a74579f1-2e7d-451e-b009-5c082ad2729e }";
    let circleci = |when: &str| {
        found(&format!("circleci: {{ organization: {ORG} }}"), &format!("project-id: {PROJECT}, {context}, {when}"))
    };
    assert_eq!(circleci(&format!("oidc.circleci.com/project-id: {ORG}")), contradict);
    assert_eq!(circleci(&format!("oidc.circleci.com/project-id: [{ORG}, {PROJECT}]")), []);
    let required = |when: &str| {
        let when = format!("repository_id: 2, environment: npm, runner_environment: github-hosted, {when}");
        found("github-actions: { require: { repository_owner_id: [1, 3] } }", &when)
    };
    assert_eq!(required("repository_owner_id: [2, 4]"), contradict);
    assert_eq!(required("repository_owner_id: [2, 3]"), []);
}

#[test]
fn exclusions_that_exclude_nothing() {
    let branch = |branch: &str| {
        let rest = "repository-pin: acme@1/widgets@2, environment: npm, runner_environment: github-hosted";
        found("github-actions", &format!("{rest}, branch: {branch}"))
    };
    let nothing = [("exclusion-excludes-nothing", "")];
    for idle in [
        r#"{ glob: "release/*", not: { glob: "*-draft" } }"#,
        r#"{ glob: "release/*", not: main }"#,
        r#"{ regex: "v[0-9]+", not: [v, main] }"#,
    ] {
        assert_eq!(branch(idle), nothing, "{idle}");
    }
    for useful in [
        r#"{ glob: "release/*", not: { glob: "release/*-draft" } }"#,
        r#"{ glob: "release/**", not: { glob: "release/*/*" } }"#,
        r#"{ regex: "v[0-9]+", not: [main, v1] }"#,
        r#"{ not: main }"#,
    ] {
        assert_eq!(branch(useful), [], "{useful}");
    }
}

#[test]
fn gitlab() {
    let gitlab = |when: &str| found("gitlab", when);
    let rest = "environment: production, runner_environment: gitlab-hosted";
    assert_eq!(gitlab(&format!("project-pin: acme/widgets@556677, {rest}")), []);
    assert_eq!(
        gitlab(&format!("project_path: acme/tools/gadgets, {rest}")),
        [("mutable-name-without-id", "re-registered-name")]
    );
    let subject = format!("sub: \"project_path:acme/widgets:ref_type:branch:ref:main\", {rest}");
    assert_eq!(gitlab(&subject), [("mutable-name-without-id", "re-registered-name")]);
    assert_eq!(gitlab("branch: main"), [("missing-tenant-claim", "anyone")]);
    assert_eq!(gitlab("environment: production"), [("missing-tenant-claim", "anyone")]);
    let fork = format!("project-pin: acme/widgets@556677, {rest}, pipeline_source: [push, merge_request_event]");
    // A fork's tokens name the fork, so these are of merge requests within the project.
    assert_eq!(gitlab(&fork), [("requirement-replaced", "named")]);
    // A name can be given up on a server of one's own as well.
    let own = found("gitlab: { host: gitlab.acme.example }", &format!("project_path: acme/widgets, {rest}"));
    assert_eq!(own, [("mutable-name-without-id", "re-registered-name")]);
}

#[test]
fn circleci() {
    let context = "context-ids: { contains: a74579f1-2e7d-451e-b009-5c082ad2729e }";
    let ours = |when: &str| found(&format!("circleci: {{ organization: {ORG} }}"), when);
    assert_eq!(ours(&format!("project-id: {PROJECT}, {context}")), []);
    assert_eq!(ours(&format!("project-id: {PROJECT}")), [("missing-environment", "any-writer")]);
    let shell = format!("project-id: {PROJECT}, {context}, ssh-rerun: [true, false]");
    assert_eq!(ours(&shell), [("requirement-replaced", "ssh-rerun")]);
    // The requirement is on the short name; the long one is the same claim.
    let shell = format!("project-id: {PROJECT}, {context}, oidc.circleci.com/ssh-rerun: true");
    assert_eq!(ours(&shell), [("requirement-replaced", "ssh-rerun")]);
    let no_shell = format!("project-id: {PROJECT}, {context}, oidc.circleci.com/ssh-rerun: false");
    assert_eq!(ours(&no_shell), []);
}

#[test]
fn buildkite() {
    let buildkite = |when: &str| found("buildkite", when);
    assert_eq!(buildkite("branch: main"), [("missing-tenant-claim", "anyone")]);
    let slugs = "organization_slug: acme, pipeline_slug: widgets, runner_environment: buildkite-hosted";
    assert_eq!(buildkite(slugs), [("mutable-name-without-id", "re-registered-name")]);
}

#[test]
fn google() {
    let google = |when: &str| found("google", when);
    assert_eq!(google("sub: 114898805784176589833"), []);
    assert_eq!(google("email: { glob: \"*@acme.example\" }"), [("missing-tenant-claim", "anyone")]);
    assert_eq!(google("email: ci@acme.example"), [("missing-tenant-claim", "anyone")]);
}

#[test]
fn custom() {
    let ours = "corp: { issuer: https://ci.acme.example, tenants: ours, claims: { pipeline: string } }";
    assert_eq!(found(ours, "pipeline: release"), []);
    let shared = "corp: { issuer: https://ci.cloud.example, tenants: shared, claims: { org: { type: string, tenant: true }, pipeline: string } }";
    assert_eq!(found(shared, "org: acme"), []);
    let rules: Vec<&str> = found(shared, "pipeline: release").into_iter().map(|(rule, _)| rule).collect();
    assert_eq!(rules, ["missing-tenant-claim"]);
}

/// The claims of whoever is shown to get in.
fn shown(providers: &str, when: &str) -> serde_json::Map<String, serde_json::Value> {
    let findings = lint(&[LintInput::new(read(providers, when))], NOW, &LintOptions::default());
    let witness = findings.into_iter().find_map(|finding| finding.witness).expect("a witness");
    serde_json::from_str(&witness.claims).expect("an object")
}

/// A file that must be the token's own makes a token whose claims say the same of repository, file and ref.
#[test]
fn a_strangers_own_workflow_is_the_strangers() {
    let github = |when: &str| {
        let claims = shown("github-actions", when);
        let text = |name: &str| claims.get(name).and_then(|value| value.as_str()).unwrap_or("").to_owned();
        assert_eq!(text("repository"), "evil-corp/widgets", "{when}");
        let own = text("job_workflow_ref");
        let rest = own.strip_prefix("evil-corp/widgets/.github/workflows/").unwrap_or_else(|| panic!("{when}: {own}"));
        let (file, end) = rest.split_once('@').unwrap_or_else(|| panic!("{when}: {own}"));
        let wanted = if text("ref").is_empty() { text("sha") } else { text("ref") };
        assert_eq!(end, wanted, "{when}");
        (file.to_owned(), text("workflow_ref"))
    };
    let started = |file: &str| format!("evil-corp/widgets/.github/workflows/{file}@refs/heads/main");
    assert_eq!(github("own-workflow-file: release.yml"), ("release.yml".to_owned(), started("release.yml")));
    assert_eq!(github("own-workflow-file: { glob: \"rel*.yml\" }, branch: main").0, "rel.yml");
    assert_eq!(github("own-workflow-file: { not: publish.yml }").0, "evil.yml");
    assert_eq!(github("own-workflow-file: [a.yml, b.yml], ref: { present: false }").0, "a.yml");
    assert_eq!(
        github("own-workflow-file: a.yml, workflow-file: { present: true }"),
        ("a.yml".to_owned(), started("a.yml"))
    );
    assert_eq!(github("own-workflow-file: a.yml, workflow-file: b.yml"), ("a.yml".to_owned(), started("b.yml")));

    let gitlab = |providers: &str, when: &str| {
        let claims = shown(providers, when);
        claims.get("ci_config_ref_uri").and_then(|value| value.as_str()).map(str::to_owned)
    };
    let on_gitlab = gitlab("gitlab", "own-config-file: ci/x.yml");
    assert_eq!(on_gitlab.as_deref(), Some("gitlab.com/evil-corp/widgets//ci/x.yml@refs/heads/main"));
    let here = "gitlab: { host: \"gitlab.acme.example:8443\" }";
    let on_own = gitlab(here, "own-config-file: { present: true }");
    assert_eq!(on_own.as_deref(), Some("gitlab.acme.example:8443/evil-corp/widgets//.gitlab-ci.yml@refs/heads/main"));
    let of_branch = gitlab(here, "own-config-file: ci/x.yml, branch: fix");
    assert_eq!(of_branch.as_deref(), Some("gitlab.acme.example:8443/evil-corp/widgets//ci/x.yml@refs/heads/fix"));
}

/// The own file names nobody; beside the repository's name it is as open as that.
#[test]
fn an_own_workflow_fixes_no_tenant() {
    let runner = "runner_environment: github-hosted, environment: npm";
    let github = |when: &str| found("github-actions", &format!("{when}, {runner}"));
    assert_eq!(github("own-workflow-file: release.yml"), [("missing-tenant-claim", "anyone")]);
    let by_name = [("mutable-name-without-id", "re-registered-name")];
    assert_eq!(github("own-workflow-file: release.yml, repository: acme/widgets"), by_name);
    assert_eq!(github("own-workflow-file: release.yml, repository-pin: acme@1/widgets@2"), []);
}

/// A whole trust file: rules with the severity of what they find.
fn severities(text: &str) -> Vec<(&'static str, &'static str)> {
    let reading = read_text("trust.yaml", text);
    assert_eq!(reading.diagnostics, [], "{text}");
    let policy = Arc::new(reading.policy.expect("a policy without diagnostics"));
    let findings = lint(&[LintInput::new(policy)], NOW, &LintOptions::default());
    findings.iter().map(|finding| (finding.rule, finding.severity.word())).collect()
}

#[test]
fn whose_machine_is_worse_where_the_registry_refuses_it() {
    let text = |dialect: &str, registry: &str| {
        format!(
            "trust: 1\n{dialect}registry: {registry}\ngrants:\n  - packages: [widgets]\n    actions: [publish]\n    \
             provider: github-actions\n    when: {{ repository-pin: acme@1/widgets@2, environment: npm }}\n"
        )
    };
    let own = "{ kind: generic, audience: https://packages.acme.example }";
    assert_eq!(severities(&text("", "npm")), []);
    assert_eq!(severities(&text("dialect: generic\n", "npm")), [("self-hosted-runner", "warning")]);
    assert_eq!(severities(&text("", own)), [("self-hosted-runner", "info")]);
}

#[test]
fn reading_asks_for_less() {
    let text = "trust: 1\nregistry: { kind: generic, audience: https://packages.acme.example }\ngrants:\n  \
                - packages: [widgets, gadgets]\n    actions: [read]\n    provider: github-actions\n    \
                when: { repository_owner_id: 1, event_name: [push, pull_request] }\n";
    assert_eq!(severities(text), [("requirement-replaced", "info")]);
}

#[test]
fn accounts_are_acted_as() {
    let text = "trust: 1\nregistry: { kind: generic, audience: https://packages.acme.example }\ngrants:\n  \
                - accounts: [ci-publisher]\n    provider: github-actions\n    when: { environment: release }\n";
    let policy = Arc::new(read_text("trust.yaml", text).policy.expect("a policy"));
    let findings = lint(&[LintInput::new(policy)], NOW, &LintOptions::default());
    let finding = findings.iter().find(|finding| finding.rule == "missing-tenant-claim").expect("a finding");
    assert!(finding.message.contains("can act as `ci-publisher`"), "{}", finding.message);
    let witness = finding.witness.as_ref().expect("a witness");
    assert_eq!((witness.action.as_deref(), witness.resource.as_str()), (None, "ci-publisher"));
    assert!(witness.highlights.contains(&("repository".to_owned(), "evil-corp/widgets".to_owned())));
}

#[test]
fn patterns_of_other_systems_are_read_for_what_they_let_in() {
    let text = |sub: &str| {
        format!(
            "trust: 1\ndialect: generic\nregistry: {{ kind: generic, audience: https://packages.acme.example }}\ngrants:\n  \
             - packages: [widgets]\n    actions: [publish]\n    provider: github-actions\n    \
             when: {{ sub: {sub}, runner_environment: github-hosted }}\n"
        )
    };
    let open = [("missing-tenant-claim", "error")];
    assert_eq!(severities(&text("{ glob: \"repo:*\", crossing: true }")), open);
    assert_eq!(severities(&text("{ glob: \"*:ref:refs/heads/main\", crossing: true }")), open);
    assert_eq!(severities(&text("{ search: acme/widgets }")), open);
    assert_eq!(severities(&text("[repo:acme/widgets:environment:npm, { glob: \"repo:*\", crossing: true }]")), open);
    assert_eq!(
        severities(&text("{ glob: \"repo:acme/widgets:*\", crossing: true }")),
        [("missing-environment", "warning")]
    );
    let any_environment = text("{ glob: \"repo:acme/widgets:environment:*\", crossing: true }");
    assert_eq!(severities(&any_environment), [("missing-environment", "warning")]);
    assert_eq!(severities(&text("{ glob: \"repo:acme/widgets:environment:npm*\", crossing: true }")), []);
    assert_eq!(severities(&text("{ regex: \"repo:acme/widgets:environment:(npm|pypi)\" }")), []);
}
