//! The statements that say what a grant states, in the style of each registry that has such.

use serde_json::{Map, Value as Json, json};
use trustctl_catalog::profile::{AudienceCheck, StatementStyle};
use trustctl_catalog::{ClaimType, Provider, Role};
use trustctl_policy::{Audience, Grant, Policy};

use super::Kind;
use crate::said::Ask;
use crate::said::Condition;
use crate::said::facts::{Facts, name_of};

/// The fields of a record that is one statement.
pub(super) fn fields(
    kind: &Kind<'_>,
    style: StatementStyle,
    policy: &Policy,
    grant: &Grant,
    conditions: &[Condition],
    issuer: &str,
) -> Vec<(&'static str, Json)> {
    let tests = tests(kind, policy, grant, conditions, style == StatementStyle::FirstMatches);
    match style {
        StatementStyle::FirstMatches => {
            let rules: Map<String, Json> = tests.into_iter().map(|(claim, test)| (claim, test.rule())).collect();
            let scopes = scopes(kind, policy, grant);
            vec![("statements", json!([{ "iss": issuer, "scopes": scopes, "claims": rules }]))]
        }
        StatementStyle::LastMatches => {
            let conditions: Vec<Json> = tests
                .iter()
                .filter_map(|(claim, test)| {
                    let value = test.only().and_then(Json::as_str)?;
                    Some(json!({ "operator": "string_equals", "claim": claim, "value": value }))
                })
                .collect();
            let statement = json!({ "effect": "allow", "principal": { "oidc": issuer }, "conditions": conditions });
            vec![("statements", json!([statement]))]
        }
        StatementStyle::RequiredClaims => {
            let claims: Map<String, Json> =
                tests.iter().filter_map(|(claim, test)| Some((claim.clone(), test.only()?.clone()))).collect();
            vec![("claims", Json::Object(claims))]
        }
    }
}

/// What a statement asks of one claim.
struct Test {
    values: Vec<Json>,
    is_banned: bool,
}

impl Test {
    /// The one value that there may be.
    fn only(&self) -> Option<&Json> {
        match self.values.as_slice() {
            [only] if !self.is_banned => Some(only),
            _ => None,
        }
    }

    /// As Buildkite's policies write it.
    fn rule(self) -> Json {
        match (self.is_banned, self.values.as_slice()) {
            (false, [only]) => only.clone(),
            (false, _) => json!({ "in": self.values }),
            (true, _) => json!({ "not_in": self.values }),
        }
    }
}

/// What is asked of the token's own claims: all that follows of the grant's conditions.
fn tests(
    kind: &Kind<'_>,
    policy: &Policy,
    grant: &Grant,
    conditions: &[Condition],
    has_lists: bool,
) -> Vec<(String, Test)> {
    let facts = Facts::new(kind.entry, conditions);
    let mut tests: Vec<(String, Test)> = Vec::new();
    let own = |provider: &'_ Provider| {
        let claims = provider.claims.iter();
        let claims =
            claims.filter(|(_, claim)| claim.derived.is_none() && claim.at.is_none() && claim.role != Role::Envelope);
        claims.map(|(name, claim)| (name.clone(), claim.kind)).collect::<Vec<_>>()
    };
    for (claim, of) in kind.entry.map(own).unwrap_or_default() {
        let known = facts.value(&claim).filter(|known| known.is_exact);
        let values = known.map(|known| vec![known.text.clone()]);
        let values = values.or_else(|| facts.values(kind.entry, &claim).filter(|_| has_lists));
        if let Some(values) = values.filter(|values| !values.is_empty()) {
            let values = values.iter().map(|text| scalar(of, text)).collect();
            tests.push((claim, Test { values, is_banned: false }));
        } else if let Some(banned) = banned(kind, conditions, &claim).filter(|_| has_lists) {
            let values = banned.iter().map(|text| scalar(of, text)).collect();
            tests.push((claim, Test { values, is_banned: true }));
        }
    }
    let envelope = kind.profile.envelope.with(&kind.publisher.envelope.clone().unwrap_or_default());
    if let (AudienceCheck::ByRecord, Some(Audience::Exact(audience))) =
        (envelope.audiences, policy.audience(grant.registry, grant.provider))
    {
        tests.push(("aud".to_owned(), Test { values: vec![Json::from(audience.as_str())], is_banned: false }));
    }
    tests
}

fn banned(kind: &Kind<'_>, conditions: &[Condition], claim: &str) -> Option<Vec<String>> {
    let own = conditions.iter().filter(|condition| name_of(kind.entry, &condition.claim) == claim);
    own.into_iter().find_map(|condition| match &condition.asks {
        Ask::Not(values) => Some(values.clone()),
        _ => None,
    })
}

/// A value as the token has it.
fn scalar(kind: ClaimType, text: &str) -> Json {
    match kind {
        ClaimType::Boolean => Json::Bool(text == "true"),
        ClaimType::Integer => serde_json::from_str(text).unwrap_or_else(|_| Json::from(text)),
        ClaimType::String | ClaimType::List => Json::from(text),
    }
}

/// The scopes that let their holder do what the grant does.
fn scopes(kind: &Kind<'_>, policy: &Policy, grant: &Grant) -> Vec<String> {
    let Some(actions) = &kind.publisher.gives.actions else { return Vec::new() };
    let own: Vec<&str> = policy.actions(grant).map(|action| action.name.as_str()).collect();
    let fitting = actions.are.iter().filter(|(_, action)| own.contains(&action.as_str()));
    fitting.map(|(word, _)| word.clone()).collect()
}
