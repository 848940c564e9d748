//! What a token's header may say (RFC 7515 section 4).

use trustctl_claims::{Claims, Value};

use crate::error::{TokenError, shown};

/// The two parameters that matter, still only claimed.
pub(crate) struct Header<'h> {
    pub(crate) algorithm: &'h str,
    pub(crate) key_id: &'h str,
}

/// Checks a header as far as it concerns no issuer.
///
/// `x5t` and `x5t#S256` are hints that real tokens carry and nothing here uses; they need only be the strings they should be. Parameters nobody knows are ignored, as RFC 7515
/// section 4 demands, for what must be understood stands in `crit`.
pub(crate) fn check<'h>(header: &'h Claims<'_>) -> Result<Header<'h>, TokenError> {
    if header.named("crit").is_some() {
        return Err(TokenError::CriticalExtension);
    }
    if header.named("b64").is_some() {
        return Err(TokenError::UnencodedPayload);
    }
    // SECURITY: they would never be followed. Yet no issuer of machine identities sends them, so a token with one is somebody trying.
    if let Some(name) = ["jku", "jwk", "x5u", "x5c"].into_iter().find(|name| header.named(name).is_some()) {
        return Err(TokenError::KeyInHeader { name });
    }
    for name in ["x5t", "x5t#S256", "cty"] {
        header.named(name).map_or(Ok(""), |value| text(value, name))?;
    }
    // RFC 7519 section 5.1 and RFC 8725 section 3.11: an access token (`at+jwt`) or logout token is not an ID token.
    if let Some(value) = header.named("typ") {
        let found = text(value, "typ")?;
        if !["JWT", "application/jwt"].iter().any(|expected| expected.eq_ignore_ascii_case(found)) {
            return Err(TokenError::WrongTokenType { found: shown(found) });
        }
    }
    Ok(Header { algorithm: required(header, "alg")?, key_id: required(header, "kid")? })
}

fn required<'h>(header: &'h Claims<'_>, name: &'static str) -> Result<&'h str, TokenError> {
    match text(header.named(name).ok_or(TokenError::HeaderMissing { name })?, name)? {
        "" => Err(TokenError::HeaderMissing { name }),
        text => Ok(text),
    }
}

fn text<'h>(value: &'h Value<'_>, name: &'static str) -> Result<&'h str, TokenError> {
    value.as_str().ok_or_else(|| TokenError::HeaderType { name, found: value.kind() })
}
