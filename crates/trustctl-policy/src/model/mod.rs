//! The resolved policy: compact, read-only, complete.
//!
//! A policy may hold a million grants, so texts lie in one arena, conditions that many grants share
//! are stored once, and everything is an index into a list of [`Policy`].

mod between;
mod cut;
mod grammar;
mod grant;
mod matcher;
mod policy;
mod provider;
mod template;

pub use between::{Between, Misfit, MisfitAt};
pub use cut::{Cut, CutPart};
pub use grammar::{NameGrammar, NameProblem};
pub use grant::{Condition, ConditionId, Grant, GrantId, Holder, Origin};
pub use matcher::{Matcher, MatcherId, PatternId, Text};
pub(crate) use policy::Parts;
pub use policy::{Dialect, Policy, PolicyFile};
pub use provider::{
    Audience, Claim, ClaimId, ClaimSource, Issuer, IssuerId, JoinPart, Provider, ProviderId, Registry, RegistryAction,
    RegistryId,
};
pub(crate) use template::split_scope;
pub use template::{Template, TemplateId, TemplateMatch, TemplatePart};
