//! Why a token is refused.

use std::fmt;

use trustctl_claims::{ClaimsError, JsonKind, UnixTime};

use crate::keys::SkipReason;
use crate::unverified::MAX_TOKEN_BYTES;

/// Why a token is refused.
///
/// Messages show values of the token, cut short and with control characters escaped, never the token
/// itself or its signature. They are for operators: what a stranger is told should not depend on the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The text is longer than [`MAX_TOKEN_BYTES`].
    #[error("the token has {length} bytes, and {MAX_TOKEN_BYTES} are the most")]
    TooLong {
        /// Bytes of the text.
        length: usize,
    },
    /// The text is not `header.claims.signature` (RFC 7515 section 7.1).
    #[error("the token has {found} segments, expected three with a dot between them{}", segments_hint(*found))]
    NotThreeSegments {
        /// How many there are.
        found: usize,
    },
    /// The text is the JSON serialization of RFC 7515 section 7.2, which RFC 7519 does not allow for tokens.
    #[error("the token is written as JSON, expected the compact form: three segments with a dot between them")]
    JsonSerialization,
    /// A segment is not base64url as RFC 7515 section 2 wants it.
    #[error("the {segment} is not base64url without padding, in its one canonical form")]
    NotBase64url {
        /// Which one.
        segment: Segment,
    },
    /// A segment decodes to something that is not UTF-8.
    #[error("the {segment} is not UTF-8 text")]
    NotUtf8 {
        /// Which one.
        segment: Segment,
    },
    /// The header or the claims are not JSON that can be read in one way only.
    #[error("the {segment} cannot be read: {error}")]
    BadJson {
        /// Which one.
        segment: Segment,
        /// What is wrong.
        error: ClaimsError,
    },
    /// The header lacks a parameter.
    #[error("the header has no `{name}`")]
    HeaderMissing {
        /// Its name.
        name: &'static str,
    },
    /// A parameter of the header is no string.
    #[error("the header's `{name}` is {found}, expected a string")]
    HeaderType {
        /// Its name.
        name: &'static str,
        /// What it is.
        found: JsonKind,
    },
    /// The header's `typ` says that this is another kind of token.
    #[error("the header's `typ` is `{found}`, expected `JWT`")]
    WrongTokenType {
        /// What it says.
        found: String,
    },
    /// The header has `crit`: nothing is understood that it could name (RFC 7515 section 4.1.11).
    #[error("the header's `crit` demands extensions, and none are supported")]
    CriticalExtension,
    /// The header has `b64`, which changes what is signed (RFC 7797).
    #[error("the header has `b64`, and unencoded payloads are not supported")]
    UnencodedPayload,
    /// The header brings a key or says where to fetch one.
    #[error("the header has `{name}`: a token cannot say which key verifies it")]
    KeyInHeader {
        /// The parameter.
        name: &'static str,
    },
    /// `alg` is not on the issuer's list.
    #[error("the header's `alg` is `{found}`, expected {expected}")]
    AlgorithmNotAllowed {
        /// What it says.
        found: String,
        /// The issuer's list.
        expected: String,
    },
    /// No configured issuer is byte for byte the token's.
    #[error("the issuer `{found}` is not one of those configured{}", like_hint(like.as_deref()))]
    UnknownIssuer {
        /// The token's `iss`.
        found: String,
        /// A configured one that differs in case or in a slash at the end.
        like: Option<String>,
    },
    /// The issuer's key set has no key of that id.
    #[error("the key set of `{issuer}` has no key `{key_id}`")]
    UnknownKey {
        /// The token's `kid`.
        key_id: String,
        /// The issuer.
        issuer: String,
    },
    /// The issuer's key set has that key, and it cannot be used.
    #[error("the key `{key_id}` of `{issuer}` cannot be used: {reason}")]
    UnusableKey {
        /// The token's `kid`.
        key_id: String,
        /// The issuer.
        issuer: String,
        /// Why.
        reason: SkipReason,
    },
    /// The key is for other algorithms than the token's.
    #[error("the key `{key_id}` is for {expected}, and the token is signed with {found}")]
    KeyDoesNotFit {
        /// The token's `kid`.
        key_id: String,
        /// The token's algorithm.
        found: &'static str,
        /// The key's algorithms.
        expected: String,
    },
    /// The signature does not hold.
    #[error("the signature does not match: the token was altered, cut short or signed by somebody else")]
    BadSignature,
    /// A claim that every token must have is not there, or empty.
    #[error("the claim `{name}` is missing")]
    ClaimMissing {
        /// Its name.
        name: &'static str,
    },
    /// A registered claim has a value of the wrong type.
    #[error("the claim `{name}` is {found}, expected {expected}")]
    ClaimType {
        /// Its name.
        name: &'static str,
        /// What it is.
        found: JsonKind,
        /// What it must be.
        expected: &'static str,
    },
    /// A time that is no integer from 0 to 2^53 - 1, written plainly.
    #[error(
        "the claim `{name}` is `{found}`, expected whole seconds since 1970 as an integer from 0 to 9007199254740991"
    )]
    BadTime {
        /// The claim.
        name: &'static str,
        /// What it says.
        found: String,
    },
    /// `exp` has passed.
    #[error("the token expired at {expiry}, {} s ago, more than the {leeway} s of leeway", now.saturating_since(*expiry))]
    Expired {
        /// The claim `exp`.
        expiry: UnixTime,
        /// The time of verification.
        now: UnixTime,
        /// Seconds granted for clocks that differ.
        leeway: u32,
    },
    /// `nbf` is to come.
    #[error("the token is not valid before {not_before}, {} s from now, more than the {leeway} s of leeway", not_before.saturating_since(*now))]
    NotYetValid {
        /// The claim `nbf`.
        not_before: UnixTime,
        /// The time of verification.
        now: UnixTime,
        /// Seconds granted for clocks that differ.
        leeway: u32,
    },
    /// `iat` is to come.
    #[error("the token says it was issued at {issued}, {} s from now, more than the {leeway} s of leeway", issued.saturating_since(*now))]
    IssuedInFuture {
        /// The claim `iat`.
        issued: UnixTime,
        /// The time of verification.
        now: UnixTime,
        /// Seconds granted for clocks that differ.
        leeway: u32,
    },
    /// `nbf` or `iat` lies behind `exp`.
    #[error("the token expires at {expiry}, before its `{name}` at {time}")]
    TimesContradict {
        /// `nbf` or `iat`.
        name: &'static str,
        /// Its time.
        time: UnixTime,
        /// The claim `exp`.
        expiry: UnixTime,
    },
    /// From `iat` to `exp` is longer than the issuer's tokens may live.
    #[error("the token lives {lifetime} s, and {maximum} s are the most")]
    LivesTooLong {
        /// Seconds from `iat` to `exp`.
        lifetime: i64,
        /// The most.
        maximum: u32,
    },
    /// `aud` is a list, and the issuer is not allowed lists.
    #[error("the claim `aud` is a list, expected one string")]
    AudienceList,
    /// `aud` is a list of none or several: a token for several services can be replayed by each at the others.
    #[error("the claim `aud` is a list of {found}, expected exactly one audience")]
    SeveralAudiences {
        /// How many.
        found: usize,
    },
    /// The token is for somebody else.
    #[error("the token is for the audience `{found}`, expected {expected}")]
    WrongAudience {
        /// The token's audience.
        found: String,
        /// Those that are ours.
        expected: String,
    },
}

impl TokenError {
    /// A short name that stays the same from version to version, for logs and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            TokenError::TooLong { .. } => "token-too-long",
            TokenError::NotThreeSegments { .. } => "not-three-segments",
            TokenError::JsonSerialization => "json-serialization",
            TokenError::NotBase64url { .. } => "not-base64url",
            TokenError::NotUtf8 { .. } => "not-utf8",
            TokenError::BadJson { segment: Segment::Header, .. } => "bad-header",
            TokenError::BadJson { .. } => "bad-claims",
            TokenError::HeaderMissing { .. } => "header-missing",
            TokenError::HeaderType { .. } => "header-wrong-type",
            TokenError::WrongTokenType { .. } => "wrong-token-type",
            TokenError::CriticalExtension => "critical-extension",
            TokenError::UnencodedPayload => "unencoded-payload",
            TokenError::KeyInHeader { .. } => "key-in-header",
            TokenError::AlgorithmNotAllowed { .. } => "algorithm-not-allowed",
            TokenError::UnknownIssuer { .. } => "unknown-issuer",
            TokenError::UnknownKey { .. } => "unknown-key",
            TokenError::UnusableKey { .. } => "unusable-key",
            TokenError::KeyDoesNotFit { .. } => "key-does-not-fit",
            TokenError::BadSignature => "bad-signature",
            TokenError::ClaimMissing { .. } => "claim-missing",
            TokenError::ClaimType { .. } => "claim-wrong-type",
            TokenError::BadTime { .. } => "bad-time",
            TokenError::Expired { .. } => "expired",
            TokenError::NotYetValid { .. } => "not-yet-valid",
            TokenError::IssuedInFuture { .. } => "issued-in-future",
            TokenError::TimesContradict { .. } => "times-contradict",
            TokenError::LivesTooLong { .. } => "lives-too-long",
            TokenError::AudienceList => "audience-list",
            TokenError::SeveralAudiences { .. } => "several-audiences",
            TokenError::WrongAudience { .. } => "wrong-audience",
        }
    }
}

/// One of a token's three segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Segment {
    /// The first.
    Header,
    /// The second.
    Claims,
    /// The third.
    Signature,
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Segment::Header => "header",
            Segment::Claims => "claims",
            Segment::Signature => "signature",
        })
    }
}

/// A value of a token as messages show it: short, on one line, with nothing invisible in it.
pub(crate) fn shown(text: &str) -> String {
    const MOST: usize = 120;
    let mut short: String = text.chars().take(MOST).flat_map(char::escape_debug).collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}

/// A few values as messages show them: `` `a`, `b` or 3 others``.
pub(crate) fn one_of<'a>(values: impl ExactSizeIterator<Item = &'a str>) -> String {
    const MOST: usize = 4;
    let more = values.len().saturating_sub(MOST);
    let mut shown: Vec<String> = values.take(MOST).map(|value| format!("`{}`", shown(value))).collect();
    if more > 0 {
        shown.push(format!("{more} others"));
    }
    match shown.pop() {
        Some(last) if shown.is_empty() => last,
        Some(last) => format!("{} or {last}", shown.join(", ")),
        None => "none".to_owned(),
    }
}

fn segments_hint(found: usize) -> &'static str {
    match found {
        5 => "; five are an encrypted token, which no issuer of machine identities sends",
        1 => "; is this another kind of secret?",
        _ => "",
    }
}

fn like_hint(like: Option<&str>) -> String {
    like.map(|like| format!("; `{like}` is, and an issuer counts only byte for byte")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_short_and_visible() {
        assert_eq!(shown("a\u{0}\n\u{202e}b"), "a\\0\\n\\u{202e}b");
        assert_eq!(shown(&"x".repeat(500)).chars().count(), 121);
        assert_eq!(one_of(["a"].into_iter()), "`a`");
        assert_eq!(one_of(["a", "b"].into_iter()), "`a` or `b`");
        assert_eq!(one_of(["a", "b", "c", "d", "e", "f"].into_iter()), "`a`, `b`, `c`, `d` or 2 others");
    }
}
