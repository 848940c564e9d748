//! When keys are fetched anew, and when the old ones must do.
//!
//! A token is checked while its sender waits, and strangers can send as many tokens with made-up key
//! ids as they like. So whatever happens, an issuer is asked by one thread at a time, at most once a
//! minute for keys that nobody knows, and less and less often while it fails. Time comes in as a
//! parameter: the cache has no clock.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use trustctl_token::{KeySet, UnixTime};

use crate::Fetch;
use crate::discover::{DiscoveryError, discover};
use crate::source::IssuerSource;

/// How long things last, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheLimits {
    /// After this age keys are fetched anew, so that withdrawn ones go. 1 h by default.
    pub refresh_after: u32,
    /// Up to this age keys are used while their issuer is down. 24 h by default.
    pub keep_for: u32,
    /// Time between two fetches for a key id that is in no set. 60 s by default.
    pub unknown_key_interval: u32,
    /// Pause after a first failure; it doubles with each further one. 5 s by default.
    pub first_pause: u32,
    /// The longest pause after failures. 300 s by default.
    pub longest_pause: u32,
}

impl Default for CacheLimits {
    fn default() -> CacheLimits {
        CacheLimits {
            refresh_after: 3600,
            keep_for: 86_400,
            unknown_key_interval: 60,
            first_pause: 5,
            longest_pause: 300,
        }
    }
}

/// The keys of the issuers that the configuration names, fetched when they are needed. Shared by threads.
#[derive(Debug)]
pub struct KeyCache<F> {
    fetch: F,
    limits: CacheLimits,
    issuers: BTreeMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    source: IssuerSource,
    state: Mutex<State>,
    /// Signalled when a fetch has ended.
    fetched: Condvar,
}

#[derive(Debug, Default)]
struct State {
    keys: Option<(Arc<KeySet>, UnixTime)>,
    /// Whether some thread is fetching right now.
    fetching: bool,
    /// When a fetch last began.
    asked: Option<UnixTime>,
    /// Fetches that failed since the last that did not, and why the last one did.
    failures: u32,
    error: Option<DiscoveryError>,
}

/// Why there are no keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// The configuration does not name that issuer, so nobody is asked.
    #[error("no keys are fetched for the issuer `{issuer}`: the configuration does not name it")]
    UnknownIssuer {
        /// The issuer.
        issuer: String,
    },
    /// The keys cannot be had, and there are none from before that are young enough.
    #[error("there are no keys of the issuer `{issuer}`: {error}")]
    Unavailable {
        /// The issuer.
        issuer: String,
        /// Why the last fetch failed.
        error: DiscoveryError,
    },
    /// The fetch that this call waited for ended without a result.
    #[error("there are no keys of the issuer `{issuer}`: fetching them broke off")]
    BrokeOff {
        /// The issuer.
        issuer: String,
    },
}

impl<F: Fetch> KeyCache<F> {
    /// An empty cache for those issuers; of two sources for one issuer the last counts.
    #[must_use]
    pub fn new(fetch: F, sources: impl IntoIterator<Item = IssuerSource>, limits: CacheLimits) -> KeyCache<F> {
        let entry = |source: IssuerSource| {
            (source.issuer().to_owned(), Entry { source, state: Mutex::default(), fetched: Condvar::new() })
        };
        KeyCache { fetch, limits, issuers: sources.into_iter().map(entry).collect() }
    }

    /// The issuer's keys at a moment, fetched anew if they are old or none of them has that id.
    ///
    /// The set may still lack the id: then it is unknown, and asking again so soon would change nothing.
    ///
    /// # Errors
    /// [`KeysError`] when there are no keys young enough to use.
    pub fn keys(&self, issuer: &str, key_id: &str, now: UnixTime) -> Result<Arc<KeySet>, KeysError> {
        let entry = self.issuers.get(issuer).ok_or_else(|| KeysError::UnknownIssuer { issuer: issuer.to_owned() })?;
        let mut state = entry.lock();
        let satisfied = state.usable(now, &self.limits).is_some_and(|keys| keys.knows(key_id));
        if state.fetching && !satisfied {
            // Single flight: what the other thread brings is for this one too. Threads that have the key go on without waiting.
            state = entry.fetched.wait_while(state, |state| state.fetching).unwrap_or_else(PoisonError::into_inner);
        } else if !state.fetching && state.wants_fetch(key_id, now, &self.limits) {
            state.fetching = true;
            state.asked = Some(now);
            drop(state);
            state = self.refresh(entry, now);
        }
        match (state.usable(now, &self.limits), &state.error) {
            (Some(keys), _) => Ok(Arc::clone(keys)),
            (None, Some(error)) => Err(KeysError::Unavailable { issuer: issuer.to_owned(), error: error.clone() }),
            (None, None) => Err(KeysError::BrokeOff { issuer: issuer.to_owned() }),
        }
    }

    /// Fetches without holding the lock.
    fn refresh<'e>(&self, entry: &'e Entry, now: UnixTime) -> MutexGuard<'e, State> {
        let ended = Ended(entry);
        let result = discover(&self.fetch, &entry.source);
        let mut state = entry.lock();
        match result {
            Ok(keys) => {
                *state = State {
                    keys: Some((Arc::new(keys), now)),
                    fetching: true,
                    asked: state.asked,
                    failures: 0,
                    error: None,
                }
            }
            Err(error) => {
                state.failures = state.failures.saturating_add(1);
                state.error = Some(error);
            }
        }
        drop(state);
        drop(ended);
        entry.lock()
    }
}

impl Entry {
    /// The state is whole after every step, so a thread that panicked left nothing behind that could not be used.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends a fetch however it ended, so that no thread waits for one that panicked.
struct Ended<'e>(&'e Entry);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.lock().fetching = false;
        self.0.fetched.notify_all();
    }
}

impl State {
    /// The keys, unless they are too old to use.
    fn usable(&self, now: UnixTime, limits: &CacheLimits) -> Option<&Arc<KeySet>> {
        self.keys
            .as_ref()
            .filter(|(_, fetched)| elapsed(*fetched, now) <= i64::from(limits.keep_for))
            .map(|(keys, _)| keys)
    }

    /// Whether there is a reason to fetch and none against it.
    fn wants_fetch(&self, key_id: &str, now: UnixTime, limits: &CacheLimits) -> bool {
        let since_asked = self.asked.map_or(i64::MAX, |asked| elapsed(asked, now));
        if since_asked < self.pause(limits) {
            return false;
        }
        match &self.keys {
            None => true,
            Some((_, fetched)) if elapsed(*fetched, now) >= i64::from(limits.refresh_after) => true,
            Some((keys, _)) => !keys.knows(key_id) && since_asked >= i64::from(limits.unknown_key_interval),
        }
    }

    /// Seconds to wait after a fetch that failed: doubled each time.
    fn pause(&self, limits: &CacheLimits) -> i64 {
        match self.failures.checked_sub(1) {
            None => 0,
            Some(before) => {
                i64::from(limits.first_pause.saturating_mul(2_u32.saturating_pow(before)).min(limits.longest_pause))
            }
        }
    }
}

/// Seconds since then. Threads read the clock at slightly different moments, so a little less than nothing is nothing;
/// a clock that was set back by more must not stop refreshing for as long.
fn elapsed(then: UnixTime, now: UnixTime) -> i64 {
    match now.saturating_since(then) {
        passed if passed >= 0 => passed,
        passed if passed > -60 => 0,
        _ => i64::MAX,
    }
}
