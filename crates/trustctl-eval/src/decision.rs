//! What comes out: allow or deny, by which grants, for which version, or why not.

use trustctl_claims::{Claims, UnixTime};
use trustctl_policy::{GrantId, NameProblem};

use crate::evaluate::Evaluator;
use crate::few::Few;
use crate::{Request, Trace};

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Some grant allows it.
    Allow,
    /// Everything else.
    Deny,
}

impl Effect {
    /// The word used in every output: `allow` or `deny`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

/// A grant that allows a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Allowed<'a> {
    /// Which of the policy's grants.
    pub grant: GrantId,
    /// The one version it allows, where a `{version}` in it was met by the token.
    pub version: Option<&'a str>,
}

/// The versions that a decision holds for.
#[derive(Debug, Clone, Copy)]
pub struct Binding<'d, 'a> {
    asked: Option<&'a str>,
    allowed: &'d [Allowed<'a>],
}

impl<'a> Binding<'_, 'a> {
    /// Whether any version may be acted on: no version was asked for, and a grant holds without one.
    pub fn is_any(&self) -> bool {
        self.asked.is_none() && self.allowed.iter().any(|allowed| allowed.version.is_none())
    }

    /// Whether that version may be acted on.
    ///
    /// A registry that gives out a credential asks this again when the credential is used.
    pub fn permits(&self, version: &str) -> bool {
        self.is_any() || self.versions().any(|only| only == version)
    }

    /// The versions, each once; none where [`is_any`](Self::is_any) or where the decision is a deny.
    pub fn versions(&self) -> impl Iterator<Item = &'a str> {
        let of = |allowed: &Allowed<'a>| self.asked.or(allowed.version);
        let any = self.is_any();
        self.allowed.iter().enumerate().filter_map(move |(at, allowed)| {
            let version = of(allowed).filter(|_| !any)?;
            let repeated = self.allowed.iter().take(at).any(|earlier| of(earlier) == Some(version));
            (!repeated).then_some(version)
        })
    }
}

/// Why a request is denied.
///
/// For the operator: a caller is told [`Decision::public_message`], which is the same for all of them. Later ones
/// came further: where several grants say no, the decision's reason is the greatest of theirs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DenyReason {
    /// The request is none that the registry could answer.
    BadRequest(BadRequest),
    /// The policy has no registry of that name.
    UnknownRegistry,
    /// The registry has no such action.
    UnknownAction,
    /// The token has no `iss`, or one that is no string.
    MissingIssuer,
    /// The policy trusts no such issuer.
    UnknownIssuer,
    /// No grant gives the resource to the token's issuer, or none with that action.
    NoGrant,
    /// The token has no `aud`, or one of another type.
    MissingAudience,
    /// The token was made for somebody else.
    WrongAudience,
    /// A grant is there, and the token does not meet its conditions.
    ConditionsFailed,
    /// A grant is there, its conditions hold, and its last day is over.
    Expired,
}

impl DenyReason {
    /// Stable name for logs and JSON.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BadRequest(_) => "bad-request",
            Self::UnknownRegistry => "unknown-registry",
            Self::UnknownAction => "unknown-action",
            Self::MissingIssuer | Self::MissingAudience => "missing-claims",
            Self::UnknownIssuer => "unknown-issuer",
            Self::NoGrant => "no-grant",
            Self::WrongAudience => "wrong-audience",
            Self::ConditionsFailed => "conditions-failed",
            Self::Expired => "expired",
        }
    }

    /// One sentence for the operator.
    pub const fn about(&self) -> &'static str {
        match self {
            Self::BadRequest(problem) => problem.about(),
            Self::UnknownRegistry => "the policy has no registry of that name",
            Self::UnknownAction => "the registry has no such action",
            Self::MissingIssuer => "the token has no `iss` that is a string",
            Self::UnknownIssuer => "the policy trusts no issuer of that name",
            Self::NoGrant => "no grant gives that to tokens of this issuer",
            Self::MissingAudience => "the token has no `aud` that can be compared",
            Self::WrongAudience => "the token was made for another audience",
            Self::ConditionsFailed => "the token does not meet the conditions of a grant",
            Self::Expired => "the grant has expired",
        }
    }
}

/// What is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BadRequest {
    /// The registry has no packages.
    NoPackages,
    /// The registry has no service accounts.
    NoAccounts,
    /// The registry's packages have no versions.
    NoVersions,
    /// The name is not of the registry's grammar.
    Name,
    /// The name is not in normal form; this is.
    NameNotNormal(String),
    /// The version is not of the registry's grammar.
    Version,
    /// The version is not in normal form; this is.
    VersionNotNormal(String),
}

impl BadRequest {
    pub(crate) fn name(problem: NameProblem) -> Self {
        match problem {
            NameProblem::Grammar | NameProblem::TooLong => Self::Name,
            NameProblem::NotNormal(normal) => Self::NameNotNormal(normal),
        }
    }

    pub(crate) fn version(problem: NameProblem) -> Self {
        match problem {
            NameProblem::Grammar | NameProblem::TooLong => Self::Version,
            NameProblem::NotNormal(normal) => Self::VersionNotNormal(normal),
        }
    }

    const fn about(&self) -> &'static str {
        match self {
            Self::NoPackages => "the registry has no packages",
            Self::NoAccounts => "the registry has no service accounts",
            Self::NoVersions => "the registry's packages have no versions",
            Self::Name => "the name is none that the registry could have",
            Self::NameNotNormal(_) => "the name is not in the registry's normal form",
            Self::Version => "the version is none that the registry could have",
            Self::VersionNotNormal(_) => "the version is not in the registry's normal form",
        }
    }
}

/// The answer to one request.
#[derive(Debug, Clone)]
pub struct Decision<'a> {
    pub(crate) evaluator: &'a Evaluator,
    pub(crate) claims: &'a Claims<'a>,
    pub(crate) request: Request<'a>,
    pub(crate) now: UnixTime,
    pub(crate) outcome: Outcome<'a>,
}

#[derive(Debug, Clone)]
pub(crate) enum Outcome<'a> {
    /// By at least one grant.
    Allow(Few<Allowed<'a>>),
    Deny(DenyReason),
}

impl<'a> Decision<'a> {
    /// Yes or no.
    pub fn effect(&self) -> Effect {
        match self.outcome {
            Outcome::Allow(_) => Effect::Allow,
            Outcome::Deny(_) => Effect::Deny,
        }
    }

    /// Whether the answer is yes.
    pub fn is_allow(&self) -> bool {
        self.effect() == Effect::Allow
    }

    /// The grants that allow it, in the policy's order; none for a deny.
    pub fn allowed_by(&self) -> &[Allowed<'a>] {
        match &self.outcome {
            Outcome::Allow(allowed) => allowed.as_slice(),
            Outcome::Deny(_) => &[],
        }
    }

    /// The versions the answer holds for.
    ///
    /// A registry that exchanges the token for a credential must bind the credential to them.
    pub fn binding(&self) -> Binding<'_, 'a> {
        Binding { asked: self.request.target.version(), allowed: self.allowed_by() }
    }

    /// Why not; `None` for an allow.
    pub fn reason(&self) -> Option<&DenyReason> {
        match &self.outcome {
            Outcome::Allow(_) => None,
            Outcome::Deny(reason) => Some(reason),
        }
    }

    /// What was asked.
    pub fn request(&self) -> &Request<'a> {
        &self.request
    }

    /// When it was asked.
    pub fn now(&self) -> UnixTime {
        self.now
    }

    /// The catalogue that gave the policy its meaning.
    pub fn catalogue_version(&self) -> &'a str {
        self.evaluator.policy().catalogue_version()
    }

    /// What the caller may be told: every deny sounds the same, so that a stranger learns nothing of the policy.
    pub fn public_message(&self) -> &'static str {
        match self.effect() {
            Effect::Allow => "allowed",
            Effect::Deny => "the token does not allow this request",
        }
    }

    /// The whole of it for the operator, worked out now; it shows values of the token, never the token.
    pub fn trace(&self) -> Trace {
        crate::trace::build(self)
    }
}
