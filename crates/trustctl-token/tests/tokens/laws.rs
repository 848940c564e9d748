//! What we accept, others accept too; and no text makes us fall over.

use std::collections::HashSet;

use crate::common::*;
use jsonwebtoken::{Algorithm as Signing, DecodingKey, Validation};
use proptest::prelude::*;
use serde_json::{Value, json};
use trustctl_token::{KeySet, TokenBuffer, Unverified, inspect};

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!("")),
        Just(json!(ISSUER)),
        Just(json!(AUDIENCE)),
        Just(json!([AUDIENCE])),
        Just(json!([AUDIENCE, "x"])),
        Just(json!("JWT")),
        Just(json!("RS256")),
        Just(json!(KEY_ID)),
        (-1000_i64..1000).prop_map(|offset| json!(NOW.0 + offset)),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,8}".prop_map(Value::from),
    ]
}

fn edits(names: &'static [&'static str]) -> impl Strategy<Value = Vec<(&'static str, Option<Value>)>> {
    prop::collection::vec((prop::sample::select(names), prop::option::of(value())), 0..3)
}

fn edited(mut object: Value, edits: Vec<(&'static str, Option<Value>)>) -> Value {
    for (name, value) in edits {
        match value {
            Some(value) => object[name] = value,
            None => drop(object.as_object_mut().unwrap().remove(name)),
        }
    }
    object
}

/// `jsonwebtoken` with the same rules; it takes the time from the machine's clock, so expiry is left out.
fn oracle_accepts(token: &str) -> bool {
    let mut rules = Validation::new(Signing::RS256);
    rules.validate_exp = false;
    rules.aud = Some(HashSet::from([AUDIENCE.to_owned()]));
    rules.iss = Some(HashSet::from([ISSUER.to_owned()]));
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    let key = FIRST.clone();
    let key = DecodingKey::from_rsa_components(key["n"].as_str().unwrap(), key["e"].as_str().unwrap()).unwrap();
    jsonwebtoken::decode::<Value>(token, &key, &rules).is_ok()
}

proptest! {
    #[test]
    fn what_we_accept_jsonwebtoken_accepts(
        head in edits(&["alg", "kid", "typ", "crit", "b64", "x5t", "jku", "cty"]),
        body in edits(&["iss", "aud", "sub", "exp", "nbf", "iat", "jti", "repository"]),
        spoil in prop::option::of((any::<prop::sample::Index>(), "[A-Za-z0-9_.=-]")),
    ) {
        let mut token = mint(&edited(header(), head), &edited(claims(), body));
        if let Some((at, with)) = spoil {
            let at = at.index(token.len());
            token.replace_range(at..=at, &with);
        }
        let lists = verifier_with(rules().with_audience_lists(true));
        if verify(&lists, &token).is_ok() {
            prop_assert!(oracle_accepts(&token), "{token}");
        }
    }

    #[test]
    fn any_text_is_a_token_or_an_error(text in r"[A-Za-z0-9_\-.=]{0,80}|\PC{0,40}") {
        let _ = inspect(&text);
        let _ = KeySet::parse(&text);
        prop_assert!(verify(&verifier(), &text).is_err());
    }

    #[test]
    fn a_used_buffer_is_as_good_as_a_new_one(first in "[A-Za-z0-9_.-]{0,60}") {
        let mut buffer = TokenBuffer::default();
        let _ = Unverified::read(&mut buffer, &first).map(drop);
        let token = mint(&header(), &claims());
        let verifier = verifier();
        let again = verifier.verify(&mut buffer, &token, NOW).unwrap();
        prop_assert_eq!(again.claims().to_string(), verify(&verifier, &token).unwrap().claims().to_string());
    }
}

#[test]
fn the_oracle_accepts_the_good_token() {
    assert!(oracle_accepts(&mint(&header(), &claims())));
}
