//! Composed subjects come in several shapes, and a registry compares one.

use trustctl_catalog::Role;
use trustctl_claims::SubjectDifference;

use super::Failed;

/// The subject is the expected one in another shape, or put together otherwise altogether.
pub(super) fn other_shape(failed: &Failed<'_>) -> Option<String> {
    if failed.role() != Some(Role::Subject) || failed.is_absent() {
        return None;
    }
    let name = failed.claim_name()?;
    let found = failed.text_of(name)?;
    let between = |expected: &String| SubjectDifference::between(expected, found);
    if let Some(difference) = failed.expected().iter().find_map(between) {
        return Some(in_words(difference).to_owned());
    }
    // What a subject begins with by default, up to the first part that names somebody.
    let default = failed.claim()?.forms.iter().find_map(|form| match form.pieces.first() {
        Some(trustctl_catalog::Piece::Text(text)) => Some(text),
        _ => None,
    })?;
    (!found.starts_with(default.as_str())).then(|| {
        format!("`{name}` is put together otherwise than by default: the repository or its organisation has changed its template")
    })
}

fn in_words(difference: SubjectDifference) -> &'static str {
    match difference {
        SubjectDifference::IdsInFound => {
            "the token's subject has the ids beside the names (GitHub's immutable form, which new repositories have), and the record only the names: write the whole subject"
        }
        SubjectDifference::IdsInWritten => {
            "the record has the ids beside the names, and the token's subject only the names: its repository still has the older form"
        }
        SubjectDifference::EnvironmentInFound => {
            "the job runs in an environment, and then the subject names it in place of the ref"
        }
        SubjectDifference::EnvironmentInWritten => {
            "the job names no environment, so the subject has something else in its place: add `environment:` to the job"
        }
    }
}
