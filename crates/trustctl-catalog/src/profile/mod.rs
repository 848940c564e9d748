//! The typed model of `profiles/*.yaml`: what a registry does with its own trust records.
//!
//! A registry's trusted publishing is data: how a token's envelope is judged, which fields a record has and which
//! values the registry takes, the decision rule step by step in the registry's own order, how several records
//! combine, and what the caller is told. `trustctl-records` runs it. The format is documented in
//! `docs/profile-format.md`.

mod care;
mod envelope;
mod field;
mod meaning;
mod rule;
mod step;
mod template;
mod written;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::{Basis, CatalogueError, DataFile, bundle, read};

pub use care::Care;
pub use envelope::{AudienceCheck, Envelope, EnvelopeParts, Replay, ReplayScope, WhenIssued};
pub use field::{Blank, Field, FieldRule, FieldType, Normal, RecordRule, Words};
pub use meaning::{ActionField, Direction, Gives, Loss, Meaning, Sense};
pub use rule::{Case, Combine, Disclosure, StatementStyle, Teller};
pub use step::{Lock, Operation, Side, Stage, Step};
pub use template::{Hole, Part, Take, TemplateText};

/// What one registry does with its trust records and a token.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Profile {
    /// The name after `--as`, and the file's name: `pypi`.
    pub registry: String,
    /// The registry's own name.
    pub title: String,
    /// One or two sentences: what a record is there.
    pub about: String,
    /// How a token is judged before any record is looked at.
    pub envelope: Envelope,
    /// Values that the registry's operator sets, with their defaults; templates name them `{setting.NAME}`.
    #[serde(default)]
    pub settings: BTreeMap<String, Setting>,
    /// The kinds of record, by name: `github`, `gitlab`.
    pub publishers: BTreeMap<String, Publisher>,
    /// Members of a record file that are no fields and say nothing of the decision: what a record is for, and when it was made.
    /// One further in stands with its whole way, as a JSON Pointer.
    #[serde(default)]
    pub beside: Vec<String>,
    /// The one of them that names the package that a record is for: `crate`. A record file may name it by `package` or
    /// `packages` as well.
    #[serde(default)]
    pub names_package: Option<String>,
    /// Which record decides where several hold.
    pub combine: Combine,
    /// Where there is only one, whether that is one of each kind.
    #[serde(default)]
    pub one_of_each: bool,
    /// What a caller who is refused learns.
    pub discloses: Disclosure,
    /// Members of the exchange's request body, each a non-empty string; `None` where there is no exchange, or its body is not known.
    #[serde(default)]
    pub exchange_body: Option<Vec<String>>,
    /// Facts a reader should know that are no step.
    #[serde(default)]
    pub notes: Vec<String>,
    /// How all this is known.
    pub basis: Basis,
    /// Pages and commits the facts are from.
    pub sources: Vec<String>,
    /// When they were last compared: `2026-11-20`.
    pub checked: String,
}

/// A value that the registry's operator sets.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Setting {
    /// What it is.
    pub about: String,
    /// Its values where nobody says otherwise: none, one or several texts.
    #[serde(default)]
    pub default: Vec<String>,
}

/// One kind of record: for one identity provider, usually.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Publisher {
    /// In words: `GitHub Actions`.
    pub title: String,
    /// The catalogue's provider, whose claims the rule reads; `None` where the record names an issuer itself.
    #[serde(default)]
    pub provider: Option<String>,
    /// What `iss` must be, exactly: one of these.
    #[serde(default)]
    pub issuers: Vec<String>,
    /// Or a regular expression of the whole issuer.
    #[serde(default)]
    pub issuer_pattern: Option<String>,
    /// Or the record's field that says it.
    #[serde(default)]
    pub issuer_field: Option<String>,
    /// The member that tells this kind from the others in a record file, as a JSON Pointer, with its value: `/type: github`.
    #[serde(default)]
    pub told_by: BTreeMap<String, String>,
    /// What of the envelope differs for this kind.
    #[serde(default)]
    pub envelope: Option<EnvelopeParts>,
    /// The record's fields, in the order a form shows them.
    pub fields: Vec<Field>,
    /// What must hold between fields.
    #[serde(default)]
    pub record_rules: Vec<RecordRule>,
    /// Values put together from fields, for the rule's templates: the first template whose fields are all set.
    #[serde(default)]
    pub computed: BTreeMap<String, Vec<TemplateText>>,
    /// The decision rule, in the registry's order. Where the record is a list of statements, what must hold before them.
    #[serde(default)]
    pub rule: Vec<Step>,
    /// What is not known and bears upon a decision.
    #[serde(default)]
    pub cares: Vec<Care>,
    /// The field that the profile's `combine: { prefer: … }` goes by here, where it is another.
    #[serde(default)]
    pub prefers: Option<String>,
    /// How a record that is a list of statements decides.
    #[serde(default)]
    pub statements: Option<StatementStyle>,
    /// What a statement may grant, where the style has scopes of each statement's own.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Claims that the registry knows and does not look at; others that neither the envelope nor the rule names are reported to its operators.
    #[serde(default)]
    pub ignores: Vec<String>,
    /// Prefixes of families of claims it knows.
    #[serde(default)]
    pub families: Vec<String>,
    /// Whether the registry writes to the owners when the record names no environment and the token does.
    #[serde(default)]
    pub suggests_environment: bool,
    /// What a record means in the trust language, for import and export.
    #[serde(default)]
    pub means: Vec<Meaning>,
    /// What that leaves out, or says otherwise.
    #[serde(default)]
    pub loses: Vec<Loss>,
    /// What the record lets its holder do, and to what; without it the registry's main action, to what stands beside it.
    #[serde(default)]
    pub gives: Gives,
    /// The fields of the provider's issuer template, where a record says which of the provider's issuers it means.
    #[serde(default)]
    pub issuer_fields: BTreeMap<String, TemplateText>,
}

impl Publisher {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Profile {
    /// The kind of record of that name.
    pub fn publisher(&self, name: &str) -> Option<&Publisher> {
        self.publishers.get(name)
    }

    /// The names of all profiles that are built in, sorted: what may stand after `--as`.
    pub fn names() -> impl Iterator<Item = &'static str> {
        bundle::PROFILES.iter().filter_map(|file| stem(file.name))
    }

    /// The profile of that name, read at its first use: a command that asks about one registry reads one file.
    ///
    /// # Errors
    ///
    /// A data file that does not fit the format; the tests of this crate prove that none is built in.
    pub fn bundled(name: &str) -> Result<Option<&'static Self>, CatalogueError> {
        static READ: [OnceLock<Result<Profile, CatalogueError>>; bundle::PROFILES.len()] =
            [const { OnceLock::new() }; bundle::PROFILES.len()];
        let mut files = bundle::PROFILES.iter().zip(&READ);
        let Some((file, slot)) = files.find(|(file, _)| stem(file.name) == Some(name)) else { return Ok(None) };
        slot.get_or_init(|| read::profile::read(file)).as_ref().map(Some).map_err(Clone::clone)
    }

    /// A profile from the text of its file.
    ///
    /// # Errors
    ///
    /// What does not fit the format, with the field or the line.
    pub fn read(file: &DataFile<'_>) -> Result<Self, CatalogueError> {
        read::profile::read(file)
    }
}

fn stem(name: &str) -> Option<&str> {
    name.rsplit('/').next()?.strip_suffix(".yaml")
}
