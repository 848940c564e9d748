//! Fetching with `reqwest`, on a short leash.
//!
//! No redirects, no cookies, no compression (so that a limit on bytes is a limit on memory), bounded
//! time over all, and the machine's own root certificates. A proxy named by `HTTPS_PROXY` or `ALL_PROXY`
//! is used, and `NO_PROXY` respected, as operators expect; TLS reaches through it to the issuer. Plain
//! HTTP goes to loopback addresses only, and never through a proxy.

use std::io::Read;
use std::time::{Duration, Instant};

use reqwest::Url;
use reqwest::blocking::{Client, Response};
use reqwest::header::{ACCEPT, HeaderValue};
use reqwest::redirect::Policy;

use crate::source::is_loopback;
use crate::{Fetch, FetchError};

/// The longest wait for a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest wait for a whole document.
pub const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);

/// Fetches over HTTPS.
#[derive(Debug, Clone)]
pub struct HttpFetch {
    secure: Client,
    loopback: Client,
    timeout: Duration,
}

impl HttpFetch {
    /// A fetcher with [`TOTAL_TIMEOUT`].
    ///
    /// # Errors
    /// [`FetchError::Unreachable`] when TLS cannot be set up, as on a machine without root certificates.
    pub fn new() -> Result<HttpFetch, FetchError> {
        HttpFetch::with_timeout(TOTAL_TIMEOUT)
    }

    /// A fetcher that waits so long for a whole document.
    ///
    /// # Errors
    /// [`FetchError::Unreachable`] when TLS cannot be set up.
    pub fn with_timeout(timeout: Duration) -> Result<HttpFetch, FetchError> {
        let builder = || {
            Client::builder()
                .user_agent(concat!("trustctl/", env!("CARGO_PKG_VERSION")))
                .redirect(Policy::none())
                .referer(false)
                .connect_timeout(CONNECT_TIMEOUT.min(timeout))
                .timeout(timeout)
        };
        let secure = builder().https_only(true).build().map_err(|error| unreachable(&error))?;
        let loopback = builder().no_proxy().build().map_err(|error| unreachable(&error))?;
        Ok(HttpFetch { secure, loopback, timeout })
    }

    fn failed(&self, error: &reqwest::Error) -> FetchError {
        if error.is_timeout() { self.timed_out() } else { unreachable(error) }
    }

    fn timed_out(&self) -> FetchError {
        FetchError::TimedOut { seconds: self.timeout.as_secs() }
    }

    fn read(&self, mut response: Response, limit: usize, deadline: Instant) -> Result<Vec<u8>, FetchError> {
        let mut body = Vec::new();
        let mut piece = [0; 8192];
        // The length that the answer states is not believed, and a read that trickles ends with the deadline.
        loop {
            let read = response.read(&mut piece).map_err(|error| {
                if Instant::now() >= deadline {
                    self.timed_out()
                } else {
                    FetchError::Unreachable { what: error.to_string() }
                }
            })?;
            let piece = piece.get(..read).unwrap_or_default();
            if piece.is_empty() {
                return Ok(body);
            }
            if body.len().saturating_add(read) > limit {
                return Err(FetchError::TooLarge { limit });
            }
            body.extend_from_slice(piece);
            if Instant::now() >= deadline {
                return Err(self.timed_out());
            }
        }
    }
}

impl Fetch for HttpFetch {
    fn fetch(&self, url: &str, limit: usize) -> Result<Vec<u8>, FetchError> {
        let deadline = Instant::now().checked_add(self.timeout).ok_or_else(|| self.timed_out())?;
        let url = Url::parse(url).map_err(|error| FetchError::Unreachable { what: error.to_string() })?;
        let client = match url.scheme() {
            "https" => &self.secure,
            "http" if is_loopback(&url) => &self.loopback,
            _ => return Err(FetchError::NotSecure),
        };
        let response = client
            .get(url)
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .timeout(self.timeout)
            .send()
            .map_err(|error| self.failed(&error))?;
        match response.status() {
            status if status.as_u16() == 200 => self.read(response, limit, deadline),
            status if status.is_redirection() => Err(FetchError::Redirect { status: status.as_u16() }),
            status => Err(FetchError::Status { status: status.as_u16() }),
        }
    }
}

/// The error with its causes, which hold what matters: that the name is unknown, or the certificate.
fn unreachable(error: &reqwest::Error) -> FetchError {
    let mut what = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        what = format!("{what}: {error}");
        cause = error.source();
    }
    FetchError::Unreachable { what }
}
