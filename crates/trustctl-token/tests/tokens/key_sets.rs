//! What is a key set, what is none, and which of its keys count.

use crate::common::*;
use jsonwebtoken::Algorithm as Signing;
use serde_json::{Value, json};
use trustctl_token::{KeySet, KeySetError, MAX_KEY_SET_BYTES, MAX_KEYS, SkipReason};

fn good() -> Value {
    jwk(rsa("first"), Signing::RS256, "good")
}

fn changed(change: impl FnOnce(&mut Value)) -> Value {
    let mut key = jwk(rsa("second"), Signing::RS256, "odd");
    change(&mut key);
    key
}

/// Why a key is skipped beside a good one.
fn skipped(key: &Value) -> Option<SkipReason> {
    let set = KeySet::parse(&json!({ "keys": [key, good()] }).to_string()).unwrap();
    assert!(set.ids().any(|id| id == "good"));
    set.skipped().first().map(|key| key.reason.clone())
}

#[test]
fn a_key_that_cannot_be_used_does_not_take_the_others_with_it() {
    assert_eq!(skipped(&changed(|_| ())), None);
    assert_eq!(skipped(&changed(|key| key["use"] = json!("enc"))), Some(SkipReason::OtherUse));
    assert_eq!(skipped(&changed(|key| key["key_ops"] = json!(["encrypt"]))), Some(SkipReason::OtherUse));
    assert_eq!(skipped(&changed(|key| key["key_ops"] = json!(["verify"]))), None);
    assert_eq!(skipped(&changed(|key| key["alg"] = json!("RSA-OAEP"))), Some(SkipReason::OtherAlgorithm));
    assert_eq!(skipped(&changed(|key| key["alg"] = json!("ES256"))), Some(SkipReason::OtherAlgorithm));
    assert_eq!(skipped(&changed(|key| key["alg"] = json!("HS256"))), Some(SkipReason::OtherAlgorithm));
    assert_eq!(skipped(&changed(|key| key["alg"] = json!("none"))), Some(SkipReason::OtherAlgorithm));
    assert_eq!(skipped(&changed(|key| key["kid"] = Value::Null)), Some(SkipReason::NoId));
    assert_eq!(skipped(&changed(|key| key["kid"] = json!(""))), Some(SkipReason::NoId));
    assert_eq!(skipped(&changed(|key| key["d"] = json!("AQAB"))), Some(SkipReason::Private));
    assert!(matches!(skipped(&changed(|key| key["kid"] = json!(7))), Some(SkipReason::Malformed { .. })));
    assert_eq!(
        skipped(&json!({ "kty": "oct", "k": "c2VjcmV0", "kid": "o", "alg": "HS256" })),
        Some(SkipReason::UnknownKind)
    );
    assert_eq!(
        skipped(
            &json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "o" })
        ),
        Some(SkipReason::UnknownKind)
    );
    assert_eq!(skipped(&json!({ "kty": "future", "kid": "o", "z": [1, { "a": 2 }] })), Some(SkipReason::UnknownKind));
    for odd in [json!(1), json!([]), json!("key"), Value::Null] {
        assert!(matches!(skipped(&odd), Some(SkipReason::Malformed { .. })), "{odd}");
    }
}

#[test]
fn weak_and_false_numbers_are_skipped() {
    assert_eq!(
        skipped(&changed(|key| key["n"] = json!(base64url([0xc1; 128])))),
        Some(SkipReason::RsaSize { bits: 1024 })
    );
    let huge = base64url([0xff; 2048]);
    assert_eq!(skipped(&changed(|key| key["n"] = json!(huge))), Some(SkipReason::RsaSize { bits: 16_384 }));
    assert_eq!(skipped(&changed(|key| key["n"] = json!(""))), Some(SkipReason::RsaSize { bits: 0 }));
    // 1 makes every signature its own proof; 2 is even; the last is longer than any in use.
    for exponent in [&[1][..], &[2], &[0], &[], &[0, 1], &[1, 0, 0], &[0xff; 9], &[1; 64]] {
        assert_eq!(
            skipped(&changed(|key| key["e"] = json!(base64url(exponent)))),
            Some(SkipReason::BadNumbers),
            "{exponent:?}"
        );
    }
    for text in ["AQAB=", "AQ AB", "+/==", "AQAB\n"] {
        assert_eq!(skipped(&changed(|key| key["e"] = json!(text))), Some(SkipReason::BadNumbers), "{text}");
    }
    let point = |change: fn(&mut Value)| {
        let mut key = jwk(p256(), Signing::ES256, "odd");
        change(&mut key);
        skipped(&key)
    };
    assert_eq!(point(|_| ()), None);
    assert_eq!(point(|key| key["y"] = key["x"].clone()), Some(SkipReason::BadNumbers));
    assert_eq!(point(|key| key["x"] = json!(base64url([0; 32]))), Some(SkipReason::BadNumbers));
    assert_eq!(point(|key| key["x"] = json!("AA")), Some(SkipReason::BadNumbers));
    assert!(point(|key| key["crv"] = json!("P-384")).is_some());
    assert!(point(|key| key["crv"] = json!("P-521")).is_some());
    assert!(point(|key| key["crv"] = json!("secp256k1")).is_some());
}

#[test]
fn two_keys_of_one_id_are_both_left_out() {
    let set = KeySet::parse(&json!({ "keys": [good(), jwk(rsa("first"), Signing::RS256, "twice"), jwk(rsa("second"), Signing::RS256, "twice"), jwk(p256(), Signing::ES256, "twice")] }).to_string()).unwrap();
    assert_eq!(set.ids().collect::<Vec<_>>(), ["good"]);
    assert!(set.skipped().iter().all(|key| key.id.as_deref() == Some("twice") && key.reason == SkipReason::IdTwice));
    assert!(set.knows("twice") && set.knows("good") && !set.knows("other"));
    // An unusable key of the same id takes nothing away: there is still one that can be meant.
    let mut encryption = jwk(rsa("second"), Signing::RS256, "good");
    encryption["use"] = json!("enc");
    let set = KeySet::parse(&json!({ "keys": [encryption, good()] }).to_string()).unwrap();
    assert_eq!(set.ids().collect::<Vec<_>>(), ["good"]);
}

#[test]
fn a_token_that_names_an_unusable_key_hears_why() {
    let mut odd = jwk(rsa("second"), Signing::RS256, "odd");
    odd["use"] = json!("enc");
    let verifier = trustctl_token::Verifier::new([(rules(), key_set(&[good(), odd]))]).unwrap();
    let token =
        mint_raw(header_with("kid", json!("odd")).to_string(), claims().to_string(), rsa("second"), Signing::RS256);
    assert_eq!(
        verify(&verifier, &token).unwrap_err().to_string(),
        "the key `odd` of `https://ci.acme.example` cannot be used: it is not meant for checking signatures"
    );
}

#[test]
fn a_member_twice_in_a_key_is_refused() {
    let text = good().to_string();
    let twice = text.replacen('{', r#"{"k\u0069d":"other","#, 1);
    let error = KeySet::parse(&format!(r#"{{"keys":[{twice}]}}"#)).unwrap_err();
    assert!(
        matches!(&error, KeySetError::NoUsableKey { skipped } if matches!(skipped[0].reason, SkipReason::Malformed { .. })),
        "{error}"
    );
    assert!(matches!(KeySet::parse(&format!(r#"{{"keys":[],"keys":[{text}]}}"#)), Err(KeySetError::NotAKeySet { .. })));
}

#[test]
fn what_is_no_key_set_is_refused() {
    for text in [
        "",
        "{}",
        "[]",
        "null",
        r#"{"keys":{}}"#,
        r#"{"keys":null}"#,
        r#"{"keys":[}"#,
        "<html>",
        r#"{"keys":[]} x"#,
        "\u{feff}{\"keys\":[]}",
    ] {
        assert!(matches!(KeySet::parse(text), Err(KeySetError::NotAKeySet { .. })), "{text}");
    }
    assert_eq!(
        KeySet::parse(r#"{"keys":[]}"#).unwrap_err().to_string(),
        "the key set holds no key that can be used: it is empty"
    );
    assert!(KeySet::parse(&json!({ "keys": [good()], "more": { "a": [1] } }).to_string()).is_ok());
    let many: Vec<Value> = (0..=MAX_KEYS).map(|n| json!({ "kty": "oct", "kid": n.to_string() })).collect();
    assert_eq!(
        KeySet::parse(&json!({ "keys": many }).to_string()).unwrap_err(),
        KeySetError::TooManyKeys { found: MAX_KEYS + 1 }
    );
    let long = format!("{}{}", json!({ "keys": [good()] }), " ".repeat(MAX_KEY_SET_BYTES));
    assert!(matches!(KeySet::parse(&long), Err(KeySetError::TooLong { .. })));
    let deep = format!(r#"{{"keys":[{}{}]}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert!(KeySet::parse(&deep).is_err());
}
