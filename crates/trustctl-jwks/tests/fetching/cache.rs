//! When an issuer is asked, counted.

use std::sync::Barrier;
use std::thread;

use trustctl_jwks::{CacheLimits, Fetch, FetchError, KeyCache, KeysError};
use trustctl_token::UnixTime;

use crate::common::*;

const START: i64 = 1_795_219_200;

fn cache(fake: &Fake) -> KeyCache<Fake> {
    KeyCache::new(fake.clone(), [source()], CacheLimits::default())
}

/// Whether the cache has the key at that many seconds after the start; `None` when it has no keys.
fn has(cache: &KeyCache<Fake>, key_id: &str, after: i64) -> Option<bool> {
    cache.keys(ISSUER, key_id, UnixTime(START + after)).ok().map(|keys| keys.knows(key_id))
}

#[test]
fn an_issuer_that_nobody_configured_is_never_asked() {
    let fake = Fake::with_key("first");
    for issuer in ["https://evil-corp.example", "https://ci.acme.example/", "https://CI.acme.example", ""] {
        assert!(matches!(cache(&fake).keys(issuer, "first", UnixTime(START)), Err(KeysError::UnknownIssuer { .. })));
    }
    assert_eq!(fake.asked(), 0);
}

#[test]
fn keys_are_fetched_once_and_again_when_they_are_old() {
    let fake = Fake::with_key("first");
    let cache = cache(&fake);
    for after in [0, 0, 1, 600, 3599] {
        assert_eq!(has(&cache, "first", after), Some(true));
        assert_eq!(fake.asked(), 2);
    }
    assert_eq!(has(&cache, "first", 3600), Some(true));
    assert_eq!(fake.asked(), 4);
}

#[test]
fn a_withdrawn_key_goes_with_the_next_fetch() {
    let fake = Fake::with_key("old");
    let cache = cache(&fake);
    assert_eq!(has(&cache, "old", 0), Some(true));
    fake.answer(KEYS, key_set("new"));
    assert_eq!(has(&cache, "old", 3599), Some(true));
    assert_eq!(has(&cache, "old", 3600), Some(false));
}

#[test]
fn an_unknown_key_is_looked_for_once_a_minute() {
    let fake = Fake::with_key("old");
    let cache = cache(&fake);
    assert_eq!(has(&cache, "old", 0), Some(true));
    fake.answer(KEYS, key_set("new"));
    assert_eq!(has(&cache, "new", 59), Some(false));
    assert_eq!(fake.asked(), 2);
    assert_eq!(has(&cache, "new", 60), Some(true));
    assert_eq!(fake.asked(), 4);
    for after in 60..120 {
        assert_eq!(has(&cache, &format!("made-up-{after}"), after), Some(false));
    }
    assert_eq!(fake.asked(), 4);
    assert_eq!(has(&cache, "made-up", 120), Some(false));
    assert_eq!(fake.asked(), 6);
}

#[test]
fn an_issuer_that_fails_is_asked_less_and_less() {
    let fake = Fake::default();
    let cache = cache(&fake);
    let mut asked_at = Vec::new();
    for after in 0..2000 {
        let before = fake.asked();
        assert!(matches!(cache.keys(ISSUER, "first", UnixTime(START + after)), Err(KeysError::Unavailable { .. })));
        if fake.asked() > before {
            asked_at.push(after);
        }
    }
    assert_eq!(asked_at, [0, 5, 15, 35, 75, 155, 315, 615, 915, 1215, 1515, 1815]);
    fake.answer(DISCOVERY, document(ISSUER, KEYS));
    fake.answer(KEYS, key_set("first"));
    assert_eq!(has(&cache, "first", 2114), None);
    assert_eq!(has(&cache, "first", 2115), Some(true));
    // What failed before does not count any more.
    fake.goes_down();
    assert_eq!(has(&cache, "made-up", 2175), Some(false));
    assert_eq!(has(&cache, "made-up", 2235), Some(false));
}

#[test]
fn old_keys_serve_while_the_issuer_is_down_up_to_a_day() {
    let fake = Fake::with_key("first");
    let cache = cache(&fake);
    assert_eq!(has(&cache, "first", 0), Some(true));
    fake.goes_down();
    assert_eq!(has(&cache, "first", 3600), Some(true));
    assert_eq!(has(&cache, "first", 86_400), Some(true));
    let error = cache.keys(ISSUER, "first", UnixTime(START + 86_401)).unwrap_err();
    assert!(error.to_string().starts_with("there are no keys of the issuer `https://ci.acme.example`: `https://ci.acme.example/.well-known/openid-configuration` cannot be fetched"), "{error}");
}

#[test]
fn a_bad_answer_leaves_the_old_keys_in_place() {
    for (url, body) in [
        (KEYS, "{}".to_owned()),
        (KEYS, r#"{"keys":[]}"#.into()),
        (DISCOVERY, document("https://evil-corp.example", KEYS)),
        (DISCOVERY, document(ISSUER, "https://evil-corp.example/jwks")),
    ] {
        let fake = Fake::with_key("first");
        let cache = cache(&fake);
        assert_eq!(has(&cache, "first", 0), Some(true));
        fake.answer(url, body);
        assert_eq!(has(&cache, "first", 4000), Some(true));
        assert!(fake.asked() > 2);
    }
}

#[test]
fn a_clock_that_is_set_back_does_not_stop_refreshing() {
    let fake = Fake::with_key("old");
    let cache = cache(&fake);
    assert_eq!(has(&cache, "old", 0), Some(true));
    assert_eq!(has(&cache, "old", -5), Some(true));
    assert_eq!(fake.asked(), 2);
    fake.answer(KEYS, key_set("new"));
    assert_eq!(has(&cache, "new", -100_000), Some(true));
    assert_eq!(fake.asked(), 4);
}

#[test]
fn a_storm_of_threads_asks_once() {
    let fake = Fake::with_key("old");
    fake.is_slow();
    let cache = cache(&fake);
    let storm = |key_id: &(dyn Fn(usize) -> String + Sync), after: i64, expected: Option<bool>| {
        let start = Barrier::new(8);
        thread::scope(|scope| {
            for number in 0..8 {
                let (cache, start) = (&cache, &start);
                scope.spawn(move || {
                    start.wait();
                    assert_eq!(has(cache, &key_id(number), after), expected);
                });
            }
        });
    };
    // None has keys yet: one fetches, all get them.
    storm(&|_| "old".into(), 0, Some(true));
    assert_eq!(fake.asked(), 2);
    // The issuer has a new key: one fetches, and those that came at the same moment get it too.
    fake.answer(KEYS, key_set("new"));
    storm(&|_| "new".into(), 60, Some(true));
    assert_eq!(fake.asked(), 4);
    // Made-up keys, each another.
    storm(&|number| format!("made-up-{number}"), 120, Some(false));
    storm(&|number| format!("made-up-{number}"), 121, Some(false));
    assert_eq!(fake.asked(), 6);
    // Down.
    fake.goes_down();
    storm(&|_| "new".into(), 90_000, None);
    assert_eq!(fake.asked(), 7);
}

#[test]
fn those_that_have_their_key_do_not_wait_for_a_fetch() {
    let fake = Fake::with_key("first");
    let cache = cache(&fake);
    assert_eq!(has(&cache, "first", 0), Some(true));
    fake.is_slow();
    thread::scope(|scope| {
        let refresher = scope.spawn(|| has(&cache, "first", 4000));
        while fake.asked() < 3 {
            thread::yield_now();
        }
        assert_eq!(has(&cache, "first", 4000), Some(true));
        assert!(!refresher.is_finished());
    });
    assert_eq!(fake.asked(), 4);
}

/// A fetcher with a bug.
struct Panics;

impl Fetch for Panics {
    fn fetch(&self, _: &str, _: usize) -> Result<Vec<u8>, FetchError> {
        panic!("a bug")
    }
}

#[test]
fn a_fetch_that_panics_leaves_nobody_waiting() {
    let cache = KeyCache::new(Panics, [source()], CacheLimits::default());
    for _ in 0..2 {
        thread::scope(|scope| {
            assert!(scope.spawn(|| cache.keys(ISSUER, "first", UnixTime(START))).join().is_err());
        });
    }
}
