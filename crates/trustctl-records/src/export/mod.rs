//! From a trust file to a registry's own trust records.
//!
//! *effective grant → what it states → fields of a record* (`solve`) *→ the record, read as the registry reads it → what it
//! says* (`said`) *, compared with what was stated* (`compare`). Whatever the two do not say alike is told, with who lets in
//! more.

mod compare;
mod solve;
mod stated;
mod statements;
mod target;

use std::collections::BTreeMap;

use serde_json::Value as Json;
use trustctl_catalog::profile::{Combine, Direction, Publisher, StatementStyle};
use trustctl_catalog::{Catalogue, Provider as Entry};
use trustctl_diag::Place;
use trustctl_policy::{Grant, Holder, Policy};

use crate::said;
use crate::{Profile, Record, Settings};

/// What is exported, and how.
#[derive(Debug)]
pub struct Export<'e> {
    /// The registry.
    pub profile: &'e Profile,
    /// What the operator set.
    pub settings: &'e Settings,
    /// Only this package's records, without the member that names it where that is no part of the registry's own shape.
    pub package: Option<&'e str>,
    /// The kind of record, where a registry has several for the tokens of a provider.
    pub publisher: Option<&'e str>,
}

/// Records, and how they stand to the trust file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Exported {
    /// In the order of the grants.
    pub records: Vec<ExportedRecord>,
    /// What the records do not say of the grants, or say otherwise.
    pub warnings: Vec<ExportWarning>,
    /// Grants that answer for other registries.
    pub elsewhere: usize,
}

/// One record.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportedRecord {
    /// The package that it is for; `None` where a record names its packages or accounts itself, or is for none in particular.
    pub package: Option<String>,
    /// In the registry's own shape.
    pub written: Json,
    /// As the registry reads it.
    pub record: Record,
    /// The grant.
    pub grant: Place,
}

/// What records do not say of grants, or say otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportWarning {
    /// How the records stand to the trust file.
    pub is: Direction,
    /// What of the grant it is about, by the trust file's names: claims, `expires`, `actions`.
    pub claims: Vec<String>,
    /// In one sentence.
    pub about: String,
    /// Where the trust file says it.
    pub places: Vec<Place>,
}

/// Why a grant is no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportProblem {
    /// In one sentence.
    pub about: String,
    /// What to write.
    pub help: String,
    /// The grant.
    pub place: Place,
}

impl Export<'_> {
    /// The records that say what the policy's grants for this registry say.
    ///
    /// # Errors
    ///
    /// Every grant that no record can be made of.
    pub fn records(&self, catalogue: &Catalogue, policy: &Policy) -> Result<Exported, Vec<ExportProblem>> {
        let mut exported = Exported::default();
        let mut problems = Vec::new();
        for (_, grant) in policy.grants() {
            let is_ours = policy.registry(grant.registry).is_some_and(|one| one.kind == self.profile.registry);
            if !is_ours {
                exported.elsewhere += 1;
                continue;
            }
            if let Err(problem) = self.grant(catalogue, policy, grant, &mut exported) {
                problems.push(problem);
            }
        }
        self.join(&mut exported);
        self.only_one(&mut exported);
        if problems.is_empty() { Ok(exported) } else { Err(problems) }
    }

    /// The records of one grant: one a package, and one for each of several values that a field cannot hold together.
    fn grant(
        &self,
        catalogue: &Catalogue,
        policy: &Policy,
        grant: &Grant,
        exported: &mut Exported,
    ) -> Result<(), ExportProblem> {
        let names: Vec<&str> = policy.names(grant).collect();
        let names: Vec<&str> = match (self.package, grant.holder) {
            (Some(only), Holder::Packages) => names.into_iter().filter(|name| *name == only).collect(),
            _ => names,
        };
        if names.is_empty() {
            return Ok(());
        }
        let target = target::Target::of(self, catalogue, policy, grant)?;
        // A record for service accounts, or one that names its packages, holds all of them.
        let is_for_all = target.is_for_all_packages();
        let groups: Vec<Vec<&str>> = match grant.holder {
            Holder::Packages if !is_for_all => names.into_iter().map(|name| vec![name]).collect(),
            _ => vec![names],
        };
        if is_for_all {
            let about = format!("a policy of {} is for all packages of the registry", self.profile.title);
            let claims = vec!["packages".to_owned()];
            tell(exported, ExportWarning { is: Direction::Wider, claims, about, places: vec![grant.place] });
        }
        for names in groups {
            let package = (grant.holder == Holder::Packages).then(|| names.first().copied()).flatten();
            let stated = stated::of(policy, grant, package);
            for alternative in target.alternatives(&stated, grant.place)? {
                let made = target.record(policy, grant, &names, &alternative)?;
                for difference in made.differences {
                    tell(exported, difference);
                }
                exported.records.push(ExportedRecord {
                    package: package.filter(|_| !target.names_packages() && !is_for_all).map(str::to_owned),
                    written: made.written,
                    record: made.record,
                    grant: grant.place,
                });
            }
        }
        Ok(())
    }

    /// One policy of all statements, where a record is a list of them.
    fn join(&self, exported: &mut Exported) {
        let is_list = |publisher: &Publisher| publisher.statements == Some(StatementStyle::FirstMatches);
        let of_list = |one: &ExportedRecord| self.profile.publisher(&one.record.publisher).is_some_and(is_list);
        if exported.records.len() < 2 || !exported.records.iter().all(of_list) {
            return;
        }
        let statements: Vec<Json> = exported
            .records
            .iter()
            .filter_map(|one| Some(one.written.get("statements").or(Some(&one.written))?.as_array()?.clone()))
            .flatten()
            .collect();
        let places: Vec<Place> = exported.records.iter().map(|one| one.grant).collect();
        let written = Json::Array(statements);
        let Some(first) = exported.records.first().cloned() else { return };
        let Ok(record) = Record::read(self.profile, Some(&first.record.publisher), &written) else { return };
        exported.records = vec![ExportedRecord { written, record, ..first }];
        let about = format!(
            "of statements that a token matches, {} lets the first alone count: put those that give more first",
            self.profile.title
        );
        exported.warnings.push(ExportWarning { is: Direction::Narrower, claims: Vec::new(), about, places });
    }

    /// A registry that keeps one record for a package cannot keep two.
    fn only_one(&self, exported: &mut Exported) {
        if self.profile.combine != Combine::Only {
            return;
        }
        let mut kept: BTreeMap<(Option<&String>, Option<&String>), Vec<Place>> = BTreeMap::new();
        for one in &exported.records {
            let kind = Some(&one.record.publisher).filter(|_| self.profile.one_of_each);
            kept.entry((one.package.as_ref(), kind)).or_default().push(one.grant);
        }
        let several: Vec<_> = kept.into_iter().filter(|(_, places)| places.len() > 1).collect();
        let warnings: Vec<ExportWarning> = several
            .into_iter()
            .map(|((package, _), places)| {
                let whose = package.map_or("it".to_owned(), |package| format!("`{package}`"));
                let about = format!(
                    "{} keeps one record for a package, and these are {} for {whose}: choose which",
                    self.profile.title,
                    places.len()
                );
                ExportWarning { is: Direction::Narrower, claims: Vec::new(), about, places }
            })
            .collect();
        exported.warnings.extend(warnings);
    }
}

/// Says something once, of all the grants that it is about.
fn tell(exported: &mut Exported, warning: ExportWarning) {
    let same = |known: &&mut ExportWarning| known.is == warning.is && known.about == warning.about;
    match exported.warnings.iter_mut().find(same) {
        Some(known) => {
            for place in warning.places {
                if !known.places.contains(&place) {
                    known.places.push(place);
                }
            }
            for claim in warning.claims {
                if !known.claims.contains(&claim) {
                    known.claims.push(claim);
                }
            }
        }
        None => exported.warnings.push(warning),
    }
}

/// Where a record is for, and what its claims are.
struct Kind<'t> {
    profile: &'t Profile,
    publisher: &'t Publisher,
    entry: Option<&'t Entry>,
    settings: &'t Settings,
}

/// A record that was made of a grant.
struct Made {
    written: Json,
    record: Record,
    differences: Vec<ExportWarning>,
}

impl Kind<'_> {
    /// The ways in that a record is.
    fn clauses(&self, record: &Record) -> Vec<said::Clause> {
        said::said(self.profile, self.publisher, record, self.settings).clauses
    }
}
