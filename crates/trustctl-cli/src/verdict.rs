//! What `trustctl eval` found out: the one value that every format writes.

use trustctl_diag::Sources;
use trustctl_eval::{Effect, Trace};

/// The answer to the whole question, from every policy that was asked.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// Allow where some policy allows.
    pub(crate) effect: Effect,
    /// How far the claims are to be believed.
    pub(crate) basis: Basis,
    /// What was asked.
    pub(crate) question: Question,
    /// The time it was about, in seconds since 1970.
    pub(crate) at: i64,
    /// The time the command ran, to put `at` in words.
    pub(crate) now: i64,
    /// Every policy with its answer, in the order of their root files; empty for a token that was refused.
    pub(crate) answers: Vec<PolicyAnswer>,
    /// Policies that were not asked, because they have no such registry.
    pub(crate) not_asked: Vec<String>,
    /// The claims' own issuer, where they have one.
    pub(crate) issuer: Option<String>,
    /// Claims about time that do not hold at `at`, of claims nobody verified: only a token's are judged.
    pub(crate) unjudged_times: Vec<UnjudgedTime>,
    /// What an allow is bound to.
    pub(crate) bound: Bound,
    /// The catalogue that gave the policies their meaning.
    pub(crate) catalogue: String,
    /// How many trust files were read, where they were looked for and not named.
    pub(crate) looked_for: Option<usize>,
    /// Root files that were found above what was asked for, and asked in its place.
    pub(crate) sought: Vec<String>,
    /// The trust files.
    pub(crate) sources: Sources,
}

/// A claim about time that would have a token refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnjudgedTime {
    /// `exp` or `nbf`.
    pub(crate) claim: &'static str,
    /// What it says, in seconds since 1970.
    pub(crate) second: i64,
}

/// What was asked, defaults filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    /// The registry's name in the policies.
    pub(crate) registry: String,
    /// What about.
    pub(crate) resource: Resource,
}

/// The one resource of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resource {
    /// An action on a package.
    Package {
        /// Its name.
        name: String,
        /// The version, if one was asked about.
        version: Option<String>,
        /// What to do with it.
        action: String,
    },
    /// To act as a service account.
    Account {
        /// Its name.
        name: String,
    },
}

/// One policy's answer.
#[derive(Debug)]
pub(crate) struct PolicyAnswer {
    /// Its root file.
    pub(crate) policy: String,
    /// The decision with its reasons.
    pub(crate) trace: Trace,
}

/// How far the claims are to be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Basis {
    /// A token whose signature, times and form were checked.
    Verified(Signature),
    /// Claims from a file: nobody signed them.
    Unverified,
    /// A token that did not stand up to verification, so that no policy was asked.
    Refused(Refusal),
}

/// What was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    /// `iss`.
    pub(crate) issuer: String,
    /// JWS algorithm.
    pub(crate) algorithm: String,
    /// `kid` of the key that it holds under.
    pub(crate) key: String,
    /// Where the key comes from: `FILE`, or the issuer's own address.
    pub(crate) keys_from: String,
    /// `iat`.
    pub(crate) issued_at: i64,
    /// `exp`.
    pub(crate) expires_at: i64,
}

/// Why a token was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Stable name: `token-expired`.
    pub(crate) code: String,
    /// One line.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) help: Option<String>,
}

/// The versions that an allow holds for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Bound {
    /// Whatever version.
    Any,
    /// These; none for a deny.
    Versions(Vec<String>),
}

impl Verdict {
    /// Whether the answer is yes.
    pub(crate) fn is_allow(&self) -> bool {
        self.effect == Effect::Allow
    }

    /// Whether a signature stands behind the claims.
    pub(crate) fn is_verified(&self) -> bool {
        matches!(self.basis, Basis::Verified(_))
    }
}

impl Question {
    /// `publish @acme/widgets 1.4.0 at npm`.
    pub(crate) fn in_words(&self) -> String {
        let registry = &self.registry;
        match &self.resource {
            Resource::Package { name, version, action } => {
                let version = version.as_ref().map_or(String::new(), |version| format!(" {version}"));
                format!("{action} {name}{version} at {registry}")
            }
            Resource::Account { name } => format!("act as {name} at {registry}"),
        }
    }
}
