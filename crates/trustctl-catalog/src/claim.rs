//! The typed model of a provider's `claims`, and the words that pages and the command use for them.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

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
    /// A value, in the provider's form; `{other-claim}` may stand for another claim's example, `{{` and `}}` for braces.
    pub example: String,
    /// How it is derived; `None` for a claim of the token.
    pub derived: Option<Derivation>,
    /// The claims that it is put together of in every token, with the text between: a claim of the token that says what
    /// others say as well. Nothing is read by it; it tells what follows of what.
    pub joined: Option<Vec<JoinPart>>,
    /// JSON Pointer (RFC 6901) of a nested member; `None` for a member of the token itself.
    pub at: Option<String>,
    /// The day from which on tokens have it, where it came later than the provider: `2023-01-10`.
    pub since: Option<String>,
    /// Page and date of what is said here, where the provider's own `sources` do not have it.
    pub cite: Option<String>,
}

/// JSON type of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimType {
    /// A JSON string.
    #[default]
    String,
    /// A JSON number without fraction and exponent.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// An array of strings.
    List,
}

impl ClaimType {
    /// The word that trust files and the catalogue's files write: `integer`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::List => "list",
        }
    }
}

/// What part a claim plays in an identity; also the order in which a trace sorts near misses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
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

impl Role {
    /// The word that the catalogue's files write: `repository`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Repository => "repository",
            Self::Workflow => "workflow",
            Self::Ref => "ref",
            Self::Environment => "environment",
            Self::Event => "event",
            Self::Runner => "runner",
            Self::Actor => "actor",
            Self::Run => "run",
            Self::Subject => "subject",
            Self::Envelope => "envelope",
            Self::Other => "other",
        }
    }
}

/// Whether a value can come to mean somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameKind {
    /// A name that can be given up and registered by another.
    Name,
    /// Given once and never again.
    Id,
    /// Neither: a state or a free text.
    Value,
}

impl NameKind {
    /// The word that the catalogue's files write: `id`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Id => "id",
            Self::Value => "value",
        }
    }
}

/// Who decides a claim's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
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

impl SetBy {
    /// Who that is, to stand after "set by": `whoever starts the run`.
    pub const fn who(self) -> &'static str {
        match self {
            Self::Provider => "the provider",
            Self::Author => "whoever writes the workflow",
            Self::Trigger => "whoever starts the run",
            Self::Admin => "the tenant's administrators",
        }
    }
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
    /// What stands between two texts that the token's other claims fill in, where the claim is nothing else:
    /// the file in `job_workflow_ref`, where its repository and ref are the token's own. Absent where no template
    /// fits, or two fit with different values.
    Between {
        /// The claim.
        of: String,
        /// The texts around the value, at least one pair.
        templates: Vec<Around>,
        /// Regular expression of the whole value.
        pattern: String,
    },
    /// Other claims joined by literal text; absent where any of them is.
    Join {
        /// Literal text and claims in their order.
        parts: Vec<JoinPart>,
    },
}

/// The texts before and after the value of a [`Derivation::Between`]: `{repository}/.github/workflows/{}@{ref}`.
///
/// In one token both are fixed, so no value has two cuts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    /// What stands before it.
    pub before: Vec<AroundPart>,
    /// What stands after it.
    pub after: Vec<AroundPart>,
}

/// A part of an [`Around`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AroundPart {
    /// This text.
    Text(String),
    /// The value of this string claim of the token; nothing fits where it is absent.
    Claim(String),
    /// The issuer without `https://`: `gitlab.com`.
    Issuer,
}

impl Around {
    /// Claims that the templates of one derivation name at most.
    pub const MOST_CLAIMS: usize = 8;

    /// The claims that it names, in their order.
    pub fn claims(&self) -> impl Iterator<Item = &str> {
        self.before.iter().chain(&self.after).filter_map(|part| match part {
            AroundPart::Claim(name) => Some(name.as_str()),
            AroundPart::Text(_) | AroundPart::Issuer => None,
        })
    }
}

/// As the data file writes it, `{}` for the value.
impl fmt::Display for Around {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let write = |parts: &[AroundPart], f: &mut fmt::Formatter<'_>| {
            parts.iter().try_for_each(|part| match part {
                AroundPart::Text(text) => f.write_str(text),
                AroundPart::Claim(name) => write!(f, "{{{name}}}"),
                AroundPart::Issuer => f.write_str("{issuer}"),
            })
        };
        write(&self.before, f)?;
        f.write_str("{}")?;
        write(&self.after, f)
    }
}

/// A part of a [`Derivation::Join`], or of a [`Claim::joined`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinPart {
    /// This text.
    Text(String),
    /// The value of this claim, which may itself be derived (one level deep).
    Claim(String),
}
