//! An issuer that answers what a test tells it to.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use trustctl_jwks::{Fetch, FetchError, IssuerSource, Loopback};

pub(crate) const ISSUER: &str = "https://ci.acme.example";
pub(crate) const DISCOVERY: &str = "https://ci.acme.example/.well-known/openid-configuration";
pub(crate) const KEYS: &str = "https://ci.acme.example/jwks";

/// A key set with a real key under this id.
pub(crate) fn key_set(id: &str) -> String {
    include_str!("../../../../tests/captured/github-jwks-2022.json")
        .replace("78167F727DEC5D801DD1C8784C704A1C880EC0E1", id)
}

pub(crate) fn document(issuer: &str, keys: &str) -> String {
    format!(r#"{{"issuer":"{issuer}","jwks_uri":"{keys}","claims_supported":["sub"]}}"#)
}

pub(crate) fn source() -> IssuerSource {
    IssuerSource::new(ISSUER, ["keys.acme.example"], Loopback::HttpsOnly).unwrap()
}

/// Answers by URL; what is not there is down.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fake(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    answers: Mutex<BTreeMap<String, Vec<u8>>>,
    asked: AtomicUsize,
    slowness: Mutex<Duration>,
}

impl Fake {
    /// An issuer whose key set has a key of this id.
    pub(crate) fn with_key(id: &str) -> Fake {
        let fake = Fake::default();
        fake.answer(DISCOVERY, document(ISSUER, KEYS));
        fake.answer(KEYS, key_set(id));
        fake
    }

    pub(crate) fn answer(&self, url: &str, body: impl Into<Vec<u8>>) {
        self.0.answers.lock().unwrap().insert(url.to_owned(), body.into());
    }

    pub(crate) fn goes_down(&self) {
        self.0.answers.lock().unwrap().clear();
    }

    pub(crate) fn is_slow(&self) {
        *self.0.slowness.lock().unwrap() = Duration::from_millis(60);
    }

    /// How many documents were asked for.
    pub(crate) fn asked(&self) -> usize {
        self.0.asked.load(Ordering::SeqCst)
    }
}

impl Fetch for Fake {
    fn fetch(&self, url: &str, limit: usize) -> Result<Vec<u8>, FetchError> {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(*self.0.slowness.lock().unwrap());
        let body = self.0.answers.lock().unwrap().get(url).cloned();
        let body = body.ok_or_else(|| FetchError::Unreachable { what: "down".into() })?;
        if body.len() > limit { Err(FetchError::TooLarge { limit }) } else { Ok(body) }
    }
}
