//! Grants and their conditions.

use std::ops::Range;

use trustctl_diag::Place;

use super::{ClaimId, MatcherId, ProviderId, RegistryId, Text};

/// One of the policy's grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GrantId(pub u32);

/// One of the policy's conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConditionId(pub u32);

/// What a grant is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Holder {
    /// Packages, to do the grant's actions with.
    Packages,
    /// Service accounts, to act as.
    Accounts,
}

/// An effective grant: a row of a table is one of its own.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The one registry it answers for.
    pub registry: RegistryId,
    /// The provider its tokens come from.
    pub provider: ProviderId,
    /// What `names` are.
    pub holder: Holder,
    /// One bit for each of the registry's actions, in their order; 0 for accounts.
    pub(crate) actions: u32,
    /// Indices into the policy's names.
    pub(crate) names: Range<u32>,
    /// Conditions shared with the other rows of the grant: the provider's and the registry's own, `require`, `when`.
    pub(crate) shared: Range<u32>,
    /// The row's own conditions.
    pub(crate) row: Range<u32>,
    /// First second (UTC, since 1970) at which it no longer holds; `i64::MAX` for never.
    pub(crate) expires_at: i64,
    /// Its `name:`.
    pub(crate) name: Option<Text>,
    /// The grant in its file; for a row, the row.
    pub place: Place,
}

/// Where a condition comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// The provider requires it by itself (catalogue).
    Provider,
    /// The registry requires it by itself (catalogue).
    Registry,
    /// `require` of a provider in the trust file.
    ProviderRequire,
    /// `require` of a registry in the trust file.
    RegistryRequire,
    /// The grant's `when`.
    When,
    /// The grant's row in a table of packages.
    Row,
}

/// One claim and what is asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// A claim of the grant's provider.
    pub claim: ClaimId,
    /// Where it comes from.
    pub origin: Origin,
    /// Holds where the claim is absent: only for a catalogue requirement whose claim real tokens lack.
    pub absent_passes: bool,
    /// What is asked.
    pub matcher: MatcherId,
    /// The value in its file; for a catalogue requirement, the grant.
    pub place: Place,
    /// For a catalogue requirement: an index into the policy's reasons.
    pub(crate) why: Option<u16>,
}
