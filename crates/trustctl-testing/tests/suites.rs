//! Every suite of the repository, a test for each Markdown file.
//!
//! `TRUSTCTL_CASE="version binding" cargo test -p trustctl-testing` runs the cases whose headings hold that text.

use std::path::Path;

use trustctl_testing::Suite;

include!(concat!(env!("OUT_DIR"), "/suites.rs"));

fn run(name: &str) {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(repository.join(name)).unwrap();
    let filter = std::env::var("TRUSTCTL_CASE").ok();
    let outcome = Suite { name, text: &text, repository: &repository, filter: filter.as_deref() }.run();
    if filter.is_none() || !outcome.failures.is_empty() {
        if let Some(report) = outcome.report() {
            panic!("\n{report}{} of {} assertions do not hold\n", outcome.failures.len(), outcome.assertions);
        }
    }
}
