//! Reading a token's text, before anything in it can be believed.

use std::fmt;

use trustctl_claims::{Claims, Value};

use crate::base64url;
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

impl TokenBuffer {
    /// Decodes the segments; the error is the first that cannot be decoded.
    fn decode(&mut self, header: &str, claims: &str, signature: &str) -> Result<(), Segment> {
        base64url::decode_into(header, &mut self.header).map_err(|_| Segment::Header)?;
        base64url::decode_into(claims, &mut self.claims).map_err(|_| Segment::Claims)?;
        base64url::decode_into(signature, &mut self.signature).map_err(|_| Segment::Signature)
    }
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
        buffer.decode(header, claims, signature).map_err(|segment| not_base64url(token, segment))?;
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

/// What is signed, and the three segments, the claims with whatever further dots there are.
fn split(token: &str) -> Result<(&str, [&str; 3]), TokenError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(TokenError::TooLong { length: token.len() });
    }
    if token.starts_with('{') {
        return Err(TokenError::JsonSerialization);
    }
    if let Some((signed, signature)) = token.rsplit_once('.')
        && let Some((header, claims)) = signed.split_once('.')
    {
        return Ok((signed, [header, claims, signature]));
    }
    Err(TokenError::NotThreeSegments { found: segments(token) })
}

fn segments(token: &str) -> usize {
    token.split('.').count()
}

/// A dot is no base64url, so more than three segments are found out here, and good tokens need not be searched for dots.
#[cold]
fn not_base64url(token: &str, segment: Segment) -> TokenError {
    match segments(token) {
        3 => TokenError::NotBase64url { segment },
        found => TokenError::NotThreeSegments { found },
    }
}

fn parse(json: &[u8], segment: Segment) -> Result<Claims<'_>, TokenError> {
    let text = std::str::from_utf8(json).map_err(|_| TokenError::NotUtf8 { segment })?;
    Claims::parse(text).map_err(|error| TokenError::BadJson { segment, error })
}
