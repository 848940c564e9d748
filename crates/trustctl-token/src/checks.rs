//! What a token's registered claims must say (RFC 7519 section 4.1).
//!
//! A claim that is there must be of its type: a `nbf` written as a string is not the same as none. So
//! that leaving a claim out, or spoiling it, never buys anything.

use trustctl_claims::{Claims, UnixTime, Value};

use crate::error::{TokenError, one_of, shown};
use crate::rules::IssuerRules;

/// The largest integer that every JSON reader keeps exact (RFC 7493 section 2.2).
const LATEST: i64 = (1 << 53) - 1;

/// When a token holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Validity {
    pub(crate) issued: UnixTime,
    pub(crate) not_before: Option<UnixTime>,
    pub(crate) expiry: UnixTime,
}

/// The claim `iss`, needed to find the rules.
pub(crate) fn issuer<'c>(claims: &'c Claims<'_>) -> Result<&'c str, TokenError> {
    string(claims, "iss")?.ok_or(TokenError::ClaimMissing { name: "iss" })
}

/// Checks everything but `iss`, which led to the rules.
pub(crate) fn check(claims: &Claims<'_>, rules: &IssuerRules, now: UnixTime) -> Result<Validity, TokenError> {
    string(claims, "sub")?.ok_or(TokenError::ClaimMissing { name: "sub" })?;
    // RFC 7519 section 4.1.7: a string. Whoever keeps a record of tokens that were used builds on it.
    string(claims, "jti")?;
    check_audience(claims, rules)?;
    check_times(claims, rules, now)
}

/// The audience: `aud`, or the one member of its list.
pub(crate) fn sole_audience<'c>(claims: &'c Claims<'_>) -> Option<&'c str> {
    match claims.named("aud")? {
        Value::List(items) => match items.as_slice() {
            [only] => only.as_str(),
            _ => None,
        },
        value => value.as_str(),
    }
}

fn check_audience(claims: &Claims<'_>, rules: &IssuerRules) -> Result<(), TokenError> {
    const NAME: &str = "aud";
    let wrong_type = |value: &Value<'_>, expected| TokenError::ClaimType { name: NAME, found: value.kind(), expected };
    let found = match claims.named(NAME) {
        None => return Err(TokenError::ClaimMissing { name: NAME }),
        Some(Value::List(_)) if !rules.audience_lists() => return Err(TokenError::AudienceList),
        Some(Value::List(items)) => match items.as_slice() {
            [only] => only.as_str().ok_or_else(|| wrong_type(only, "a string in its list"))?,
            _ => return Err(TokenError::SeveralAudiences { found: items.len() }),
        },
        Some(value) => value.as_str().ok_or_else(|| wrong_type(value, "a string"))?,
    };
    if rules.is_our_audience(found) {
        Ok(())
    } else {
        Err(TokenError::WrongAudience {
            found: shown(found),
            expected: one_of(rules.audiences().iter().map(String::as_str)),
        })
    }
}

fn check_times(claims: &Claims<'_>, rules: &IssuerRules, now: UnixTime) -> Result<Validity, TokenError> {
    let expiry = time(claims, "exp")?.ok_or(TokenError::ClaimMissing { name: "exp" })?;
    let issued = time(claims, "iat")?.ok_or(TokenError::ClaimMissing { name: "iat" })?;
    let not_before = time(claims, "nbf")?;
    let leeway = rules.leeway().seconds();
    let late = now.saturating_add(i64::from(leeway));

    if now >= expiry.saturating_add(i64::from(leeway)) {
        return Err(TokenError::Expired { expiry, now, leeway });
    }
    if let Some(not_before) = not_before.filter(|not_before| *not_before > late) {
        return Err(TokenError::NotYetValid { not_before, now, leeway });
    }
    if issued > late {
        return Err(TokenError::IssuedInFuture { issued, now, leeway });
    }
    for (name, time) in [("iat", Some(issued)), ("nbf", not_before)] {
        if let Some(time) = time.filter(|time| *time > expiry) {
            return Err(TokenError::TimesContradict { name, time, expiry });
        }
    }
    let lifetime = expiry.saturating_since(issued);
    if let Some(maximum) = rules.maximum_lifetime().filter(|maximum| lifetime > i64::from(*maximum)) {
        return Err(TokenError::LivesTooLong { lifetime, maximum });
    }
    Ok(Validity { issued, not_before, expiry })
}

/// A string claim; `None` when it is not there or empty.
fn string<'c>(claims: &'c Claims<'_>, name: &'static str) -> Result<Option<&'c str>, TokenError> {
    match claims.named(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_ref()).filter(|text| !text.is_empty())),
        Some(value) => Err(TokenError::ClaimType { name, found: value.kind(), expected: "a string" }),
    }
}

/// A time; `None` when it is not there.
fn time(claims: &Claims<'_>, name: &'static str) -> Result<Option<UnixTime>, TokenError> {
    let value = match claims.named(name) {
        None => return Ok(None),
        Some(Value::Number(text)) => text,
        Some(value) => return Err(TokenError::ClaimType { name, found: value.kind(), expected: "an integer" }),
    };
    // A number in the one spelling of an integer: no fraction, no exponent, and no minus, for time is not negative.
    let plain = value.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = value.parse::<i64>().ok().filter(|seconds| plain && (0..=LATEST).contains(seconds));
    seconds.map(|seconds| Some(UnixTime(seconds))).ok_or_else(|| TokenError::BadTime { name, found: shown(value) })
}
