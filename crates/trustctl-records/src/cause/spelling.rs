//! Values that differ in what the eye slides over.

use trustctl_claims::Difference;

use super::Failed;

/// Case, blanks, `.yaml` for `.yml`, a path for a file name, a whole ref for a branch.
pub(super) fn almost_the_same(failed: &Failed<'_>) -> Option<String> {
    let found = failed.found().filter(|_| failed.is_other())?;
    let difference = failed.expected().iter().find_map(|expected| Difference::between(expected, found))?;
    Some(match difference {
        Difference::Blanks => "they differ in blanks at an end".to_owned(),
        Difference::Case => {
            format!("they differ in upper and lower case only, and {} tells them apart", failed.title())
        }
        Difference::Suffix => "one ends in `.yml`, the other in `.yaml`".to_owned(),
        Difference::Path => format!("{} has more than the last part, which is what is compared", failed.field()),
        Difference::WholeRef => format!("the claim is a whole ref, and {} has only its name", failed.field()),
        Difference::FoundNotAscii => "the token's value has characters outside ASCII".to_owned(),
        Difference::WrittenNotAscii => {
            format!("{} has characters outside ASCII, which may look like others or show nothing", failed.field())
        }
    })
}
