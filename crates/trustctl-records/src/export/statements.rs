//! The statements that say what a grant states, in the style of each registry that has such.

use serde_json::{Map, Value as Json, json};
use trustctl_catalog::ClaimType;
use trustctl_catalog::profile::{AudienceCheck, StatementStyle};
use trustctl_policy::{Audience, ClaimSource, Grant, Policy};

use super::Kind;
use crate::said::facts::{Facts, name_of};
use crate::said::{Ask, Condition, Form};

/// The fields of a record that is one statement.
pub(super) fn fields(
    kind: &Kind<'_>,
    style: StatementStyle,
    policy: &Policy,
    grant: &Grant,
    conditions: &[Condition],
    issuer: &str,
) -> Vec<(&'static str, Json)> {
    let tests = tests(kind, policy, grant, conditions);
    match style {
        StatementStyle::FirstMatches => {
            let rules: Map<String, Json> =
                tests.iter().filter_map(|(claim, test)| Some((claim.clone(), test.rule()?))).collect();
            let scopes = scopes(kind, policy, grant);
            vec![("statements", json!([{ "iss": issuer, "scopes": scopes, "claims": rules }]))]
        }
        StatementStyle::LastMatches => {
            let conditions: Vec<Json> = tests
                .iter()
                .filter_map(|(claim, test)| {
                    let (operator, value) = test.condition()?;
                    Some(json!({ "operator": operator, "claim": claim, "value": value }))
                })
                .collect();
            let statement = json!({ "effect": "allow", "principal": { "oidc": issuer }, "conditions": conditions });
            vec![("statements", json!([statement]))]
        }
        StatementStyle::RequiredClaims => {
            let claims: Map<String, Json> =
                tests.iter().filter_map(|(claim, test)| Some((claim.clone(), test.value()?))).collect();
            vec![("claims", Json::Object(claims))]
        }
    }
}

/// What a statement asks of one claim.
enum Test {
    /// It is one of these.
    In(Vec<Json>),
    /// It is none of these.
    NotIn(Vec<Json>),
    /// It is of one of these forms.
    Of(Vec<Form>),
}

impl Test {
    /// As Buildkite's policies write it: values, or globs, in which nothing stands for `*` itself.
    fn rule(&self) -> Option<Json> {
        let glob = |form: &Form| match form {
            Form::Text(text) => Some(text.clone()),
            Form::Prefix(prefix) => Some(format!("{prefix}*")),
            Form::Regex(_) => None,
        };
        let is_literal = |form: &Form| match form {
            Form::Text(text) | Form::Prefix(text) => !text.contains(['*', '?']),
            Form::Regex(_) => false,
        };
        match self {
            Self::In(values) => match values.as_slice() {
                [only] => Some(only.clone()),
                _ => Some(json!({ "in": values })),
            },
            Self::NotIn(values) => Some(json!({ "not_in": values })),
            Self::Of(forms) if forms.iter().all(is_literal) => {
                forms.iter().map(glob).collect::<Option<Vec<_>>>().map(|globs| json!({ "matches": globs }))
            }
            Self::Of(_) => None,
        }
    }

    /// As a condition of RubyGems' roles.
    fn condition(&self) -> Option<(&'static str, String)> {
        match self {
            Self::In(values) => match values.as_slice() {
                [Json::String(only)] => Some(("string_equals", only.clone())),
                _ => None,
            },
            Self::Of(forms) => match forms.as_slice() {
                [Form::Regex(regex)] if regex.contains('|') => Some(("string_matches", format!("\\A({regex})\\z"))),
                [Form::Regex(regex)] => Some(("string_matches", format!("\\A{regex}\\z"))),
                [Form::Prefix(prefix)] => {
                    Some(("string_matches", format!("\\A{}", Form::Text(prefix.clone()).regex())))
                }
                _ => None,
            },
            Self::NotIn(_) => None,
        }
    }

    /// As Cloudsmith's settings write it; a text that ends as a wildcard does cannot be said.
    fn value(&self) -> Option<Json> {
        match self {
            Self::In(values) => match values.as_slice() {
                [Json::String(text)] if text.ends_with(".*") => None,
                [only] => Some(only.clone()),
                _ => None,
            },
            Self::Of(forms) => match forms.as_slice() {
                [Form::Prefix(prefix)] => Some(Json::from(format!("{prefix}.*"))),
                _ => None,
            },
            Self::NotIn(_) => None,
        }
    }
}

/// What is asked of the token's own claims: all that follows of the grant's conditions.
fn tests(kind: &Kind<'_>, policy: &Policy, grant: &Grant, conditions: &[Condition]) -> Vec<(String, Test)> {
    let facts = Facts::new(kind.entry, conditions);
    let provider = policy.provider(grant.provider);
    let own = provider.into_iter().flat_map(|provider| &provider.claims);
    let own = own.filter(|claim| matches!(claim.source, ClaimSource::Token));
    let mut tests: Vec<(String, Test)> = Vec::new();
    for claim in own {
        let known = facts.value(&claim.name).filter(|known| known.is_exact).map(|known| vec![known.text.clone()]);
        let values = known.or_else(|| facts.values(kind.entry, &claim.name)).filter(|values| !values.is_empty());
        let scalars = |values: &[String]| values.iter().map(|text| scalar(claim.kind, text)).collect();
        let stated = conditions.iter().filter(|condition| name_of(kind.entry, &condition.claim) == claim.name);
        let mut stated = stated.map(|condition| match &condition.asks {
            Ask::Not(values) => Some(Test::NotIn(scalars(values))),
            Ask::Matches { any, none } if none.is_empty() => Some(Test::Of(any.clone())),
            _ => None,
        });
        let test = values.map(|values| Test::In(scalars(&values))).or_else(|| stated.find_map(|test| test));
        tests.extend(test.map(|test| (claim.name.clone(), test)));
    }
    let envelope = kind.profile.envelope.with(&kind.publisher.envelope.clone().unwrap_or_default());
    if let (AudienceCheck::ByRecord, Some(Audience::Exact(audience))) =
        (envelope.audiences, policy.audience(grant.registry, grant.provider))
    {
        tests.push(("aud".to_owned(), Test::In(vec![Json::from(audience.as_str())])));
    }
    tests
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
