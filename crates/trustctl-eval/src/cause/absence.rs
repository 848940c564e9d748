//! Claims that are asked for and not there, or there and refused.

use trustctl_policy::{ClaimSource, Matcher, Role};

use super::Failed;
use crate::Status;
use crate::trace::{Shown, shown};

/// The environment that the job does not name, the tag of a run on a branch.
pub(super) fn asked_and_absent(failed: &Failed<'_, '_>) -> Option<String> {
    if failed.status != Status::Missing {
        return None;
    }
    let name = &failed.claim.name;
    if failed.claim.role == Role::Environment {
        let wanted = match failed.literals().as_slice() {
            [only] => format!(": it needs `{name}: {}`", shown(only)),
            _ => String::new(),
        };
        return Some(format!("the job runs in no {name}{wanted}"));
    }
    let of = match &failed.claim.source {
        ClaimSource::Alias(of)
        | ClaimSource::After { of, .. }
        | ClaimSource::AfterLast { of, .. }
        | ClaimSource::Piece { of, .. }
        | ClaimSource::Between { of, .. } => *of,
        _ => return None,
    };
    let source = failed.provider()?.claims.get(usize::from(of.0))?;
    match failed.found_of(of) {
        Shown::Value(value) => Some(format!("`{name}` is read from `{}`, and `{value}` is none", source.name)),
        Shown::Absent => Some(format!("`{name}` is read from `{}`, which this token does not have", source.name)),
    }
}

/// `present: false`, and it is there.
pub(super) fn there_and_refused(failed: &Failed<'_, '_>) -> Option<String> {
    let refused = matches!(failed.matcher, Matcher::Present(false)) && failed.status == Status::Fail;
    refused.then(|| format!("the grant is for tokens without `{}`, and this one has it", failed.claim.name))
}
