//! How fast files are linted; run with `cargo test --release -p trustctl-analysis --test speed -- --ignored --nocapture`.

use std::sync::Arc;
use std::time::Instant;

use trustctl_analysis::{LintInput, LintOptions, lint, rules};
use trustctl_claims::UnixTime;
use trustctl_policy::read_text;

#[test]
#[ignore = "measures; in a debug build it says nothing"]
fn a_thousand_files_a_second() {
    let clean = rules().flat_map(|rule| rule.examples()).filter(|example| !example.bad).map(|example| example.text);
    let clean: Vec<String> = clean.collect();
    let all: Vec<String> = rules().flat_map(|rule| rule.examples()).map(|example| example.text).collect();
    for (what, texts) in [("clean", clean), ("half of them bad", all)] {
        let texts: Vec<&String> = texts.iter().cycle().take(2_000).collect();
        let start = Instant::now();
        let inputs: Vec<LintInput> = texts
            .iter()
            .filter_map(|text| read_text("trust.yaml", text).policy)
            .map(|policy| LintInput::new(Arc::new(policy)))
            .collect();
        let read = start.elapsed();
        let found = lint(&inputs, UnixTime(1_795_262_400), &LintOptions::default()).len();
        let all = start.elapsed();
        println!(
            "{what}: {} files, {found} findings: read {read:?}, linted {:?}",
            inputs.len(),
            all.saturating_sub(read)
        );
    }
}
