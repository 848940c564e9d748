//! Where the keys of an issuer may come from.

use reqwest::Url;

/// What OpenID Connect Discovery 1.0 section 4 appends to an issuer.
const WELL_KNOWN: &str = "/.well-known/openid-configuration";

/// Whether plain HTTP is accepted on this machine's own addresses, as for tests and local issuers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Loopback {
    /// HTTPS only.
    #[default]
    HttpsOnly,
    /// `http:` for `localhost`, `127.0.0.0/8` and `[::1]` as well.
    PlainHttp,
}

/// One issuer of the configuration, and the hosts that may serve its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerSource {
    issuer: String,
    origin: Url,
    jwks_hosts: Vec<String>,
    loopback: Loopback,
}

impl IssuerSource {
    /// A source for the issuer, whose keys lie on its own host or on one of `jwks_hosts` (Google's lie on `www.googleapis.com`).
    ///
    /// # Errors
    /// [`SourceError`] when the issuer is no URL that discovery works with.
    pub fn new(
        issuer: impl Into<String>,
        jwks_hosts: impl IntoIterator<Item = impl Into<String>>,
        loopback: Loopback,
    ) -> Result<IssuerSource, SourceError> {
        let issuer = issuer.into();
        let refuse = |why| SourceError { issuer: issuer.clone(), why };
        let origin = Url::parse(&issuer).map_err(|_| refuse("it is no URL"))?;
        if !is_secure(&origin, loopback) {
            return Err(refuse("it must begin with `https://`"));
        }
        if !origin.username().is_empty() || origin.password().is_some() {
            return Err(refuse("it must hold no user name or password"));
        }
        if origin.query().is_some() || origin.fragment().is_some() {
            return Err(refuse("it must have no `?` and no `#`"));
        }
        // A URL that its parser rewrites (capitals in the host, `..`, the default port) is not what a token would say.
        let canonical = origin.as_str();
        if canonical != issuer && canonical.strip_suffix('/') != Some(issuer.as_str()) {
            return Err(refuse(
                "it is not written as issuers are: no capitals in the host, no default port, no `..`, no blanks",
            ));
        }
        let jwks_hosts = jwks_hosts.into_iter().map(|host| host.into().to_ascii_lowercase()).collect();
        Ok(IssuerSource { issuer, origin, jwks_hosts, loopback })
    }

    /// The whole `iss`.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Where its discovery document lies: made from the configuration, with one slash at the end of the issuer left out.
    #[must_use]
    pub fn discovery_url(&self) -> String {
        format!("{}{WELL_KNOWN}", self.issuer.strip_suffix('/').unwrap_or(&self.issuer))
    }

    /// Whether keys may be fetched from there: HTTPS, and the issuer's own host and port or an allowed host.
    pub(crate) fn allows_keys_at(&self, url: &Url) -> bool {
        let own = url.host_str() == self.origin.host_str()
            && url.port_or_known_default() == self.origin.port_or_known_default()
            && url.scheme() == self.origin.scheme();
        let allowed = url.port().is_none()
            && url.scheme() == "https"
            && url.host_str().is_some_and(|host| self.jwks_hosts.iter().any(|allowed| allowed == host));
        is_secure(url, self.loopback) && url.username().is_empty() && url.password().is_none() && (own || allowed)
    }
}

fn is_secure(url: &Url, loopback: Loopback) -> bool {
    match url.scheme() {
        "https" => url.host_str().is_some(),
        "http" => loopback == Loopback::PlainHttp && is_loopback(url),
        _ => false,
    }
}

/// Whether the URL's host is this machine by its name or address, without asking anybody.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost" | "[::1]") => true,
        Some(host) => host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}

/// Why an issuer cannot be asked for its keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the keys of the issuer `{issuer}` cannot be fetched: {why}")]
pub struct SourceError {
    /// The issuer.
    pub issuer: String,
    /// What is wrong with it.
    pub why: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(issuer: &str) -> Result<IssuerSource, SourceError> {
        IssuerSource::new(issuer, ["keys.example"], Loopback::PlainHttp)
    }

    #[test]
    fn the_document_lies_below_the_issuer() {
        for (issuer, url) in [
            ("https://ci.example", "https://ci.example/.well-known/openid-configuration"),
            ("https://ci.example/", "https://ci.example/.well-known/openid-configuration"),
            ("https://ci.example/org/8c4b", "https://ci.example/org/8c4b/.well-known/openid-configuration"),
            ("https://ci.example/org/8c4b/", "https://ci.example/org/8c4b/.well-known/openid-configuration"),
            ("http://localhost:8080", "http://localhost:8080/.well-known/openid-configuration"),
            ("http://127.0.0.2", "http://127.0.0.2/.well-known/openid-configuration"),
            ("http://[::1]:1", "http://[::1]:1/.well-known/openid-configuration"),
        ] {
            assert_eq!(source(issuer).unwrap().discovery_url(), url);
        }
    }

    #[test]
    fn only_plain_https_urls_are_issuers() {
        for issuer in [
            "",
            "ci.example",
            "http://ci.example",
            "HTTPS://ci.example",
            "https://CI.example",
            "https://ci.example:443",
            "https://user@ci.example",
            "https://u:p@ci.example",
            "https://ci.example?x",
            "https://ci.example#x",
            "https://ci.example/a/../b",
            "https://ci.example/a b",
            " https://ci.example",
            "https://ci.example\n",
            "file:///etc/passwd",
            "https://",
            "https:///x",
            "ftp://ci.example",
            "http://localhost.evil-corp.example",
            "http://127.0.0.1.evil-corp.example",
            "http://10.0.0.1",
            "http://[::2]",
            "https://ci.example\\x",
        ] {
            assert!(source(issuer).is_err(), "{issuer}");
        }
        assert!(IssuerSource::new("http://localhost:1", [""; 0], Loopback::HttpsOnly).is_err());
        assert!(source("https://10.0.0.1").is_ok());
    }

    #[test]
    fn keys_lie_on_the_issuers_host_or_an_allowed_one() {
        let source = source("https://ci.example/org").unwrap();
        for (url, allowed) in [
            ("https://ci.example/jwks", true),
            ("https://ci.example:443/jwks?v=1", true),
            ("https://keys.example/x", true),
            ("https://KEYS.example/x", true),
            ("http://ci.example/jwks", false),
            ("https://ci.example:8443/jwks", false),
            ("https://keys.example:8443/x", false),
            ("https://ci.example.evil-corp.example/jwks", false),
            ("https://evil-corp.example/ci.example", false),
            ("https://ci.example@evil-corp.example/", false),
            ("https://user@ci.example/", false),
            ("http://localhost/jwks", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(source.allows_keys_at(&Url::parse(url).unwrap()), allowed, "{url}");
        }
    }
}
