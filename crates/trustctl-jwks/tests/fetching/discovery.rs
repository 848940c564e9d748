//! What a discovery document must say.

use trustctl_jwks::{DiscoveryError, discover};

use crate::common::*;

/// What comes of a discovery document with this body.
fn discovered(body: &str) -> Result<(), DiscoveryError> {
    let fake = Fake::with_key("first");
    fake.answer(DISCOVERY, body);
    fake.answer("https://keys.acme.example/jwks", key_set("first"));
    fake.answer("https://evil-corp.example/jwks", key_set("first"));
    discover(&fake, &source()).map(|keys| assert!(keys.knows("first")))
}

#[test]
fn an_issuer_leads_to_its_keys() {
    assert_eq!(discovered(&document(ISSUER, KEYS)), Ok(()));
    assert_eq!(discovered(&document(ISSUER, "https://keys.acme.example/jwks")), Ok(()));
}

#[test]
fn a_document_of_another_issuer_is_refused() {
    for issuer in [
        "https://ci.acme.example/",
        "https://CI.acme.example",
        "https://ci.acme.example:443",
        "http://ci.acme.example",
        "https://evil-corp.example",
        "",
    ] {
        let error = discovered(&document(issuer, KEYS)).unwrap_err();
        assert!(matches!(error, DiscoveryError::OtherIssuer { .. }), "{error}");
    }
}

#[test]
fn keys_elsewhere_are_not_fetched() {
    for keys in [
        "https://evil-corp.example/jwks",
        "http://ci.acme.example/jwks",
        "https://ci.acme.example:8443/jwks",
        "/jwks",
        "jwks",
        "file:///etc/passwd",
        "",
        "https://ci.acme.example@evil-corp.example/jwks",
    ] {
        let error = discovered(&document(ISSUER, keys)).unwrap_err();
        assert!(matches!(error, DiscoveryError::KeysElsewhere { .. }), "{error}");
    }
}

#[test]
fn what_is_no_document_is_refused() {
    let twice = format!(r#"{{"issuer":"https://evil-corp.example","issuer":"{ISSUER}","jwks_uri":"{KEYS}"}}"#);
    let escaped = format!(r#"{{"jwks_uri":"https://evil-corp.example","jwks_ur\u0069":"{KEYS}","issuer":"{ISSUER}"}}"#);
    let list = format!(r#"{{"issuer":["{ISSUER}"],"jwks_uri":"{KEYS}"}}"#);
    for body in [
        "",
        "{}",
        "[]",
        "<html>",
        "null",
        &twice,
        &escaped,
        &list,
        &format!("{} x", document(ISSUER, KEYS)),
        r#"{"issuer":"https://ci.acme.example"}"#,
        &"[".repeat(60_000),
    ] {
        let error = discovered(body).unwrap_err();
        assert!(matches!(error, DiscoveryError::NotADocument { .. }), "{error}");
    }
    let fake = Fake::with_key("first");
    fake.answer(DISCOVERY, [0xff, 0xfe]);
    assert!(matches!(discover(&fake, &source()), Err(DiscoveryError::NotUtf8 { .. })));
    fake.answer(DISCOVERY, document(ISSUER, KEYS));
    fake.answer(KEYS, "{}");
    assert!(matches!(discover(&fake, &source()), Err(DiscoveryError::BadKeySet { .. })));
    fake.answer(KEYS, vec![b' '; 1024 * 1024 + 1]);
    assert!(matches!(discover(&fake, &source()), Err(DiscoveryError::NotFetched { .. })));
}
