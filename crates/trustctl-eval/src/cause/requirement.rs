//! What a provider or a registry requires by itself: events that outsiders steer, machines of somebody's own.

use trustctl_policy::{Origin, Role};

use super::Failed;
use crate::trace::shown;

/// The catalogue's own reason, with the value that broke it.
pub(super) fn required_by_itself(failed: &Failed<'_, '_>) -> Option<String> {
    let who = match failed.condition.origin {
        Origin::Provider => "the provider",
        Origin::Registry => "the registry",
        _ => return None,
    };
    let found = failed.text().map_or_else(|| "nothing".to_owned(), |text| format!("`{}`", shown(&text)));
    let why = failed.policy().why(failed.condition).unwrap_or("it is required of every token");
    Some(match failed.claim.role {
        Role::Event => format!("the run was started by {found}; {who} rules that out by itself: {why}"),
        Role::Runner => format!("the machine is {found}; {who} rules that out by itself: {why}"),
        _ => format!("`{}` is {found}; {who} rules that out by itself: {why}", failed.claim.name),
    })
}
