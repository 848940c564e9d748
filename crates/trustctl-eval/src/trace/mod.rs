//! Why a decision is what it is, for the operator.
//!
//! Worked out when asked for, by the same checks that decided. Values of the token are shown, bounded in length
//! and with everything but printable ASCII escaped; the token itself never comes this far.

mod build;
mod display;
mod near;
mod nearness;
mod text;

use std::fmt;

use trustctl_policy::{ConditionId, GrantId, Origin, Place};

pub(crate) use build::build;
pub(crate) use text::shown;

use crate::{DenyReason, Effect, Status};

/// A decision with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trace {
    /// Yes or no.
    pub effect: Effect,
    /// Why not; `None` for an allow.
    pub reason: Option<DenyReason>,
    /// What was asked, in words: `publish @acme/widgets 1.4.0 at npm`.
    pub request: String,
    /// The token's `iss`.
    pub issuer: Shown,
    /// The catalogue that gave the policy its meaning.
    pub catalogue_version: String,
    /// Grants for the resource and the token's issuer: those that allow, then the nearest ones.
    pub grants: Vec<GrantTrace>,
    /// How many more there are that are further off.
    pub left_out: usize,
    /// Where no grant is for this resource and issuer: what comes close.
    pub near: Vec<Near>,
}

/// One grant with everything that is asked of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GrantTrace {
    /// Which of the policy's grants.
    pub grant: GrantId,
    /// Its name, or `FILE:LINE`.
    pub label: String,
    /// Where it stands.
    pub place: Place,
    /// The same as `FILE:LINE`.
    pub at: String,
    /// The provider whose tokens it is for.
    pub provider: String,
    /// Whether it allows the request.
    pub holds: bool,
    /// The version it is bound to, where the request has none.
    pub version: Option<String>,
    /// What is asked: action, issuer, audience, conditions, expiry.
    pub lines: Vec<Line>,
    /// Why no mend is offered: what would have to change keeps others out.
    pub do_not_widen: Option<String>,
}

impl GrantTrace {
    /// What does not hold.
    pub fn failed(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.status != Status::Pass)
    }
}

/// One thing that a grant asks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Line {
    /// What it is.
    pub what: What,
    /// The claim's name; `action` and `expires` for those two.
    pub claim: String,
    /// Where it is written; the grant for what has no place of its own.
    pub place: Place,
    /// What is asked, as a trust file would say it.
    pub expected: String,
    /// What the token (or the request) has.
    pub found: Shown,
    /// What became of it.
    pub status: Status,
    /// Why the provider or the registry requires it, for a condition of the catalogue.
    pub why: Option<String>,
    /// The claims it is derived from, and others that help to see the difference.
    pub beside: Vec<Beside>,
    /// The usual cause in words, where it failed and one is known.
    pub cause: Option<String>,
    /// What to write instead, where that lets in nothing but this token's run.
    pub mend: Option<Mend>,
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// The action asked for.
    Action,
    /// `iss`.
    Issuer,
    /// `aud`.
    Audience,
    /// A condition of the effective grant.
    Condition {
        /// Which of the policy's conditions.
        id: ConditionId,
        /// Where it comes from.
        origin: Origin,
    },
    /// That all templates of the grant bind one version.
    Version,
    /// The grant's last day.
    Expiry,
}

impl What {
    /// Stable name for logs and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Action => "action",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Condition { .. } => "condition",
            Self::Version => "version",
            Self::Expiry => "expiry",
        }
    }

    /// Who asks for it: `provider`, `registry`, `require`, `when`, `row`; `grant` for what is no condition.
    pub const fn origin(self) -> &'static str {
        match self {
            Self::Condition { origin, .. } => match origin {
                Origin::Provider => "provider",
                Origin::Registry => "registry",
                Origin::ProviderRequire => "require",
                Origin::RegistryRequire => "registry-require",
                Origin::When => "when",
                Origin::Row => "row",
            },
            _ => "grant",
        }
    }
}

/// A value as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// There is none.
    Absent,
    /// Printable ASCII of bounded length.
    Value(String),
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("absent"),
            Self::Value(value) => f.write_str(value),
        }
    }
}

/// Another claim that helps to see a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Beside {
    /// Its name.
    pub claim: String,
    /// Its value in the token.
    pub value: Shown,
}

/// A literal to put in another's place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mend {
    /// The claim's name.
    pub claim: String,
    /// The value in the trust file.
    pub place: Place,
    /// What stands there.
    pub replace: String,
    /// What the token has.
    pub with: String,
}

impl fmt::Display for Mend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.claim, self.with)
    }
}

/// Something close to a request that no grant is for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Near {
    /// What kind of thing.
    pub kind: NearKind,
    /// Its name: an issuer, a registry, a package.
    pub name: String,
    /// One sentence.
    pub about: String,
    /// Where it stands in the policy.
    pub place: Option<Place>,
}

/// Kinds of [`Near`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NearKind {
    /// The name in the registry's normal form.
    NormalForm,
    /// The same resource for another issuer.
    OtherIssuer,
    /// The same resource at another registry.
    OtherRegistry,
    /// An issuer that differs in a few characters.
    SimilarIssuer,
    /// A resource whose name differs in a few characters.
    SimilarName,
    /// A registry of the policy.
    Registry,
    /// An action of the registry.
    Action,
}

impl NearKind {
    /// Stable name for logs and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NormalForm => "normal-form",
            Self::OtherIssuer => "other-issuer",
            Self::OtherRegistry => "other-registry",
            Self::SimilarIssuer => "similar-issuer",
            Self::SimilarName => "similar-name",
            Self::Registry => "registry",
            Self::Action => "action",
        }
    }
}
