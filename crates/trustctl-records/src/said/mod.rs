//! What a record says in the trust language: the ways in, each with its conditions, and what they leave out.
//!
//! Import writes it down, and export compares a grant with it. The profile's `means`, `loses` and `gives` say it of records
//! with fields; of statements that an owner writes, the style does.

mod audience;
pub(crate) mod facts;
mod fields;
mod statements;

use trustctl_catalog::ClaimType;
use trustctl_catalog::profile::{Direction, Operation, Profile, Publisher, Step, TemplateText};

use crate::prepare::Fill;
use crate::{Record, Settings};

pub(crate) use audience::{audience, is_permissions, other_audience};
pub(crate) use statements::filled;

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Said {
    /// The ways in.
    pub(crate) clauses: Vec<Clause>,
    /// Why further ways in are none, or are left out.
    pub(crate) left_out: Vec<Loss>,
}

/// One way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clause {
    /// Whose tokens.
    pub(crate) issuer: Issuer,
    /// All of them hold.
    pub(crate) conditions: Vec<Condition>,
    /// What may be done, and to what.
    pub(crate) given: Given,
    /// What `aud` must be, where the record says it by itself.
    pub(crate) audience: Option<String>,
    /// Claims that the provider's entry lacks, with their types.
    pub(crate) claims: Vec<(String, ClaimType)>,
    /// Until when it holds, in seconds since 1970, where the record says so.
    pub(crate) until: Option<i64>,
    /// What is not said, or said otherwise.
    pub(crate) losses: Vec<Loss>,
}

/// Whose tokens a record is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Issuer {
    /// The catalogue's provider, where the kind of record has one.
    pub(crate) provider: Option<String>,
    /// The issuer, where the record or its kind names one.
    pub(crate) issuer: Option<String>,
    /// The fields of the provider's issuer template that the record says.
    pub(crate) fields: Vec<(String, String)>,
}

/// What a record lets its holder do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Given {
    /// The catalogue's actions; `None` where the record does not say, which is the registry's main one.
    pub(crate) actions: Option<Vec<String>>,
    /// The packages that the record names itself.
    pub(crate) packages: Vec<String>,
    /// The service accounts; `None` where the record is about packages.
    pub(crate) accounts: Option<Vec<String>>,
}

/// A condition on a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    /// The trust language's name of it.
    pub(crate) claim: String,
    /// What must hold.
    pub(crate) asks: Ask,
}

impl Condition {
    /// Whether the request is a part of it.
    pub(crate) fn is_template(&self) -> bool {
        matches!(self.asks, Ask::Template(_))
    }
}

/// What a condition asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    /// It is one of these.
    Equals(Vec<String>),
    /// It is one of these, in whatever case.
    EqualsIgnoringCase(Vec<String>),
    /// It is there, and none of these.
    Not(Vec<String>),
    /// It is a list that holds each of these.
    Contains(Vec<String>),
    /// It is this text with the request filled in: `v{version}`.
    Template(String),
    /// It is there.
    Present,
    /// It is not there.
    Absent,
    /// It is of one of these forms (of any, where there are none), and of none of those.
    Matches {
        /// Those of which it is one.
        any: Vec<Form>,
        /// Those of which it is none.
        none: Vec<Form>,
    },
}

/// A form of texts, in printable ASCII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// This text.
    Text(String),
    /// It begins with this.
    Prefix(String),
    /// All of it is in the language of this regular expression of the trust language.
    Regex(String),
}

/// What the trust language does not say of a record, or says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Loss {
    /// How a trust file that says the rest stands to the record.
    pub(crate) is: Direction,
    /// The claims by which a token is let in by one and not by the other.
    pub(crate) claims: Vec<String>,
    /// In one sentence.
    pub(crate) about: String,
}

/// What a record says.
pub(crate) fn said(profile: &Profile, publisher: &Publisher, record: &Record, settings: &Settings) -> Said {
    let fill = Fill { publisher, record };
    if let Some(about) = shut(&fill, settings) {
        let loss = Loss { is: Direction::Beside, claims: Vec::new(), about };
        return Said { clauses: Vec::new(), left_out: vec![loss] };
    }
    match publisher.statements {
        Some(style) => statements::said(profile, &fill, style),
        None => Said { clauses: vec![fields::clause(profile, &fill, settings)], left_out: Vec::new() },
    }
}

/// Why a record lets nobody in whatever the token.
fn shut(fill: &Fill<'_>, settings: &Settings) -> Option<String> {
    steps(fill).find_map(|step| match &step.operation {
        Operation::Switch { field, on } if fill.record.is_true(field) != *on => {
            Some(format!("`{field}` switches the record off, so it lets nobody in"))
        }
        Operation::Same { right, .. } if right.iter().all(|text| fill.fill_each(text, settings).is_empty()) => {
            // What a registry fills in by itself it may know though the record does not say it.
            let is_lacking = |name: &&str| {
                let field = fill.publisher.field(name);
                field.is_some_and(|field| !field.resolved && !fill.record.fields.contains_key(*name))
            };
            let lacking = right.iter().flat_map(TemplateText::fields).find(is_lacking)?;
            Some(format!("the record has no `{lacking}`, so it lets nobody in"))
        }
        _ => None,
    })
}

/// The steps of the rule that are about a record.
fn steps<'f>(fill: &'f Fill<'_>) -> impl Iterator<Item = &'f Step> {
    let is_set = |field: &String| fill.is_set(field);
    let is_asked = move |step: &&Step| {
        step.when.as_ref().is_none_or(is_set) && !step.unless.as_ref().is_some_and(|field| fill.is_set(field))
    };
    fill.publisher.rule.iter().filter(is_asked)
}
