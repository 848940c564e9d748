//! Reading a token's text, before anything in it can be believed.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use trustctl_claims::{Claims, Value};

use crate::error::{Segment, TokenError};

/// The longest text of a token, in bytes.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// Room for a decoded token, which its claims borrow from. Use one again and again: after the first token nothing is allocated for decoding.
#[derive(Default)]
pub struct TokenBuffer {
    header: Vec<u8>,
    claims: Vec<u8>,
    signature: Vec<u8>,
}

/// Says how large it is, never what it holds.
impl fmt::Debug for TokenBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenBuffer").field("claims", &self.claims.len()).finish_non_exhaustive()
    }
}

/// A token that is well formed and **not verified**: anybody can have written it.
///
/// [`verify`](Unverified::verify) makes it into a [`Verified`](crate::Verified).
pub struct Unverified<'t> {
    pub(crate) header: Claims<'t>,
    pub(crate) claims: Claims<'t>,
    /// Header and claims as they were sent, which is what is signed.
    pub(crate) signed: &'t str,
    pub(crate) signature: &'t [u8],
}

impl<'t> Unverified<'t> {
    /// Reads a token in compact form: its size, its three segments, canonical base64url, UTF-8, and JSON that can be read in one way only.
    ///
    /// What header and claims say is looked at by [`verify`](Unverified::verify).
    ///
    /// # Errors
    /// [`TokenError`] when the text is not of that shape.
    pub fn read(buffer: &'t mut TokenBuffer, token: &'t str) -> Result<Unverified<'t>, TokenError> {
        let (signed, [header, claims, signature]) = split(token)?;
        decode(header, Segment::Header, &mut buffer.header)?;
        decode(claims, Segment::Claims, &mut buffer.claims)?;
        decode(signature, Segment::Signature, &mut buffer.signature)?;
        Ok(Unverified {
            header: parse(&buffer.header, Segment::Header)?,
            claims: parse(&buffer.claims, Segment::Claims)?,
            signed,
            signature: &buffer.signature,
        })
    }

    /// What the header says. Nobody has checked it.
    #[must_use]
    pub fn unverified_header(&self) -> &Claims<'t> {
        &self.header
    }

    /// What the claims say. Nobody has checked them.
    #[must_use]
    pub fn unverified_claims(&self) -> &Claims<'t> {
        &self.claims
    }

    /// The `iss` that the token gives itself, to look the issuer's rules and keys up by.
    #[must_use]
    pub fn unverified_issuer(&self) -> Option<&str> {
        self.claims.named("iss").and_then(Value::as_str)
    }

    /// The `kid` that the token gives itself, to see whether keys must be fetched anew.
    #[must_use]
    pub fn unverified_key_id(&self) -> Option<&str> {
        self.header.named("kid").and_then(Value::as_str)
    }
}

/// Shows header and claims, never the text or the signature.
impl fmt::Debug for Unverified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified").field("header", &self.header).field("claims", &self.claims).finish_non_exhaustive()
    }
}

/// Header and claims of a token **without verifying anything**, for people who want to look at one.
///
/// # Errors
/// [`TokenError`] when the text has not the shape of a token.
pub fn inspect(token: &str) -> Result<(Claims<'static>, Claims<'static>), TokenError> {
    let mut buffer = TokenBuffer::default();
    let Unverified { header, claims, .. } = Unverified::read(&mut buffer, token)?;
    Ok((header.into_owned(), claims.into_owned()))
}

/// What is signed, and the three segments.
fn split(token: &str) -> Result<(&str, [&str; 3]), TokenError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(TokenError::TooLong { length: token.len() });
    }
    if token.starts_with('{') {
        return Err(TokenError::JsonSerialization);
    }
    if let Some((signed, signature)) = token.rsplit_once('.')
        && let Some((header, claims)) = signed.split_once('.')
        && !claims.contains('.')
    {
        return Ok((signed, [header, claims, signature]));
    }
    Err(TokenError::NotThreeSegments { found: token.split('.').count() })
}

fn decode(text: &str, segment: Segment, into: &mut Vec<u8>) -> Result<(), TokenError> {
    into.clear();
    // SECURITY: this engine refuses padding, other alphabets, blanks, and bits behind the last byte, so that no token can be
    // written in two ways (RFC 7515 section 2, RFC 4648 section 3.5).
    URL_SAFE_NO_PAD.decode_vec(text, into).map_err(|_| TokenError::NotBase64url { segment })
}

fn parse(json: &[u8], segment: Segment) -> Result<Claims<'_>, TokenError> {
    let text = std::str::from_utf8(json).map_err(|_| TokenError::NotUtf8 { segment })?;
    Claims::parse(text).map_err(|error| TokenError::BadJson { segment, error })
}
