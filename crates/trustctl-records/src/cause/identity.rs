//! Names that moved and names that somebody else took.

use trustctl_catalog::{Claim, NameKind, Provider, Role};

use super::Failed;
use crate::check::Miss;
use crate::explain::StepState;

/// The id is the one meant and the name differs: it was renamed.
pub(super) fn another_name(failed: &Failed<'_>) -> Option<String> {
    let claim = failed.claim().filter(|claim| failed.is_other() && claim.name_kind == NameKind::Name)?;
    let (expected, found) = (failed.only_expected()?, failed.found()?);
    if expected.eq_ignore_ascii_case(found) {
        return None;
    }
    let same = |role: Role| {
        let pins = claim.pinned_by.iter().filter(|id| role_of(failed.provider, id) == Some(role));
        pins.into_iter().find(|id| failed.holding(id).any(|step| !step.expected.is_empty()))
    };
    let field = failed.field();
    if claim.role == Role::Repository
        && let Some(id) = same(Role::Repository)
    {
        return Some(format!(
            "`{id}` is the one meant, so the repository was renamed or moved to `{found}`: write the new name in {field}"
        ));
    }
    // The owner's id says nothing of the repository's own name.
    let owner = |text: &str| text.rsplit_once('/').map_or(text, |(owner, _)| owner).to_ascii_lowercase();
    let is_owners = !matches!(claim.role, Role::Repository)
        || failed.step.whole.as_deref().is_some_and(|whole| whole.starts_with(&format!("{found}/")))
        || failed.step.whole.is_none() && owner(expected) != owner(found);
    let id = same(Role::Tenant).filter(|_| is_owners)?;
    Some(format!("`{id}` is the one meant, so the owner was renamed: write the new name in {field}"))
}

/// The name is the one meant and the id differs: somebody else has the name now.
pub(super) fn another_id(failed: &Failed<'_>) -> Option<String> {
    let claim = failed.claim().filter(|claim| failed.is_other() && claim.name_kind == NameKind::Id)?;
    let id = failed.claim_name()?;
    let pinned = failed.provider?.claims.iter().filter(|(_, name)| pins(claim, id, name));
    let name = pinned.map(|(name, _)| name).find(|name| failed.holding(name).any(|step| !step.expected.is_empty()))?;
    let whose = match claim.role {
        Role::Tenant => "the name was given up and somebody else has it now, or the repository was transferred",
        Role::Repository => "the repository was deleted and made again, or another one has its name now",
        _ => return None,
    };
    let locked = match (failed.miss, &failed.step.state) {
        (Miss::OtherId(_), StepState::Misses(_)) => "; the record learned its id at an earlier use",
        _ => "",
    };
    Some(format!("`{name}` is the same and `{id}` is not: {whose}{locked}; do not take the new id over unseen"))
}

/// Whether `id` keeps that name from being registered again.
fn pins(claim: &Claim, id: &str, name: &Claim) -> bool {
    name.name_kind == NameKind::Name
        && name.pinned_by.iter().any(|pin| pin == id)
        && matches!((claim.role, name.role), (Role::Tenant, _) | (Role::Repository, Role::Repository))
}

fn role_of(provider: Option<&Provider>, claim: &str) -> Option<Role> {
    Some(provider?.claims.get(claim)?.role)
}
