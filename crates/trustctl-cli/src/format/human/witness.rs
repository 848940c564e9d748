//! A token that gets in, for people: the claims that matter.

use std::collections::{BTreeMap, BTreeSet};

use trustctl_analysis::Witness;

use super::page::Page;
use crate::look::breakable;
use crate::words::cut;

/// Columns of claim names at most; a longer one pushes its own value aside.
const MOST_COLUMNS: usize = 32;
/// Characters of a value that are shown.
const MOST_SHOWN: usize = 300;

/// The claims that matter.
pub(super) fn claims(witness: &Witness) -> Vec<(String, String)> {
    witness.highlights.iter().map(|(claim, value)| (claim.clone(), cut(value, MOST_SHOWN))).collect()
}

/// The claims in which a token differs from one that was shown before; the subject repeats the others, so it stands only for
/// itself or where the grant asks for it.
pub(super) fn differences(before: &Witness, witness: &Witness) -> Vec<(String, String)> {
    let differ = different(&all(before), &all(witness));
    let asked = |claim: &str| witness.highlights.iter().any(|(name, _)| name == claim);
    let alone = differ.len() == 1;
    differ.into_iter().filter(|(claim, _)| claim != "sub" || alone || asked(claim)).collect()
}

/// Claims and their values, a line each.
pub(super) fn values(page: &mut Page, indent: usize, values: &[(String, String)]) {
    let column = values.iter().map(|(claim, _)| claim.chars().count()).max().unwrap_or(0).min(MOST_COLUMNS) + 2;
    for (claim, value) in values {
        let room = page.look().width.saturating_sub(indent + column);
        page.term(indent, claim, column, None, &breakable(value, room));
    }
}

/// Names and values of the second that are not the first's.
fn different(before: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    let changed = names.into_iter().filter(|name| before.get(*name) != now.get(*name));
    changed
        .map(|name| (name.clone(), now.get(name).map_or_else(|| "(none)".to_owned(), |value| cut(value, MOST_SHOWN))))
        .collect()
}

/// Every claim as text.
fn all(witness: &Witness) -> BTreeMap<String, String> {
    let members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&witness.claims).unwrap_or_default();
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    members.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}
