//! The format itself: what a suite must not let pass.

use std::path::Path;

use trustctl_testing::Suite;

const POLICY: &str = r#"
```yaml
trust: 1
registry: npm
grants:
  - { name: one, packages: [widgets], actions: [publish], provider: github-actions, when: { repository_id: 1, tag: { template: "v{version}" } } }
  - { packages: [gadgets], actions: [publish], provider: github-actions, when: { repository_id: 1, environment: npm } }
```

```json claims=job
{ "repository_id": "1", "event_name": "push", "runner_environment": "github-hosted", "ref": "refs/tags/v1.4.0" }
```
"#;

fn failures(text: &str) -> Vec<String> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Suite { name: "s.md", text, repository: &repository, filter: None }.run().failures
}

/// The failures of one decision under [`POLICY`].
fn decided(line: &str) -> String {
    failures(&format!("# Case\n{POLICY}\n```decide\n{line}\n```\n")).join("\n")
}

/// The failures of one trust file.
fn read(info: &str, grant: &str) -> String {
    failures(&format!("# Case\n\n```yaml{info}\ntrust: 1\nregistry: npm\ngrants:\n  - {grant}\n```\n")).join("\n")
}

#[test]
fn what_holds_passes() {
    for line in [
        "allow publish widgets as job: bound 1.4.0; by one",
        "allow publish widgets@1.4.0 as job",
        "deny publish widgets@1.5.0 as job: fail tag",
        "deny publish widgets as job without repository_id: missing repository_id",
        "deny publish widgets as job with repository_id=2 without ref: missing tag; wrong-type repository_id; conditions-failed",
        "deny publish widgets as job with repository_id=2 without ref: missing tag; ...",
        "deny publish others as job: no-grant",
    ] {
        assert_eq!(decided(line), "", "{line}");
    }
}

#[test]
fn a_wrong_decision_fails_with_its_line() {
    let wrong = decided("allow publish widgets@1.5.0 as job");
    assert!(
        wrong.starts_with("s.md:16: Case\n") && wrong.contains("the decision is deny") && wrong.contains("tag"),
        "{wrong}"
    );
    assert!(decided("deny publish widgets@1.4.0 as job: fail tag").contains("the decision is allow"));
}

#[test]
fn a_decision_must_be_right_for_the_reason_given() {
    for (line, why) in [
        ("deny publish widgets@1.5.0 as job", "says why"),
        ("deny publish widgets@1.5.0 as job: ...", "says why"),
        ("deny publish widgets@1.5.0 as job: no-grant", "the reason is `conditions-failed`"),
        ("deny publish widgets@1.5.0 as job: missing tag", "there is no `missing tag`"),
        ("deny publish widgets@1.5.0 as job: fail repository_id", "there is no `fail repository_id`"),
        (
            "deny publish widgets as job with repository_id=2 without ref: missing tag",
            "there is also `wrong-type repository_id`",
        ),
        ("allow publish widgets as job", "it is bound to [\"1.4.0\"]"),
        ("allow publish widgets as job: bound 1.5.0", "it is bound to [\"1.4.0\"]"),
        ("allow publish widgets@1.4.0 as job: by two", "`two` is none"),
        ("allow publish widgets@1.4.0 as job: fail tag", "cannot be expected"),
    ] {
        let failures = decided(line);
        assert!(failures.contains(why), "{line}: {failures}");
    }
}

#[test]
fn a_slip_in_a_decision_is_no_pass() {
    for (line, why) in [
        ("allow publish widgets@1.4.0 as jbo", "no claims `jbo`"),
        ("deny publish widgets as job without sha: missing tag", "no claim `sha` to take out"),
        ("publish widgets as job", "neither `allow`"),
        ("deny publish widgets as job with ref=x: fail tag", "does not begin with JSON"),
    ] {
        let failures = decided(line);
        assert!(failures.contains(why), "{line}: {failures}");
    }
}

#[test]
fn a_trust_file_gives_what_its_comments_say_and_nothing_else() {
    let grant = |when: &str| format!("{{ packages: [a], actions: [publish], provider: github-actions, when: {when}");
    for (info, grant, why) in [
        ("", grant("{ repository_id: x } }"), "error: [impossible-value]"),
        ("", grant("{ repository_id: 1 } } # error: [impossible-value]"), "nothing is error: [impossible-value]"),
        ("", grant("{ repository_id: x } } # error: [wrong-type]"), "nothing is error: [wrong-type]"),
        ("", grant("{ repository_id: x } } # error: [impossible-value] \"letters\""), "\"letters\" here"),
        (
            "",
            grant("{ repository_id: x } } # error: [impossible-value]; [impossible-value]"),
            "nothing is error: [impossible-value]",
        ),
        ("", grant("{ branch: main } }"), "refused: [tenant-not-fixed]"),
        ("", grant("{ branch: main } } # error: [tenant-not-fixed]"), "nothing is error: [tenant-not-fixed]"),
        (" lint", grant("{ repository_id: 1 } }"), "lint: [missing-environment]"),
        ("", grant("{ repository_id: 1 } } # lint: [missing-environment]"), "does not say `lint`"),
        (" lnit", grant("{ repository_id: 1 } }"), "no word for a `yaml` block"),
    ] {
        let failures = read(info, &grant);
        assert!(failures.contains(why), "{info} {grant}: {failures}");
    }
    assert_eq!(read("", &grant("{ repository_id: x } } # error: [impossible-value] \"number\"")), "");
    assert_eq!(read(" lint", &grant("{ repository_id: 1 } } # lint: [missing-environment]")), "");
}

#[test]
fn blocks_that_say_nothing_are_told() {
    let only = |text: &str| failures(text).join("\n");
    assert!(only("```yaml\nregistry: npm\n```\n").contains("no trust file"));
    assert!(only("```decide\nallow publish a as b\n```\n").contains("no policy to decide by"));
    assert!(only("```yaml file=teams/a.yaml\ntrust: 1\n```\n").contains("right behind its root"));
    assert!(only("```yaml\ntrust: 1\n").contains("never closed"));
    assert!(only("```json claims=a extends=b\n{}\n```\n").contains("no claims `b`"));
    assert!(only("```json claims=a\n[]\n```\n").contains("no JSON object"));
    assert!(only("```yaml path=policies/none.trust.yaml\n```\n").contains("cannot be read"));
    let empty = Suite { name: "s.md", text: "# Nothing\n", repository: Path::new("."), filter: None }.run();
    assert!(empty.report().is_some_and(|report| report.contains("no trust file")));
}

#[test]
fn policies_that_do_not_load_are_asked_only_by_name() {
    let open = "```yaml\ntrust: 1\nregistry: npm\ngrants:\n  - packages: [a] # refused: [tenant-not-fixed]\n    actions: [publish]\n    provider: github-actions\n    when: { branch: main }\n```\n";
    let claims = "```json claims=x\n{ \"ref\": \"refs/heads/main\", \"event_name\": \"push\", \"runner_environment\": \"github-hosted\" }\n```\n";
    let asked =
        |info: &str| failures(&format!("{open}{claims}```decide{info}\nallow publish a as x\n```\n")).join("\n");
    assert!(asked("").contains("does not load for deciding"));
    assert_eq!(asked(" refused"), "");
    let loads = format!("{POLICY}\n```decide refused\nallow publish widgets@1.4.0 as job\n```\n");
    assert!(failures(&loads).join("\n").contains("leave `refused` out"));
}

#[test]
fn what_stands_under_one_heading_is_unknown_under_the_next() {
    let text = format!(
        "# Top\n## One\n{POLICY}\n### Below\n```decide\nallow publish widgets@1.4.0 as job\n```\n## Two\n```decide\nallow publish widgets@1.4.0 as job\n```\n"
    );
    let failures = failures(&text);
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert!(failures[0].contains("Top / Two") && failures[0].contains("no policy"), "{failures:?}");
}

#[test]
fn a_filter_chooses_cases() {
    let text = format!(
        "# Top\n{POLICY}\n## One\n```decide\nallow publish none as job\n```\n## Two\n```decide\ndeny publish none as job: no-grant\n```\n"
    );
    let run = |filter| Suite { name: "s.md", text: &text, repository: Path::new("."), filter: Some(filter) }.run();
    assert_eq!((run("Two").failures.len(), run("Two").assertions), (0, 1));
    assert_eq!(run("One").failures.len(), 1);
}
