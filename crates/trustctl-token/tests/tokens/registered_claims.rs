//! What `exp`, `iat`, `nbf`, `aud`, `sub` and `jti` must say, to the second and to the byte.

use jsonwebtoken::Algorithm as Signing;
use serde_json::{Value, json};
use trustctl_token::{Algorithm, IssuerRules, Leeway, TokenBuffer, UnixTime, Verifier};

use crate::common::*;

fn with_claims(claims: &Value) -> &'static str {
    outcome(&mint(&header(), claims))
}

#[test]
fn a_time_is_an_integer_in_range() {
    for name in ["exp", "iat", "nbf"] {
        let raw = |text: &str| {
            let body = claims_with(name, json!("HERE")).to_string().replace("\"HERE\"", text);
            outcome(&mint_raw(header().to_string(), body, rsa("first"), Signing::RS256))
        };
        let now = NOW.0;
        for text in [
            format!("{now}.0"),
            format!("{now}.5"),
            "1.795e9".into(),
            "17952192E2".into(),
            "-1".into(),
            "-0".into(),
            "9007199254740992".into(),
            "99999999999999999999999999".into(),
            "1e30".into(),
        ] {
            assert_eq!(raw(&text), "bad-time", "{name} {text}");
        }
        for text in [
            format!("\"{now}\""),
            "\"never\"".into(),
            "\"\"".into(),
            "null".into(),
            "true".into(),
            "[]".into(),
            format!("[{now}]"),
            "{}".into(),
        ] {
            assert_eq!(raw(&text), "claim-wrong-type", "{name} {text}");
        }
        for text in
            [format!("0{now}"), format!("+{now}"), "NaN".into(), "Infinity".into(), "0x10".into(), "1e999".into()]
        {
            assert_eq!(raw(&text), "bad-claims", "{name} {text}");
        }
    }
    assert_eq!(with_claims(&claims_without("exp")), "claim-missing");
    assert_eq!(with_claims(&claims_without("iat")), "claim-missing");
    assert_eq!(with_claims(&claims_with("exp", json!((1_i64 << 53) - 1))), "accepted");
}

#[test]
fn times_hold_to_the_second() {
    let (now, leeway) = (NOW.0, 60);
    for (name, time, expected) in [
        ("exp", now - leeway, "expired"),
        ("exp", now - leeway + 1, "times-contradict"),
        ("exp", 0, "expired"),
        ("nbf", now + leeway, "accepted"),
        ("nbf", now + leeway + 1, "not-yet-valid"),
        ("iat", now + leeway, "accepted"),
        ("iat", now + leeway + 1, "issued-in-future"),
        ("iat", 0, "accepted"),
    ] {
        assert_eq!(with_claims(&claims_with(name, json!(time))), expected, "{name} {time}");
    }
    let mut old = claims();
    (old["iat"], old["nbf"], old["exp"]) = (json!(now - 300), json!(now - 900), json!(now - leeway + 1));
    assert_eq!(with_claims(&old), "accepted");
    (old["nbf"], old["exp"]) = (json!(now), json!(now - 1));
    assert_eq!(with_claims(&old), "times-contradict");
}

#[test]
fn leeway_and_lifetime_are_bounded() {
    assert!(Leeway::new(300).is_ok());
    assert!(Leeway::new(301).is_err());
    let strict = verifier_with(rules().with_leeway(Leeway::new(0).unwrap()).with_maximum_lifetime(300));
    assert_eq!(outcome_of(&strict, &mint(&header(), &claims())), "accepted");
    assert_eq!(outcome_of(&strict, &mint(&header(), &claims_with("exp", json!(NOW.0 + 301)))), "lives-too-long");
    assert_eq!(outcome_of(&strict, &mint(&header(), &claims_with("exp", json!(NOW.0)))), "expired");
    assert_eq!(outcome_of(&strict, &mint(&header(), &claims_with("nbf", json!(NOW.0 + 1)))), "not-yet-valid");
    assert_eq!(outcome_of(&strict, &mint(&header(), &claims_with("iat", json!(0)))), "lives-too-long");
    let at = |now| {
        strict
            .verify(&mut TokenBuffer::default(), &mint(&header(), &claims()), UnixTime(now))
            .map(|_| ())
            .map_err(|error| error.code())
    };
    assert_eq!(at(i64::MAX), Err("expired"));
    assert_eq!(at(i64::MIN), Err("not-yet-valid"));
}

#[test]
fn the_audience_is_exactly_one_of_ours() {
    for aud in [
        "https://registry.acme.example/",
        "https://REGISTRY.acme.example",
        "https://registry.acme.example ",
        "https://evil-corp.example",
        "registry.acme.example",
        "*",
    ] {
        assert_eq!(with_claims(&claims_with("aud", json!(aud))), "wrong-audience", "{aud}");
    }
    assert_eq!(with_claims(&claims_with("aud", json!(""))), "wrong-audience");
    for aud in [json!(1), json!(true), Value::Null, json!({ "aud": AUDIENCE })] {
        assert_eq!(with_claims(&claims_with("aud", aud.clone())), "claim-wrong-type", "{aud}");
    }
    assert_eq!(with_claims(&claims_without("aud")), "claim-missing");

    let lists = verifier_with(rules().with_audience_lists(true));
    for (aud, expected, alone) in [
        (json!([AUDIENCE]), "accepted", "audience-list"),
        (json!([]), "several-audiences", "audience-list"),
        (json!([AUDIENCE, "https://other.example"]), "several-audiences", "audience-list"),
        (json!(["https://other.example", AUDIENCE]), "several-audiences", "audience-list"),
        (json!([AUDIENCE, AUDIENCE]), "several-audiences", "audience-list"),
        (json!(["https://other.example"]), "wrong-audience", "audience-list"),
        (json!([[AUDIENCE]]), "claim-wrong-type", "audience-list"),
        (json!([1]), "claim-wrong-type", "audience-list"),
        (json!([null]), "claim-wrong-type", "audience-list"),
        (json!(AUDIENCE), "accepted", "accepted"),
    ] {
        let token = mint(&header(), &claims_with("aud", aud.clone()));
        assert_eq!(outcome_of(&lists, &token), expected, "{aud}");
        assert_eq!(outcome(&token), alone, "{aud}");
    }
    let several = verifier_with(IssuerRules::new(ISSUER, [Algorithm::Rs256], [AUDIENCE, "second"]).unwrap());
    assert_eq!(verify(&several, &mint(&header(), &claims_with("aud", json!("second")))).unwrap().audience(), "second");
    assert_eq!(verify(&lists, &mint(&header(), &claims_with("aud", json!([AUDIENCE])))).unwrap().audience(), AUDIENCE);
}

#[test]
fn subject_and_token_id_are_strings() {
    for sub in [json!(1), json!(["x"]), Value::Null, json!({}), json!(true)] {
        assert_eq!(with_claims(&claims_with("sub", sub.clone())), "claim-wrong-type", "{sub}");
        assert_eq!(with_claims(&claims_with("jti", sub.clone())), "claim-wrong-type", "{sub}");
    }
    assert_eq!(with_claims(&claims_with("sub", json!(""))), "claim-missing");
    assert_eq!(with_claims(&claims_without("sub")), "claim-missing");
}

#[test]
fn values_arrive_as_they_were_signed() {
    // What they mean is for the policy: here it counts that nothing is cut, folded or joined on the way.
    for text in [
        "acme/widgets\0",
        "acme/widgets\n",
        "acme/wid\u{200b}gets",
        "acme/widge\u{301}ts",
        "асме/widgets",
        "acme/\u{202e}stegdiw",
    ] {
        let verified = verify(&verifier(), &mint(&header(), &claims_with("repository", json!(text)))).unwrap();
        assert_eq!(verified.claims().named("repository").and_then(trustctl_claims::Value::as_str), Some(text));
    }
    let body = claims_with("id", json!("HERE")).to_string();
    for (text, integer) in [
        ("22", Some("22")),
        ("22.0", None),
        ("2.2e1", None),
        ("\"22\"", None),
        ("123456789012345678901234567890", Some("123456789012345678901234567890")),
    ] {
        let token = mint_raw(header().to_string(), body.replace("\"HERE\"", text), rsa("first"), Signing::RS256);
        assert_eq!(
            verify(&verifier(), &token).unwrap().claims().named("id").and_then(trustctl_claims::Value::as_integer),
            integer
        );
    }
    let flat = verify(&verifier(), &mint(&header(), &claims_with("oidc.ci.example/project-id", json!("p")))).unwrap();
    assert!(flat.claims().pointer(&["oidc.ci.example", "project-id"]).is_none());
    assert!(flat.claims().named("oidc.ci.example/project-id").is_some());
}

#[test]
fn rules_that_make_no_sense_are_refused() {
    let rules = |issuer: &str, algorithms: &[Algorithm], audiences: &[&str]| {
        IssuerRules::new(issuer, algorithms.to_vec(), audiences.to_vec())
    };
    assert!(rules("", &[Algorithm::Rs256], &["a"]).is_err());
    assert!(rules("https://a b", &[Algorithm::Rs256], &["a"]).is_err());
    assert!(rules("https://a\n", &[Algorithm::Rs256], &["a"]).is_err());
    assert!(rules("https://a", &[], &["a"]).is_err());
    assert!(rules("https://a", &[Algorithm::Rs256], &[]).is_err());
    assert!(rules("https://a", &[Algorithm::Rs256], &[""]).is_err());
    let keys = key_set(&[jwk(rsa("first"), Signing::RS256, KEY_ID)]);
    assert!(Verifier::new([(crate::common::rules(), keys.clone()), (crate::common::rules(), keys)]).is_err());
    assert_eq!("HS256".parse::<Algorithm>().unwrap_err().name, "HS256");
    assert!("none".parse::<Algorithm>().is_err());
}
