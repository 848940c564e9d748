//! The typed model of `providers/*.yaml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Claim;

/// One identity provider: a CI system or cloud that signs tokens for machines.
#[derive(Debug, Clone)]
pub struct Provider {
    /// The name a trust file uses: `github-actions`.
    pub kind: String,
    /// The provider's own name: `GitHub Actions`.
    pub title: String,
    /// One or two sentences for `trustctl providers`.
    pub about: String,
    /// Every form of issuer it has. The first without a field and without a switch is the default.
    pub issuers: Vec<Issuer>,
    /// How the audience comes about.
    pub audience: AudienceRule,
    /// How long tokens live.
    pub lifetime: Lifetime,
    /// JWS algorithms its keys sign with (RFC 7518 names).
    pub algorithms: Vec<String>,
    /// Hosts, beside the issuer's own, that its discovery document may name for its key set.
    pub jwks_hosts: Vec<String>,
    /// The token's claims and the derived ones, by name. Derived names hold a hyphen where the token's do not.
    pub claims: BTreeMap<String, Claim>,
    /// Prefixes of open families of string claims: `repo_property_`.
    pub families: Vec<String>,
    /// What holds for every grant of this provider unless the grant names the claim's values itself.
    pub requires: Vec<Requirement>,
    /// How a literal `sub` shows its tenant.
    pub subjects: Vec<SubjectForm>,
    /// What goes wrong with its tokens where a policy does not know of it.
    pub traps: Vec<Trap>,
    /// What else a reader should know and no rule says.
    pub notes: Vec<String>,
    /// Pages the facts come from.
    pub sources: Vec<String>,
    /// When they were last compared with their sources: `2026-11-20`.
    pub checked: String,
}

/// One form of `iss`.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// The whole string, with `{field}` where a field is filled in.
    pub template: String,
    /// The fields of the template, each required.
    pub fields: BTreeMap<String, IssuerField>,
    /// A key the trust file sets to `true` to choose this form, where no field tells it from another.
    pub switch: Option<String>,
    /// Who can get a token from it.
    pub tenants: Tenants,
    /// What this form is for.
    pub about: String,
    /// Default audience of this form, where it differs from the provider's.
    pub audience: Option<String>,
}

/// A part of an issuer that the trust file gives.
#[derive(Debug, Clone)]
pub struct IssuerField {
    /// Regular expression that the whole value must match.
    pub pattern: String,
    /// What it is and where a user finds it.
    pub about: String,
    /// A value that fits.
    pub example: String,
}

/// Who can get a token from an issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tenants {
    /// Only the organisation that the issuer names.
    Ours,
    /// Anybody: a policy must say which tenant it means.
    Shared,
}

/// How the audience of a token comes about.
#[derive(Debug, Clone)]
pub struct AudienceRule {
    /// What `aud` is when a job asks for nothing; `{…}` stands for a part of the job's identity.
    pub default: Option<String>,
    /// Whether a job can ask for any audience.
    pub caller_chooses: bool,
    /// Whether `aud` may be an array of exactly one.
    pub lists: bool,
    /// Regular expressions of audiences that many services share, the default's among them.
    pub shared: Vec<String>,
}

/// Seconds between `iat` and `exp`.
#[derive(Debug, Clone, Copy)]
pub struct Lifetime {
    /// What a token usually has.
    pub typical: u32,
    /// The longest one the provider issues, where it is known.
    pub maximum: Option<u32>,
}

/// A condition that a provider or registry adds by itself.
#[derive(Debug, Clone)]
pub struct Requirement {
    /// The claim it is about.
    pub claim: String,
    /// The values that pass.
    pub values: Vec<String>,
    /// What happens where the token lacks the claim.
    pub missing: Missing,
    /// Why, in one sentence for the trace.
    pub why: String,
    /// Where the fact comes from.
    pub source: String,
}

/// What a requirement makes of a token without its claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// The condition fails.
    Deny,
    /// The condition holds, because real tokens lack the claim.
    Pass,
}

/// A literal beginning of `sub` after which the tenant stands, up to a delimiter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectForm {
    /// `repo:`.
    pub prefix: String,
    /// `/`: what ends the tenant's name. The text before it must not be empty.
    pub delimiter: String,
}

/// Something about a provider's tokens that lets others in where a policy does not know of it.
#[derive(Debug, Clone)]
pub struct Trap {
    /// Which of the known ones.
    pub kind: TrapKind,
    /// The claims it is about, each of this provider; empty only for [`TrapKind::SharedKeys`] and
    /// [`TrapKind::FixedAudience`].
    pub claims: Vec<String>,
    /// One or two sentences: what goes wrong, and what to pin or exclude instead.
    pub about: String,
    /// Page of the fact, where the provider's own `sources` do not have it.
    pub source: Option<String>,
}

/// The kinds of [`Trap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrapKind {
    /// One key set signs for all tenants, so that a good signature says nothing of whose token it is.
    SharedKeys,
    /// A job cannot choose the audience, so that whoever is shown a token can use it here as well.
    FixedAudience,
    /// The claim is there only where the job or the tenant asks for it.
    OptInClaim,
    /// In a pull request from a fork the claims are the fork's, or those of the target although the fork's text runs.
    ForkFields,
    /// The claim is the branch that a pull request is for, not the one that is built.
    TargetBranch,
    /// Runs that only try a change out get tokens too.
    SpeculativeRun,
    /// Somebody can have a shell in the job, and the token with it.
    DebugShell,
    /// Values put together of parts that can be cut in more than one way.
    AmbiguousSubject,
    /// An administrator or a job decides what the text is put together of.
    FreeTextSubject,
}

impl TrapKind {
    /// The word that the catalogue's files write: `shared-keys`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SharedKeys => "shared-keys",
            Self::FixedAudience => "fixed-audience",
            Self::OptInClaim => "opt-in-claim",
            Self::ForkFields => "fork-fields",
            Self::TargetBranch => "target-branch",
            Self::SpeculativeRun => "speculative-run",
            Self::DebugShell => "debug-shell",
            Self::AmbiguousSubject => "ambiguous-subject",
            Self::FreeTextSubject => "free-text-subject",
        }
    }
}
