//! Providers and registries as one policy sees them.

use trustctl_catalog::{ClaimType, NameKind, Role, SetBy, Tenants};
use trustctl_diag::Place;
use trustctl_pattern::Pattern;

use super::{Between, Cut, NameGrammar};

/// One of the policy's registries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RegistryId(pub u16);

/// One of the policy's providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderId(pub u16);

/// One of the policy's issuers; two providers may share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IssuerId(pub u16);

/// One of a provider's claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClaimId(pub u16);

/// The `iss` of a provider.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// The whole string; with a pattern, the pattern's text.
    pub text: String,
    /// Only in `dialect: generic`.
    pub pattern: Option<Pattern>,
}

/// A provider: an issuer with its claims.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its key under `providers`, or the catalogue's kind.
    pub name: String,
    /// The catalogue's kind, or `custom`.
    pub kind: String,
    /// Its issuer.
    pub issuer: IssuerId,
    /// Who can get a token from the issuer.
    pub tenants: Tenants,
    /// Whether `aud` may be an array of exactly one.
    pub audience_lists: bool,
    /// What `aud` is when a job asks for nothing, `{…}` for a part of its identity; for explaining a denial only.
    pub default_audience: Option<String>,
    /// Every claim that a condition can name.
    pub claims: Vec<Claim>,
    /// Its key under `providers`, where it stands there.
    pub place: Option<Place>,
}

impl Provider {
    /// The claim of that name.
    pub fn claim(&self, name: &str) -> Option<(ClaimId, &Claim)> {
        let at = self.claims.iter().position(|claim| claim.name == name)?;
        Some((ClaimId(u16::try_from(at).ok()?), self.claims.get(at)?))
    }
}

/// A claim that conditions name.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Its name in trust files.
    pub name: String,
    /// The type its value must have.
    pub kind: ClaimType,
    /// What part it plays.
    pub role: Role,
    /// Whether it is a name that can be registered again, an id for life, or neither.
    pub name_kind: NameKind,
    /// Who decides its value.
    pub set_by: SetBy,
    /// Whether it is put together from parts, so that only literals may stand on it.
    pub composed: bool,
    /// Claims whose value people put here by mistake, each with the sentence that says so.
    pub mistaken_for: Vec<(String, String)>,
    /// How its value is found.
    pub source: ClaimSource,
}

impl Claim {
    /// Whether tokens have it as it stands, so that it is not derived from others.
    pub fn is_of_the_token(&self) -> bool {
        matches!(self.source, ClaimSource::Token | ClaimSource::Nested(_))
    }
}

/// How the value of a claim is found in a token.
#[derive(Debug, Clone)]
pub enum ClaimSource {
    /// The member of the token with the claim's name.
    Token,
    /// A nested member: the names from the outside in.
    Nested(Vec<String>),
    /// Another claim's value.
    Alias(ClaimId),
    /// What follows the prefix in another claim, absent where the prefix or the rest is not there, or a
    /// further claim does not have the value.
    After {
        /// The other claim.
        of: ClaimId,
        /// The prefix; may be empty.
        prefix: String,
        /// Claims that must have these values; the empty one stands for absent.
        only_if: Vec<(ClaimId, String)>,
    },
    /// What follows the last occurrence of a text in another claim; absent where the text is not there or
    /// nothing stands before or after it.
    AfterLast {
        /// The other claim.
        of: ClaimId,
        /// The text, never empty.
        delimiter: String,
    },
    /// A piece of a composed claim; absent where the value does not fit its shape.
    Piece {
        /// The composed claim.
        of: ClaimId,
        /// Its shape.
        cut: Cut,
        /// Which of the shape's pieces, from 0.
        piece: usize,
    },
    /// What stands between two texts that further claims fill in; absent where nothing does.
    Between {
        /// The claim that it is cut from.
        of: ClaimId,
        /// The texts.
        between: Between,
    },
    /// Text and claims in a row; absent where one of the claims is.
    Join(Vec<JoinPart>),
}

/// A part of [`ClaimSource::Join`].
#[derive(Debug, Clone)]
pub enum JoinPart {
    /// This text.
    Text(String),
    /// This claim's value; never a join itself.
    Claim(ClaimId),
}

/// The audience a token must carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Exactly this one.
    Exact(String),
    /// Whatever it is: only in `dialect: generic`.
    Any,
}

/// A registry: who is asked.
#[derive(Debug, Clone)]
pub struct Registry {
    /// Its key under `registries`, or its kind.
    pub name: String,
    /// The catalogue's kind.
    pub kind: String,
    /// Audience by provider, in the order of the policy's providers.
    pub(crate) audiences: Vec<Audience>,
    /// What can be done to a package, the main action first.
    pub actions: Vec<RegistryAction>,
    /// Names of packages; `None` where the registry has none.
    pub packages: Option<NameGrammar>,
    /// Versions of packages.
    pub versions: Option<NameGrammar>,
    /// Names of service accounts; `None` where the registry has none.
    pub accounts: Option<NameGrammar>,
    /// Where the trust file names it.
    pub place: Place,
}

/// Something that can be done to a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryAction {
    /// Its name.
    pub name: String,
    /// Whether it only reads.
    pub reads: bool,
}
