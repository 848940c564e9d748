//! A draft as the JSON object that a provider would sign.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use trustctl_catalog::{ClaimType, Role};
use trustctl_claims::UnixTime;
use trustctl_policy::{Audience, ClaimSource};

use super::draft::Draft;
use crate::facts::{GrantFacts, type_of};

/// A token's claims.
pub(crate) struct Token {
    pub(crate) json: String,
    pub(crate) highlights: Vec<(String, String)>,
}

/// Seconds that a token holds where nothing is known of the provider.
const LIFETIME: i64 = 300;

/// The claims as JSON; `None` where they do not agree with each other or a value does not fit its type.
pub(super) fn render(grant: &GrantFacts<'_>, draft: &Draft<'_, '_>, at: UnixTime) -> Option<Token> {
    let claims = draft.claims();
    // Every real token has a subject (OpenID Connect Core 1.0, section 2).
    if !agrees(grant, draft, &claims) || (claims.contains("sub") && draft.value("sub").is_none()) {
        return None;
    }
    let provider = grant.provider.provider;
    let mut object = envelope(grant, at)?;
    let mut highlights = Vec::new();
    for name in &claims {
        let Some(value) = draft.value(name) else { continue };
        let entry = grant.provider.entry.and_then(|entry| entry.claims.get(name));
        let of_interest = grant.touched().contains(name.as_str())
            || entry.is_some_and(|entry| matches!(entry.role, Role::Tenant | Role::Repository));
        let typed = typed(type_of(provider, grant.provider.entry, name), &value)?;
        let path = match provider.claim(name).map(|(_, claim)| &claim.source) {
            Some(ClaimSource::Nested(path)) => path.clone(),
            _ => vec![name.clone()],
        };
        insert(&mut object, &path, typed)?;
        if of_interest {
            highlights.push((name.clone(), value));
        }
    }
    Some(Token { json: serde_json::to_string(&object).ok()?, highlights })
}

/// Whether composed claims say the same as the claims they are composed of, as every real token does.
fn agrees(grant: &GrantFacts<'_>, draft: &Draft<'_, '_>, claims: &BTreeSet<String>) -> bool {
    claims.iter().all(|name| {
        let Some(value) = draft.value(name).filter(|_| !draft.says_its_own(name)) else { return true };
        let parts = grant.provider.apart().all(name, &value);
        // A chosen subject that has none of the provider's forms is no subject; a literal one may be customised.
        let has_forms =
            grant.provider.entry.and_then(|entry| entry.claims.get(name)).is_some_and(|claim| !claim.forms.is_empty());
        let is_literal = grant.fixed().contains_key(name);
        (parts.len() > 1 || !has_forms || is_literal)
            && parts
                .iter()
                .skip(1)
                .all(|(part, value)| !claims.contains(part) || draft.value(part).as_ref() == Some(value))
    })
}

/// What every token of the grant's issuer has beside its claims.
pub(crate) fn envelope(grant: &GrantFacts<'_>, at: UnixTime) -> Option<Map<String, Value>> {
    let issuer = grant.policy().issuer(grant.provider.provider.issuer)?;
    if issuer.pattern.is_some() {
        return None;
    }
    let audience = match grant.audience()? {
        Audience::Exact(audience) => audience.clone(),
        Audience::Any => "https://another.example".to_owned(),
    };
    let lifetime = grant.provider.entry.map_or(LIFETIME, |entry| i64::from(entry.lifetime.typical));
    let mut object = Map::new();
    object.insert("iss".to_owned(), json!(issuer.text));
    object.insert("aud".to_owned(), json!(audience));
    object.insert("iat".to_owned(), json!(at.0));
    object.insert("nbf".to_owned(), json!(at.0));
    object.insert("exp".to_owned(), json!(at.saturating_add(lifetime).0));
    object.insert("jti".to_owned(), json!("66666666-6666-4666-8666-666666666666"));
    Some(object)
}

/// The value as JSON of its type; `None` where it is none of it.
pub(crate) fn typed(kind: ClaimType, value: &str) -> Option<Value> {
    Some(match kind {
        ClaimType::String => json!(value),
        ClaimType::Integer => json!(value.parse::<i64>().ok()?),
        ClaimType::Boolean => json!(value.parse::<bool>().ok()?),
        ClaimType::List => json!([value]),
    })
}

/// Puts a value at the end of a path of members.
pub(crate) fn insert(object: &mut Map<String, Value>, path: &[String], value: Value) -> Option<()> {
    match path {
        [] => None,
        [last] => {
            object.insert(last.clone(), value);
            Some(())
        }
        [first, rest @ ..] => {
            let inner = object.entry(first.clone()).or_insert_with(|| Value::Object(Map::new()));
            insert(inner.as_object_mut()?, rest, value)
        }
    }
}
