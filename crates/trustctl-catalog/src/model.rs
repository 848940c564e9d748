//! The typed model of `models/*.yaml`: how a provider's tokens come about, for proofs.
//!
//! A provider's claims are put together of few free parts. The file names those parts (*variables*), what every token
//! has (*claims*), where a job, its trigger or a setting can go one way or the other (*dimensions*), and who could
//! hold a token (*adversaries*). The format is documented in `docs/catalogue-format.md`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::{CatalogueError, DataFile, bundle, read};

/// How the tokens of one provider come about.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Model {
    /// The provider's kind, and the file's name.
    pub provider: String,
    /// One or two sentences.
    pub about: String,
    /// The free parts, in the order in which a witness chooses their values.
    pub variables: Vec<ModelVariable>,
    /// What every token has: claims and their templates over variables and parts.
    #[serde(default)]
    pub claims: ModelClaims,
    /// Where tokens differ. A token has one alternative of each.
    #[serde(default)]
    pub dimensions: Vec<Dimension>,
    /// Claims that at least some shapes say nothing of, so that nobody takes them for forgotten.
    #[serde(default)]
    pub free: Vec<String>,
    /// Who could hold a token that should not get in, the strongest first.
    pub adversaries: Vec<ModelAdversary>,
    /// Tokens that no shape generates, a sentence each: proofs do not cover them.
    #[serde(default)]
    pub leaves_out: Vec<String>,
    /// Pages the facts are from.
    pub sources: Vec<String>,
    /// When they were last compared.
    pub checked: String,
}

/// Claims with the template of their value, `None` where the token lacks them.
///
/// A claim that neither the model nor a chosen alternative has is free: any value that the provider lets through, and absent if
/// it is optional.
pub type ModelClaims = BTreeMap<String, Option<String>>;

/// A free part of claims.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ModelVariable {
    /// What templates call it.
    pub name: String,
    /// One line.
    pub about: String,
    /// Regular expression of all its values.
    pub values: String,
    /// What a witness shows where nothing else is asked for.
    pub own: String,
    /// What a witness shows where the adversary has a value of their own.
    #[serde(default)]
    pub fresh: Option<String>,
    /// A form of the issuer, as `https://{}`: where the policy's issuer is of it, what stands for `{}` is the only value.
    #[serde(default)]
    pub issuer: Option<String>,
    /// The list claim each of whose elements is a value of it. Such a variable stands in no template.
    #[serde(default)]
    pub element_of: Option<String>,
}

/// A choice that a token shows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Dimension {
    /// Its name.
    pub name: String,
    /// One line.
    pub about: String,
    /// The ways it can go, the most usual first.
    pub alternatives: Vec<Alternative>,
}

/// One way a dimension can go.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Alternative {
    /// Its name.
    pub name: String,
    /// One line.
    pub about: String,
    /// Stretches of templates by name; those of a later dimension replace those of an earlier one.
    #[serde(default)]
    pub parts: BTreeMap<String, String>,
    /// Claims that such tokens have, or lack; likewise.
    #[serde(default)]
    pub claims: ModelClaims,
    /// Variables that have one of few values.
    #[serde(default)]
    pub only: BTreeMap<String, Vec<String>>,
    /// Where there are such tokens; everywhere if it does not say.
    #[serde(default)]
    pub hosts: Option<Hosts>,
    /// A claim that somebody has put together of parts of their choice.
    #[serde(default)]
    pub customised: Option<Customised>,
}

/// Whose hosts an issuer is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hosts {
    /// The provider's own.
    Own,
    /// Servers that others run and update.
    Others,
}

/// A claim that is any row of these parts, each at most once, with a text between them: GitHub's customised subjects.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Customised {
    /// The claim.
    pub claim: String,
    /// What stands between two parts.
    pub between: String,
    /// The parts' templates, by the names that the setting gives them.
    pub keys: BTreeMap<String, String>,
}

/// Who could hold a token.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ModelAdversary {
    /// The word for them: `any-writer`.
    pub who: String,
    /// They belong to another tenant, and have no token where the issuer is of one tenant alone.
    #[serde(default)]
    pub stranger: bool,
    /// Only asked about where the policy names a value for one of these.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Variables whose values the policy does not name.
    #[serde(default)]
    pub fresh: Vec<String>,
    /// Variables whose values are those that the policy names, where it names any.
    #[serde(default)]
    pub named: Vec<String>,
    /// Variables whose values the policy does not name, where the token has them at all.
    #[serde(default)]
    pub unnamed: Vec<String>,
    /// Variables that have one of few values.
    #[serde(default)]
    pub only: BTreeMap<String, Vec<String>>,
    /// The alternatives that such tokens are of, by dimension.
    #[serde(default, rename = "in")]
    pub within: BTreeMap<String, Vec<String>>,
}

impl ModelVariable {
    /// The value that the issuer of a policy gives it; `None` where the issuer says nothing of it.
    pub fn of_issuer<'i>(&self, issuer: &'i str) -> Option<&'i str> {
        let (before, after) = self.issuer.as_deref()?.split_once("{}")?;
        issuer.strip_prefix(before)?.strip_suffix(after)
    }
}

/// A stretch of a model's template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelPart<'a> {
    /// As it stands.
    Text(&'a str),
    /// A variable or a part by its name.
    Name(&'a str),
}

impl Model {
    /// The model of that kind of provider; `None` where there is none.
    ///
    /// # Errors
    ///
    /// What does not fit the format; a test proves that the files that are built in do.
    pub fn bundled(kind: &str) -> Result<Option<&'static Self>, CatalogueError> {
        static READ: [OnceLock<Result<Model, CatalogueError>>; bundle::MODELS.len()] =
            [const { OnceLock::new() }; bundle::MODELS.len()];
        let mut files = bundle::MODELS.iter().zip(&READ);
        let Some((file, slot)) = files.find(|(file, _)| read::stem(file.name) == kind) else { return Ok(None) };
        slot.get_or_init(|| read::model::read(file)).as_ref().map(Some).map_err(Clone::clone)
    }

    /// The kinds of provider that have a model, sorted.
    pub fn kinds() -> impl Iterator<Item = &'static str> {
        bundle::MODELS.iter().map(|file| read::stem(file.name))
    }

    /// A model from the text of its file.
    ///
    /// # Errors
    ///
    /// What does not fit the format, with the field or the line.
    pub fn read(file: &DataFile<'_>) -> Result<Self, CatalogueError> {
        read::model::read(file)
    }

    /// The stretches of one of its templates; none for text that is no template, which a model does not hold.
    pub fn parts(template: &str) -> Vec<ModelPart<'_>> {
        let parts = crate::template::parts(template).unwrap_or_default();
        let part = |part| match part {
            crate::template::Part::Text(text) => ModelPart::Text(text),
            crate::template::Part::Name(name) => ModelPart::Name(name),
        };
        parts.into_iter().map(part).collect()
    }
}
