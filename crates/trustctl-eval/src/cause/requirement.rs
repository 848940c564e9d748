//! What a provider or a registry requires by itself: events that outsiders steer, machines of somebody's own.

use trustctl_policy::Origin;

use super::Failed;
use crate::trace::shown;

/// The value that broke it; the catalogue's own reason stands beside, as the line's `why`.
pub(super) fn required_by_itself(failed: &Failed<'_, '_>) -> Option<String> {
    let who = match failed.condition.origin {
        Origin::Provider => "the provider",
        Origin::Registry => "the registry",
        _ => return None,
    };
    let name = &failed.claim.name;
    Some(match failed.text() {
        Some(found) => format!("`{name}` is `{}`, which {who} rules out by itself", shown(&found)),
        None => format!("{who} requires `{name}` by itself, and the token does not say it"),
    })
}
