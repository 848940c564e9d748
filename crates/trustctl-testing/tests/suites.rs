//! Every suite of the repository, a test for each Markdown file.
//!
//! `TRUSTCTL_CASE="version binding" cargo test -p trustctl-testing` runs the cases whose headings hold that text.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;

use trustctl_catalog::Catalogue;
use trustctl_testing::Suite;

include!(concat!(env!("OUT_DIR"), "/suites.rs"));

fn run(name: &str) {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(repository.join(name)).unwrap();
    let filter = std::env::var("TRUSTCTL_CASE").ok();
    let outcome = Suite { name, text: &text, repository: &repository, filter: filter.as_deref() }.run();
    if (filter.is_none() || !outcome.failures.is_empty())
        && let Some(report) = outcome.report()
    {
        panic!("\n{report}{} of {} assertions do not hold\n", outcome.failures.len(), outcome.assertions);
    }
}

/// A provider is a file and a test: a suite that lets a token in, keeps others out, and has a heading for each trap.
#[test]
fn every_provider_has_its_suite() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/suites/providers");
    for provider in Catalogue::bundled().unwrap().providers() {
        let path = folder.join(format!("{}.md", provider.kind));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let has = |line: &str| text.lines().any(|other| other.starts_with(line));
        assert!(has("allow ") && has("deny "), "{} decides nothing", path.display());
        let headings = || text.lines().filter_map(|line| line.trim_start_matches('#').strip_prefix(' '));
        for trap in provider.traps.iter().map(|trap| trap.kind.word()) {
            assert!(headings().any(|heading| heading.starts_with(trap)), "{} has no heading `{trap}`", path.display());
        }
    }
}

#[test]
fn every_ready_policy_has_its_test() {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let names = |folder: &Path, ending: &str| -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = entries.filter_map(|name| name.strip_suffix(ending).map(str::to_owned)).collect();
        names.sort();
        names
    };
    assert_eq!(names(&policies, ".trust.yaml"), names(&policies.join("tests"), ".md"));
}
