//! A token that GitHub really issued, against the key set it published then.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use trustctl_claims::Value;
use trustctl_token::{
    Algorithm, IssuerRules, KeySet, TokenBuffer, TokenError, UnixTime, Unverified, Verifier, inspect,
};

const ISSUED: UnixTime = UnixTime(1_659_662_993);
const AUDIENCE: &str = "https://github.com/varunsh-coder";

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captured").join(name)).unwrap()
}

fn token() -> String {
    read("github-npm-publish-2022.jwt").trim_end().to_owned()
}

fn verifier(audience: &str) -> Verifier {
    let keys = Arc::new(KeySet::parse(&read("github-jwks-2022.json")).unwrap());
    assert_eq!(keys.ids().count(), 2);
    assert_eq!(keys.skipped(), []);
    let rules = IssuerRules::new("https://token.actions.githubusercontent.com", [Algorithm::Rs256], [audience])
        .unwrap()
        .with_maximum_lifetime(300);
    Verifier::new([(rules, keys)]).unwrap()
}

#[test]
fn it_holds_at_the_moment_it_was_issued() {
    let (token, mut buffer) = (token(), TokenBuffer::default());
    let verified = verifier(AUDIENCE).verify(&mut buffer, &token, ISSUED).unwrap();
    assert_eq!(verified.issuer(), "https://token.actions.githubusercontent.com");
    assert_eq!(verified.audience(), AUDIENCE);
    assert_eq!(verified.key_id(), "78167F727DEC5D801DD1C8784C704A1C880EC0E1");
    assert_eq!(verified.algorithm(), Algorithm::Rs256);
    assert_eq!(
        (verified.not_before(), verified.issued(), verified.expiry()),
        (Some(UnixTime(1_659_662_393)), ISSUED, UnixTime(1_659_663_293))
    );
    assert_eq!(verified.claims().named("repository_id").and_then(Value::as_str), Some("433903792"));
    assert!(verified.claims().named("base_ref").unwrap().is_absent());
    assert_eq!(verified.claims().len(), 25);
}

#[test]
fn its_life_ends_with_the_leeway() {
    let (token, verifier) = (token(), verifier(AUDIENCE));
    let at = |seconds| {
        verifier
            .verify(&mut TokenBuffer::default(), &token, UnixTime(seconds))
            .map(|_| ())
            .map_err(|error| error.code())
    };
    assert_eq!(at(1_659_663_293 + 59), Ok(()));
    assert_eq!(at(1_659_663_293 + 60), Err("expired"));
    assert_eq!(at(1_795_219_200), Err("expired"));
    assert_eq!(at(ISSUED.0 - 60), Ok(()));
    assert_eq!(at(ISSUED.0 - 61), Err("issued-in-future"));
    assert_eq!(at(0), Err("not-yet-valid"));
    assert_eq!(at(i64::MIN), Err("not-yet-valid"));
    assert_eq!(at(i64::MAX), Err("expired"));
}

#[test]
fn another_audience_is_refused() {
    let (token, mut buffer) = (token(), TokenBuffer::default());
    let error = verifier("npm:registry.npmjs.org").verify(&mut buffer, &token, ISSUED).unwrap_err();
    assert_eq!(
        error,
        TokenError::WrongAudience { found: AUDIENCE.into(), expected: "`npm:registry.npmjs.org`".into() }
    );
}

#[test]
fn any_one_byte_changed_is_refused() {
    let (token, verifier, mut buffer) = (token(), verifier(AUDIENCE), TokenBuffer::default());
    verifier.verify(&mut buffer, &token, ISSUED).unwrap();
    for at in 0..token.len() {
        for other in [b'A', b'b', b'9', b'_', b'.', b'=', b' ', token.as_bytes()[at] ^ 1] {
            let mut changed = token.clone().into_bytes();
            if std::mem::replace(&mut changed[at], other) != other {
                let changed = String::from_utf8(changed).unwrap();
                assert!(
                    verifier.verify(&mut buffer, &changed, ISSUED).is_err(),
                    "byte {at} changed to {:?} is accepted",
                    char::from(other)
                );
            }
        }
        let (before, after) = token.split_at(at);
        let (_, shorter) = after.split_at(1);
        assert!(
            verifier.verify(&mut buffer, &format!("{before}{shorter}"), ISSUED).is_err(),
            "accepted without byte {at}"
        );
        assert!(
            verifier.verify(&mut buffer, &format!("{before}A{after}"), ISSUED).is_err(),
            "accepted with a byte more at {at}"
        );
    }
    for text in [format!("{token}\n"), format!(" {token}"), format!("{token}="), format!("Bearer {token}")] {
        assert!(verifier.verify(&mut buffer, &text, ISSUED).is_err());
    }
}

#[test]
fn nothing_that_holds_it_shows_it() {
    let (token, mut buffer) = (token(), TokenBuffer::default());
    let verified = verifier(AUDIENCE).verify(&mut buffer, &token, ISSUED).unwrap();
    let signature = token.rsplit('.').next().unwrap();
    for shown in [
        format!("{verified:?}"),
        format!("{:?}", inspect(&token)),
        format!("{:?}", trustctl_token::Unverified::read(&mut TokenBuffer::default(), &token)),
    ] {
        assert!(!shown.contains(signature) && !shown.contains("eyJ"), "{shown}");
        assert!(shown.contains("varunsh-coder/actions-playground"));
    }
    assert_eq!(format!("{:?}", TokenBuffer::default()), "TokenBuffer { claims: 0, .. }");
}

#[test]
fn inspecting_needs_no_key() {
    let (header, claims) = inspect(&token()).unwrap();
    assert_eq!(header.named("alg").and_then(Value::as_str), Some("RS256"));
    assert_eq!(claims.named("event_name").and_then(Value::as_str), Some("workflow_dispatch"));
}

#[test]
fn its_signature_alone_holds_for_ever_and_for_its_issuer_alone() {
    const ISSUER: &str = "https://token.actions.githubusercontent.com";
    let (token, keys) = (token(), KeySet::parse(&read("github-jwks-2022.json")).unwrap());
    let check = |token: &str, issuer, algorithms: &[Algorithm], keys: &KeySet| {
        let mut buffer = TokenBuffer::default();
        let read = Unverified::read(&mut buffer, token).map_err(|error| error.code())?;
        let signed = read.check_signature_only(issuer, algorithms, keys).map_err(|error| error.code())?;
        assert!(!format!("{signed:?}").contains(token.rsplit('.').next().unwrap()));
        let id = signed.claims_of_unjudged_times_and_audience().named("repository_id").and_then(Value::as_str);
        Ok((signed.algorithm(), signed.key_id().to_owned(), id.map(str::to_owned)))
    };
    let kid = "78167F727DEC5D801DD1C8784C704A1C880EC0E1".to_owned();
    let holds = (Algorithm::Rs256, kid, Some("433903792".to_owned()));
    assert_eq!(check(&token, ISSUER, &Algorithm::ALL, &keys), Ok(holds));
    assert_eq!(check(&token, "https://gitlab.com", &Algorithm::ALL, &keys), Err("unknown-issuer"));
    assert_eq!(check(&token, ISSUER, &[Algorithm::Es256], &keys), Err("algorithm-not-allowed"));
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (first, rest) = signature.split_at(1);
    let other = format!("{signed}.{}{rest}", if first == "A" { "B" } else { "A" });
    assert_eq!(check(&other, ISSUER, &Algorithm::ALL, &keys), Err("bad-signature"));
}
