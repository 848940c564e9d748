//! What comes close to a request that no grant is for.

use std::collections::BTreeSet;

use trustctl_policy::{Grant, GrantId, Policy};

use super::text::shown;
use super::{Near, NearKind};
use crate::decision::{BadRequest, Decision, DenyReason};
use crate::evaluate::Asked;
use crate::index::Key;

/// Names compared letter by letter: what a large registry's operator waits for is bounded.
const MOST_COMPARED: usize = 20_000;

/// Issuers looked at.
const MOST_ISSUERS: usize = 1_000;

/// Things of one kind that are shown.
const MOST_SHOWN: usize = 5;

/// Letters that a similar name may differ in.
const MOST_EDITS: usize = 2;

/// For a request that cannot be read in the terms of the policy.
pub(super) fn requests(decision: &Decision<'_>, reason: &DenyReason) -> Vec<Near> {
    let policy = decision.evaluator.policy();
    let request = &decision.request;
    match reason {
        DenyReason::UnknownRegistry => {
            let all = policy.registries().take(MOST_SHOWN);
            all.map(|(_, registry)| Near {
                kind: NearKind::Registry,
                name: shown(&registry.name),
                about: "a registry of this policy".to_owned(),
                place: Some(registry.place),
            })
            .collect()
        }
        DenyReason::UnknownAction => {
            let registry = policy.registry_named(request.registry).map(|(_, registry)| registry);
            let actions = registry.into_iter().flat_map(|registry| &registry.actions).take(MOST_SHOWN);
            actions.map(|action| near(NearKind::Action, &action.name, "an action of this registry")).collect()
        }
        DenyReason::BadRequest(problem) => normal_form(problem).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn normal_form(problem: &BadRequest) -> Option<Near> {
    match problem {
        BadRequest::NameNotNormal(normal) | BadRequest::VersionNotNormal(normal) => {
            Some(near(NearKind::NormalForm, normal, "this is the registry's normal form, and requests must have it"))
        }
        _ => None,
    }
}

/// For a request that is well put, and no grant is for it.
pub(super) fn resources(decision: &Decision<'_>, asked: &Asked<'_>) -> Vec<Near> {
    let mut all = Vec::new();
    if let Some(DenyReason::BadRequest(problem)) = decision.reason() {
        all.extend(normal_form(problem));
    }
    elsewhere(decision, asked, &mut all);
    if matches!(decision.reason(), Some(DenyReason::UnknownIssuer)) {
        similar_issuers(decision, &mut all);
    }
    similar_names(decision, asked, &mut all);
    all
}

/// The same resource for another issuer, or at another registry.
fn elsewhere(decision: &Decision<'_>, asked: &Asked<'_>, all: &mut Vec<Near>) {
    let (evaluator, policy) = (decision.evaluator, decision.evaluator.policy());
    let iss = evaluator.sources.issuer(decision.claims);
    let ours: BTreeSet<_> = iss.into_iter().flat_map(|iss| evaluator.issuers.matching(policy, iss)).collect();
    let (mut issuers, mut registries) = (Vec::new(), Vec::new());
    for (registry_id, registry) in policy.registries() {
        for (issuer_id, issuer) in policy.issuers().take(MOST_ISSUERS) {
            let key = Key { registry: registry_id, ..asked.key(issuer_id) };
            let Some(id) = evaluator.grants.candidates(policy, key).next() else { continue };
            let grant = policy.grant(id);
            let label = grant.map_or_else(String::new, |grant| policy.grant_label(grant));
            let place = grant.map(|grant| grant.place);
            if registry_id == asked.registry && !ours.contains(&issuer_id) {
                let about = format!("`{label}` is for tokens of this issuer");
                issuers.push(Near { place, ..near(NearKind::OtherIssuer, &issuer.text, &about) });
            } else if registry_id != asked.registry && ours.contains(&issuer_id) {
                let about = format!("`{label}` is for this registry");
                registries.push(Near { place, ..near(NearKind::OtherRegistry, &registry.name, &about) });
            }
        }
    }
    for mut found in [issuers, registries] {
        found.sort_by(|one, other| one.name.cmp(&other.name));
        all.extend(found.into_iter().take(MOST_SHOWN));
    }
}

fn similar_issuers(decision: &Decision<'_>, all: &mut Vec<Near>) {
    let policy = decision.evaluator.policy();
    let Some(iss) = decision.evaluator.sources.issuer(decision.claims) else { return };
    let mut found: Vec<(usize, &str)> = policy
        .issuers()
        .take(MOST_ISSUERS)
        .filter_map(|(_, issuer)| Some((edits(iss, &issuer.text)?, issuer.text.as_str())))
        .collect();
    found.sort_unstable();
    let about = "an issuer of this policy; issuers are compared byte for byte";
    all.extend(found.into_iter().take(MOST_SHOWN).map(|(_, text)| near(NearKind::SimilarIssuer, text, about)));
}

fn similar_names(decision: &Decision<'_>, asked: &Asked<'_>, all: &mut Vec<Near>) {
    let policy = decision.evaluator.policy();
    let name = decision.request.target.name();
    let of_kind = |(_, grant): &(GrantId, &Grant)| grant.registry == asked.registry && grant.holder == asked.holder;
    let names = policy.grants().filter(of_kind).flat_map(|(_, grant)| names(policy, grant));
    let found: BTreeSet<(usize, &str, _)> = names
        .take(MOST_COMPARED)
        .filter(|(other, _)| *other != name)
        .filter_map(|(other, place)| Some((edits(name, other)?, other, place)))
        .collect();
    let mut last = None;
    let distinct = found.into_iter().filter(|(_, other, _)| last.replace(*other) != Some(*other));
    all.extend(distinct.take(MOST_SHOWN).map(|(_, other, place)| Near {
        place: Some(place),
        ..near(NearKind::SimilarName, other, "a grant is for this name")
    }));
}

fn names<'p>(policy: &'p Policy, grant: &'p Grant) -> impl Iterator<Item = (&'p str, trustctl_policy::Place)> {
    policy.names(grant).map(|name| (name, grant.place))
}

/// In how many letters two texts differ, where they are few.
fn edits(one: &str, other: &str) -> Option<usize> {
    if one.len().abs_diff(other.len()) > MOST_EDITS || one.len() > 256 {
        return None;
    }
    let edits = strsim::levenshtein(one, other);
    // Of a name of three letters, two changed make another name.
    (edits <= MOST_EDITS.min(other.len() / 3)).then_some(edits)
}

fn near(kind: NearKind, name: &str, about: &str) -> Near {
    Near { kind, name: shown(name), about: about.to_owned(), place: None }
}
