//! What a provider and a registry require by themselves, so that a trust file need not say it again.

use trustctl_catalog::{Catalogue, Missing, Registry, Requirement};

use crate::said::{Ask, Condition, Issuer};

/// A requirement, and whether a grant may replace it by naming the claim's values itself.
pub(super) struct Required<'c> {
    requirement: &'c Requirement,
    is_replaced: bool,
}

/// What holds for every grant of this issuer at this registry.
pub(super) fn of<'c>(catalogue: &'c Catalogue, registry: &'c Registry, issuer: &Issuer) -> Vec<Required<'c>> {
    let Some(kind) = &issuer.provider else { return Vec::new() };
    let own = catalogue.provider(kind).into_iter().flat_map(|provider| &provider.requires);
    let registrys = registry.requires.get(kind).into_iter().flatten();
    own.map(|requirement| Required { requirement, is_replaced: true })
        .chain(registrys.map(|requirement| Required { requirement, is_replaced: false }))
        .collect()
}

impl Required<'_> {
    /// Whether a grant without the condition asks the same as one with it.
    pub(super) fn says(&self, condition: &Condition) -> bool {
        let Requirement { claim, values, missing, .. } = self.requirement;
        let all_in = |some: &[String], all: &[String]| some.iter().all(|value| all.contains(value));
        *claim == condition.claim
            && match &condition.asks {
                // Values that a grant names stand in place of the provider's own, so only the very same may be left out.
                Ask::Equals(named) => {
                    *missing == Missing::Deny && all_in(values, named) && (!self.is_replaced || all_in(named, values))
                }
                Ask::Not(banned) => !values.iter().any(|value| banned.contains(value)),
                Ask::Present => *missing == Missing::Deny,
                Ask::EqualsIgnoringCase(_)
                | Ask::Contains(_)
                | Ask::Template(_)
                | Ask::Absent
                | Ask::Matches { .. } => false,
            }
    }
}
