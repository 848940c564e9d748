//! What people try with tokens. Every one is signed as well as its attacker could, and refused for the reason named.

use crate::common::*;
use jsonwebtoken::{Algorithm as Signing, EncodingKey};
use serde_json::{Value, json};
use trustctl_token::{Algorithm, IssuerRules, MAX_TOKEN_BYTES, TokenBuffer, TokenError, Unverified, Verifier};

fn with_claims(claims: &Value) -> &'static str {
    outcome(&mint(&header(), claims))
}

fn with_header(header: &Value) -> &'static str {
    outcome(&mint(header, &claims()))
}

#[test]
fn the_token_that_the_others_spoil_is_accepted() {
    assert_eq!(outcome(&mint(&header(), &claims())), "accepted");
    assert_eq!(with_claims(&claims_without("nbf")), "accepted");
    assert_eq!(with_claims(&claims_without("jti")), "accepted");
}

// --- Algorithms and signatures

#[test]
fn no_algorithm_is_none() {
    for none in ["none", "None", "NONE", "nOnE", ""] {
        let head = base64url(header_with("alg", json!(none)).to_string());
        let body = base64url(claims().to_string());
        let refused = if none.is_empty() { "header-missing" } else { "algorithm-not-allowed" };
        assert_eq!(outcome(&format!("{head}.{body}.")), refused, "{none}");
        assert_eq!(with_header(&header_with("alg", json!(none))), refused, "{none}");
    }
}

#[test]
fn an_empty_or_foreign_or_cut_signature_is_refused() {
    let token = mint(&header(), &claims());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    assert_eq!(outcome(&format!("{signed}.")), "bad-signature");
    assert_eq!(outcome(&format!("{signed}.AAAA")), "bad-signature");
    assert_eq!(outcome(&format!("{signed}.{}", signature.split_at(signature.len() - 4).0)), "not-base64url");
    assert_eq!(outcome(&format!("{signed}.{}", signature.split_at(signature.len() - 6).0)), "bad-signature");
    assert_eq!(outcome(&format!("{signed}.{}", base64url([0; 256]))), "bad-signature");
    assert_eq!(outcome(&sign(signed, rsa("second"), Signing::RS256)), "bad-signature");
    assert_eq!(outcome(&sign(signed, rsa("first"), Signing::RS512)), "bad-signature");
    assert_eq!(outcome(&sign(signed, rsa("first"), Signing::PS256)), "bad-signature");
}

#[test]
fn the_public_key_is_no_hmac_secret() {
    let public = jwk(rsa("first"), Signing::RS256, KEY_ID);
    let secrets =
        [public["n"].as_str().unwrap().to_owned(), public.to_string(), rsa_pem("first").to_owned(), String::new()];
    for secret in secrets {
        for (name, algorithm) in [("HS256", Signing::HS256), ("HS384", Signing::HS384), ("HS512", Signing::HS512)] {
            let key = EncodingKey::from_secret(secret.as_bytes());
            let head = header_with("alg", json!(name)).to_string();
            assert_eq!(outcome(&mint_raw(head, claims().to_string(), &key, algorithm)), "algorithm-not-allowed");
            let lying = header().to_string();
            assert_eq!(outcome(&mint_raw(lying, claims().to_string(), &key, algorithm)), "bad-signature");
        }
    }
}

#[test]
fn only_the_issuers_algorithms_count_and_in_their_exact_spelling() {
    for (name, algorithm) in [("RS384", Signing::RS384), ("RS512", Signing::RS512), ("PS256", Signing::PS256)] {
        let head = header_with("alg", json!(name)).to_string();
        assert_eq!(
            outcome(&mint_raw(head, claims().to_string(), rsa("first"), algorithm)),
            "algorithm-not-allowed",
            "{name}"
        );
    }
    for name in ["rs256", "Rs256", " RS256", "RS256\0", "EdDSA", "RS256,none"] {
        assert_eq!(with_header(&header_with("alg", json!(name))), "algorithm-not-allowed", "{name}");
    }
    assert_eq!(with_header(&header_with("alg", json!(["RS256"]))), "header-wrong-type");
    assert_eq!(with_header(&header_with("alg", Value::Null)), "header-wrong-type");
    assert_eq!(with_header(&header_without("alg")), "header-missing");
}

#[test]
fn every_algorithm_verifies_under_its_own_key_and_under_no_other() {
    let cases = [
        (Algorithm::Rs256, Signing::RS256, rsa("first")),
        (Algorithm::Rs384, Signing::RS384, rsa("first")),
        (Algorithm::Rs512, Signing::RS512, rsa("first")),
        (Algorithm::Ps256, Signing::PS256, rsa("first")),
        (Algorithm::Ps384, Signing::PS384, rsa("first")),
        (Algorithm::Ps512, Signing::PS512, rsa("first")),
        (Algorithm::Es256, Signing::ES256, p256()),
        (Algorithm::Es384, Signing::ES384, p384()),
    ];
    let everything = IssuerRules::new(ISSUER, Algorithm::ALL, [AUDIENCE]).unwrap();
    for (own, _, key) in &cases {
        let keys = key_set(&[jwk(key, own.name().parse().unwrap(), KEY_ID)]);
        let verifier = Verifier::new([(everything.clone(), keys)]).unwrap();
        for (algorithm, signing, key) in &cases {
            let head = header_with("alg", json!(algorithm.name())).to_string();
            let token = mint_raw(head, claims().to_string(), key, *signing);
            assert_eq!(
                outcome_of(&verifier, &token),
                if own == algorithm { "accepted" } else { "key-does-not-fit" },
                "{own} {algorithm}"
            );
        }
    }
}

#[test]
fn an_ecdsa_signature_in_der_or_of_nothing_is_refused() {
    let rules = IssuerRules::new(ISSUER, [Algorithm::Es256], [AUDIENCE]).unwrap();
    let verifier = Verifier::new([(rules, key_set(&[jwk(p256(), Signing::ES256, KEY_ID)]))]).unwrap();
    let signed =
        format!("{}.{}", base64url(header_with("alg", json!("ES256")).to_string()), base64url(claims().to_string()));
    assert_eq!(outcome_of(&verifier, &sign(&signed, p256(), Signing::ES256)), "accepted");
    // CVE-2022-21449: r = s = 0.
    assert_eq!(outcome_of(&verifier, &format!("{signed}.{}", base64url([0; 64]))), "bad-signature");
    assert_eq!(
        outcome_of(&verifier, &format!("{signed}.{}", base64url([0x30, 0x06, 2, 1, 1, 2, 1, 1]))),
        "bad-signature"
    );
    assert_eq!(outcome_of(&verifier, &format!("{signed}.")), "bad-signature");
}

// --- Keys

#[test]
fn a_key_id_is_a_name_and_nothing_else() {
    for kid in [
        "../../../../dev/null",
        "/etc/passwd",
        "' OR 1=1 --",
        "first\0",
        "FIRST",
        " first",
        "first ",
        "file:///first",
        "*",
        "http://evil-corp.example/jwks",
    ] {
        assert_eq!(with_header(&header_with("kid", json!(kid))), "unknown-key", "{kid}");
    }
    for kid in [json!(1), json!(["first"]), json!({}), Value::Null, json!(true)] {
        assert_eq!(with_header(&header_with("kid", kid.clone())), "header-wrong-type", "{kid}");
    }
    assert_eq!(with_header(&header_without("kid")), "header-missing");
    assert_eq!(with_header(&header_with("kid", json!(""))), "header-missing");
}

fn two_issuers() -> Verifier {
    let other = IssuerRules::new("https://ci.evil-corp.example", [Algorithm::Rs256], [AUDIENCE]).unwrap();
    let ours = key_set(&[jwk(rsa("first"), Signing::RS256, "same"), jwk(rsa("first"), Signing::RS256, "ours-only")]);
    let theirs =
        key_set(&[jwk(rsa("second"), Signing::RS256, "same"), jwk(rsa("second"), Signing::RS256, "theirs-only")]);
    Verifier::new([(rules(), ours), (other, theirs)]).unwrap()
}

#[test]
fn one_issuers_key_never_verifies_anothers_token() {
    let verifier = two_issuers();
    let token = |kid: &str, key: &str, issuer: &str| {
        mint_raw(
            header_with("kid", json!(kid)).to_string(),
            claims_with("iss", json!(issuer)).to_string(),
            rsa(key),
            Signing::RS256,
        )
    };
    assert_eq!(outcome_of(&verifier, &token("same", "first", ISSUER)), "accepted");
    assert_eq!(outcome_of(&verifier, &token("same", "second", "https://ci.evil-corp.example")), "accepted");
    // The same `kid` in both sets: the other issuer's key is not tried.
    assert_eq!(outcome_of(&verifier, &token("same", "second", ISSUER)), "bad-signature");
    assert_eq!(outcome_of(&verifier, &token("same", "first", "https://ci.evil-corp.example")), "bad-signature");
    assert_eq!(outcome_of(&verifier, &token("theirs-only", "second", ISSUER)), "unknown-key");
    assert_eq!(outcome_of(&verifier, &token("ours-only", "second", ISSUER)), "bad-signature");
}

#[test]
fn keys_are_not_tried_in_turn() {
    let keys = key_set(&[jwk(rsa("first"), Signing::RS256, "a"), jwk(rsa("second"), Signing::RS256, "b")]);
    let verifier = Verifier::new([(rules(), keys)]).unwrap();
    let token = |kid: &str| {
        mint_raw(header_with("kid", json!(kid)).to_string(), claims().to_string(), rsa("second"), Signing::RS256)
    };
    assert_eq!(outcome_of(&verifier, &token("b")), "accepted");
    assert_eq!(outcome_of(&verifier, &token("a")), "bad-signature");
    assert_eq!(outcome_of(&verifier, &token("c")), "unknown-key");
}

#[test]
fn rules_of_one_issuer_do_not_verify_another() {
    let other = IssuerRules::new("https://ci.other.example", [Algorithm::Rs256], [AUDIENCE]).unwrap();
    let keys = key_set(&[jwk(rsa("first"), Signing::RS256, KEY_ID)]);
    let token = mint(&header(), &claims());
    let mut buffer = TokenBuffer::default();
    let error = Unverified::read(&mut buffer, &token).unwrap().verify(&other, &keys, NOW).unwrap_err();
    assert_eq!(error.code(), "unknown-issuer");
}

#[test]
fn a_header_brings_no_key_and_no_extension() {
    let own = jwk(rsa("second"), Signing::RS256, KEY_ID);
    for (name, value) in [
        ("jwk", own),
        ("jku", json!("https://evil-corp.example/jwks.json")),
        ("x5u", json!("https://evil-corp.example/cert.pem")),
        ("x5c", json!(["MIIB"])),
        ("jwk", Value::Null),
    ] {
        let token = mint_raw(header_with(name, value).to_string(), claims().to_string(), rsa("second"), Signing::RS256);
        assert_eq!(outcome(&token), "key-in-header", "{name}");
    }
    for crit in [json!(["exp"]), json!(["b64"]), json!([]), Value::Null, json!("x"), json!(["unknown"])] {
        assert_eq!(with_header(&header_with("crit", crit)), "critical-extension");
    }
    assert_eq!(with_header(&header_with("b64", json!(false))), "unencoded-payload");
    assert_eq!(with_header(&header_with("b64", json!(true))), "unencoded-payload");
}

#[test]
fn hints_that_nobody_uses_are_still_strings() {
    for name in ["x5t", "x5t#S256", "cty"] {
        assert_eq!(with_header(&header_with(name, json!("x"))), "accepted", "{name}");
        assert_eq!(with_header(&header_with(name, json!(["x"]))), "header-wrong-type", "{name}");
    }
    assert_eq!(with_header(&header_with("nobody-knows-this", json!([1]))), "accepted");
}

#[test]
fn an_unencoded_payload_is_no_token() {
    let head = base64url(header_with("b64", json!(false)).to_string());
    assert_eq!(outcome(&sign(&format!("{head}.{}", claims()), rsa("first"), Signing::RS256)), "not-three-segments");
    assert_eq!(outcome(&sign(&format!("{head}.{{}}"), rsa("first"), Signing::RS256)), "not-base64url");
}

#[test]
fn other_kinds_of_token_are_refused() {
    for kind in ["at+jwt", "application/at+jwt", "logout+jwt", "JWS", "JOSE+JSON", "JWE", "dpop+jwt", "", "JWT "] {
        assert_eq!(with_header(&header_with("typ", json!(kind))), "wrong-token-type", "{kind}");
    }
    assert_eq!(with_header(&header_with("typ", json!(1))), "header-wrong-type");
    for kind in ["JWT", "jwt", "Jwt", "application/jwt"] {
        assert_eq!(with_header(&header_with("typ", json!(kind))), "accepted", "{kind}");
    }
    assert_eq!(with_header(&header_without("typ")), "accepted");
}

// --- Spelling

#[test]
fn only_the_compact_form_with_three_segments() {
    let token = mint(&header(), &claims());
    let parts: Vec<&str> = token.split('.').collect();
    let json = json!({ "protected": parts[0], "payload": parts[1], "signature": parts[2] });
    assert_eq!(outcome(&json.to_string()), "json-serialization");
    let general = json!({ "payload": parts[1], "signatures": [{ "protected": parts[0], "signature": parts[2] }] });
    assert_eq!(outcome(&general.to_string()), "json-serialization");
    let jwe = format!("{}.a.b.c.d", parts[0]);
    assert_eq!(outcome(&jwe), "not-three-segments");
    for text in [
        "",
        ".",
        "a.b",
        "a",
        &format!("{token}."),
        &format!(".{token}"),
        &format!("{token}.{}", parts[2]),
        "npm_0123456789abcdef",
    ] {
        assert_eq!(outcome(text), "not-three-segments", "{text}");
    }
    assert_eq!(outcome(".."), "bad-header");
    assert_eq!(outcome(&format!("..{}", parts[2])), "bad-header");
    assert_eq!(outcome(&format!("{}..{}", parts[0], parts[2])), "bad-claims");
}

#[test]
fn base64url_has_one_spelling() {
    // A header whose length leaves bits over, so that it could be padded and spelt in other ways.
    let head = header().to_string();
    let head = format!("{head}{}", " ".repeat((4 - head.len() % 3) % 3));
    assert_eq!(head.len() % 3, 1);
    let spelt = base64url(&head);
    let body = base64url(claims().to_string());
    let token = |head: &str| sign(&format!("{head}.{body}"), rsa("first"), Signing::RS256);
    assert_eq!(outcome(&token(&spelt)), "accepted");
    assert_eq!(outcome(&token(&format!("{spelt}=="))), "not-base64url");
    assert_eq!(outcome(&token(&format!("{spelt}="))), "not-base64url");
    // The last of the bits that no byte uses set: decodes to the same bytes where readers are lax.
    let last = spelt.chars().last().unwrap();
    let lax = format!("{}{}", spelt.strip_suffix(last).unwrap(), char::from(last as u8 + 1));
    assert_eq!(outcome(&token(&lax)), "not-base64url");
    for (from, to) in [('e', "+"), ('e', "/"), ('e', "e\n"), ('e', "e "), ('e', "\u{e9}"), ('e', "e\0"), ('e', "%65")] {
        assert_eq!(outcome(&token(&spelt.replacen(from, to, 1))), "not-base64url", "{to:?}");
    }
    // The signature is spelt in one way too: nothing signs the signature.
    let good = token(&spelt);
    assert_eq!(outcome(&format!("{good}==")), "not-base64url");
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (rest, last) = signature.split_at(signature.len() - 1);
    let next = char::from(last.as_bytes()[0] + 1);
    assert_eq!(outcome(&format!("{signed}.{rest}{next}")), "not-base64url");
}

#[test]
fn members_that_are_there_twice_are_refused() {
    let key = rsa("first");
    for head in [
        r#"{"alg":"none","alg":"RS256","kid":"first"}"#,
        r#"{"alg":"RS256","kid":"other","kid":"first"}"#,
        r#"{"alg":"RS256","kid":"other","k\u0069d":"first"}"#,
        r#"{"alg":"RS256","kid":"first","x":{"a":1,"a":2}}"#,
    ] {
        assert_eq!(outcome(&mint_raw(head, claims().to_string(), key, Signing::RS256)), "bad-header", "{head}");
    }
    let body = claims().to_string();
    for member in [
        r#""iss":"https://evil-corp.example""#,
        r#""is\u0073":"https://evil-corp.example""#,
        r#""repository":"acme/other""#,
        r#""\u0072epository":"acme/widgets""#,
        r#""exp":9999999999"#,
    ] {
        for body in
            [body.replacen('{', &format!("{{{member},"), 1), format!("{},{member}}}", body.strip_suffix('}').unwrap())]
        {
            assert_eq!(outcome(&mint_raw(header().to_string(), body, key, Signing::RS256)), "bad-claims", "{member}");
        }
    }
}

#[test]
fn what_is_not_one_json_object_is_refused() {
    let body = claims().to_string();
    let bodies: Vec<Vec<u8>> = vec![
        b"[]".to_vec(),
        b"\"x\"".to_vec(),
        b"null".to_vec(),
        b"1".to_vec(),
        b"".to_vec(),
        b"{".to_vec(),
        format!("{body}{body}").into_bytes(),
        format!("{body}x").into_bytes(),
        format!("{body}\0").into_bytes(),
        format!("\u{feff}{body}").into_bytes(),
        body.replace("acme/widgets", "\\ud800").into_bytes(),
        body.replace('"', "'").into_bytes(),
        body.replace("acme/widgets", "acme/\nwidgets").into_bytes(),
        format!("[{body}]").into_bytes(),
    ];
    for bytes in bodies {
        assert_eq!(
            outcome(&mint_raw(header().to_string(), &bytes, rsa("first"), Signing::RS256)),
            "bad-claims",
            "{}",
            String::from_utf8_lossy(&bytes)
        );
    }
    let mut invalid = body.into_bytes();
    let at = invalid.iter().position(|byte| *byte == b'w').unwrap();
    invalid[at] = 0xff;
    assert_eq!(outcome(&mint_raw(header().to_string(), &invalid, rsa("first"), Signing::RS256)), "not-utf8");
    assert_eq!(
        outcome(&mint_raw(b"{\"alg\":\"RS256\",\"kid\":\"\xc0\xae\"}", "{}", rsa("first"), Signing::RS256)),
        "not-utf8"
    );
}

#[test]
fn size_and_depth_are_bounded() {
    let long = mint(&header(), &claims_with("note", json!("x".repeat(MAX_TOKEN_BYTES))));
    assert_eq!(outcome(&long), "token-too-long");
    let longest = mint(&header(), &claims_with("note", json!("x".repeat(11_000))));
    assert!(longest.len() <= MAX_TOKEN_BYTES);
    assert_eq!(outcome(&longest), "accepted");
    assert_eq!(outcome(&"x".repeat(100_000_000)), "token-too-long");
    assert_eq!(outcome(&".".repeat(MAX_TOKEN_BYTES)), "not-three-segments");

    let body = claims().to_string();
    let deep = body.replacen('{', &format!("{{\"deep\":{}{},", "[".repeat(4000), "]".repeat(4000)), 1);
    assert_eq!(outcome(&mint_raw(header().to_string(), deep, rsa("first"), Signing::RS256)), "bad-claims");
    let many: String = (0..10_000).map(|n| format!("\"{n}\":0,")).collect();
    let many =
        mint_raw(header().to_string(), body.replacen('{', &format!("{{{many}"), 1), rsa("first"), Signing::RS256);
    assert_eq!(outcome(&many), "token-too-long");
    let items = "0,".repeat(5_500);
    let items = mint_raw(
        header().to_string(),
        body.replacen('{', &format!("{{\"a\":[{items}0],"), 1),
        rsa("first"),
        Signing::RS256,
    );
    assert_eq!(outcome(&items), "bad-claims");
    let kid = mint(&header_with("kid", json!("k".repeat(8_000))), &claims());
    assert_eq!(outcome(&kid), "unknown-key");
}

// --- Issuer

#[test]
fn an_issuer_counts_byte_for_byte() {
    for issuer in [
        "https://ci.acme.example/",
        "https://ci.acme.example//",
        "https://CI.acme.example",
        "HTTPS://ci.acme.example",
        "http://ci.acme.example",
        "https://ci.acme.example:443",
        "https://ci.acme.example/%2e",
        "https://%63i.acme.example",
        "https://ci.acme.example.evil-corp.example",
        "https://ci.acme.example@evil-corp.example",
        "https://evil-corp.example/https://ci.acme.example",
        "https://ci.acme.example/../x",
        "https://ci.acme.example?x=1",
        "https://ci.acme.example#x",
        "https://ci.acme.example\0",
        "https://ci.acme.example\n",
        " https://ci.acme.example",
        "https://ci.acme.example ",
        "ci.acme.example",
        "https://сi.acme.example",
        "https://ci.acme.examp1e",
        "https://",
        "x",
    ] {
        assert_eq!(with_claims(&claims_with("iss", json!(issuer))), "unknown-issuer", "{issuer}");
    }
    for issuer in [json!([ISSUER]), json!(1), json!(true), Value::Null, json!({ "iss": ISSUER }), json!([])] {
        assert_eq!(with_claims(&claims_with("iss", issuer.clone())), "claim-wrong-type", "{issuer}");
    }
    assert_eq!(with_claims(&claims_with("iss", json!(""))), "claim-missing");
    assert_eq!(with_claims(&claims_without("iss")), "claim-missing");
}

#[test]
fn an_issuer_that_nearly_fits_is_named() {
    let error =
        verify(&verifier(), &mint(&header(), &claims_with("iss", json!("https://CI.acme.example/")))).unwrap_err();
    assert_eq!(
        error,
        TokenError::UnknownIssuer { found: "https://CI.acme.example/".into(), like: Some(ISSUER.into()) }
    );
}

#[test]
fn an_unknown_issuer_or_key_is_refused_whatever_the_signature() {
    let unsigned = |header: Value, claims: Value| {
        format!("{}.{}.AAAA", base64url(header.to_string()), base64url(claims.to_string()))
    };
    assert_eq!(outcome(&unsigned(header(), claims_with("iss", json!("https://evil-corp.example")))), "unknown-issuer");
    assert_eq!(outcome(&unsigned(header_with("kid", json!("x")), claims())), "unknown-key");
    assert_eq!(outcome(&unsigned(header_with("alg", json!("ES256")), claims())), "algorithm-not-allowed");
    assert_eq!(outcome(&unsigned(header(), claims())), "bad-signature");
}
