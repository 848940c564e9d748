//! What the configuration says about one issuer's tokens.

use crate::algorithm::Algorithm;

/// The most seconds of leeway: GitHub's tokens live for 300 s.
pub const MAX_LEEWAY: u32 = 300;

/// What tokens of one issuer must be like. Nothing in it comes from a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerRules {
    issuer: String,
    algorithms: Vec<Algorithm>,
    audiences: Vec<String>,
    audience_lists: bool,
    leeway: Leeway,
    maximum_lifetime: Option<u32>,
}

impl IssuerRules {
    /// Rules for the issuer whose tokens have exactly this `iss`, may be signed with these algorithms and are for one of these audiences of ours.
    ///
    /// Leeway is 60 s, `aud` is one string, and tokens may live as long as their issuer lets them, until said otherwise.
    ///
    /// # Errors
    /// [`RulesError`] when the issuer is empty or has blanks or control characters, or a list is empty or holds an empty text.
    pub fn new(
        issuer: impl Into<String>,
        algorithms: impl IntoIterator<Item = Algorithm>,
        audiences: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<IssuerRules, RulesError> {
        let issuer = issuer.into();
        if issuer.is_empty() || issuer.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(RulesError::BadIssuer { issuer });
        }
        let mut algorithms: Vec<Algorithm> = algorithms.into_iter().collect();
        algorithms.sort_unstable();
        algorithms.dedup();
        if algorithms.is_empty() {
            return Err(RulesError::NoAlgorithm { issuer });
        }
        let mut audiences: Vec<String> = audiences.into_iter().map(Into::into).collect();
        audiences.sort_unstable();
        audiences.dedup();
        if audiences.is_empty() || audiences.iter().any(String::is_empty) {
            return Err(RulesError::NoAudience { issuer });
        }
        Ok(IssuerRules {
            issuer,
            algorithms,
            audiences,
            audience_lists: false,
            leeway: Leeway::default(),
            maximum_lifetime: None,
        })
    }

    /// The same rules with `aud` also accepted as a list of exactly one, for issuers that write it so.
    #[must_use]
    pub fn with_audience_lists(self, allowed: bool) -> IssuerRules {
        IssuerRules { audience_lists: allowed, ..self }
    }

    /// The same rules with another leeway.
    #[must_use]
    pub fn with_leeway(self, leeway: Leeway) -> IssuerRules {
        IssuerRules { leeway, ..self }
    }

    /// The same rules with a bound, in seconds, on the time from `iat` to `exp`.
    #[must_use]
    pub fn with_maximum_lifetime(self, seconds: u32) -> IssuerRules {
        IssuerRules { maximum_lifetime: Some(seconds), ..self }
    }

    /// The whole `iss`.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The algorithms its keys may sign with, sorted.
    #[must_use]
    pub fn algorithms(&self) -> &[Algorithm] {
        &self.algorithms
    }

    /// The audiences that are ours, sorted.
    #[must_use]
    pub fn audiences(&self) -> &[String] {
        &self.audiences
    }

    /// Whether `aud` may be a list of exactly one.
    #[must_use]
    pub fn audience_lists(&self) -> bool {
        self.audience_lists
    }

    /// What is granted for clocks that differ.
    #[must_use]
    pub fn leeway(&self) -> Leeway {
        self.leeway
    }

    /// The most seconds from `iat` to `exp`.
    #[must_use]
    pub fn maximum_lifetime(&self) -> Option<u32> {
        self.maximum_lifetime
    }

    pub(crate) fn is_our_audience(&self, audience: &str) -> bool {
        self.audiences.iter().any(|ours| ours == audience)
    }
}

/// Seconds granted for clocks that differ, at most [`MAX_LEEWAY`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Leeway(u32);

impl Leeway {
    /// A leeway of so many seconds.
    ///
    /// # Errors
    /// [`RulesError::LeewayTooLong`] above [`MAX_LEEWAY`].
    pub fn new(seconds: u32) -> Result<Leeway, RulesError> {
        if seconds > MAX_LEEWAY { Err(RulesError::LeewayTooLong { seconds }) } else { Ok(Leeway(seconds)) }
    }

    /// How many seconds.
    #[must_use]
    pub fn seconds(self) -> u32 {
        self.0
    }
}

/// A minute, as registries grant it.
impl Default for Leeway {
    fn default() -> Leeway {
        Leeway(60)
    }
}

/// Why rules make no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RulesError {
    /// No token can have such an issuer.
    #[error("`{}` is no issuer: it must not be empty or hold blanks or control characters", issuer.escape_debug())]
    BadIssuer {
        /// What was given.
        issuer: String,
    },
    /// No token could be accepted.
    #[error("the issuer `{issuer}` is allowed no algorithm")]
    NoAlgorithm {
        /// The issuer.
        issuer: String,
    },
    /// No token could be accepted.
    #[error("the issuer `{issuer}` has no audience, or an empty one")]
    NoAudience {
        /// The issuer.
        issuer: String,
    },
    /// So much leeway would lengthen the life of tokens.
    #[error("{seconds} s of leeway are too many: {MAX_LEEWAY} are the most")]
    LeewayTooLong {
        /// What was given.
        seconds: u32,
    },
    /// One issuer, two sets of rules: it would be open which of them holds.
    #[error("the issuer `{issuer}` is given twice")]
    IssuerTwice {
        /// The issuer.
        issuer: String,
    },
}
