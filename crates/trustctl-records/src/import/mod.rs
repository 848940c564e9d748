//! From a registry's own trust records to a trust file.
//!
//! *records → ways in* (`said`) *→ grants → text*, which is read again as any trust file is before it is given out: what
//! comes of an import loads, or there is none.

mod expiry;
mod head;
mod providers;
mod required;
mod text;
mod warnings;
mod yaml;

use std::collections::BTreeMap;

use trustctl_catalog::profile::Direction;
use trustctl_catalog::{Catalogue, Registry};
use trustctl_diag::{Diagnostic, FileId, Place};
use trustctl_policy::{NoIncludes, RootFile};

use crate::file::Written;
use crate::said::{self, Clause, Condition, Loss, Said};
use crate::{Profile, Settings};
use providers::Providers;
use warnings::Warnings;

/// What is imported, and what the records do not say of it.
#[derive(Debug)]
pub struct Import<'i> {
    /// The registry.
    pub profile: &'i Profile,
    /// What the operator set.
    pub settings: &'i Settings,
    /// What a trust file says of a registry of this kind and a record does not: `account`, `audience`.
    pub fields: &'i BTreeMap<String, String>,
    /// The packages of records that name none.
    pub packages: &'i [String],
}

/// A trust file, and how it stands to the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The trust file.
    pub text: String,
    /// Where it is wider or narrower than the registry.
    pub warnings: Vec<ImportWarning>,
}

/// What a trust file does not say of records, or says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportWarning {
    /// How the trust file stands to the registry.
    pub is: Direction,
    /// The claims that it is about.
    pub claims: Vec<String>,
    /// In one sentence.
    pub about: String,
    /// The records, by their places.
    pub records: Vec<Place>,
}

/// Why no trust file was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportError {
    /// The catalogue has no registry of that name.
    NoRegistry,
    /// A record does not say which package it is for, and nobody else does.
    NoPackage(Place),
    /// A trust file must say this of the registry: its name, what it is, and an example.
    NoField {
        /// `account`.
        name: String,
        /// What it is.
        about: String,
        /// A value that fits.
        example: String,
    },
    /// Something was said of the registry that a trust file does not say.
    UnknownField {
        /// What was said.
        name: String,
        /// What may be.
        known: Vec<String>,
    },
    /// Nothing of the records can be granted: the reasons.
    Nothing(Vec<ImportWarning>),
    /// What the records say is nothing that a trust file may say: the text, and what is wrong with it.
    Refused {
        /// The trust file that was not given out.
        text: String,
        /// Errors of the language, or why it would let strangers in.
        diagnostics: Vec<Diagnostic>,
    },
}

/// A grant in the making.
struct Grant<'r> {
    record: &'r Written,
    clause: Clause,
    packages: Vec<String>,
}

impl Import<'_> {
    /// A trust file that says what the records say.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn trust_file(&self, catalogue: &Catalogue, records: &[Written]) -> Result<Imported, ImportError> {
        let registry = catalogue.registry(&self.profile.registry).ok_or(ImportError::NoRegistry)?;
        let mut warnings = Warnings::default();
        let mut grants = Vec::new();
        for record in records {
            grants.extend(self.grants_of(registry, record, &mut warnings)?);
        }
        if grants.is_empty() {
            return Err(ImportError::Nothing(warnings.into_list()));
        }
        for grant in &mut grants {
            let more = head::audience_losses(self, catalogue, registry, grant);
            grant.clause.losses.extend(more);
            grant.clause.losses.extend(expiry::loss(self.profile, &grant.clause));
            let required = required::of(catalogue, registry, &grant.clause.issuer);
            grant.clause.conditions.retain(|condition| !required.iter().any(|one| one.says(condition)));
        }
        self.leave_out(catalogue, registry, &mut grants, &mut warnings);
        if grants.is_empty() {
            return Err(ImportError::Nothing(warnings.into_list()));
        }
        for grant in &grants {
            for loss in &grant.clause.losses {
                warnings.add(loss, grant.record.place);
            }
        }
        let text = self.text(catalogue, registry, &grants, warnings.list())?;
        check(catalogue, &text).map_err(|diagnostics| ImportError::Refused { text: text.clone(), diagnostics })?;
        Ok(Imported { text, warnings: warnings.into_list() })
    }

    fn text(
        &self,
        catalogue: &Catalogue,
        registry: &Registry,
        grants: &[Grant<'_>],
        warnings: &[ImportWarning],
    ) -> Result<String, ImportError> {
        let providers = Providers::of(catalogue, grants.iter().map(|grant| &grant.clause));
        let head = head::head(self, catalogue, registry, &providers)?;
        Ok(text::write(self.profile, &head, &providers, grants, warnings))
    }

    /// Takes out what no trust file may say: statements, each of which stands for itself, and records that ask nothing.
    fn leave_out(
        &self,
        catalogue: &Catalogue,
        registry: &Registry,
        grants: &mut Vec<Grant<'_>>,
        warnings: &mut Warnings,
    ) {
        grants.retain(|grant| {
            let mut leave = |about: String| {
                let loss = Loss { is: Direction::Narrower, claims: Vec::new(), about };
                warnings.add(&loss, grant.record.place);
                false
            };
            if grant.clause.conditions.is_empty() {
                return leave(
                    "a record asks nothing of any claim, and would let everybody in; no grant is written for it"
                        .to_owned(),
                );
            }
            let publisher = self.profile.publisher(&grant.record.record.publisher);
            if publisher.is_none_or(|publisher| publisher.statements.is_none()) {
                return true;
            }
            let Ok(text) = self.text(catalogue, registry, std::slice::from_ref(grant), &[]) else { return true };
            let Err(diagnostics) = check(catalogue, &text) else { return true };
            let reason = diagnostics.first().map(|diagnostic| diagnostic.message.as_str()).unwrap_or_default();
            leave(format!("no trust file may say what a statement says: {reason}; no grant is written for it"))
        });
    }

    /// The grants that a record is.
    fn grants_of<'r>(
        &self,
        registry: &Registry,
        record: &'r Written,
        warnings: &mut Warnings,
    ) -> Result<Vec<Grant<'r>>, ImportError> {
        let Some(publisher) = self.profile.publisher(&record.record.publisher) else { return Ok(Vec::new()) };
        let Said { clauses, left_out } = said::said(self.profile, publisher, &record.record, self.settings);
        for loss in &left_out {
            warnings.add(loss, record.place);
        }
        let mut grants = Vec::new();
        for mut clause in clauses {
            let main = || registry.actions.first().map(|action| action.name.clone()).into_iter().collect();
            let actions = clause.given.actions.get_or_insert_with(main);
            if clause.given.accounts.as_ref().map_or(actions.is_empty(), Vec::is_empty) {
                let title = &self.profile.title;
                let about = format!("{title} gives nothing that a trust file has a word for; no grant is written");
                warnings.add(&Loss { is: Direction::Narrower, claims: Vec::new(), about }, record.place);
                continue;
            }
            let packages = match &clause.given.accounts {
                Some(_) => Vec::new(),
                None => self.packages(record, &clause)?,
            };
            // One tag may not stand for two packages of one grant.
            if clause.conditions.iter().any(Condition::is_template) {
                let each = packages.into_iter().map(|package| vec![package]);
                grants.extend(each.map(|packages| Grant { record, clause: clause.clone(), packages }));
            } else {
                grants.push(Grant { record, clause, packages });
            }
        }
        Ok(grants)
    }

    fn packages(&self, record: &Written, clause: &Clause) -> Result<Vec<String>, ImportError> {
        let named = [&clause.given.packages, &record.packages].into_iter().find(|names| !names.is_empty());
        let packages = named.map_or(self.packages, Vec::as_slice);
        if packages.is_empty() { Err(ImportError::NoPackage(record.place)) } else { Ok(packages.to_vec()) }
    }
}

/// Reads what was written as any trust file is read: it must load for deciding.
fn check(catalogue: &Catalogue, text: &str) -> Result<(), Vec<Diagnostic>> {
    let root = RootFile { file: FileId(0), name: "", text };
    let reading = trustctl_policy::read(catalogue, root, &mut NoIncludes);
    let refused = reading.policy.map_or(reading.diagnostics, |policy| policy.refusals().to_vec());
    if refused.is_empty() { Ok(()) } else { Err(refused) }
}
