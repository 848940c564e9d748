//! Names that templates and steps may use.

use std::collections::BTreeSet;

use super::Checked;
use crate::CatalogueError;
use crate::profile::{Profile, TemplateText};
use crate::read::Place;
use crate::read::words::listed;

/// What there is to be named.
pub(super) struct Names<'a> {
    pub(super) profile: &'a Profile,
    /// Fields, and computed values where they may be named.
    pub(super) fields: BTreeSet<&'a str>,
}

impl Names<'_> {
    /// A template names only what there is.
    pub(super) fn check(&self, place: &Place<'_>, at: &str, template: &TemplateText) -> Checked {
        template.fields().try_for_each(|field| self.check_field(place, at, field))?;
        template.settings().try_for_each(|setting| self.check_setting(place, at, setting))
    }

    /// It is a field or a computed value.
    pub(super) fn check_field(&self, place: &Place<'_>, at: &str, name: &str) -> Checked {
        if self.fields.contains(name) { Ok(()) } else { Err(self.unknown(place, at, name)) }
    }

    /// It is a setting.
    pub(super) fn check_setting(&self, place: &Place<'_>, at: &str, name: &str) -> Checked {
        let settings = &self.profile.settings;
        place.check(settings.contains_key(name), at, || match settings.len() {
            0 => format!("`{name}` is no setting; there are none"),
            _ => format!("`{name}` is no setting; there are {}", listed(settings.keys())),
        })
    }

    /// The error of a name that is no field.
    pub(super) fn unknown(&self, place: &Place<'_>, at: &str, name: &str) -> CatalogueError {
        place.error(at, format!("`{name}` is no field and no computed value; there are {}", listed(&self.fields)))
    }
}
