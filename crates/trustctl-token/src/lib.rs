//! From token text to verified claims.
//!
//! A JSON Web Token comes from whoever sends it, so everything in it is a claim until its signature
//! holds under a key that *we* chose for the issuer that *we* configured. [`Unverified`] reads the text
//! and promises nothing but its shape; [`Verified`] can come only from [`Unverified::verify`] and
//! [`Verifier::verify`], and is what decisions are made on ([`SignatureOnly`] is for telling what others
//! would decide). RFC 7515 and 7519 leave much open; here each open question has the strict answer. Keys
//! are parsed once, so that a token costs little more than its signature. No I/O, no clock: the time is a
//! parameter.

mod algorithm;
mod base64url;
mod checks;
mod error;
mod header;
mod keys;
mod rules;
mod unverified;
mod verify;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use error::{Segment, TokenError};
pub use keys::{KeySet, KeySetError, MAX_KEY_SET_BYTES, MAX_KEYS, SkipReason, SkippedKey};
pub use rules::{IssuerRules, Leeway, MAX_LEEWAY, RulesError};
pub use trustctl_claims::UnixTime;
pub use unverified::{MAX_TOKEN_BYTES, TokenBuffer, Unverified, inspect};
pub use verify::{SignatureOnly, Verified, Verifier};
