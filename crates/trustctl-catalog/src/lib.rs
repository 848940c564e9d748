//! What is known of identity providers and registries, as data.
//!
//! A provider or a registry is one YAML file in `providers/` or `registries/`, with the source and the
//! date of each fact; this crate is their typed model and reads them once. It knows nothing of trust
//! files, tokens or patterns: a regular expression here is text that others compile.

mod provider;
mod registry;

pub use provider::{
    AudienceRule, Claim, ClaimType, Derivation, Issuer, IssuerField, JoinPart, Lifetime, Missing, NameKind, Piece, Provider,
    Requirement, Role, SetBy, Shape, SubjectForm, TenantMark, Tenants,
};
pub use registry::{Action, AudienceForm, Basis, NameRule, NormalForm, Registry, RegistryField};

/// All providers and registries this version of trustctl knows.
#[derive(Debug)]
pub struct Catalogue {
    /// Changes whenever any data file does; decisions name it.
    pub version: String,
    /// By kind, sorted.
    pub providers: Vec<Provider>,
    /// By kind, sorted.
    pub registries: Vec<Registry>,
}
