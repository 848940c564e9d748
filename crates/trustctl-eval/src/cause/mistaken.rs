//! A value that another claim has: the called workflow where the started one is meant.

use trustctl_policy::ClaimId;

use super::Failed;

/// The catalogue knows which claims people take for each other, and says so in a sentence.
pub(super) fn another_claims_value(failed: &Failed<'_, '_>) -> Option<String> {
    let (_, sentence) = mistaken_for(failed)?;
    Some(sentence.to_owned())
}

/// The claim whose value stands in the condition.
pub(super) fn mistaken_for<'a>(failed: &Failed<'_, 'a>) -> Option<(ClaimId, &'a str)> {
    let provider = failed.provider()?;
    let literals = failed.literals();
    failed.claim.mistaken_for.iter().find_map(|(other, sentence)| {
        let (id, _) = provider.claim(other)?;
        let value = failed.text_of(id)?;
        literals.contains(&value.as_str()).then_some((id, sentence.as_str()))
    })
}
