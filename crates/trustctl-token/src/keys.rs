//! An issuer's public keys (RFC 7517), parsed once.
//!
//! A key set is data from elsewhere. A key that cannot be used is skipped and listed with its reason,
//! because issuers publish keys of kinds that nobody here knows, and one of those must not take the
//! others with it. Two usable keys of one id make that id ambiguous, and neither is used: trying keys
//! until one fits is how a token of one purpose passes for another.

use std::fmt;

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::ParsedPublicKey;
use jsonwebtoken::jwk::{
    AlgorithmParameters, CommonParameters, EllipticCurve, EllipticCurveKeyParameters, Jwk, KeyAlgorithm, KeyOperations,
    PublicKeyUse, RSAKeyParameters,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use trustctl_claims::{Claims, Value};

use crate::algorithm::{Algorithm, Scheme};
use crate::base64url;
use crate::error::{TokenError, one_of, shown};

/// The longest text of a key set, in bytes.
pub const MAX_KEY_SET_BYTES: usize = 1024 * 1024;
/// The most keys in a set.
pub const MAX_KEYS: usize = 100;

/// Bits of an RSA modulus that are enough (RFC 7518 section 3.3), and those that cost too much to verify with.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// What an RSA key can be used with unless it says more.
const RSA: [Algorithm; 6] =
    [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512, Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512];

/// The keys of one issuer.
#[derive(Clone)]
pub struct KeySet {
    /// INVARIANT: sorted by id, no id twice, at least one.
    keys: Vec<Key>,
    skipped: Vec<SkippedKey>,
}

#[derive(Clone)]
struct Key {
    id: String,
    /// One per algorithm that the key may be used with, at least one.
    parsed: Vec<(Algorithm, ParsedPublicKey)>,
}

impl KeySet {
    /// Reads a JWK set.
    ///
    /// # Errors
    /// [`KeySetError`] when it is no JWK set, exceeds the limits, or holds no key that can be used.
    pub fn parse(json: &str) -> Result<KeySet, KeySetError> {
        if json.len() > MAX_KEY_SET_BYTES {
            return Err(KeySetError::TooLong { length: json.len() });
        }
        let document: Document<'_> =
            serde_json::from_str(json).map_err(|error| KeySetError::NotAKeySet { what: error.to_string() })?;
        if document.keys.len() > MAX_KEYS {
            return Err(KeySetError::TooManyKeys { found: document.keys.len() });
        }
        let (mut keys, mut skipped) = (Vec::new(), Vec::new());
        for piece in document.keys {
            match read_key(piece.get()) {
                Ok(key) => keys.push(key),
                Err(key) => skipped.push(key),
            }
        }
        keys.sort_by(|a: &Key, b: &Key| a.id.cmp(&b.id));
        let twice: Vec<String> =
            keys.iter().zip(keys.iter().skip(1)).filter(|(a, b)| a.id == b.id).map(|(a, _)| a.id.clone()).collect();
        keys.retain(|key| !twice.contains(&key.id));
        skipped.extend(twice.into_iter().map(|id| SkippedKey { id: Some(id), reason: SkipReason::IdTwice }));
        if keys.is_empty() {
            return Err(KeySetError::NoUsableKey { skipped });
        }
        Ok(KeySet { keys, skipped })
    }

    /// Whether the set has a key of that id, usable or not. If it has not, newer keys may have it.
    #[must_use]
    pub fn knows(&self, id: &str) -> bool {
        self.position(id).is_some() || self.skip_reason(id).is_some()
    }

    /// The ids of the keys that can be used, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| key.id.as_str())
    }

    /// The keys that cannot be used, with the reason of each.
    #[must_use]
    pub fn skipped(&self) -> &[SkippedKey] {
        &self.skipped
    }

    /// The key of that id for that algorithm, and no other.
    pub(crate) fn find(&self, id: &str, algorithm: Algorithm, issuer: &str) -> Result<&ParsedPublicKey, TokenError> {
        let Some(key) = self.position(id).and_then(|at| self.keys.get(at)) else {
            let (key_id, issuer) = (shown(id), issuer.to_owned());
            return Err(match self.skip_reason(id) {
                Some(reason) => TokenError::UnusableKey { key_id, issuer, reason: reason.clone() },
                None => TokenError::UnknownKey { key_id, issuer },
            });
        };
        // SECURITY: the key says what it can be used for, and the issuer's rules what it may; the token only chooses among what is both.
        key.parsed.iter().find(|(fit, _)| *fit == algorithm).map(|(_, parsed)| parsed).ok_or_else(|| {
            TokenError::KeyDoesNotFit {
                key_id: shown(id),
                found: algorithm.name(),
                expected: one_of(key.parsed.iter().map(|(fit, _)| fit.name())),
            }
        })
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.keys.binary_search_by(|key| key.id.as_str().cmp(id)).ok()
    }

    fn skip_reason(&self, id: &str) -> Option<&SkipReason> {
        self.skipped.iter().find(|key| key.id.as_deref() == Some(id)).map(|key| &key.reason)
    }
}

/// Shows ids, not numbers.
impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySet").field("ids", &self.ids().collect::<Vec<_>>()).field("skipped", &self.skipped).finish()
    }
}

/// A key of a set that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedKey {
    /// Its `kid`, if it has one.
    pub id: Option<String>,
    /// Why it cannot be used.
    pub reason: SkipReason,
}

/// Why a key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SkipReason {
    /// It is not a JWK: not an object, a member twice, or a member of the wrong type.
    #[error("it is not a well-formed key: {what}")]
    Malformed {
        /// What is wrong.
        what: String,
    },
    /// It has no `kid`, so no token can name it.
    #[error("it has no `kid`")]
    NoId,
    /// Two keys have this `kid`.
    #[error("two keys of the set have this `kid`")]
    IdTwice,
    /// It is of a kind or curve that signs none of the algorithms known here.
    #[error("its kind is neither RSA nor EC on P-256 or P-384")]
    UnknownKind,
    /// It is not for checking signatures (`use`, `key_ops`).
    #[error("it is not meant for checking signatures")]
    OtherUse,
    /// Its `alg` is not one that its kind can be used with here.
    #[error("its `alg` does not go with its kind, or is none that can be verified")]
    OtherAlgorithm,
    /// It holds its private half, which is no secret any more.
    #[error("it holds its private key, which everybody can read")]
    Private,
    /// Its RSA modulus is too short to trust or too long to afford.
    #[error("its RSA modulus has {bits} bits, expected 2048 to 8192")]
    RsaSize {
        /// How many bits.
        bits: usize,
    },
    /// Its numbers are no public key.
    #[error("its numbers are no valid public key")]
    BadNumbers,
}

/// Why a text is no key set to verify with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetError {
    /// The text is longer than [`MAX_KEY_SET_BYTES`].
    #[error("the key set has {length} bytes, and {MAX_KEY_SET_BYTES} are the most")]
    TooLong {
        /// Bytes of the text.
        length: usize,
    },
    /// The text is not a JSON object with a list `keys`.
    #[error("this is not a JWK set, an object with a list `keys`: {what}")]
    NotAKeySet {
        /// What is wrong, and where.
        what: String,
    },
    /// There are more than [`MAX_KEYS`] keys.
    #[error("the key set has {found} keys, and {MAX_KEYS} are the most")]
    TooManyKeys {
        /// How many.
        found: usize,
    },
    /// No key can be used.
    #[error("the key set holds no key that can be used{}", reasons(skipped))]
    NoUsableKey {
        /// Those that cannot.
        skipped: Vec<SkippedKey>,
    },
}

/// A JWK set; members that nobody knows are ignored (RFC 7517 section 5).
#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

fn read_key(json: &str) -> Result<Key, SkippedKey> {
    // Read strictly first: what follows takes the last of two members of one name.
    let members = Claims::parse(json)
        .map_err(|error| SkippedKey { id: None, reason: SkipReason::Malformed { what: error.to_string() } })?;
    let id = members.named("kid").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned);
    match (id, usable(json, &members)) {
        (Some(id), Ok(parsed)) => Ok(Key { id, parsed }),
        (None, Ok(_)) => Err(SkippedKey { id: None, reason: SkipReason::NoId }),
        (id, Err(reason)) => Err(SkippedKey { id, reason }),
    }
}

fn usable(json: &str, members: &Claims<'_>) -> Result<Vec<(Algorithm, ParsedPublicKey)>, SkipReason> {
    let key: Jwk = serde_json::from_str(json).map_err(|error| SkipReason::Malformed { what: error.to_string() })?;
    let (named, material) = match &key.algorithm {
        AlgorithmParameters::RSA(key) => (&RSA[..], Material::rsa(key)?),
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            (&[Algorithm::Es256][..], Material::point(key)?)
        }
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P384 => {
            (&[Algorithm::Es384][..], Material::point(key)?)
        }
        _ => return Err(SkipReason::UnknownKind),
    };
    if members.named("d").is_some() {
        return Err(SkipReason::Private);
    }
    check_use(&key.common)?;
    let algorithms = narrowed(named, &key.common)?;
    algorithms.into_iter().map(|algorithm| Ok((algorithm, material.parse(algorithm)?))).collect()
}

fn check_use(key: &CommonParameters) -> Result<(), SkipReason> {
    let used = key.public_key_use.as_ref().is_none_or(|purpose| *purpose == PublicKeyUse::Signature);
    let operated = key.key_operations.as_ref().is_none_or(|operations| operations.contains(&KeyOperations::Verify));
    if used && operated { Ok(()) } else { Err(SkipReason::OtherUse) }
}

/// The algorithms of a kind, narrowed to the key's own `alg` if it names one.
fn narrowed(of_kind: &[Algorithm], key: &CommonParameters) -> Result<Vec<Algorithm>, SkipReason> {
    let Some(own) = key.key_algorithm else {
        return Ok(of_kind.to_vec());
    };
    let fitting = |algorithm: &&Algorithm| own == key_algorithm(**algorithm);
    of_kind.iter().find(fitting).map(|algorithm| vec![*algorithm]).ok_or(SkipReason::OtherAlgorithm)
}

fn key_algorithm(algorithm: Algorithm) -> KeyAlgorithm {
    match algorithm {
        Algorithm::Rs256 => KeyAlgorithm::RS256,
        Algorithm::Rs384 => KeyAlgorithm::RS384,
        Algorithm::Rs512 => KeyAlgorithm::RS512,
        Algorithm::Ps256 => KeyAlgorithm::PS256,
        Algorithm::Ps384 => KeyAlgorithm::PS384,
        Algorithm::Ps512 => KeyAlgorithm::PS512,
        Algorithm::Es256 => KeyAlgorithm::ES256,
        Algorithm::Es384 => KeyAlgorithm::ES384,
    }
}

/// The numbers of a key, decoded.
enum Material {
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    Point { x: Vec<u8>, y: Vec<u8> },
}

impl Material {
    fn rsa(key: &RSAKeyParameters) -> Result<Material, SkipReason> {
        let (modulus, exponent) = (decode(&key.n)?, decode(&key.e)?);
        let bits = modulus
            .first()
            .map_or(0, |first| modulus.len().saturating_mul(8).saturating_sub(first.leading_zeros() as usize));
        if !RSA_BITS.contains(&bits) {
            return Err(SkipReason::RsaSize { bits });
        }
        // SECURITY: with an exponent of 1 anybody can sign. Even ones, and ones above 2^32, belong to no key that is in use.
        let value =
            exponent.iter().try_fold(0_u64, |value, byte| (value < 1 << 32).then_some(value << 8 | u64::from(*byte)));
        match value {
            Some(value) if value >= 3 && value % 2 == 1 && value <= 1 << 32 => Ok(Material::Rsa { modulus, exponent }),
            _ => Err(SkipReason::BadNumbers),
        }
    }

    fn point(key: &EllipticCurveKeyParameters) -> Result<Material, SkipReason> {
        Ok(Material::Point { x: decode(&key.x)?, y: decode(&key.y)? })
    }

    fn parse(&self, algorithm: Algorithm) -> Result<ParsedPublicKey, SkipReason> {
        match (self, algorithm.scheme()) {
            (Material::Rsa { modulus, exponent }, Scheme::Rsa(parameters)) => {
                PublicKeyComponents { n: modulus, e: exponent }
                    .to_parsed_public_key(parameters)
                    .map_err(|_| SkipReason::BadNumbers)
            }
            (Material::Point { x, y }, Scheme::Ec { algorithm, coordinate })
                if x.len() == coordinate && y.len() == coordinate =>
            {
                // An uncompressed point, SEC 1 section 2.3.3; whether it lies on the curve is checked by the parser.
                ParsedPublicKey::new(algorithm, [&[4], x.as_slice(), y.as_slice()].concat())
                    .map_err(|_| SkipReason::BadNumbers)
            }
            _ => Err(SkipReason::BadNumbers),
        }
    }
}

fn decode(text: &str) -> Result<Vec<u8>, SkipReason> {
    base64url::decode(text).map_err(|_| SkipReason::BadNumbers)
}

fn reasons(skipped: &[SkippedKey]) -> String {
    let one = |key: &SkippedKey| {
        format!("`{}`: {}", key.id.as_deref().map_or_else(|| "no kid".to_owned(), shown), key.reason)
    };
    match skipped {
        [] => ": it is empty".to_owned(),
        [only] => format!("; {}", one(only)),
        [first, rest @ ..] => format!("; {}; and {} more", one(first), rest.len()),
    }
}
