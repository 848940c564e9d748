//! What a record means in the trust language: what import writes, and export reads backwards.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::TemplateText;
use super::written::TextOr;

/// What a part of the record means in the trust language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Meaning {
    /// The trust language's claim.
    pub claim: String,
    /// What the condition is.
    pub is: Sense,
    /// Texts of the condition; left out where a field of theirs is not set.
    #[serde(default)]
    pub values: Vec<TemplateText>,
    /// More texts, each only where the record's boolean is true, as in a step's `among`.
    #[serde(default)]
    pub among: BTreeMap<String, String>,
    /// The condition is there only where the record has this field; of a boolean, where it is true.
    #[serde(default)]
    pub when: Option<String>,
    /// The condition is there only where the record has not this field, or where it is false.
    #[serde(default)]
    pub unless: Option<String>,
}

/// The matcher of a [`Meaning`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sense {
    /// The value, or one of the values.
    Equals,
    /// The value, in whatever case.
    EqualsIgnoringCase,
    /// None of the values.
    Not,
    /// A list claim that holds each of the values.
    Contains,
    /// The text of a template, in which `{field|version}` stands for the field with `{version}` in it.
    Template,
    /// The claim is there, whatever it is; without `values`.
    Present,
}

/// What of a record the trust language does not say, or says otherwise.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "TextOr<WrittenLoss>")]
pub struct Loss {
    /// How a trust file that says the rest stands to the record.
    pub is: Direction,
    /// The claims by which a token is let in by one and not by the other, where a token shows it.
    pub claims: Vec<String>,
    /// In one sentence, with the registry as its subject.
    pub about: String,
    /// Only where the record has this field; of a boolean, where it is true.
    pub when: Option<String>,
    /// Only where the record has not this field, or where it is false.
    pub unless: Option<String>,
    /// Only where this field's whole value is in the language of this regular expression.
    pub field: Option<(String, String)>,
}

/// Who lets in more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// The trust file: a token that the registry refuses gets in.
    Wider,
    /// The registry: a token that it lets in is refused by the trust file.
    Narrower,
    /// Neither: it is about something that no token shows.
    Beside,
}

impl Direction {
    /// The word that profiles, trust files and messages use: `wider`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Wider => "wider",
            Self::Narrower => "narrower",
            Self::Beside => "beside",
        }
    }
}

/// The written form: a loss with exactly one direction, or the sentence of one that is beside both.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WrittenLoss {
    wider: Option<String>,
    narrower: Option<String>,
    beside: Option<String>,
    #[serde(default)]
    claims: Vec<String>,
    when: Option<String>,
    unless: Option<String>,
    #[serde(default)]
    r#where: BTreeMap<String, String>,
}

impl TryFrom<TextOr<WrittenLoss>> for Loss {
    type Error = String;

    fn try_from(written: TextOr<WrittenLoss>) -> Result<Self, String> {
        let written = match written {
            TextOr::Text(about) => WrittenLoss { beside: Some(about), ..WrittenLoss::default() },
            TextOr::Parts(parts) => parts,
        };
        let (is, about) = match (written.wider, written.narrower, written.beside) {
            (Some(about), None, None) => (Direction::Wider, about),
            (None, Some(about), None) => (Direction::Narrower, about),
            (None, None, Some(about)) => (Direction::Beside, about),
            _ => return Err("a loss is one of `wider`, `narrower` and `beside`".to_owned()),
        };
        let mut fields = written.r#where.into_iter();
        let field = fields.next();
        if let Some((field, _)) = fields.next() {
            return Err(format!("`where` of a loss names one field, and `{field}` besides"));
        }
        Ok(Self { is, claims: written.claims, about, when: written.when, unless: written.unless, field })
    }
}

/// What a record lets its holder do, and to what, where its fields say it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Gives {
    /// A list field of what may be done.
    #[serde(default)]
    pub actions: Option<ActionField>,
    /// The list field that names the packages; without it they stand beside the record.
    #[serde(default)]
    pub packages: Option<String>,
    /// The list field that names service accounts, which the record is then about in place of packages.
    #[serde(default)]
    pub accounts: Option<String>,
}

/// A field of what may be done.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ActionField {
    /// Its name; without it, what statements give by name.
    #[serde(default)]
    pub field: Option<String>,
    /// Its values, each with the catalogue's action for it; others have none.
    pub are: BTreeMap<String, String>,
}
