//! The written form of `registries/*.yaml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::provider::WrittenRequirement;
use super::{Head, Place, parse};
use crate::{
    Action, AudienceForm, Basis, CatalogueError, DataFile, NameRule, NormalForm, Registry, RegistryField, Requirement,
    template,
};

/// Reads one file.
pub(crate) fn read(file: &DataFile<'_>) -> Result<Registry, CatalogueError> {
    let (written, place) = parse::<Written>(file)?;
    written.into_registry(&place)
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Written {
    kind: String,
    title: String,
    about: String,
    #[serde(default)]
    fields: BTreeMap<String, WrittenField>,
    audience: WrittenAudience,
    packages: Option<WrittenNames>,
    versions: Option<WrittenNames>,
    accounts: Option<WrittenNames>,
    actions: Vec<WrittenAction>,
    #[serde(default)]
    package_globs: bool,
    #[serde(default)]
    requires: BTreeMap<String, Vec<WrittenRequirement>>,
    #[serde(default)]
    notes: Vec<String>,
    basis: Basis,
    sources: Vec<String>,
    checked: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenField {
    pattern: String,
    about: String,
    example: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum WrittenAudience {
    Fixed(String),
    Default(String),
    Given,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenNames {
    pattern: String,
    longest: usize,
    normal_form: WrittenNormalForm,
    about: String,
    example: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WrittenNormalForm {
    Exact,
    Lower,
    #[serde(rename = "pep503")]
    Pep503,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenAction {
    name: String,
    about: String,
    #[serde(default)]
    reads: bool,
}

impl Written {
    fn into_registry(self, place: &Place<'_>) -> Result<Registry, CatalogueError> {
        place.check_head(&Head {
            key: "kind",
            kind: &self.kind,
            title: &self.title,
            about: &self.about,
            sources: &self.sources,
            checked: &self.checked,
        })?;
        place.check(!self.actions.is_empty(), "actions", || "the first is the main one, and there is none".into())?;
        for (at, action) in self.actions.iter().enumerate() {
            let twice = self.actions.iter().take(at).any(|other| other.name == action.name);
            place.check(!twice, "actions", || format!("`{}` stands there twice", action.name))?;
        }
        if let WrittenAudience::Default(audience) | WrittenAudience::Fixed(audience) = &self.audience {
            for name in template::names(audience).map_err(|problem| place.error("audience", problem))? {
                place.check(self.fields.contains_key(name), "audience", || format!("`{name}` is none of `fields`"))?;
            }
        }
        for (part, rule) in [("packages", &self.packages), ("versions", &self.versions), ("accounts", &self.accounts)] {
            if let Some(rule) = rule {
                place.check(rule.example.len() <= rule.longest, part, || format!("`{}` is too long", rule.example))?;
                let normal = NormalForm::from(&rule.normal_form).apply(&rule.example) == rule.example;
                place.check(normal, part, || format!("`{}` is not in normal form", rule.example))?;
            }
        }
        let mut requires = BTreeMap::new();
        for (provider, written) in self.requires {
            let list: Result<Vec<Requirement>, _> =
                written.into_iter().map(|one| one.into_requirement(place, &format!("requires.{provider}"))).collect();
            requires.insert(provider, list?);
        }
        Ok(Registry {
            kind: self.kind,
            title: self.title,
            about: self.about,
            fields: self
                .fields
                .into_iter()
                .map(|(name, field)| {
                    (name, RegistryField { pattern: field.pattern, about: field.about, example: field.example })
                })
                .collect(),
            audience: match self.audience {
                WrittenAudience::Fixed(audience) => AudienceForm::Fixed(audience),
                WrittenAudience::Default(audience) => AudienceForm::Default(audience),
                WrittenAudience::Given => AudienceForm::Given,
            },
            packages: self.packages.map(Into::into),
            versions: self.versions.map(Into::into),
            accounts: self.accounts.map(Into::into),
            actions: self
                .actions
                .into_iter()
                .map(|action| Action { name: action.name, about: action.about, reads: action.reads })
                .collect(),
            package_globs: self.package_globs,
            requires,
            notes: self.notes,
            basis: self.basis,
            sources: self.sources,
            checked: self.checked,
        })
    }
}

impl From<WrittenNames> for NameRule {
    fn from(written: WrittenNames) -> Self {
        Self {
            normal_form: NormalForm::from(&written.normal_form),
            pattern: written.pattern,
            longest: written.longest,
            about: written.about,
            example: written.example,
        }
    }
}

impl From<&WrittenNormalForm> for NormalForm {
    fn from(written: &WrittenNormalForm) -> Self {
        match written {
            WrittenNormalForm::Exact => Self::Exact,
            WrittenNormalForm::Lower => Self::Lower,
            WrittenNormalForm::Pep503 => Self::Pep503,
        }
    }
}
