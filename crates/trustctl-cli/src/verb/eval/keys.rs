//! Where keys come from.

use std::sync::Arc;

use trustctl_jwks::{HttpFetch, IssuerSource, Loopback, discover};
use trustctl_token::KeySet;

use crate::failure::Failure;
use crate::input::Input;

/// Where keys come from.
#[derive(Debug)]
pub(super) enum Keys {
    /// A file or standard input.
    Given {
        /// Which.
        input: Input,
        /// What it holds.
        set: Arc<KeySet>,
    },
    /// The issuer.
    Fetched,
}

impl Keys {
    /// Reads a key set.
    pub(super) fn given(input: Input, text: &str) -> Result<Self, Failure> {
        let set = KeySet::parse(text).map_err(|error| Failure::new(format!("{input} holds no key set: {error}")))?;
        Ok(Self::Given { input, set: Arc::new(set) })
    }

    /// The keys of that issuer, and where they come from.
    ///
    /// `jwks_hosts` are hosts beside the issuer's own that may serve them.
    pub(super) fn of(&self, issuer: &str, jwks_hosts: &[String]) -> Result<(Arc<KeySet>, String), Failure> {
        match self {
            Self::Given { input, set } => Ok((Arc::clone(set), input.to_string())),
            Self::Fetched => Ok((Arc::new(fetch(issuer, jwks_hosts)?), "the issuer".to_owned())),
        }
    }
}

fn fetch(issuer: &str, jwks_hosts: &[String]) -> Result<KeySet, Failure> {
    let failed = |cause: String| {
        Failure::new(format!("cannot get the keys of `{issuer}`: {cause}"))
            .help("give them with `--jwks FILE` where there is no way to the issuer")
    };
    // HTTPS only, as the language has it for issuers.
    let source =
        IssuerSource::new(issuer, jwks_hosts, Loopback::HttpsOnly).map_err(|error| failed(error.to_string()))?;
    let http = HttpFetch::new().map_err(|error| failed(error.to_string()))?;
    discover(&http, &source).map_err(|error| failed(error.to_string()))
}
