//! Keys that a map holds twice.
//!
//! YAML readers differ in which of two equal keys counts, which is how one file means two things. Keys
//! are compared by content, so `a` and `"a"` are one. A map may hold a million keys: nearly all are
//! generated in order, which one pass sees; else integers are sorted. No hash table: keys chosen to
//! collide cost a comparison sort at worst.

use std::hash::Hasher as _;

use rustc_hash::FxHasher;
use trustctl_diag::{Diagnostic, Span};

use super::report::{Report, shown};
use super::{Entry, Key};

/// Up to so many keys every pair is compared.
const FEW: usize = 8;

/// Tells every key that stands in the map before.
pub(super) fn check(entries: &[Entry<'_>], report: &mut Report) {
    if entries.len() <= FEW {
        let mut rest = entries;
        while let [before @ .., last] = rest {
            if let Some(first) = before.iter().find(|entry| entry.key.text == last.key.text) {
                tell(&last.key, first.key.span, report);
            }
            rest = before;
        }
    } else if !entries.is_sorted_by(|a, b| a.key.text < b.key.text) {
        check_many(entries, report);
    }
}

fn check_many(entries: &[Entry<'_>], report: &mut Report) {
    let mut hashed: Vec<(u64, u32, &Key<'_>)> =
        entries.iter().zip(0_u32..).map(|(entry, index)| (hash(&entry.key.text), index, &entry.key)).collect();
    hashed.sort_unstable_by_key(|(hash, index, _)| (*hash, *index));
    for same_hash in hashed.chunk_by_mut(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
        same_hash.sort_by(|a, b| a.2.text.cmp(&b.2.text));
        for same in same_hash.chunk_by(|a, b| a.2.text == b.2.text) {
            if let [(_, _, first), again @ ..] = same {
                for (_, _, key) in again {
                    tell(key, first.span, report);
                }
            }
        }
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

fn tell(key: &Key<'_>, first: Span, report: &mut Report) {
    if report.full() {
        report.error("duplicate-key", key.span, || (String::new(), String::new()));
        return;
    }
    let message = format!("the key `{}` stands twice in one map", shown(&key.text));
    let place = report.place(key.span);
    let first = report.place(first);
    report.add(
        Diagnostic::error("duplicate-key", place, message)
            .here("here again")
            .also(first, "first here")
            .help("keep one of them; several values of one key are a list: `[a, b]`"),
    );
}
