//! What a registry embeds: load a policy, verify a token, decide.
//!
//! *text → [`Policy`]* once; *token → [`Verified`]* by a [`Verifier`] that the policy configures; *both, a
//! [`Request`] and a time → [`Decision`]*. There is one way from a token to a yes: [`decide`] takes nothing but
//! [`Verified`], and nothing but verification makes one. No I/O, no clock, no environment: where keys come
//! from and what time it is are the caller's to say. `examples/registry.rs` is the whole of it in 80 lines.

mod decide;
mod error;
mod issuers;
mod policy;

pub use decide::{Simulation, decide, simulate};
pub use error::{PolicyError, PolicyProblem, VerifierError};
pub use issuers::issuer_rules;
pub use policy::Policy;

pub use trustctl_claims::{Claims, ClaimsError, UnixTime, Value};
pub use trustctl_eval::{
    Allowed, BadRequest, Beside, Binding, Decision, DenyReason, Effect, GrantTrace, Line, Mend, Near, NearKind,
    Request, Shown, Status, Target, Trace, What,
};
pub use trustctl_policy::{FileId, IncludedFile, Includes, NoIncludes, RootFile};
pub use trustctl_token::{
    Algorithm, IssuerRules, KeySet, KeySetError, Leeway, RulesError, TokenBuffer, TokenError, Unverified, Verified,
    Verifier,
};
