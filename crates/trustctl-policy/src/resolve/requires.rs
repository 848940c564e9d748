//! What the provider and the registry require by themselves.

use trustctl_catalog::{Missing, Requirement};
use trustctl_diag::{Diagnostic, Place};

use crate::model::{ClaimId, ClaimSource, Condition, Matcher, Origin, ProviderId, RegistryId, Text};

use super::build::Builder;

/// The values that a grant gives for claims, where they are a literal or a list of literals.
pub(crate) type Given = Vec<(ClaimId, Vec<Text>)>;

/// What of `conditions` replaces a requirement of the provider's own.
pub(crate) fn given(conditions: &[Condition], builder: &Builder<'_>) -> Given {
    conditions
        .iter()
        .filter_map(|condition| {
            let matcher = builder.parts.matchers.get(condition.matcher.0 as usize)?;
            Some((condition.claim, matcher.literals()?))
        })
        .collect()
}

/// The provider's own requirements, but for those that the grant replaces by naming values itself.
///
/// The values of an included grant count only where the root's `require` lists each of them.
pub(crate) fn of_provider(
    id: ProviderId,
    given: &Given,
    included: bool,
    place: Place,
    builder: &mut Builder<'_>,
) -> Vec<Condition> {
    if builder.generic() {
        return Vec::new();
    }
    let Some(entry) = builder.facts(id).and_then(|facts| facts.entry) else {
        return Vec::new();
    };
    let open =
        |requirement: &&Requirement| match builder.facts(id).and_then(|facts| facts.claims.get(&requirement.claim)) {
            Some(claim) => !replaced(id, *claim, given, included, builder),
            None => true,
        };
    let open: Vec<&Requirement> = entry.requires.iter().filter(open).collect();
    open.into_iter().filter_map(|requirement| condition(id, requirement, Origin::Provider, place, builder)).collect()
}

/// Whether values given for these claims can replace a requirement of the provider's own.
pub(crate) fn replaces(id: ProviderId, given: &Given, builder: &Builder<'_>) -> bool {
    let Some(facts) = builder.facts(id) else { return false };
    let required = facts
        .entry
        .into_iter()
        .flat_map(|entry| &entry.requires)
        .filter_map(|requirement| facts.claims.get(&requirement.claim));
    required.into_iter().any(|required| {
        let required = canonical(id, *required, builder);
        given.iter().any(|(claim, _)| canonical(id, *claim, builder) == required)
    })
}

/// The claim that a claim is another name of; itself where it is none.
fn canonical(provider: ProviderId, claim: ClaimId, builder: &Builder<'_>) -> ClaimId {
    match builder.claim(provider, claim).map(|claim| &claim.source) {
        Some(ClaimSource::Alias(of)) => *of,
        _ => claim,
    }
}

fn replaced(id: ProviderId, claim: ClaimId, given: &Given, included: bool, builder: &Builder<'_>) -> bool {
    let claim = canonical(id, claim, builder);
    let mut values = given
        .iter()
        .filter(|(given, _)| canonical(id, *given, builder) == claim)
        .flat_map(|(_, values)| values)
        .peekable();
    if values.peek().is_none() {
        return false;
    }
    if !included {
        return true;
    }
    let listed: Vec<Text> = builder
        .facts(id)
        .into_iter()
        .flat_map(|facts| &facts.require)
        .filter(|condition| canonical(id, condition.claim, builder) == claim)
        .filter_map(|condition| builder.parts.matchers.get(condition.matcher.0 as usize)?.literals())
        .flatten()
        .collect();
    values.all(|value| listed.iter().any(|listed| builder.read_text(*listed) == builder.read_text(*value)))
}

/// The registry's own requirements for tokens of that provider. Nothing in a trust file replaces them: the registry
/// itself refuses such tokens, whatever a policy says.
pub(crate) fn of_registry(
    id: RegistryId,
    provider: ProviderId,
    place: Place,
    builder: &mut Builder<'_>,
) -> Vec<Condition> {
    if builder.generic() {
        return Vec::new();
    }
    let kind =
        builder.parts.providers.get(usize::from(provider.0)).map(|provider| provider.kind.clone()).unwrap_or_default();
    let Some(requirements) = builder.registry_facts(id).and_then(|facts| facts.entry.requires.get(&kind)) else {
        return Vec::new();
    };
    let mut conditions = Vec::new();
    for requirement in requirements {
        conditions.extend(condition(provider, requirement, Origin::Registry, place, builder));
    }
    conditions
}

fn condition(
    provider: ProviderId,
    requirement: &Requirement,
    origin: Origin,
    place: Place,
    builder: &mut Builder<'_>,
) -> Option<Condition> {
    let Some(claim) = builder.facts(provider)?.claims.get(&requirement.claim).copied() else {
        // Tests of the catalogue rule this out; a requirement is never dropped in silence.
        let message = format!("the catalogue requires the claim `{}`, which it does not define", requirement.claim);
        builder.push(Diagnostic::error("catalogue", place, message));
        return None;
    };
    let values: Vec<Matcher> = requirement.values.iter().map(|value| Matcher::Equals(builder.text(value))).collect();
    let matcher = match <[Matcher; 1]>::try_from(values) {
        Ok([only]) => only,
        Err(values) => Matcher::AnyOf(values.into()),
    };
    Some(Condition {
        claim,
        origin,
        absent_passes: requirement.missing == Missing::Pass,
        matcher: builder.matcher(matcher),
        place,
        why: builder.reason(&requirement.why),
    })
}

/// `require` of every provider with the same issuer, whatever its name.
pub(crate) fn declared(id: ProviderId, builder: &mut Builder<'_>) -> Vec<Condition> {
    of_same_issuer(id, builder, |at, builder| builder.facts(at).map(|facts| facts.require.clone()).unwrap_or_default())
}

/// `require` of a registry for every provider with the same issuer, whatever its name.
pub(crate) fn declared_by_registry(registry: RegistryId, id: ProviderId, builder: &mut Builder<'_>) -> Vec<Condition> {
    of_same_issuer(id, builder, |at, builder| {
        builder.registry_facts(registry).and_then(|facts| facts.require.get(&at)).cloned().unwrap_or_default()
    })
}

/// The conditions that `of` has for each provider with the issuer of `id`, as conditions of `id`.
fn of_same_issuer(
    id: ProviderId,
    builder: &mut Builder<'_>,
    of: impl Fn(ProviderId, &Builder<'_>) -> Vec<Condition>,
) -> Vec<Condition> {
    let issuer_of = |id: ProviderId, builder: &Builder<'_>| {
        builder.parts.providers.get(usize::from(id.0)).map(|provider| provider.issuer)
    };
    let issuer = issuer_of(id, builder);
    let mut conditions = Vec::new();
    for at in (0..builder.parts.providers.len()).filter_map(|at| u16::try_from(at).ok()).map(ProviderId) {
        if issuer.is_none() || issuer_of(at, builder) != issuer {
            continue;
        }
        for condition in of(at, builder) {
            let claim = if at == id {
                Some(condition.claim)
            } else {
                translate(usize::from(at.0), condition.claim, id, builder)
            };
            conditions.extend(claim.map(|claim| Condition { claim, ..condition }));
        }
    }
    conditions
}

/// The same claim in another provider's table; it is added there where it is missing.
fn translate(from: usize, claim: ClaimId, to: ProviderId, builder: &mut Builder<'_>) -> Option<ClaimId> {
    let claim = builder.parts.providers.get(from)?.claims.get(usize::from(claim.0))?.clone();
    let facts = builder.providers.get_mut(usize::from(to.0))?;
    if let Some(known) = facts.claims.get(&claim.name) {
        return Some(*known);
    }
    let table = &mut builder.parts.providers.get_mut(usize::from(to.0))?.claims;
    let Ok(at) = u16::try_from(table.len()) else {
        // Never dropped in silence: what is required would not be asked.
        let message = format!("the providers of this issuer have too many claims to require `{}` of each", claim.name);
        builder.push(Diagnostic::error("too-many-claims", Place::default(), message));
        return None;
    };
    facts.claims.insert(claim.name.clone(), ClaimId(at));
    table.push(claim);
    Some(ClaimId(at))
}
