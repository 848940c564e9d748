//! A value that another claim has: the workflow that was started where the called one is meant, one id for another.

use super::Failed;
use crate::take::take;

/// The catalogue knows which claims people take for each other, and says so in a sentence.
pub(super) fn another_claims_value(failed: &Failed<'_>) -> Option<String> {
    let claim = failed.claim().filter(|_| failed.is_other())?;
    let name = failed.claim_name()?;
    claim.mistaken_for.iter().find_map(|(other, sentence)| {
        let piece = take(failed.piece(), failed.text_of(other)?)?;
        let is_meant = failed.expected().iter().any(|expected| expected.eq_ignore_ascii_case(piece));
        is_meant.then(|| format!("`{piece}` is in `{other}`: {sentence}; {} reads `{name}`", failed.title()))
    })
}
