//! The one function in which policy and token meet.

use std::sync::Arc;

use trustctl_claims::{Claims, UnixTime};
use trustctl_policy::{Audience, Grant, Holder, IssuerId, NameGrammar, Policy, ProviderId, Registry, RegistryId};

use crate::condition::{Checked, Context, Status};
use crate::decision::{Allowed, BadRequest, Decision, DenyReason, Outcome};
use crate::few::Few;
use crate::index::{GrantIndex, IssuerIndex, Key};
use crate::value::{AudienceClaim, Pieces, Sources};
use crate::{Request, Target};

/// A policy made ready to decide: its index and the keys of its claims.
///
/// It evaluates whatever policy it is given, also one that [`Policy::refusals`] keeps from deciding: linter and
/// prover replay their witnesses here. What a registry embeds is the facade, which takes none of those.
#[derive(Debug)]
pub struct Evaluator {
    policy: Arc<Policy>,
    pub(crate) grants: GrantIndex,
    pub(crate) issuers: IssuerIndex,
    pub(crate) sources: Sources,
}

impl Evaluator {
    /// Builds the index, in time and memory linear in the policy (at most 16 bytes a package).
    pub fn new(policy: Arc<Policy>) -> Self {
        Self {
            grants: GrantIndex::new(&policy),
            issuers: IssuerIndex::new(&policy),
            sources: Sources::new(&policy),
            policy,
        }
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Decides. Never fails: what is unclear is a deny. Allocates nothing on allow (up to two grants that allow
    /// at once), and costs the same however many packages the policy has.
    ///
    /// The claims are believed: whoever calls this has verified them, or asks what if.
    pub fn evaluate<'a>(&'a self, claims: &'a Claims<'_>, request: &Request<'a>, now: UnixTime) -> Decision<'a> {
        let outcome = self.outcome(claims, request, now).unwrap_or_else(Outcome::Deny);
        Decision { evaluator: self, claims, request: *request, now, outcome }
    }

    fn outcome<'a>(
        &'a self,
        claims: &'a Claims<'_>,
        request: &Request<'a>,
        now: UnixTime,
    ) -> Result<Outcome<'a>, DenyReason> {
        let asked = self.asked(request)?;
        let context = self.context(claims, &asked, request);
        let iss = self.sources.issuer(claims).ok_or_else(|| asked.reason(DenyReason::MissingIssuer))?;
        let mut reason = DenyReason::UnknownIssuer;
        let mut allowed: Option<Few<Allowed<'a>>> = None;
        for issuer in self.issuers.matching(&self.policy, iss) {
            reason = reason.max(DenyReason::NoGrant);
            for id in self.grants.candidates(&self.policy, asked.key(issuer)) {
                let Some(grant) = self.policy.grant(id).filter(|grant| asked.allows_action(grant)) else {
                    continue;
                };
                match self.check_grant(&context, asked.registry, grant, now) {
                    Ok(version) => {
                        let by = Allowed { grant: id, version };
                        match &mut allowed {
                            Some(few) => few.push(by),
                            None => allowed = Some(Few::of(by)),
                        }
                    }
                    Err(why) => reason = reason.max(why),
                }
            }
        }
        allowed.map(Outcome::Allow).ok_or_else(|| asked.reason(reason))
    }

    /// One grant against one token: the version it binds the request to, or what stops it first.
    fn check_grant<'a>(
        &self,
        context: &Context<'a>,
        registry: RegistryId,
        grant: &Grant,
        now: UnixTime,
    ) -> Result<Option<&'a str>, DenyReason> {
        self.check_audience(context.claims, registry, grant.provider)?;
        let mut bound = None;
        let mut pieces = Pieces::default();
        let reader = context.reader(grant);
        context.policy.conditions(grant).try_for_each(|(_, condition)| {
            let Checked { status: Status::Pass, version } = context.check(&reader, condition, &mut pieces) else {
                return Err(DenyReason::ConditionsFailed);
            };
            match (bound, version) {
                (Some(one), Some(other)) if one != other => return Err(DenyReason::ConditionsFailed),
                (None, Some(version)) => bound = Some(version),
                _ => {}
            }
            Ok(())
        })?;
        if is_expired(grant, now) {
            return Err(DenyReason::Expired);
        }
        Ok(bound)
    }

    pub(crate) fn check_audience(
        &self,
        claims: &Claims<'_>,
        registry: RegistryId,
        provider: ProviderId,
    ) -> Result<(), DenyReason> {
        let lists = self.policy.provider(provider).is_some_and(|provider| provider.audience_lists);
        match (self.policy.audience(registry, provider), self.sources.audience(claims)) {
            (Some(Audience::Any), _) => Ok(()),
            (Some(Audience::Exact(_)), AudienceClaim::Missing) => Err(DenyReason::MissingAudience),
            (Some(Audience::Exact(expected)), AudienceClaim::Text(found)) if found == expected => Ok(()),
            // A token for several audiences is a token for somebody else as well; only an array of exactly one
            // is the same as that one, and only where the provider is known to write it so.
            (Some(Audience::Exact(expected)), AudienceClaim::ListOfOne(found)) if lists && found == expected => Ok(()),
            _ => Err(DenyReason::WrongAudience),
        }
    }

    pub(crate) fn context<'a>(
        &'a self,
        claims: &'a Claims<'_>,
        asked: &Asked<'a>,
        request: &Request<'a>,
    ) -> Context<'a> {
        Context {
            policy: &self.policy,
            sources: &self.sources,
            claims,
            target: request.target,
            versions: asked.versions,
        }
    }

    /// Reads a request in the terms of the policy.
    pub(crate) fn asked<'a>(&'a self, request: &Request<'a>) -> Result<Asked<'a>, DenyReason> {
        let (registry, profile) = self.policy.registry_named(request.registry).ok_or(DenyReason::UnknownRegistry)?;
        let bad = DenyReason::BadRequest;
        let (holder, names, action) = match request.target {
            Target::Package { version, action, .. } => {
                let names = profile.packages.as_ref().ok_or(bad(BadRequest::NoPackages))?;
                let action = action_named(profile, action).ok_or(DenyReason::UnknownAction)?;
                if let Some(version) = version {
                    let versions = profile.versions.as_ref().ok_or(bad(BadRequest::NoVersions))?;
                    versions.check(version).map_err(|problem| bad(BadRequest::version(problem)))?;
                }
                (Holder::Packages, names, action)
            }
            Target::Account { .. } => {
                let names = profile.accounts.as_ref().ok_or(bad(BadRequest::NoAccounts))?;
                (Holder::Accounts, names, 0)
            }
        };
        Ok(Asked { registry, holder, action, name: request.target.name(), names, versions: profile.versions.as_ref() })
    }
}

fn action_named(registry: &Registry, name: &str) -> Option<usize> {
    registry.actions.iter().position(|action| action.name == name)
}

pub(crate) fn is_expired(grant: &Grant, now: UnixTime) -> bool {
    grant.expires_at().is_some_and(|end| now.0 >= end)
}

/// A request in the terms of the policy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) registry: RegistryId,
    pub(crate) holder: Holder,
    /// Index of the registry's action; 0 for accounts.
    action: usize,
    name: &'a str,
    names: &'a NameGrammar,
    pub(crate) versions: Option<&'a NameGrammar>,
}

impl<'a> Asked<'a> {
    pub(crate) fn key(&self, issuer: IssuerId) -> Key<'a> {
        Key { name: self.name, registry: self.registry, issuer, holder: self.holder }
    }

    pub(crate) fn allows_action(&self, grant: &Grant) -> bool {
        self.holder == Holder::Accounts || grant.allows_action(self.action)
    }

    /// A name that a grant gives is of the grammar, because the policy was read; so only a denied one is
    /// looked at, and what is no name is a bad request before it is anything else.
    fn reason(&self, otherwise: DenyReason) -> DenyReason {
        match self.names.check(self.name) {
            Ok(()) => otherwise,
            Err(problem) => DenyReason::BadRequest(BadRequest::name(problem)),
        }
    }
}
