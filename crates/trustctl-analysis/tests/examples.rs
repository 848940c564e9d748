//! The trust files in the rules' documentation, executed.

#![expect(clippy::panic, reason = "what a test says when it fails")]

use std::sync::Arc;

use trustctl_analysis::{Finding, LintInput, LintOptions, lint, rules};
use trustctl_claims::UnixTime;
use trustctl_diag::Severity;
use trustctl_policy::{Dialect, read_text};

/// 2026-11-21 12:00 UTC.
const NOW: UnixTime = UnixTime(1_795_262_400);

fn findings(rule: &str, text: &str) -> (Dialect, Vec<Finding>) {
    let reading = read_text("trust.yaml", text);
    let policy = reading.policy.unwrap_or_else(|| panic!("{rule}: {:#?}\n{text}", reading.diagnostics));
    let (dialect, refused) = (policy.dialect(), !policy.refusals().is_empty());
    let findings = lint(&[LintInput::new(Arc::new(policy))], NOW, &LintOptions::default());
    if dialect == Dialect::Trust {
        let says_why = findings.iter().any(|finding| finding.severity == Severity::Error);
        assert!(!refused || says_why, "{rule}: the policy does not load and no finding says why\n{text}");
    }
    (dialect, findings)
}

#[test]
fn bad_examples_are_found() {
    for rule in rules() {
        for example in rule.examples().iter().filter(|example| example.bad) {
            let (_, findings) = findings(rule.name, &example.text);
            let found: Vec<_> = findings.iter().filter(|finding| finding.rule == rule.name).collect();
            assert!(!found.is_empty(), "{}: found {findings:#?} in\n{}", rule.name, example.text);
            for finding in found {
                assert!(finding.help.is_some() && finding.place().is_some(), "{finding:?}");
                assert!(!finding.message.ends_with('.'), "{finding:?}");
            }
        }
    }
}

#[test]
fn good_examples_are_clean() {
    for rule in rules() {
        for example in rule.examples().iter().filter(|example| !example.bad) {
            let (_, findings) = findings(rule.name, &example.text);
            let loud =
                findings.iter().find(|finding| finding.severity >= Severity::Warning || finding.rule == rule.name);
            assert!(loud.is_none(), "{}: {loud:#?} in\n{}", rule.name, example.text);
        }
    }
}

/// Rules that say somebody gets in show who, for the example that they document.
#[test]
fn who_gets_in_is_shown() {
    for (name, adversary) in [
        ("no-identity-claims", "anyone"),
        ("missing-tenant-claim", "anyone"),
        ("mutable-name-without-id", "re-registered-name"),
        ("missing-environment", "any-writer"),
        ("requirement-replaced", "outsider-event"),
        ("reusable-workflow-without-caller", "caller"),
    ] {
        let rule = rules().find(|rule| rule.name == name).unwrap();
        for example in rule.examples().iter().filter(|example| example.bad) {
            let (_, findings) = findings(name, &example.text);
            let finding = findings.iter().find(|finding| finding.rule == name).unwrap();
            let witness =
                finding.witness.as_ref().unwrap_or_else(|| panic!("{name} shows nobody for\n{}", example.text));
            assert_eq!(witness.adversary.word(), adversary);
            println!("{name}: {}\n  {}\n", finding.message, witness.claims);
        }
    }
}

#[test]
fn the_same_policies_give_the_same_findings_in_the_same_order() {
    let texts: Vec<String> = rules().flat_map(|rule| rule.examples()).map(|example| example.text).collect();
    let inputs: Vec<LintInput> = texts
        .iter()
        .filter_map(|text| read_text("trust.yaml", text).policy)
        .map(|policy| LintInput::new(Arc::new(policy)))
        .collect();
    let first = lint(&inputs, NOW, &LintOptions::default());
    assert_eq!(first, lint(&inputs, NOW, &LintOptions::default()));
    assert!(first.is_sorted_by_key(|finding| (finding.place(), finding.rule)));
}
