//! What a record says in the trust language: the ways in, each with its conditions, and what they leave out.
//!
//! Import writes it down, and export compares a grant with it. The profile's `means`, `loses` and `gives` say it of records
//! with fields; of statements that an owner writes, the style does.

pub(crate) mod facts;
mod fields;

use trustctl_catalog::profile::{Direction, Operation, Profile, Publisher, Step};

use crate::prepare::Fill;
use crate::{Record, Settings};

/// One way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clause {
    /// Whose tokens.
    pub(crate) issuer: Issuer,
    /// All of them hold.
    pub(crate) conditions: Vec<Condition>,
    /// What may be done, and to what.
    pub(crate) given: Given,
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

/// Every way in that a record is; none where it lets nobody in whatever the token, for the reason in `Err`.
pub(crate) fn clauses(
    profile: &Profile,
    publisher: &Publisher,
    record: &Record,
    settings: &Settings,
) -> Result<Vec<Clause>, String> {
    if let Some(reason) = switched_off(publisher, record) {
        return Err(reason);
    }
    Ok(vec![fields::clause(profile, &Fill { publisher, record }, settings)])
}

/// Why a record lets nobody in, where a field of its own switches it off.
fn switched_off(publisher: &Publisher, record: &Record) -> Option<String> {
    steps(&Fill { publisher, record }).find_map(|step| match &step.operation {
        Operation::Switch { field, on } if record.is_true(field) != *on => {
            Some(format!("`{field}` switches the record off, so it lets nobody in"))
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
