//! Values that differ in what the eye slides over.

use trustctl_claims::Difference;

use super::Failed;

/// Case, blanks, `.yaml` for `.yml`, a path for a file name, a whole ref for a branch.
pub(super) fn almost_the_same(failed: &Failed<'_, '_>) -> Option<String> {
    let found = failed.text()?;
    let difference = failed.literals().into_iter().find_map(|literal| Difference::between(literal, &found))?;
    Some(in_words(difference).to_owned())
}

fn in_words(difference: Difference) -> &'static str {
    match difference {
        Difference::Blanks => "they differ in blanks at an end",
        Difference::Case => "they differ in upper and lower case only, and values are compared exactly",
        Difference::Suffix => "one ends in `.yml`, the other in `.yaml`",
        Difference::Path => "the policy has a path, and the claim is only its last part",
        Difference::WholeRef => "the claim is a whole ref, and the policy has only its name",
        Difference::FoundNotAscii => "the token's value has characters outside ASCII",
        Difference::WrittenNotAscii => "the policy's value has characters outside ASCII",
    }
}
