//! Minting of tokens, right and wrong ones, for the tests.

use std::sync::{Arc, LazyLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm as Signing, EncodingKey};
use serde_json::{Value, json};
use trustctl_token::{Algorithm, IssuerRules, KeySet, TokenBuffer, TokenError, UnixTime, Verified, Verifier};

pub(crate) const NOW: UnixTime = UnixTime(1_795_219_200);
pub(crate) const ISSUER: &str = "https://ci.acme.example";
pub(crate) const AUDIENCE: &str = "https://registry.acme.example";
pub(crate) const KEY_ID: &str = "first";

pub(crate) fn rsa_pem(name: &str) -> &'static str {
    match name {
        "first" => include_str!("../keys/rsa-first.pem"),
        "second" => include_str!("../keys/rsa-second.pem"),
        other => panic!("no key {other}"),
    }
}

pub(crate) fn rsa(name: &str) -> &'static EncodingKey {
    static FIRST: LazyLock<EncodingKey> =
        LazyLock::new(|| EncodingKey::from_rsa_pem(rsa_pem("first").as_bytes()).unwrap());
    static SECOND: LazyLock<EncodingKey> =
        LazyLock::new(|| EncodingKey::from_rsa_pem(rsa_pem("second").as_bytes()).unwrap());
    if name == "first" { &FIRST } else { &SECOND }
}

/// The issuer's key, as a JWK.
pub(crate) static FIRST: LazyLock<Value> = LazyLock::new(|| jwk(rsa("first"), Signing::RS256, KEY_ID));

pub(crate) fn p256() -> &'static EncodingKey {
    static KEY: LazyLock<EncodingKey> =
        LazyLock::new(|| EncodingKey::from_ec_pem(include_bytes!("../keys/p256.pem")).unwrap());
    &KEY
}

pub(crate) fn p384() -> &'static EncodingKey {
    static KEY: LazyLock<EncodingKey> =
        LazyLock::new(|| EncodingKey::from_ec_pem(include_bytes!("../keys/p384.pem")).unwrap());
    &KEY
}

/// The public half as a JWK, with this `kid`.
pub(crate) fn jwk(key: &EncodingKey, algorithm: Signing, kid: &str) -> Value {
    let mut jwk = serde_json::to_value(Jwk::from_encoding_key(key, algorithm).unwrap()).unwrap();
    jwk["kid"] = json!(kid);
    jwk["use"] = json!("sig");
    jwk
}

pub(crate) fn key_set(keys: &[Value]) -> Arc<KeySet> {
    Arc::new(KeySet::parse(&json!({ "keys": keys }).to_string()).unwrap())
}

pub(crate) fn rules() -> IssuerRules {
    IssuerRules::new(ISSUER, [Algorithm::Rs256], [AUDIENCE]).unwrap()
}

/// One issuer with one RSA key for RS256.
pub(crate) fn verifier() -> Verifier {
    verifier_with(rules())
}

pub(crate) fn verifier_with(rules: IssuerRules) -> Verifier {
    Verifier::new([(rules, key_set(std::slice::from_ref(&*FIRST)))]).unwrap()
}

pub(crate) fn header() -> Value {
    json!({ "typ": "JWT", "alg": "RS256", "kid": KEY_ID, "x5t": "eBZ_cn3sXYAd0ch4THBKHIgOwOE" })
}

pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "pipeline:acme/widgets", "jti": "5e1f",
        "iat": NOW.0, "nbf": NOW.0 - 600, "exp": NOW.0 + 300, "repository": "acme/widgets",
    })
}

/// The claims with one of them set to something else.
pub(crate) fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

/// The claims without one of them.
pub(crate) fn claims_without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name).unwrap();
    claims
}

pub(crate) fn header_with(name: &str, value: Value) -> Value {
    let mut header = header();
    header[name] = value;
    header
}

pub(crate) fn header_without(name: &str) -> Value {
    let mut header = header();
    header.as_object_mut().unwrap().remove(name).unwrap();
    header
}

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A correctly signed token of whatever bytes header and claims are.
pub(crate) fn mint_raw(
    header: impl AsRef<[u8]>,
    claims: impl AsRef<[u8]>,
    key: &EncodingKey,
    algorithm: Signing,
) -> String {
    sign(&format!("{}.{}", base64url(header), base64url(claims)), key, algorithm)
}

/// A text with its signature behind it.
pub(crate) fn sign(signed: &str, key: &EncodingKey, algorithm: Signing) -> String {
    format!("{signed}.{}", jsonwebtoken::crypto::sign(signed.as_bytes(), key, algorithm).unwrap())
}

/// A token that the issuer signed as it should.
pub(crate) fn mint(header: &Value, claims: &Value) -> String {
    mint_raw(header.to_string(), claims.to_string(), rsa("first"), Signing::RS256)
}

pub(crate) fn verify(verifier: &Verifier, token: &str) -> Result<Verified<'static>, TokenError> {
    verifier.verify(&mut TokenBuffer::default(), token, NOW).map(Verified::into_owned)
}

/// The code of the refusal, or `accepted`.
pub(crate) fn outcome(token: &str) -> &'static str {
    outcome_of(&verifier(), token)
}

pub(crate) fn outcome_of(verifier: &Verifier, token: &str) -> &'static str {
    match verify(verifier, token) {
        Ok(_) => "accepted",
        Err(error) => {
            let message = error.to_string();
            assert!(!message.is_empty() && message.len() < 1200 && !message.contains('\n'), "{message}");
            assert!(
                token.len() < 40 || !message.contains(token.rsplit('.').next().unwrap().get(..20).unwrap_or("eyJ")),
                "{message}"
            );
            error.code()
        }
    }
}
