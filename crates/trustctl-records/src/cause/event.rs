//! What started the run.

use trustctl_catalog::Role;

use super::{Failed, either};
use crate::check::Miss;

/// An event for which the registry takes no token.
pub(super) fn banned(failed: &Failed<'_>) -> Option<String> {
    let (Miss::Banned(_), Some(event)) = (failed.miss, failed.found()) else { return None };
    if failed.role() != Some(Role::Event) {
        return None;
    }
    Some(format!(
        "`{event}` started the run, and outsiders can bring it about; let a tag, a release or a person start the workflow that publishes"
    ))
}

/// An event that the record could let through, and does not.
pub(super) fn switched_off(failed: &Failed<'_>) -> Option<String> {
    let (Miss::Off(_, field), Some(event)) = (failed.miss, failed.found()) else { return None };
    Some(format!("`{event}` is let in only where the record has `{field}: true`"))
}

/// An event that is none of those the registry takes.
pub(super) fn another(failed: &Failed<'_>) -> Option<String> {
    let event = failed.found().filter(|_| failed.is_other() && failed.role() == Some(Role::Event))?;
    Some(format!("`{event}` started the run, and {} takes only {}", failed.title(), either(failed.expected())))
}
