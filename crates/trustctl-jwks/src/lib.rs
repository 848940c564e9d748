//! Key sets of issuers, discovered and cached over HTTPS.
//!
//! The only room with a network. Keys are fetched for issuers that the configuration names, never for
//! one that a token names, so nobody outside can choose where requests go; addresses in private
//! networks are therefore allowed, which is where self-managed GitLab, GitHub and Kubernetes live.
//! [`discover`] does OpenID Connect Discovery 1.0 once; [`KeyCache`] does it as rarely as is right for a
//! server: one thread at a time for an issuer, less and less often while it fails, once a minute for a
//! key that nobody knows, and with the old keys meanwhile, up to a stated age.

mod cache;
mod discover;
mod http;
mod source;

pub use cache::{CacheLimits, KeyCache, KeysError};
pub use discover::{DiscoveryError, MAX_DISCOVERY_BYTES, discover};
pub use http::{CONNECT_TIMEOUT, HttpFetch, TOTAL_TIMEOUT};
pub use source::{IssuerSource, Loopback, SourceError};

/// How a document is fetched; a trait so that what decides about fetching is tested without a network.
pub trait Fetch: Send + Sync {
    /// The body that a GET of this URL answers with status 200, of at most `limit` bytes. No redirect is followed, and it ends in bounded time.
    ///
    /// # Errors
    /// [`FetchError`] for anything else.
    fn fetch(&self, url: &str, limit: usize) -> Result<Vec<u8>, FetchError>;
}

/// Why a document could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// No answer: name, connection or TLS.
    #[error("no answer: {what}")]
    Unreachable {
        /// What went wrong.
        what: String,
    },
    /// The URL is neither HTTPS nor plain HTTP on a loopback address; nothing was sent.
    #[error("only HTTPS is fetched, and plain HTTP on this machine")]
    NotSecure,
    /// The answer was not complete in time.
    #[error("no complete answer within {seconds} s")]
    TimedOut {
        /// How long was waited.
        seconds: u64,
    },
    /// The answer points elsewhere.
    #[error("the answer is a redirect (status {status}), and none is followed")]
    Redirect {
        /// HTTP status.
        status: u16,
    },
    /// The answer is not 200.
    #[error("the answer has the status {status}, expected 200")]
    Status {
        /// HTTP status.
        status: u16,
    },
    /// The answer is too long.
    #[error("the answer has more than {limit} bytes")]
    TooLarge {
        /// The most.
        limit: usize,
    },
}
