//! Whatever bytes come as a token, as claims or as a key set: an answer, never a panic; and no token but the
//! one that its issuer signed. That `serde_json` reads claims as we do is a law in the crate's own tests.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use trustctl_claims::{ClaimKey, Claims};
use trustctl_token::{Algorithm, IssuerRules, KeySet, TokenBuffer, UnixTime, Unverified, Verifier, inspect};

const ISSUED: UnixTime = UnixTime(1_659_662_993);

/// Knows the issuer of the captured token, so that mutations of it get as far as they can.
static VERIFIER: LazyLock<(Verifier, &str)> = LazyLock::new(|| {
    let keys = KeySet::parse(include_str!("../../tests/captured/github-jwks-2022.json")).expect("the captured key set");
    let rules = IssuerRules::new(
        "https://token.actions.githubusercontent.com",
        [Algorithm::Rs256],
        ["https://github.com/varunsh-coder"],
    )
    .expect("rules");
    let verifier = Verifier::new([(rules.with_audience_lists(true), Arc::new(keys))]).expect("one issuer");
    (verifier, include_str!("../../tests/captured/github-npm-publish-2022.jwt").trim_end())
});

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    as_token(text);
    as_claims(text);
    as_key_set(text);
});

fn as_token(text: &str) {
    let (verifier, captured) = &*VERIFIER;
    let mut buffer = TokenBuffer::default();
    match verifier.verify(&mut buffer, text, ISSUED) {
        // Nobody but GitHub can sign, so only the one token that it signed may pass.
        Ok(_) => assert_eq!(text, *captured, "another token is accepted"),
        Err(error) => assert!(!error.code().is_empty() && !error.to_string().contains('\n')),
    }
    if let Ok(token) = Unverified::read(&mut buffer, text) {
        let (header, claims) = inspect(text).expect("read once, so read twice");
        assert_eq!((&header, &claims), (token.unverified_header(), token.unverified_claims()));
    }
}

fn as_claims(text: &str) {
    let Ok(claims) = Claims::parse(text) else { return };
    let mut last = None;
    for (name, value) in claims.iter() {
        assert!(last < Some(name), "names are sorted, none twice");
        assert_eq!(claims.claim(&ClaimKey::new(name)), Some(value));
        last = Some(name);
    }
    // Written out, a text can be longer than it was: numbers and strings stay, control characters may need six bytes where two stood.
    if let Ok(again) = Claims::parse(&claims.to_string()) {
        assert_eq!(again, claims);
    }
}

fn as_key_set(text: &str) {
    if let Ok(keys) = KeySet::parse(text) {
        assert!(keys.ids().count() > 0);
        assert!(keys.ids().all(|id| keys.knows(id)));
    }
}
