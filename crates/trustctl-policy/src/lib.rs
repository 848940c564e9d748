//! The trust language: from YAML text to effective grants.
//!
//! *text → spanned tree* (`syntax`) *→ parsed files* (`parse`) *→ resolved policy* (`resolve`), all of it in
//! [`Policy`], which everything above reads: the evaluator decides by it, the linter walks it, the prover
//! runs its compiled patterns. Reading is total: any input ends in a policy or in diagnostics that
//! point at the place and say how to mend it.

mod model;
mod syntax;

pub use model::{
    Audience, Claim, ClaimId, ClaimSource, Condition, ConditionId, Cut, Dialect, Grant, GrantId, Holder, Issuer, IssuerId, JoinPart,
    Matcher, MatcherId, NameGrammar, NameProblem, Origin, PatternId, Policy, PolicyFile, Provider, ProviderId, Registry,
    RegistryAction, RegistryId, Template, TemplateId, TemplateMatch, TemplatePart, Text,
};
