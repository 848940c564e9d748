//! A solution as the JSON object that the provider would sign.

use std::collections::BTreeMap;

use serde_json::json;
use trustctl_catalog::{ClaimType, Role};
use trustctl_claims::UnixTime;
use trustctl_policy::ClaimSource;

use super::asked::Signs;
use super::bound::Bound;
use super::shape::BoundShape;
use super::system::{Built, filled};
use crate::facts::{GrantFacts, TemplatePart, template, type_of};
use crate::witness::token::{Token, envelope, insert, typed};

/// Examples of examples: as deep as the catalogue goes, and a bound.
const DEEPEST: u8 = 5;

/// The whole token; `None` where a value does not fit its type.
pub(super) fn render(
    grant: &GrantFacts<'_>,
    bound: &Bound,
    shape: &BoundShape,
    built: &Built,
    values: &[String],
    signs: &Signs,
    at: UnixTime,
) -> Option<Token> {
    let provider = grant.provider.provider;
    let entry = grant.provider.entry;
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    let mut lacks: Vec<&str> = Vec::new();
    for (claim, text) in built.claims(shape) {
        match text {
            Some(text) => {
                all.insert(claim.to_owned(), signs.decode(&filled(text, values)?));
            }
            None => lacks.push(claim),
        }
    }
    let required = entry
        .into_iter()
        .flat_map(|entry| &entry.claims)
        .filter(|(_, claim)| !claim.optional && claim.derived.is_none() && claim.role != Role::Envelope);
    for (claim, _) in required {
        if !all.contains_key(claim) && !lacks.contains(&claim.as_str()) && bound.is_modelled {
            let value = example(grant, &all, claim, DEEPEST);
            if !value.is_empty() {
                all.insert(claim.clone(), value);
            }
        }
    }
    let mut object = envelope(grant, at)?;
    let mut highlights = Vec::new();
    for (name, value) in &all {
        let of_policy = provider.claim(name).map(|(_, claim)| claim);
        let of_entry = entry.and_then(|entry| entry.claims.get(name));
        let is_own = of_policy.map_or_else(
            || of_entry.is_some_and(|claim| claim.derived.is_none()),
            trustctl_policy::Claim::is_of_the_token,
        );
        if !is_own || value.is_empty() {
            continue;
        }
        let of_interest = grant.touched().contains(name.as_str())
            || of_entry.is_some_and(|claim| matches!(claim.role, Role::Tenant | Role::Repository));
        let path = match of_policy.map(|claim| &claim.source) {
            Some(ClaimSource::Nested(path)) => path.clone(),
            _ => vec![name.clone()],
        };
        insert(&mut object, &path, typed(type_of(provider, entry, name), value)?)?;
        if of_interest {
            highlights.push((name.clone(), value.clone()));
        }
    }
    for (name, elements) in &built.lists {
        let elements: Vec<String> =
            elements.iter().filter_map(|&element| Some(signs.decode(values.get(element)?))).collect();
        let path = match provider.claim(name).map(|(_, claim)| &claim.source) {
            Some(ClaimSource::Nested(path)) => path.clone(),
            _ => vec![name.clone()],
        };
        highlights.push((name.clone(), elements.join(", ")));
        insert(&mut object, &path, json!(elements))?;
    }
    debug_assert!(provider.claims.iter().all(|claim| claim.kind != ClaimType::List || !all.contains_key(&claim.name)));
    Some(Token { json: serde_json::to_string(&object).ok()?, highlights })
}

/// The catalogue's example of a claim, beside what the token already says.
fn example(grant: &GrantFacts<'_>, all: &BTreeMap<String, String>, claim: &str, depth: u8) -> String {
    let known = grant.provider.entry.and_then(|entry| entry.claims.get(claim));
    let Some((known, depth)) = known.zip(depth.checked_sub(1)) else { return String::new() };
    let part = |part: TemplatePart| match part {
        TemplatePart::Text(text) => text,
        TemplatePart::Claim(name) => all.get(&name).cloned().unwrap_or_else(|| example(grant, all, &name, depth)),
    };
    template(&known.example).into_iter().map(part).collect()
}
