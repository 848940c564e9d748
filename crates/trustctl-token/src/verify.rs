//! The one way from a token to claims that can be believed.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use trustctl_claims::{Claims, UnixTime, Value};

use crate::algorithm::Algorithm;
use crate::checks::{self, Validity};
use crate::error::{TokenError, one_of, shown};
use crate::header;
use crate::keys::KeySet;
use crate::rules::{IssuerRules, RulesError};
use crate::unverified::{TokenBuffer, Unverified};

/// The issuers whose tokens are accepted, each with its rules and its own keys.
#[derive(Debug, Clone, Default)]
pub struct Verifier {
    issuers: BTreeMap<String, (IssuerRules, Arc<KeySet>)>,
}

impl Verifier {
    /// A verifier for those issuers. Keys of one never verify a token of another.
    ///
    /// # Errors
    /// [`RulesError::IssuerTwice`] when two have the same `iss`.
    pub fn new(issuers: impl IntoIterator<Item = (IssuerRules, Arc<KeySet>)>) -> Result<Verifier, RulesError> {
        let mut known = BTreeMap::new();
        for (rules, keys) in issuers {
            let issuer = rules.issuer().to_owned();
            if known.insert(issuer.clone(), (rules, keys)).is_some() {
                return Err(RulesError::IssuerTwice { issuer });
            }
        }
        Ok(Verifier { issuers: known })
    }

    /// The rules of the issuer that is byte for byte this one.
    #[must_use]
    pub fn rules(&self, issuer: &str) -> Option<&IssuerRules> {
        self.issuers.get(issuer).map(|(rules, _)| rules)
    }

    /// Verifies a token at a moment. The claims borrow from the buffer.
    ///
    /// Whatever can be refused without cryptography is refused before it.
    ///
    /// # Errors
    /// [`TokenError`], the first reason that was met.
    pub fn verify<'t>(
        &self,
        buffer: &'t mut TokenBuffer,
        token: &'t str,
        now: UnixTime,
    ) -> Result<Verified<'t>, TokenError> {
        let token = Unverified::read(buffer, token)?;
        let issuer = checks::issuer(&token.claims)?;
        let (rules, keys) = self.issuers.get(issuer).ok_or_else(|| self.unknown_issuer(issuer))?;
        token.verify(rules, keys, now)
    }

    fn unknown_issuer(&self, found: &str) -> TokenError {
        let plain = |issuer: &str| issuer.trim_end_matches('/').to_ascii_lowercase();
        let like = self.issuers.keys().find(|known| plain(known) == plain(found)).cloned();
        TokenError::UnknownIssuer { found: shown(found), like }
    }
}

impl<'t> Unverified<'t> {
    /// Verifies the token with rules and keys that were looked up by its issuer, at a moment.
    ///
    /// # Errors
    /// [`TokenError`], the first reason that was met; also when the rules are another issuer's.
    pub fn verify(self, rules: &IssuerRules, keys: &KeySet, now: UnixTime) -> Result<Verified<'t>, TokenError> {
        let signed = self.check_signature_only(rules.issuer(), rules.algorithms(), keys)?;
        let validity = checks::check(&signed.claims, rules, now)?;
        Ok(Verified { algorithm: signed.algorithm, claims: signed.claims, header: signed.header, validity })
    }

    /// Checks that the issuer's key signed the token, and **nothing else**: neither audience nor times are judged.
    ///
    /// For telling what somebody else would make of a token, by their rules for audience and times. What comes out is no
    /// [`Verified`], and no policy decides on it.
    ///
    /// # Errors
    /// [`TokenError`], the first reason that was met; also when the token is another issuer's.
    pub fn check_signature_only(
        self,
        issuer: &str,
        algorithms: &[Algorithm],
        keys: &KeySet,
    ) -> Result<SignatureOnly<'t>, TokenError> {
        let header = header::check(&self.header)?;
        let found = checks::issuer(&self.claims)?;
        // SECURITY: byte for byte. A slash, a port, a capital or an escape makes another issuer (RFC 7519 section 4.1.1, RFC 3986 section 6.2.1).
        if found != issuer {
            return Err(TokenError::UnknownIssuer { found: shown(found), like: None });
        }
        let algorithm = allowed(header.algorithm, algorithms)?;
        let key = keys.find(header.key_id, algorithm, issuer)?;
        key.verify_sig(self.signed.as_bytes(), self.signature).map_err(|_| TokenError::BadSignature)?;
        Ok(SignatureOnly { algorithm, claims: self.claims, header: self.header })
    }
}

/// A token that its issuer's key signed, **of which nothing else was judged**: it may be over, or for somebody else.
///
/// Claims of it may be explained, and never acted upon.
#[derive(Clone)]
pub struct SignatureOnly<'t> {
    claims: Claims<'t>,
    header: Claims<'t>,
    algorithm: Algorithm,
}

impl<'t> SignatureOnly<'t> {
    /// The claims, as their issuer wrote them.
    #[must_use]
    pub fn claims_of_unjudged_times_and_audience(&self) -> &Claims<'t> {
        &self.claims
    }

    /// The id of the issuer's key that the signature holds under.
    #[must_use]
    pub fn key_id(&self) -> &str {
        self.header.named("kid").and_then(Value::as_str).unwrap_or_default()
    }

    /// How it was signed.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

/// Shows the claims, which are no secret, and nothing that could be sent as a token.
impl fmt::Debug for SignatureOnly<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureOnly")
            .field("claims", &self.claims)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// The algorithm of that name, if the issuer may use it.
fn allowed(name: &str, algorithms: &[Algorithm]) -> Result<Algorithm, TokenError> {
    algorithms.iter().copied().find(|algorithm| algorithm.name() == name).ok_or_else(|| {
        TokenError::AlgorithmNotAllowed {
            found: shown(name),
            expected: one_of(algorithms.iter().map(|algorithm| algorithm.name())),
        }
    })
}

/// Claims whose issuer, signature, audience and times were verified.
///
/// Only verification makes one. What the claims *mean* is for a policy to say.
#[derive(Clone)]
pub struct Verified<'t> {
    claims: Claims<'t>,
    header: Claims<'t>,
    algorithm: Algorithm,
    validity: Validity,
}

impl<'t> Verified<'t> {
    /// The claims.
    #[must_use]
    pub fn claims(&self) -> &Claims<'t> {
        &self.claims
    }

    /// The claim `iss`.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.claims.named("iss").and_then(Value::as_str).unwrap_or_default()
    }

    /// The one audience, whether `aud` is a string or a list of one.
    #[must_use]
    pub fn audience(&self) -> &str {
        checks::sole_audience(&self.claims).unwrap_or_default()
    }

    /// The id of the issuer's key that the signature holds under.
    #[must_use]
    pub fn key_id(&self) -> &str {
        self.header.named("kid").and_then(Value::as_str).unwrap_or_default()
    }

    /// How it was signed.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// When it was issued (`iat`).
    #[must_use]
    pub fn issued(&self) -> UnixTime {
        self.validity.issued
    }

    /// When it began to hold (`nbf`), if it says so.
    #[must_use]
    pub fn not_before(&self) -> Option<UnixTime> {
        self.validity.not_before
    }

    /// When it stops to hold (`exp`), leeway not counted.
    #[must_use]
    pub fn expiry(&self) -> UnixTime {
        self.validity.expiry
    }

    /// The same with nothing borrowed from the buffer.
    #[must_use]
    pub fn into_owned(self) -> Verified<'static> {
        Verified {
            claims: self.claims.into_owned(),
            header: self.header.into_owned(),
            algorithm: self.algorithm,
            validity: self.validity,
        }
    }
}

/// Shows the claims, which are no secret, and nothing that could be sent as a token.
impl fmt::Debug for Verified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("claims", &self.claims)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}
