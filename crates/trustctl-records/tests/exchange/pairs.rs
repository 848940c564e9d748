//! Every record with every token of its registry and kind, not only the one that a row gives it.

use std::collections::BTreeSet;

use trustctl_records::Judge;

use crate::imports::{BEYOND, import, is_narrower, is_wider};
use crate::vectors::{Case, cases};

#[test]
fn an_imported_file_decides_as_the_registry_does_upon_all_tokens() {
    let all: Vec<Case> = cases().into_iter().filter(|case| !case.has_statements()).collect();
    let (mut seen, mut pairs, mut wrong) = (BTreeSet::new(), 0, Vec::new());
    for one in &all {
        let [record] = one.records.as_slice() else { continue };
        let is_new = seen.insert(format!("{} {:?} {record:?}", one.profile.registry, one.settings));
        let Some(made) = is_new.then(|| import(one, record).ok()).flatten() else { continue };
        let judge = Judge::new(one.profile, one.settings.clone(), vec![record.clone()]);
        let is_alike = |other: &&Case| {
            other.profile.registry == one.profile.registry
                && other.settings == one.settings
                && other.records[0].publisher == record.publisher
        };
        for other in all.iter().filter(is_alike) {
            let Some(explained) = other.explain_by(&judge) else { continue };
            let answer = made.1.ask(&other.native_claims(&explained), other.version.as_deref());
            pairs += 1;
            let is_told = match (explained.ruling.is_allow(), answer.is_allow) {
                (one, other) if one == other => continue,
                (true, _) => is_narrower(&answer, &made.0),
                (false, _) => is_wider(&explained, 0, &made.0),
            };
            if !is_told && !BEYOND.iter().any(|(id, _)| *id == other.id) {
                wrong.push(format!(
                    "the record of {} and the token of {}: the registry says {}; {:?}\n{}\n{}",
                    one.id,
                    other.id,
                    explained.ruling.is_allow(),
                    answer.failing,
                    other.claims,
                    made.0.text
                ));
            }
        }
    }
    eprintln!("compared {pairs} pairs");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n\n"));
    assert!(pairs > 10_000, "only {pairs} pairs");
}
