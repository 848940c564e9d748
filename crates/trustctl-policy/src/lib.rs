//! The trust language: from YAML text to effective grants.
//!
//! *text → spanned tree* (`syntax`) *→ resolved policy* (`resolve`) *→* [`Policy`], which everything above reads:
//! the evaluator decides by it, the linter walks it, the prover runs its compiled patterns. Reading is
//! total: any input ends in a policy or in diagnostics that point at the place and say how to mend it.

pub mod codes;
mod known;
mod model;
mod resolve;
mod syntax;

pub use model::{
    Audience, Between, Claim, ClaimId, ClaimSource, Condition, ConditionId, Cut, CutPart, Dialect, Grant, GrantId,
    Holder, Issuer, IssuerId, JoinPart, Matcher, MatcherId, Misfit, MisfitAt, NameGrammar, NameProblem, Origin,
    PatternId, Policy, PolicyFile, Provider, ProviderId, Registry, RegistryAction, RegistryId, Template, TemplateId,
    TemplateMatch, TemplatePart, Text,
};
pub use resolve::{IncludedFile, Includes, NoIncludes, Reading, RootFile, read, read_text};
pub use trustctl_catalog::{ClaimType, NameKind, Role, SetBy, Tenants};
pub use trustctl_diag::{Diagnostic, FileId, Place, Span};
