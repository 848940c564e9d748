//! Asking the trust language's own evaluator.

use std::collections::BTreeSet;
use std::sync::Arc;

use trustctl_catalog::{Catalogue, Derivation};
use trustctl_claims::{Claims, UnixTime};
use trustctl_eval::{Evaluator, Request, Target, What};
use trustctl_policy::{Grant, Holder, Policy};

use crate::vectors::NOW;

/// A policy made ready.
pub(crate) struct Native {
    evaluator: Evaluator,
}

/// What came of asking.
pub(crate) struct Answer {
    pub(crate) is_allow: bool,
    /// For a deny, the claims of what does not hold in the nearest grant.
    pub(crate) failing: BTreeSet<String>,
}

impl Native {
    pub(crate) fn new(text: &str) -> Self {
        let reading = trustctl_policy::read_text("trust.yaml", text);
        let policy = reading.policy.unwrap_or_else(|| panic!("{:?}\n{text}", reading.diagnostics));
        assert!(policy.refusals().is_empty(), "{:?}\n{text}", policy.refusals());
        Self { evaluator: Evaluator::new(Arc::new(policy)) }
    }

    pub(crate) fn policy(&self) -> &Policy {
        self.evaluator.policy()
    }

    /// Everything that a token is given: actions on the first package, and accounts.
    pub(crate) fn gives(&self, claims: &str) -> BTreeSet<String> {
        let policy = self.policy();
        let claims = Claims::parse(claims).unwrap();
        let mut given = BTreeSet::new();
        for (_, grant) in policy.grants() {
            let registry = &policy.registry(grant.registry).unwrap().name;
            let is_allowed = |target| {
                let request = Request { registry, target };
                self.evaluator.evaluate(&claims, &request, UnixTime(NOW)).is_allow()
            };
            match grant.holder {
                Holder::Accounts => {
                    let allowed = policy.names(grant).filter(|name| is_allowed(Target::Account { name }));
                    given.extend(allowed.map(str::to_owned));
                }
                Holder::Packages => {
                    let name = policy.names(grant).next().unwrap();
                    let actions = policy.actions(grant).map(|action| action.name.as_str());
                    let allowed = actions.filter(|action| is_allowed(Target::Package { name, version: None, action }));
                    given.extend(allowed.map(str::to_owned));
                }
            }
        }
        given
    }

    /// The answer to the first thing that some grant gives.
    pub(crate) fn ask(&self, claims: &str, version: Option<&str>) -> Answer {
        let (_, grant) = self.policy().grants().next().unwrap();
        let name = self.policy().names(grant).next().unwrap();
        self.ask_for(name, claims, version)
    }

    /// The answer to the first thing that the first grant of this package gives.
    pub(crate) fn ask_for(&self, name: &str, claims: &str, version: Option<&str>) -> Answer {
        let policy = self.policy();
        let gives = |grant: &Grant| policy.names(grant).any(|known| known == name);
        let (_, grant) = policy.grants().find(|(_, grant)| gives(grant)).unwrap();
        let registry = &policy.registry(grant.registry).unwrap().name;
        let versions = policy.registry(grant.registry).unwrap().versions.as_ref();
        // A row's version may be of no registry's grammar; then it is not the version that the row is about.
        let version = version.filter(|version| versions.is_some_and(|rule| rule.check(version).is_ok()));
        let target = match policy.actions(grant).next() {
            Some(action) => Target::Package { name, version, action: &action.name },
            None => Target::Account { name },
        };
        let claims = Claims::parse(claims).unwrap();
        let decision = self.evaluator.evaluate(&claims, &Request { registry, target }, UnixTime(NOW));
        let trace = decision.trace();
        let failed = trace.grants.first().into_iter().flat_map(|grant| grant.failed());
        let failing = failed.map(|line| match line.what {
            What::Issuer => "iss".to_owned(),
            What::Audience => "aud".to_owned(),
            _ => line.claim.clone(),
        });
        // An answer for one version only is none for whatever version comes.
        let is_allow = decision.is_allow() && (version.is_some() || decision.binding().is_any());
        Answer { is_allow, failing: failing.collect() }
    }
}

/// A claim, and the claims of the token that it comes from.
pub(crate) fn roots(claim: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::from([claim.to_owned()]);
    for _ in 0..3 {
        let known: Vec<String> = all.iter().cloned().collect();
        for provider in Catalogue::bundled().unwrap().providers() {
            for derived in known.iter().filter_map(|claim| provider.claims.get(claim)?.derived.as_ref()) {
                match derived {
                    Derivation::Alias { of }
                    | Derivation::After { of, .. }
                    | Derivation::AfterLast { of, .. }
                    | Derivation::Piece { of, .. }
                    | Derivation::Between { of, .. } => _ = all.insert(of.clone()),
                    Derivation::Join { .. } => {}
                }
            }
        }
    }
    all
}
