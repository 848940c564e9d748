//! The typed model of `providers/*.yaml`.

use std::collections::BTreeMap;

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
    /// Facts a reader should know that are no rule: fork pipelines, debug shells, shared keys.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// One claim, of the token or derived.
#[derive(Debug, Clone)]
pub struct Claim {
    /// JSON type in the token.
    pub kind: ClaimType,
    /// What part it plays in an identity.
    pub role: Role,
    /// Whether it is a name or an id for life.
    pub name_kind: NameKind,
    /// Who decides its value.
    pub set_by: SetBy,
    /// Whether real tokens may lack it.
    pub optional: bool,
    /// Set where fixing this claim fixes the tenant.
    pub tenant: Option<TenantMark>,
    /// Whether one value of it is one source (repository, project, pipeline).
    pub source: bool,
    /// Whether a template may stand on it: its value is one free text that is chosen for each release.
    pub template: bool,
    /// Set where it is put together from parts; patterns on such claims are refused. Without pieces where
    /// no single cut holds: a `sub` that a repository may customise, CircleCI's, which can be cut in two ways.
    pub shape: Option<Shape>,
    /// The forms a composed claim has by default, for readers and provers; derivations cut by `shape` alone.
    pub forms: Vec<Shape>,
    /// Regular expression of the values the provider lets through, where known.
    pub values: Option<String>,
    /// What to write instead, when a value cannot be one of this claim.
    pub hint: Option<String>,
    /// The id that keeps this name from being re-registered: `repository` → `repository_id`.
    pub pinned_by: Vec<String>,
    /// Claims whose value users put here by mistake, with the sentence that says so.
    pub mistaken_for: BTreeMap<String, String>,
    /// One sentence.
    pub about: String,
    /// A value, in the provider's form; `{other-claim}` may stand for another claim's example.
    pub example: String,
    /// How it is derived; `None` for a claim of the token.
    pub derived: Option<Derivation>,
    /// JSON Pointer (RFC 6901) of a nested member; `None` for a member of the token itself.
    pub at: Option<String>,
    /// Page and date of what is said here, where the provider's own `sources` do not have it.
    pub cite: Option<String>,
}

/// JSON type of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClaimType {
    /// A JSON string.
    String,
    /// A JSON number without fraction and exponent.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// An array of strings.
    List,
}

/// What part a claim plays in an identity; also the order in which a trace sorts near misses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The organisation, owner, namespace or account.
    Tenant,
    /// The repository, project or pipeline.
    Repository,
    /// The workflow or pipeline definition that runs.
    Workflow,
    /// Branch, tag, commit.
    Ref,
    /// The deployment environment or context.
    Environment,
    /// What started the run.
    Event,
    /// The machine it runs on.
    Runner,
    /// The person or bot that started it.
    Actor,
    /// Identifiers of one run.
    Run,
    /// A whole composed subject.
    Subject,
    /// `iss`, `aud`, `exp` and the like, which conditions never name.
    Envelope,
    /// Anything else.
    Other,
}

/// Whether a value can come to mean somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameKind {
    /// A name that can be given up and registered by another.
    Name,
    /// Given once and never again.
    Id,
    /// Neither: a state or a free text.
    Value,
}

/// Who decides a claim's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetBy {
    /// The provider; nobody can choose another's.
    Provider,
    /// Whoever writes the workflow of any repository.
    Author,
    /// Whoever starts the run or pushes the ref.
    Trigger,
    /// An administrator of the tenant.
    Admin,
}

/// How fixing a claim fixes the tenant.
#[derive(Debug, Clone)]
pub struct TenantMark {
    /// What ends the tenant's part of the value: `/` in `acme/widgets`. `None`: the whole value.
    pub delimiter: Option<String>,
    /// Claims that must be fixed to a value beside it: Google's `email` needs `email_verified: true`.
    pub with: BTreeMap<String, String>,
}

/// A composed claim: literal text and named pieces, `{repository}/.github/workflows/{file}@{ref}`.
///
/// Tests prove that no value can be cut in two ways.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Literals and pieces in their order.
    pub pieces: Vec<Piece>,
}

/// A part of a [`Shape`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// This text.
    Text(String),
    /// A named part whose values match the regular expression.
    Named {
        /// Its name, as a derivation uses it.
        name: String,
        /// Regular expression of the whole piece.
        pattern: String,
    },
}

/// How a derived claim comes from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Derivation {
    /// Another claim under a shorter name; the type is that claim's.
    Alias {
        /// The claim.
        of: String,
    },
    /// What follows a prefix; absent where the prefix is not there or nothing follows it.
    After {
        /// The claim.
        of: String,
        /// The prefix; may be empty.
        prefix: String,
        /// Only where these claims have these values: GitLab's `branch` is `ref` where `ref_type` is `branch`.
        /// The empty value stands for "absent": Buildkite's `branch` is `build_branch` where there is no `build_tag`.
        only_if: BTreeMap<String, String>,
    },
    /// What follows the last occurrence of a text; absent where the text is not there or nothing stands
    /// before or after it: `widgets` in `acme/widgets`.
    AfterLast {
        /// The claim.
        of: String,
        /// The text, never empty.
        delimiter: String,
    },
    /// A piece of a composed claim's shape; absent where the value does not fit the shape.
    Piece {
        /// The composed claim.
        of: String,
        /// The piece's name.
        piece: String,
    },
    /// Other claims joined by literal text; absent where any of them is.
    Join {
        /// Literal text and claims in their order.
        parts: Vec<JoinPart>,
    },
}

/// A part of a [`Derivation::Join`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinPart {
    /// This text.
    Text(String),
    /// The value of this claim, which may itself be derived (one level deep).
    Claim(String),
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
