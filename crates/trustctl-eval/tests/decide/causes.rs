//! What a denial says: nearest first, the usual cause, a mend only where it is safe.

use trustctl_eval::{GrantTrace, Line, NearKind, Shown, Status, Trace};

use crate::common::*;
use crate::decisions::POLICY;

/// The trace of publishing with these conditions and a release with these members changed.
fn trace(conditions: &str, changes: &[(&str, &str)]) -> Trace {
    let evaluator = evaluator(&format!(
        r#"
trust: 1
registry: npm
grants:
  - name: widgets-release
    packages: ["@acme/widgets"]
    actions: [publish]
    provider: github-actions
    when: {{ {conditions} }}
"#
    ));
    let claims = release_but(changes);
    let request = publish("@acme/widgets", Some("1.4.0"));
    let decision = evaluator.evaluate(&claims, &request, NOW);
    assert!(!decision.is_allow(), "{}", decision.trace());
    decision.trace()
}

fn only_grant(trace: &Trace) -> &GrantTrace {
    assert_eq!(trace.grants.len(), 1, "{trace}");
    &trace.grants[0]
}

fn line<'t>(trace: &'t Trace, claim: &str) -> &'t Line {
    only_grant(trace).lines.iter().find(|line| line.claim == claim).unwrap_or_else(|| panic!("{claim}: {trace}"))
}

const MINE: &str = "repository: acme/widgets, repository_id: 556677";

/// A cause with these words, and no mend.
fn explained(conditions: &str, changes: &[(&str, &str)], claim: &str, words: &str) {
    let trace = trace(conditions, changes);
    let line = line(&trace, claim);
    assert!(line.cause.as_deref().is_some_and(|cause| cause.contains(words)), "{words}\n{trace}");
    assert_eq!(line.mend, None, "{trace}");
    assert!(only_grant(&trace).do_not_widen.is_some(), "{trace}");
}

/// A mend to this value; with words in its cause, or without a cause.
fn mended(conditions: &str, changes: &[(&str, &str)], claim: &str, words: &str, with: &str) {
    let trace = trace(conditions, changes);
    let line = line(&trace, claim);
    assert!(line.cause.as_deref().unwrap_or_default().contains(words), "{words}\n{trace}");
    assert_eq!(line.mend.as_ref().map(|mend| mend.with.as_str()), Some(with), "{trace}");
    assert_eq!(only_grant(&trace).do_not_widen, None, "{trace}");
}

#[test]
fn the_called_workflow_named_in_place_of_the_started_one() {
    let changes = [
        ("workflow_ref", "\"acme/widgets/.github/workflows/ci.yml@refs/tags/v1.4.0\""),
        ("job_workflow_ref", "\"acme/shared/.github/workflows/publish.yml@refs/tags/v2\""),
    ];
    mended(
        &format!("{MINE}, workflow-file: publish.yml"),
        &changes,
        "workflow-file",
        "the workflow that was called",
        "ci.yml",
    );
    let trace = trace(&format!("{MINE}, workflow-file: publish.yml"), &changes);
    let beside: Vec<&str> = line(&trace, "workflow-file").beside.iter().map(|beside| beside.claim.as_str()).collect();
    assert_eq!(beside, ["workflow_ref", "job_workflow_ref"]);
}

#[test]
fn a_workflow_that_is_not_the_tokens_own() {
    let own = format!("{MINE}, own-workflow-file: publish.yml");
    let written_in = |text: &str| [("job_workflow_ref", format!("{text:?}")), ("sha", "\"c0ffee\"".to_owned())];
    let explained = |text: &str, without: &[&str], words: &str| {
        let changes = written_in(text);
        let changes: Vec<(&str, &str)> = changes.iter().map(|(name, json)| (*name, json.as_str())).collect();
        let changes = [&changes, without.iter().map(|name| (*name, "")).collect::<Vec<_>>().as_slice()].concat();
        explained(&own, &changes, "own-workflow-file", words);
    };
    explained(
        "acme/shared/.github/workflows/publish.yml@refs/tags/v1.4.0",
        &[],
        "`job_workflow_ref` does not begin with `acme/widgets/.github/workflows/`: it is not of the token's own `repository`",
    );
    let other_ref = "acme/widgets/.github/workflows/publish.yml@refs/tags/v2";
    explained(
        other_ref,
        &[],
        "does not end in `@refs/tags/v1.4.0` or `@c0ffee`: it is not of the token's own `ref` or `sha`",
    );
    explained(other_ref, &["ref"], "does not end in `@c0ffee`: it is not of the token's own `sha`");
    explained(other_ref, &["ref", "sha"], "is not compared with the token's own `ref` or `sha`: the token has none");
    explained(
        "acme/widgets/.github/workflows/publish.txt@c0ffee",
        &["workflow_ref"],
        "is read from `job_workflow_ref`",
    );
    let trace = trace(&own, &[("job_workflow_ref", "\"acme/shared/.github/workflows/publish.yml@refs/tags/v2\"")]);
    let beside: Vec<&str> =
        line(&trace, "own-workflow-file").beside.iter().map(|beside| beside.claim.as_str()).collect();
    assert_eq!(beside, ["job_workflow_ref", "repository", "ref", "sha", "workflow_ref"]);
    mended(
        &own,
        &[("job_workflow_ref", "\"acme/widgets/.github/workflows/build.yml@refs/tags/v1.4.0\"")],
        "own-workflow-file",
        "the workflow that was started",
        "build.yml",
    );
}

#[test]
fn spelling() {
    let started = |file: &str| format!("\"acme/widgets/.github/workflows/{file}@refs/tags/v1.4.0\"");
    let file = format!("{MINE}, workflow-file: publish.yml");
    for (name, words) in [("publish.yaml", ".yaml"), ("Publish.yml", "case only"), ("other.yml", "")] {
        mended(
            &file,
            &[("workflow_ref", &started(name)), ("job_workflow_ref", &started(name))],
            "workflow-file",
            words,
            name,
        );
    }
    mended(&format!("{MINE}, environment: NPM"), &[], "environment", "case only", "npm");
    explained(&format!("{MINE}, environment: npm"), &[("environment", "\"npm \"")], "environment", "blanks");
    explained(&format!("{MINE}, environment: npm"), &[("environment", "\"n\u{440}m\"")], "environment", "ASCII");
}

#[test]
fn refs() {
    explained(
        &format!("{MINE}, tag: v1.4.0"),
        &[("ref", "\"refs/heads/main\"")],
        "tag",
        "`tag` is read from `ref`, and `refs/heads/main` is none",
    );
    explained(&format!("{MINE}, branch: main"), &[("ref", "")], "branch", "does not have");
    mended(&format!("{MINE}, branch: main"), &[("ref", "\"refs/heads/master\"")], "branch", "", "master");
    mended(&format!("{MINE}, ref: refs/heads/main"), &[("ref", "\"refs/heads/next\"")], "ref", "", "refs/heads/next");
}

#[test]
fn environments() {
    let wanted = format!("{MINE}, environment: npm");
    explained(&wanted, &[("environment", "")], "environment", "it needs `environment: npm`");
    mended(&wanted, &[("environment", "\"production\"")], "environment", "", "production");
    explained(&format!("{MINE}, environment: {{ present: false }}"), &[], "environment", "without `environment`");
}

#[test]
fn names_that_moved_and_names_that_were_taken() {
    explained(MINE, &[("repository", "\"acme/gadgets\"")], "repository", "renamed or moved");
    explained(MINE, &[("repository_id", "\"999\"")], "repository_id", "somebody else has it now");
    let pin = "repository-pin: acme@1234567/widgets@556677";
    explained(pin, &[("repository_id", "\"999\"")], "repository-pin", "do not take the new ids over");
    explained(pin, &[("repository", "\"acme/gadgets\"")], "repository-pin", "renamed");
    let owner = "repository_owner: acme, repository_owner_id: 1234567";
    explained(owner, &[("repository_owner", "\"acme-inc\"")], "repository_owner", "renamed");
    explained(owner, &[("repository_owner_id", "\"1\"")], "repository_owner_id", "somebody else");
    explained("repository_id: 1234567", &[], "repository_id", "id of the owner");
}

#[test]
fn what_is_required_by_itself() {
    explained(
        MINE,
        &[("event_name", "\"pull_request_target\"")],
        "event_name",
        "which the provider rules out by itself",
    );
    explained(
        MINE,
        &[("runner_environment", "\"self-hosted\"")],
        "runner_environment",
        "which the registry rules out by itself",
    );
}

#[test]
fn types() {
    explained(MINE, &[("repository_id", "556677")], "repository_id", "must be a string");
    let trace = trace(MINE, &[("repository_id", "556677")]);
    assert_eq!(
        (line(&trace, "repository_id").status, &line(&trace, "repository_id").found),
        (Status::WrongType, &Shown::Value("556677".to_owned()))
    );
}

#[test]
fn audiences() {
    explained(MINE, &[("aud", "\"https://github.com/acme\"")], "aud", "when a job asks for no audience");
    explained(MINE, &[("aud", "\"npm:registry.npmjs.org/\"")], "aud", "`/` at the end");
    explained(MINE, &[("aud", "\"sigstore\"")], "aud", "must ask for the audience `npm:registry.npmjs.org`");
    explained(MINE, &[("aud", "[\"npm:registry.npmjs.org\"]")], "aud", "array");
    explained(MINE, &[("aud", "")], "aud", "no audience");
}

#[test]
fn subjects() {
    let plain = "sub: \"repo:acme/widgets:environment:npm\"";
    explained(plain, &[], "sub", "ids beside the names");
    let pinned = "sub: \"repo:acme@1234567/widgets@556677:environment:npm\"";
    explained(pinned, &[("sub", "\"repo:acme/widgets:environment:npm\"")], "sub", "older shape");
    explained(
        "sub: \"repo:acme/widgets:ref:refs/heads/main\"",
        &[("sub", "\"repo:acme/widgets:environment:npm\"")],
        "sub",
        "in place of the ref",
    );
}

#[test]
fn nothing_is_mended_where_a_stranger_could_profit() {
    let file = format!("{MINE}, workflow-file: publish.yml, environment: npm");
    let other_file = ("workflow_ref", "\"acme/widgets/.github/workflows/ci.yml@refs/tags/v1.4.0\"");
    let without_mend = |conditions: &str, changes: &[(&str, &str)]| {
        let trace = trace(conditions, changes);
        assert!(only_grant(&trace).lines.iter().all(|line| line.mend.is_none()), "{trace}");
        assert!(only_grant(&trace).do_not_widen.is_some(), "{trace}");
    };
    without_mend(&file, &[other_file, ("repository", "\"evil-corp/widgets\"")]);
    without_mend(&file, &[other_file, ("repository_id", "\"1\"")]);
    without_mend(&file, &[other_file, ("event_name", "\"pull_request\"")]);
    without_mend(&file, &[other_file, ("aud", "\"sigstore\"")]);
    without_mend(&file, &[other_file, ("environment", "")]);
    // Only `sub` says whose run it is, and it may be put together in any way.
    without_mend("sub: \"repo:acme@1234567/widgets@556677:environment:npm\", environment: prod", &[]);
    // `present` and `not` fix nobody.
    without_mend(
        "repository: { present: true }, sub: \"repo:acme@1234567/widgets@556677:environment:npm\", environment: prod",
        &[],
    );
    // A pattern is never replaced, and a list never grows.
    without_mend(&format!("{MINE}, tag: {{ glob: \"v2.*\" }}"), &[]);
    without_mend(&format!("{MINE}, environment: [prod, staging]"), &[]);
    // States are no choice of the job's.
    without_mend(&format!("{MINE}, ref_protected: true"), &[("ref_protected", "\"false\"")]);
    without_mend(
        &format!("{MINE}, called-workflow-repository: acme/shared, workflow-file: publish.yml"),
        &[("job_workflow_ref", "\"evil-corp/x/.github/workflows/a.yml@refs/heads/main\"")],
    );
}

#[test]
fn a_control_character_never_reaches_the_terminal() {
    let trace = trace(&format!("{MINE}, environment: npm"), &[("environment", "\"\\u001b[2Jnpm\\u202e\"")]);
    let text = trace.to_string();
    assert!(text.contains("\\u{1b}[2Jnpm\\u{202e}"), "{text}");
    assert!(text.chars().all(|c| c == '\n' || (' '..='~').contains(&c)), "{text}");
}

#[test]
fn the_nearest_grant_comes_first() {
    let evaluator = evaluator(
        r#"
trust: 1
registry: npm
grants:
  - { name: other-repository, packages: [widgets], actions: [publish], provider: github-actions, when: { repository_id: 1 } }
  - { name: three-lesser, packages: [widgets], actions: [publish], provider: github-actions, when: { repository_id: 556677, environment: a, branch: b, workflow-file: c.yml } }
  - { name: environment, packages: [widgets], actions: [publish], provider: github-actions, when: { repository_id: 556677, environment: a } }
  - { name: stages-only, packages: [widgets], actions: [stage], provider: github-actions, when: { repository_id: 556677 } }
  - { name: ref, packages: [widgets], actions: [publish], provider: github-actions, when: { repository_id: 556677, branch: b } }
"#,
    );
    let claims = release_but(&[]);
    let request = publish("widgets", None);
    let decision = evaluator.evaluate(&claims, &request, NOW);
    assert_eq!(code(&decision), "conditions-failed");
    let trace = decision.trace();
    let order: Vec<&str> = trace.grants.iter().map(|grant| grant.label.as_str()).collect();
    assert_eq!(order, ["environment", "ref", "three-lesser", "other-repository", "stages-only"]);
    assert!(trace.near.is_empty());
}

#[test]
fn grants_beyond_the_nearest_are_counted() {
    let grants: String = (0..50)
        .map(|at| format!("\n  - {{ packages: [widgets], actions: [publish], provider: github-actions, when: {{ repository_id: 556677, environment: e{at} }} }}"))
        .collect();
    let evaluator = evaluator(&format!("trust: 1\nregistry: npm\ngrants:{grants}\n"));
    let claims = release_but(&[]);
    let request = publish("widgets", None);
    let trace = evaluator.evaluate(&claims, &request, NOW).trace();
    assert_eq!((trace.grants.len(), trace.left_out), (20, 30));
}

#[test]
fn what_comes_close_to_a_request_without_a_grant() {
    let evaluator = evaluator(POLICY);
    let near = |changes: &[(&str, &str)], name: &str| -> Vec<(NearKind, String)> {
        let claims = release_but(changes);
        let request = publish(name, None);
        let trace = evaluator.evaluate(&claims, &request, NOW).trace();
        trace.near.into_iter().map(|near| (near.kind, near.name)).collect()
    };
    assert_eq!(near(&[], "@acme/widget"), [(NearKind::SimilarName, "@acme/widgets".to_owned())]);
    assert_eq!(near(&[], "left-pad"), []);
    assert_eq!(
        near(&[("iss", "\"https://gitlab.com\"")], "@acme/widgets"),
        [(NearKind::OtherIssuer, "https://token.actions.githubusercontent.com".to_owned())]
    );
    let slash = [("iss", "\"https://token.actions.githubusercontent.com/\"")];
    assert!(near(&slash, "@acme/widgets").iter().any(|(kind, _)| *kind == NearKind::SimilarIssuer));
}

#[test]
fn a_trace_says_all_that_the_operator_needs() {
    let trace = {
        let evaluator = evaluator(POLICY);
        let claims = release_but(&[
            ("workflow_ref", "\"acme/widgets/.github/workflows/ci.yml@refs/tags/v1.4.0\""),
            ("job_workflow_ref", "\"acme/shared/.github/workflows/publish.yml@refs/tags/v2\""),
        ]);
        let request = publish("@acme/widgets", Some("1.4.0"));
        evaluator.evaluate(&claims, &request, NOW).trace()
    };
    let expected = "\
deny: publish @acme/widgets 1.4.0 at npm
  reason   conditions-failed: the token does not meet the conditions of a grant
  nearest  widgets-release  npm.trust.yaml:5  9 of 10 hold
  fail     workflow-file: publish.yml (when), the token says ci.yml
           workflow_ref = acme/widgets/.github/workflows/ci.yml@refs/tags/v1.4.0
           job_workflow_ref = acme/shared/.github/workflows/publish.yml@refs/tags/v2
  cause    this is the workflow that was called; `workflow-file` is the one that was started
  mend     workflow-file: ci.yml
  holds    action, iss, aud, event_name, runner_environment, repository-pin, environment, tag, expires";
    assert_eq!(trace.to_string(), expected);
}
