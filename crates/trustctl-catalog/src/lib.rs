//! What is known of identity providers and registries, as data.
//!
//! A provider or a registry is one YAML file in `providers/` or `registries/`, with the source and the
//! date of each fact; this crate is their typed model and reads them once. It knows nothing of trust
//! files, tokens or patterns: a regular expression here is text that others compile. The format is
//! documented in `docs/catalogue-format.md`.

use std::sync::OnceLock;

mod claim;
mod error;
pub mod profile;
mod provider;
mod read;
mod registry;
mod template;

pub use claim::{Claim, ClaimType, Derivation, JoinPart, NameKind, Piece, Role, SetBy, Shape, TenantMark};
pub use error::CatalogueError;
pub use provider::{
    AudienceRule, Issuer, IssuerField, Lifetime, Missing, Provider, Requirement, SubjectForm, Tenants, Trap, TrapKind,
};
pub use registry::{Action, AudienceForm, Basis, NameRule, NormalForm, Registry, RegistryField};

/// All providers and registries this version of trustctl knows.
#[derive(Debug)]
pub struct Catalogue {
    /// Changes whenever any data file does; decisions name it: `2026.11-0123abcd`, the month in which a fact was
    /// last checked and a digest of all files and of this crate's version.
    pub version: String,
    /// By kind, sorted.
    pub providers: Vec<Provider>,
    /// By kind, sorted.
    pub registries: Vec<Registry>,
}

impl Catalogue {
    /// The catalogue that is built in, read once.
    ///
    /// # Errors
    ///
    /// A data file that does not fit the format; the tests of this crate prove that none is built in.
    pub fn bundled() -> Result<&'static Self, CatalogueError> {
        static BUNDLED: OnceLock<Result<Catalogue, CatalogueError>> = OnceLock::new();
        BUNDLED.get_or_init(|| Self::read(bundle::PROVIDERS, bundle::REGISTRIES)).as_ref().map_err(Clone::clone)
    }

    /// A catalogue from the texts of its files, in any order.
    ///
    /// # Errors
    ///
    /// The first file that does not fit the format, with the field or the line.
    pub fn read(providers: &[DataFile<'_>], registries: &[DataFile<'_>]) -> Result<Self, CatalogueError> {
        read::catalogue(providers, registries)
    }

    /// The provider a trust file calls `kind`.
    pub fn provider(&self, kind: &str) -> Option<&Provider> {
        let at = self.providers.binary_search_by(|provider| provider.kind.as_str().cmp(kind)).ok()?;
        self.providers.get(at)
    }

    /// The form without fields whose issuer is exactly `issuer`, with its provider. No other entry, and no filled-in
    /// template, may be taken for it: `https://accounts.google.com` is no GitLab host.
    pub fn fixed_issuer(&self, issuer: &str) -> Option<(&Provider, &Issuer)> {
        let mut forms =
            self.providers.iter().flat_map(|provider| provider.issuers.iter().map(move |form| (provider, form)));
        forms.find(|(_, form)| form.fields.is_empty() && form.template == issuer)
    }

    /// The registry a trust file calls `kind`.
    pub fn registry(&self, kind: &str) -> Option<&Registry> {
        let at = self.registries.binary_search_by(|registry| registry.kind.as_str().cmp(kind)).ok()?;
        self.registries.get(at)
    }
}

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
