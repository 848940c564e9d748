//! The machine that the job runs on.

use trustctl_catalog::Role;

use super::{Failed, either};

/// A machine of one's own where only the provider's are taken.
pub(super) fn of_ones_own(failed: &Failed<'_>) -> Option<String> {
    let found = failed.found().filter(|_| failed.is_other() && failed.role() == Some(Role::Runner))?;
    if !found.contains("self-hosted") {
        return None;
    }
    Some(format!(
        "the job ran on a machine of one's own (`{found}`), and {} takes only {}: publish from a hosted runner",
        failed.title(),
        either(failed.expected())
    ))
}
