//! Witnesses: whole tokens that a policy lets in and should not.
//!
//! The prover (`reach`) finds them; here they are handed to the evaluator, and one that it does not take is never shown.

pub(crate) mod token;

use trustctl_claims::{Claims, UnixTime};
use trustctl_eval::{Request, Target};
use trustctl_policy::Holder;

use crate::facts::GrantFacts;

/// A token that gets in, and what it gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Who could hold it.
    pub adversary: Adversary,
    /// Its claims: a JSON object in one line, names sorted.
    pub claims: String,
    /// The claims that matter, as name and value: those that the grant asks about and those that show whose token it
    /// is.
    pub highlights: Vec<(String, String)>,
    /// The registry's name in the policy.
    pub registry: String,
    /// One of the registry's actions; `None` for a service account.
    pub action: Option<String>,
    /// The package or the service account.
    pub resource: String,
    /// The package's version, where it matters.
    pub version: Option<String>,
    /// When it gets in.
    pub at: UnixTime,
}

/// Who could hold a token that should not get in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Adversary {
    /// Somebody with an account at the provider and no rights in ours.
    Anyone,
    /// Whoever registered a name that was given up.
    ReRegisteredName,
    /// Whoever calls our reusable workflow.
    Caller,
    /// Whoever can push a branch.
    AnyWriter,
    /// Whoever can start the run from outside: a pull request, a comment.
    OutsiderEvent,
    /// Whoever can write to another repository of ours.
    SiblingRepository,
    /// Whoever controls a machine that jobs of the repository run on.
    SelfHostedRunner,
    /// Whoever logs in to a job that was started again with SSH.
    SshRerun,
    /// Whoever proposes a change that is planned before anybody approves it.
    SpeculativeRun,
    /// Whoever opens a shell in a running job.
    DebugShell,
    /// Nobody else than whom the policy names: jobs of our own that have all that it asks for.
    Named,
}

impl Adversary {
    /// The word used in every output: `anyone`, `re-registered-name` …
    pub const fn word(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::ReRegisteredName => "re-registered-name",
            Self::Caller => "caller",
            Self::AnyWriter => "any-writer",
            Self::OutsiderEvent => "outsider-event",
            Self::SiblingRepository => "sibling-repository",
            Self::SelfHostedRunner => "self-hosted-runner",
            Self::SshRerun => "ssh-rerun",
            Self::SpeculativeRun => "speculative-run",
            Self::DebugShell => "debug-shell",
            Self::Named => "named",
        }
    }

    /// Every adversary that can be asked about, the strongest first.
    pub const ALL: [Self; 10] = [
        Self::Anyone,
        Self::Caller,
        Self::ReRegisteredName,
        Self::OutsiderEvent,
        Self::SiblingRepository,
        Self::SpeculativeRun,
        Self::AnyWriter,
        Self::SshRerun,
        Self::DebugShell,
        Self::SelfHostedRunner,
    ];

    /// The adversary of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|adversary| adversary.word() == word)
    }

    /// Whether they belong to another tenant of the issuer.
    pub const fn is_a_stranger(self) -> bool {
        matches!(self, Self::Anyone | Self::Caller | Self::ReRegisteredName)
    }

    /// Whether nobody need be asked about once they get in: what the others could do, they can.
    pub(crate) const fn stands_for_all(self) -> bool {
        matches!(self, Self::Anyone)
    }

    /// Who that is, in words.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Anyone => "somebody with an account at the provider and no rights in yours",
            Self::ReRegisteredName => "whoever registers the name after it is given up, with ids of their own",
            Self::Caller => "somebody whose repository calls the reusable workflow",
            Self::AnyWriter => "whoever can push a branch to the repository",
            Self::OutsiderEvent => "whoever can start such a run from outside",
            Self::SiblingRepository => "whoever can write to another repository of yours",
            Self::SelfHostedRunner => "whoever controls a machine of yours that such jobs run on",
            Self::SshRerun => "whoever logs in to a job that was started again with SSH",
            Self::SpeculativeRun => "whoever proposes a change that is planned before anybody approves it",
            Self::DebugShell => "whoever opens a shell in a running job",
            Self::Named => "whoever the grant names",
        }
    }
}

/// What a token should get from a grant.
#[derive(Clone)]
pub(crate) struct Wanted {
    pub(crate) registry: String,
    pub(crate) action: Option<String>,
    /// The package or the service account.
    pub(crate) resource: String,
    /// Its version, where it matters.
    pub(crate) version: Option<String>,
    /// When.
    pub(crate) at: UnixTime,
}

/// What the evaluator says of a token.
pub(crate) enum Confirmed {
    /// The grant lets it in.
    Yes(Box<Witness>),
    /// It does not.
    No,
}

impl Wanted {
    /// The first thing that the grant lets do, preferably one that changes something; `None` where the grant has ended or names nothing.
    pub(crate) fn of(grant: &GrantFacts<'_>) -> Option<Self> {
        if grant.grant.expires_at().is_some_and(|expires_at| expires_at <= grant.cx.now.0) {
            return None;
        }
        let policy = grant.policy();
        let registry = grant.registry()?.name.clone();
        let resource = policy.names(grant.grant).next()?.to_owned();
        let action = match grant.grant.holder {
            Holder::Accounts => None,
            Holder::Packages => {
                let mut actions = policy.actions(grant.grant);
                let first = policy.actions(grant.grant).next()?;
                Some(actions.find(|action| !action.reads).unwrap_or(first).name.clone())
            }
        };
        Some(Self { registry, action, resource, version: None, at: grant.cx.now })
    }

    /// Asks the evaluator.
    pub(crate) fn confirm(&self, grant: &GrantFacts<'_>, token: token::Token, adversary: Adversary) -> Confirmed {
        let at = self.at;
        let resource = self.resource.as_str();
        let target = match &self.action {
            Some(action) => Target::Package { name: resource, version: self.version.as_deref(), action },
            None => Target::Account { name: resource },
        };
        let Ok(claims) = Claims::parse(&token.json) else { return Confirmed::No };
        let decision = grant.cx.evaluator().evaluate(&claims, &Request { registry: &self.registry, target }, at);
        let confirmed = decision.is_allow() && decision.allowed_by().iter().any(|allowed| allowed.grant == grant.id);
        if !confirmed {
            return Confirmed::No;
        }
        Confirmed::Yes(Box::new(Witness {
            adversary,
            highlights: token.highlights,
            claims: token.json,
            registry: self.registry.clone(),
            action: self.action.clone(),
            resource: self.resource.clone(),
            version: self.version.clone(),
            at,
        }))
    }
}
