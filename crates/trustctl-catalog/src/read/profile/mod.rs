//! The written form of `profiles/*.yaml` is its model; what serde cannot see is checked here.

mod envelope;
mod field;
mod meaning;
mod names;
mod rule;

use std::collections::BTreeSet;

use self::names::Names;
use super::{Head, Place, is_name, parse};
use crate::profile::{Combine, Field, Profile, Publisher};
use crate::{CatalogueError, DataFile};

type Checked = Result<(), CatalogueError>;

/// Reads one file.
pub(crate) fn read(file: &DataFile<'_>) -> Result<Profile, CatalogueError> {
    let (profile, place) = parse::<Profile>(file)?;
    place.check_head(&Head {
        key: "registry",
        kind: &profile.registry,
        title: &profile.title,
        about: &profile.about,
        sources: &profile.sources,
        checked: &profile.checked,
    })?;
    place.check(!profile.publishers.is_empty(), "publishers", || "has no kind of record".into())?;
    let is_beside = profile.names_package.as_ref().is_none_or(|name| profile.beside.contains(name));
    place.check(is_beside, "names-package", || "is one of the members that `beside` lists".into())?;
    envelope::check_audience(&place, "envelope", &profile.envelope, &profile)?;
    for (name, publisher) in &profile.publishers {
        place.check(is_name(name), "publishers", || format!("`{name}` is not lower case words joined by `-`"))?;
        let at = format!("publishers.{name}");
        Kind { place: &place, at, profile: &profile, publisher }.check()?;
    }
    place.check(!profile.one_of_each || profile.combine == Combine::Only, "one-of-each", || {
        "goes with `combine: only`".into()
    })?;
    if let Combine::Prefer(field) = &profile.combine {
        // A kind of record without the field has nothing to prefer.
        let somewhere = profile.publishers.values().any(|publisher| publisher.field(field).is_some());
        place.check(somewhere, "combine", || format!("`{field}` is no field of any record"))?;
    }
    Ok(profile)
}

/// One kind of record that is checked.
struct Kind<'a> {
    place: &'a Place<'a>,
    /// The way to it: `publishers.github`.
    at: String,
    profile: &'a Profile,
    publisher: &'a Publisher,
}

impl<'a> Kind<'a> {
    /// The error that something stands wrong in a part of it, unless `holds`.
    fn expect(&self, holds: bool, part: &str, problem: impl FnOnce() -> String) -> Checked {
        self.place.check(holds, &format!("{}.{part}", self.at), problem)
    }

    /// The field of this name, which `wanted` may ask more of.
    fn field(
        &self,
        part: &str,
        name: &str,
        wanted: &str,
        fits: impl Fn(&Field) -> bool,
    ) -> Result<&'a Field, CatalogueError> {
        match self.publisher.field(name) {
            Some(field) if fits(field) => Ok(field),
            Some(_) => Err(self.place.error(format!("{}.{part}", self.at), format!("`{name}` is no {wanted}"))),
            None => Err(self.names_of_fields().unknown(self.place, &format!("{}.{part}", self.at), name)),
        }
    }

    fn names_of_fields(&self) -> Names<'a> {
        Names { profile: self.profile, fields: self.publisher.fields.iter().map(|field| &*field.name).collect() }
    }

    fn check(&self) -> Checked {
        let publisher = self.publisher;
        let issuers = [
            !publisher.issuers.is_empty(),
            publisher.issuer_pattern.is_some(),
            publisher.issuer_field.is_some() && publisher.issuers.is_empty(),
        ];
        self.expect(issuers.iter().filter(|said| **said).count() == 1, "issuers", || {
            "one of `issuers`, `issuer-pattern` and `issuer-field` says whose tokens are meant".into()
        })?;
        self.expect(publisher.told_by.keys().all(|at| at.starts_with('/')), "told-by", || {
            "names members by JSON Pointers, which begin with `/`".into()
        })?;
        self.expect(!publisher.rule.is_empty() || publisher.statements.is_some(), "rule", || {
            "`rule`, `statements` or both say how a record decides".into()
        })?;
        self.check_fields()?;
        self.check_statements()?;
        self.check_envelope()?;
        let names = self.check_computed()?;
        if let Some(field) = &publisher.issuer_field {
            self.field("issuer-field", field, "field", |_| true)?;
        }
        if let Some(field) = &publisher.prefers {
            self.field("prefers", field, "field", |_| true)?;
            let preferring = matches!(self.profile.combine, Combine::Prefer(_));
            self.expect(preferring, "prefers", || "goes with `combine: { prefer: … }` alone".into())?;
        }
        self.check_record_rules(&names)?;
        self.check_rule(&names)?;
        self.check_cares(&names)?;
        self.check_meaning(&names)
    }

    /// Values that are put together of fields; the names of those and of fields.
    fn check_computed(&self) -> Result<Names<'a>, CatalogueError> {
        let own = self.names_of_fields();
        let mut all: BTreeSet<&str> = own.fields.clone();
        for (computed, templates) in &self.publisher.computed {
            let at = format!("{}.computed", self.at);
            self.expect(!templates.is_empty(), "computed", || format!("`{computed}` is made of nothing"))?;
            templates.iter().try_for_each(|template| own.check(self.place, &at, template))?;
            self.expect(all.insert(computed), "computed", || format!("`{computed}` is a field"))?;
        }
        Ok(Names { profile: self.profile, fields: all })
    }
}
