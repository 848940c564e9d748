//! `policies/bad` shows every rule, and its comments say where: the completeness fixture.

use std::collections::BTreeSet;
use std::sync::Arc;

use trustctl_analysis::{Finding, LintInput, LintOptions, lint, rules};
use trustctl_claims::UnixTime;
use trustctl_diag::Sources;
use trustctl_policy::read_text;

/// 2026-11-21 12:00 UTC.
const NOW: UnixTime = UnixTime(1_795_262_400);

#[test]
fn every_rule_is_shown_where_the_comments_say() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/bad");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut shown = BTreeSet::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "yaml")) {
        let name = file.file_name().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(file).unwrap();
        let reading = read_text(name, &text);
        let policy = reading.policy.ok_or(reading.diagnostics).unwrap();
        let findings = lint(&[LintInput::new(Arc::new(policy))], NOW, &LintOptions::default());
        let mut found = found(name, &text, &findings);
        for (line, rule, says) in expected(&text) {
            shown.insert(rule.clone());
            let is_it = |(at, by, all): &(u32, String, String)| *at == line && *by == rule && all.contains(&says);
            match found.iter().position(is_it) {
                Some(at) => drop(found.remove(at)),
                None => panic!("{name}:{line}: not found: [{rule}] {says:?}, but {found:#?}"),
            }
        }
        assert!(found.is_empty(), "{name}: found, and no comment says so: {found:#?}");
    }
    let all: BTreeSet<String> = rules().map(|rule| rule.name.to_owned()).collect();
    assert_eq!(shown, all, "policies/bad shows every rule and no other");
}

/// Line, rule and all that is said.
fn found(name: &str, text: &str, findings: &[Finding]) -> Vec<(u32, String, String)> {
    let mut sources = Sources::default();
    sources.add(name, text);
    let of = |finding: &Finding| {
        let labels: Vec<&str> = finding.labels.iter().map(|label| label.text.as_str()).collect();
        let says = format!("{} | {} | {:?}", finding.message, labels.join(" | "), finding.help);
        let line = finding.place().map_or(0, |place| sources.range(place).start.line);
        (line, finding.rule.to_owned(), says)
    };
    findings.iter().map(of).collect()
}

/// The assertions of a text: `# lint: [rule] "what it says"; [rule]`, after `# ^` for the line above.
fn expected(text: &str) -> Vec<(u32, String, String)> {
    let mut expected = Vec::new();
    for (line, number) in text.lines().zip(1_u32..) {
        let Some((before, assertions)) = line.split_once(" lint: ").filter(|(before, _)| before.ends_with(['#', '^']))
        else {
            continue;
        };
        let number = if before.ends_with('^') { number.saturating_sub(1) } else { number };
        for assertion in assertions.split("; ") {
            let (rule, says) =
                assertion.strip_prefix('[').and_then(|rest| rest.split_once(']')).unwrap_or((assertion, ""));
            expected.push((number, rule.to_owned(), says.trim().trim_matches('"').to_owned()));
        }
    }
    expected
}
