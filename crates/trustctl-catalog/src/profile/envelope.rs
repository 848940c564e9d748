//! How a token is judged before any record is looked at.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::TemplateText;
use crate::ClaimType;

/// A registry's rules for a token's header, times, issuer and audience.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Envelope {
    /// JWS algorithms it takes (RFC 7518 names); empty where that is not known.
    #[serde(default)]
    pub algorithms: Vec<String>,
    /// Claims that must be there, and not null.
    pub requires: Vec<String>,
    /// Claims whose JSON type is checked, where they are there and not null.
    #[serde(default)]
    pub types: BTreeMap<String, ClaimType>,
    /// Whether `iss` must be an absolute `https` URL before anything else is looked at.
    #[serde(default)]
    pub issuer_is_https: bool,
    /// How `aud` is compared.
    pub audiences: AudienceCheck,
    /// What it is compared with; `None` where nothing is.
    #[serde(default)]
    pub audience: Option<TemplateText>,
    /// Seconds by which clocks may differ, for `exp`, `nbf` and `iat` alike.
    pub leeway: u32,
    /// Whether a token still holds in the very second of `exp`, the leeway added; RFC 7519 says that it does not.
    #[serde(default)]
    pub holds_at_exp: bool,
    /// Whether `nbf` is judged.
    pub not_before: bool,
    /// What becomes of a token that was issued in the future.
    pub issued: WhenIssued,
    /// The longest `exp` - `iat` in seconds.
    #[serde(default)]
    pub longest_life: Option<u32>,
    /// How long a key set may be used after it was fetched, in seconds.
    #[serde(default)]
    pub oldest_keys: Option<u32>,
    /// How a second use is found.
    pub replay: Replay,
}

/// How `aud` is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AudienceCheck {
    /// A string, equal to the audience; an array is refused even where it holds it.
    OneString,
    /// A string or an array of exactly one, equal to the audience.
    ExactlyOne,
    /// JSON text that lists what the token may do; JSR's way.
    Permissions,
    /// Not by itself: only where the record has a condition on it.
    ByRecord,
}

/// What becomes of a token whose `iat` is in the future, beyond the leeway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhenIssued {
    /// It is refused.
    RefusedInFuture,
    /// It is not looked at.
    Ignored,
}

/// How a second use of a token is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Replay {
    /// What a `jti` may not be used twice in.
    pub scope: ReplayScope,
    /// How many seconds after `exp` it is remembered.
    #[serde(default)]
    pub kept: u32,
}

/// What a token's id may not be used twice in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReplayScope {
    /// Once for each issuer.
    Issuer,
    /// Once at the whole registry.
    Registry,
    /// It is not remembered.
    Nowhere,
    /// It is not known whether it is.
    Unknown,
}
