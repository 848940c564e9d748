//! Values of another JSON type.

use trustctl_policy::ClaimType;

use super::Failed;
use crate::Status;

/// `"42"` is not 42.
pub(super) fn another_type(failed: &Failed<'_, '_>) -> Option<String> {
    if failed.status != Status::WrongType {
        return None;
    }
    let expected = match failed.claim.kind {
        ClaimType::String => "a string",
        ClaimType::Integer => "an integer without fraction or exponent",
        ClaimType::Boolean => "`true` or `false`",
        ClaimType::List => "a list of strings",
    };
    let (name, found) = match failed.wrongly_typed(failed.condition.claim) {
        Some((name, value)) => (name, value.kind().to_string()),
        None => (&failed.claim.name, "another JSON type".to_owned()),
    };
    Some(format!("the token has `{name}` as {found}; it must be {expected}, and no type is taken for another"))
}
