//! From an issuer to its keys (OpenID Connect Discovery 1.0 sections 4 and 3).

use reqwest::Url;
use serde::Deserialize;
use trustctl_token::{KeySet, KeySetError, MAX_KEY_SET_BYTES};

use crate::source::IssuerSource;
use crate::{Fetch, FetchError};

/// The longest discovery document, in bytes.
pub const MAX_DISCOVERY_BYTES: usize = 64 * 1024;

/// Fetches the issuer's discovery document and the key set that it names.
///
/// # Errors
/// [`DiscoveryError`], which says which of the two and why.
pub fn discover(fetch: &(impl Fetch + ?Sized), source: &IssuerSource) -> Result<KeySet, DiscoveryError> {
    let document_url = source.discovery_url();
    let document = text(fetch, &document_url, MAX_DISCOVERY_BYTES)?;
    let document: Document = serde_json::from_str(&document)
        .map_err(|error| DiscoveryError::NotADocument { url: document_url.clone(), what: error.to_string() })?;
    // SECURITY: without this, whoever serves a document anywhere below a host could speak for another issuer there (section 4.3).
    if document.issuer != source.issuer() {
        return Err(DiscoveryError::OtherIssuer {
            url: document_url,
            found: shown(&document.issuer),
            expected: source.issuer().to_owned(),
        });
    }
    let keys_url = Url::parse(&document.jwks_uri).ok().filter(|url| source.allows_keys_at(url)).ok_or_else(|| {
        DiscoveryError::KeysElsewhere { issuer: source.issuer().to_owned(), found: shown(&document.jwks_uri) }
    })?;
    let keys = text(fetch, keys_url.as_str(), MAX_KEY_SET_BYTES)?;
    KeySet::parse(&keys).map_err(|error| DiscoveryError::BadKeySet { url: keys_url.to_string(), error })
}

/// What is needed of a discovery document. Of members that count, none may be there twice: `serde` sees to that.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    jwks_uri: String,
}

fn text(fetch: &(impl Fetch + ?Sized), url: &str, limit: usize) -> Result<String, DiscoveryError> {
    let body = fetch.fetch(url, limit).map_err(|error| DiscoveryError::NotFetched { url: url.to_owned(), error })?;
    String::from_utf8(body).map_err(|_| DiscoveryError::NotUtf8 { url: url.to_owned() })
}

/// A text of somebody else's document, cut short and with control characters escaped.
fn shown(text: &str) -> String {
    text.chars().take(200).flat_map(char::escape_debug).collect()
}

/// Why an issuer's keys could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// A document could not be fetched.
    #[error("`{url}` cannot be fetched: {error}")]
    NotFetched {
        /// Which.
        url: String,
        /// Why.
        error: FetchError,
    },
    /// A document is not text.
    #[error("`{url}` is not UTF-8 text")]
    NotUtf8 {
        /// Which.
        url: String,
    },
    /// The discovery document is not JSON with `issuer` and `jwks_uri`.
    #[error("`{url}` is no discovery document: {what}")]
    NotADocument {
        /// Which.
        url: String,
        /// What is wrong.
        what: String,
    },
    /// The discovery document is another issuer's.
    #[error("`{url}` speaks for the issuer `{found}`, expected `{expected}`, byte for byte")]
    OtherIssuer {
        /// Which document.
        url: String,
        /// What it says.
        found: String,
        /// The issuer of the configuration.
        expected: String,
    },
    /// The key set is where it must not be fetched from.
    #[error(
        "the keys of `{issuer}` lie at `{found}`, which is neither HTTPS on its own host nor on a host that its provider's entry allows"
    )]
    KeysElsewhere {
        /// The issuer.
        issuer: String,
        /// The document's `jwks_uri`.
        found: String,
    },
    /// The key set cannot be used.
    #[error("`{url}`: {error}")]
    BadKeySet {
        /// Which.
        url: String,
        /// Why.
        error: KeySetError,
    },
}
