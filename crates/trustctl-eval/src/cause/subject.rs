//! Composed subjects come in several shapes, and a literal fits only one.

use trustctl_claims::SubjectDifference;
use trustctl_policy::Role;

use super::Failed;

/// The token's subject is the literal in another shape.
pub(super) fn other_shape(failed: &Failed<'_, '_>) -> Option<String> {
    if failed.claim.role != Role::Subject {
        return None;
    }
    let found = failed.text()?;
    let difference = failed.literals().into_iter().find_map(|literal| SubjectDifference::between(literal, &found))?;
    Some(in_words(difference).to_owned())
}

fn in_words(difference: SubjectDifference) -> &'static str {
    match difference {
        SubjectDifference::IdsInFound => {
            "the token's subject has the ids beside the names, and the policy only the names; write the whole subject, or the claims for repository and ids"
        }
        SubjectDifference::IdsInWritten => {
            "the policy has the ids beside the names, and the token's subject only the names; its repository still has the older shape"
        }
        SubjectDifference::EnvironmentInFound => {
            "the job runs in an environment, and then the subject names it in place of the ref"
        }
        SubjectDifference::EnvironmentInWritten => {
            "the job runs in no environment, so the subject names something else in its place"
        }
    }
}
