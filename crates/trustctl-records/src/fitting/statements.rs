//! Conditions that an owner could write for a token: on what names its repository, project or pipeline.

use serde_json::{Map, Value as Json, json};
use trustctl_catalog::profile::{AudienceCheck, Profile, Publisher, StatementStyle};
use trustctl_catalog::{Claim, NameKind, Provider, Role};
use trustctl_claims::{Claims, Value};

/// Conditions for a token.
pub(super) struct Conditions {
    /// The fields that hold them, and what such a record must have beside them.
    pub(super) fields: Vec<(&'static str, Json)>,
    /// The first of those fields in words: `{repository: acme/widgets}`.
    pub(super) told: String,
}

/// Conditions on the names that tell where the token is from, and on its audience where nothing else looks at that.
pub(super) fn fitting(
    profile: &Profile,
    publisher: &Publisher,
    style: StatementStyle,
    claims: &Claims<'_>,
) -> Conditions {
    let issuer = claims.named("iss").and_then(Value::as_str).unwrap_or_default();
    let mut named = names(crate::cause::provider(publisher.provider.as_deref(), claims), claims);
    let own = publisher.envelope.as_ref().and_then(|parts| parts.audiences);
    let audience = claims.named("aud").and_then(Value::as_str);
    if let (AudienceCheck::ByRecord, Some(audience)) = (own.unwrap_or(profile.envelope.audiences), audience) {
        named.push(("aud".to_owned(), audience.to_owned()));
    }
    let told = named.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join(", ");
    let told = format!("{{{told}}}");
    let members =
        || named.iter().map(|(name, value)| (name.clone(), Json::from(value.as_str()))).collect::<Map<_, _>>();
    let fields = match style {
        StatementStyle::FirstMatches => {
            vec![("statements", json!([{ "iss": issuer, "scopes": publisher.scopes, "claims": members() }]))]
        }
        StatementStyle::LastMatches => {
            let conditions: Vec<Json> = named
                .iter()
                .map(|(name, value)| json!({ "operator": "string_equals", "claim": name, "value": value }))
                .collect();
            let statement = json!({ "effect": "allow", "principal": { "oidc": issuer }, "conditions": conditions });
            vec![("statements", json!([statement]))]
        }
        StatementStyle::RequiredClaims => {
            let accounts = publisher.field("service_accounts").map(super::example);
            let accounts = accounts.map(|accounts| ("service_accounts", accounts));
            [("claims", Json::Object(members()))].into_iter().chain(accounts).collect()
        }
    };
    Conditions { fields, told }
}

/// The token's claims that name where it is from: the repository or what stands for it, or else the tenant, or the subject.
fn names(provider: Option<&Provider>, claims: &Claims<'_>) -> Vec<(String, String)> {
    let text = |name: &str| claims.named(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let is_name =
        |claim: &Claim, role| claim.role == role && claim.name_kind == NameKind::Name && claim.derived.is_none();
    for role in [Role::Repository, Role::Tenant] {
        let all = provider.into_iter().flat_map(|provider| &provider.claims).filter(|(_, claim)| is_name(claim, role));
        let named: Vec<(String, String)> =
            all.filter_map(|(name, _)| Some((name.clone(), text(name)?.to_owned()))).collect();
        // A pipeline's name means something beside its organisation only.
        let alone = role == Role::Tenant || named.iter().any(|(_, value)| value.contains('/'));
        if !named.is_empty() && alone {
            return named;
        }
        if !named.is_empty() {
            let tenants = provider.into_iter().flat_map(|provider| &provider.claims);
            let tenants = tenants.filter(|(_, claim)| is_name(claim, Role::Tenant));
            let tenants = tenants.filter_map(|(name, _)| Some((name.clone(), text(name)?.to_owned())));
            return tenants.chain(named).collect();
        }
    }
    text("sub").map(|subject| vec![("sub".to_owned(), subject.to_owned())]).unwrap_or_default()
}
