//! Every suite of the repository, a test for each Markdown file.
//!
//! `TRUSTCTL_CASE="version binding" cargo test -p trustctl-testing` runs the cases whose headings hold that text.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;

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
