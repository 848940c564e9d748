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
    let (mut algorithm, mut key_id) = (None, None);
    for (name, value) in header.as_written() {
        match name {
            "alg" => algorithm = Some(text(value, "alg")?),
            "kid" => key_id = Some(text(value, "kid")?),
            "typ" => check_type(text(value, "typ")?)?,
            "crit" => return Err(TokenError::CriticalExtension),
            "b64" => return Err(TokenError::UnencodedPayload),
            // SECURITY: they would never be followed. Yet no issuer of machine identities sends them, so a token with one is somebody trying.
            "jku" => return Err(TokenError::KeyInHeader { name: "jku" }),
            "jwk" => return Err(TokenError::KeyInHeader { name: "jwk" }),
            "x5u" => return Err(TokenError::KeyInHeader { name: "x5u" }),
            "x5c" => return Err(TokenError::KeyInHeader { name: "x5c" }),
            "x5t" => _ = text(value, "x5t")?,
            "x5t#S256" => _ = text(value, "x5t#S256")?,
            "cty" => _ = text(value, "cty")?,
            _ => {}
        }
    }
    let there =
        |value: Option<&'h str>, name| value.filter(|text| !text.is_empty()).ok_or(TokenError::HeaderMissing { name });
    Ok(Header { algorithm: there(algorithm, "alg")?, key_id: there(key_id, "kid")? })
}

/// RFC 7519 section 5.1 and RFC 8725 section 3.11: an access token (`at+jwt`) or logout token is not an ID token.
fn check_type(found: &str) -> Result<(), TokenError> {
    if ["JWT", "application/jwt"].iter().any(|expected| expected.eq_ignore_ascii_case(found)) {
        Ok(())
    } else {
        Err(TokenError::WrongTokenType { found: shown(found) })
    }
}

fn text<'h>(value: &'h Value<'_>, name: &'static str) -> Result<&'h str, TokenError> {
    value.as_str().ok_or_else(|| TokenError::HeaderType { name, found: value.kind() })
}
