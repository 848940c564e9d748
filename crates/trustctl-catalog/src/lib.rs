//! What is known of identity providers and registries, as data.
//!
//! A provider or a registry is one YAML file in `providers/` or `registries/`, with the source and the
//! date of each fact; this crate is their typed model and reads each when it is first asked for. It knows
//! nothing of trust files, tokens or patterns: a regular expression here is text that others compile. The format is
//! documented in `docs/catalogue-format.md`.

mod catalogue;
mod claim;
mod error;
pub mod model;
pub mod profile;
mod provider;
mod read;
mod registry;
mod template;

pub use catalogue::Catalogue;
pub use claim::{
    Around, AroundPart, Claim, ClaimType, Derivation, JoinPart, NameKind, Piece, Role, SetBy, Shape, TenantMark,
};
pub use error::CatalogueError;
pub use provider::{
    AudienceRule, Issuer, IssuerField, Lifetime, Missing, Provider, Requirement, SubjectForm, Tenants, Trap, TrapKind,
};
pub use registry::{Action, AudienceForm, Basis, NameRule, NormalForm, Registry, RegistryField};

/// A data file, as [`Catalogue::read`] takes it.
#[derive(Debug, Clone, Copy)]
pub struct DataFile<'a> {
    /// How errors name it: `providers/gitlab.yaml`. Its stem must be the `kind` that it defines.
    pub name: &'a str,
    /// Its content.
    pub text: &'a str,
}

mod bundle {
    include!(concat!(env!("OUT_DIR"), "/files.rs"));
}
