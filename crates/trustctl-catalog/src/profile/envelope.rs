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
    /// Whether a token is refused whose header names no key (`kid`).
    #[serde(default)]
    pub needs_key_id: bool,
    /// Claims that must be there, and not null.
    pub requires: Vec<String>,
    /// Whether those of them that hold nothing but blanks count as not there.
    #[serde(default)]
    pub blank_is_missing: bool,
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

/// What differs for one kind of record, whose tokens come in by a way of their own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EnvelopeParts {
    /// Claims that must be there, instead of the profile's.
    pub requires: Option<Vec<String>>,
    /// How `aud` is compared; with `audience`, which is then this kind's alone.
    pub audiences: Option<AudienceCheck>,
    /// What `aud` is compared with.
    pub audience: Option<TemplateText>,
    /// How a second use is found.
    pub replay: Option<Replay>,
}

impl Envelope {
    /// The rules for a kind of record that changes these parts.
    #[must_use]
    pub fn with(&self, parts: &EnvelopeParts) -> Self {
        let mut envelope = self.clone();
        if let Some(requires) = &parts.requires {
            envelope.requires.clone_from(requires);
        }
        if let Some(audiences) = parts.audiences {
            envelope.audiences = audiences;
            envelope.audience.clone_from(&parts.audience);
        }
        if let Some(replay) = &parts.replay {
            envelope.replay = replay.clone();
        }
        envelope
    }
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
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Replay {
    /// What a token's id may not be used twice in.
    pub scope: ReplayScope,
    /// The claim that holds the id, where it is not `jti`.
    #[serde(default = "jti")]
    pub claim: String,
    /// How many seconds after `exp` it is remembered.
    #[serde(default)]
    pub kept: u32,
}

fn jti() -> String {
    "jti".to_owned()
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
