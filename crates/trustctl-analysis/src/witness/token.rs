//! Parts of the JSON object that a provider would sign.

use serde_json::{Map, Value, json};
use trustctl_catalog::ClaimType;
use trustctl_claims::UnixTime;
use trustctl_policy::Audience;

use crate::facts::GrantFacts;

/// A token's claims.
pub(crate) struct Token {
    pub(crate) json: String,
    pub(crate) highlights: Vec<(String, String)>,
}

/// Seconds that a token holds where nothing is known of the provider.
const LIFETIME: i64 = 300;

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
