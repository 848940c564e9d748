//! From a policy to the verifier it needs: which issuers, which algorithms, which audiences.

use std::collections::BTreeSet;
use std::sync::Arc;

use trustctl_catalog::Catalogue;
use trustctl_policy::{Audience, IssuerId, Provider, ProviderId, RegistryId};
use trustctl_token::{Algorithm, IssuerRules, KeySet, RulesError, Verifier};

use crate::{Policy, VerifierError};

impl Policy {
    /// The issuers it trusts: whose keys must be found, and nobody else's, whatever a token names.
    pub fn issuers(&self) -> impl Iterator<Item = &str> {
        self.evaluator.policy().issuers().map(|(_, issuer)| issuer.text.as_str())
    }

    /// A verifier for the tokens it is about, with the keys that `keys_of` has for each issuer.
    ///
    /// Algorithms and longest lifetime are the catalogue's; audiences are those of all registries of the policy,
    /// because which of them a request needs is for [`decide`](crate::decide) to compare.
    ///
    /// # Errors
    ///
    /// [`VerifierError::NoKeys`] for the first issuer that has none. To go on without it, make a [`Verifier`] of the
    /// [`issuer_rules`](Self::issuer_rules) whose keys are there.
    pub fn verifier(&self, mut keys_of: impl FnMut(&str) -> Option<Arc<KeySet>>) -> Result<Verifier, VerifierError> {
        let mut issuers = Vec::new();
        for rules in self.issuer_rules()? {
            let keys =
                keys_of(rules.issuer()).ok_or_else(|| VerifierError::NoKeys { issuer: rules.issuer().to_owned() })?;
            issuers.push((rules, keys));
        }
        Ok(Verifier::new(issuers)?)
    }

    /// What tokens of each of its issuers must be like.
    ///
    /// # Errors
    ///
    /// An issuer without an algorithm or an audience.
    pub fn issuer_rules(&self) -> Result<Vec<IssuerRules>, RulesError> {
        issuer_rules(self.evaluator.policy(), None)
    }
}

/// What tokens of each issuer of a resolved policy must be like, to be for that registry or for any of its registries.
///
/// For callers that read policies themselves, as the command does; what embeds a policy asks
/// [`Policy::issuer_rules`].
///
/// # Errors
///
/// An issuer without an algorithm or an audience.
pub fn issuer_rules(
    policy: &trustctl_policy::Policy,
    registry: Option<RegistryId>,
) -> Result<Vec<IssuerRules>, RulesError> {
    policy.issuers().filter_map(|(id, issuer)| rules(policy, registry, id, &issuer.text).transpose()).collect()
}

fn rules(
    policy: &trustctl_policy::Policy,
    only: Option<RegistryId>,
    id: IssuerId,
    issuer: &str,
) -> Result<Option<IssuerRules>, RulesError> {
    let providers: Vec<(ProviderId, &Provider)> =
        policy.providers().filter(|(_, provider)| provider.issuer == id).collect();
    let entries: Vec<_> = Catalogue::bundled()
        .ok()
        .into_iter()
        .flat_map(|catalogue| providers.iter().filter_map(|(_, provider)| catalogue.provider(&provider.kind)))
        .collect();
    // Several names of one issuer: what each of them allows.
    let algorithms = Algorithm::ALL.into_iter().filter(|algorithm| {
        !entries.is_empty() && entries.iter().all(|entry| entry.algorithms.iter().any(|name| name == algorithm.name()))
    });
    let audiences: BTreeSet<&str> = providers
        .iter()
        .flat_map(|(provider, _)| {
            policy
                .registries()
                .filter(|(registry, _)| only.is_none_or(|only| only == *registry))
                .filter_map(|(registry, _)| policy.audience(registry, *provider))
        })
        .filter_map(|audience| match audience {
            // A provider that is declared and that no grant uses may have no audience.
            Audience::Exact(audience) => Some(audience.as_str()).filter(|audience| !audience.is_empty()),
            Audience::Any => None,
        })
        .collect();
    if audiences.is_empty() {
        return Ok(None);
    }
    let rules = IssuerRules::new(issuer, algorithms, audiences)?
        .with_audience_lists(!providers.is_empty() && providers.iter().all(|(_, provider)| provider.audience_lists));
    Ok(Some(match entries.iter().filter_map(|entry| entry.lifetime.maximum).min() {
        Some(seconds) => rules.with_maximum_lifetime(seconds),
        None => rules,
    }))
}
