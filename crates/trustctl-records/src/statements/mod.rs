//! Records in which the owner writes conditions on claims: three styles, each a reader, a decision and its reasons.
//!
//! A style reads its fields once, when the judge is made; what cannot be read is a problem of the record, and in a record
//! that was made all the same it never lets a token in. Deciding compares and allocates only for a refusal's reason.

mod first_matches;
mod glob;
mod last_matches;
mod required_claims;
mod ruby;
mod shape;
#[cfg(test)]
mod tests;
mod value;
mod ways;

use trustctl_catalog::profile::{Publisher, StatementStyle};
use trustctl_claims::{Claims, Value};

use crate::explain::{StepReport, StepState};
use crate::{Miss, Record, RecordProblem};

pub(crate) use ruby::translate as translate_ruby;
pub(crate) use value::Scalar;
pub(crate) use ways::{Form, Test, TestOf, Way};

/// A record's statements, ready to be decided by.
#[derive(Debug)]
pub(crate) enum Statements {
    First(first_matches::Policy),
    Last(last_matches::Role),
    Required(required_claims::Provider),
}

/// What statements make of a token, for a reader.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) steps: Vec<StepReport>,
    /// What a user should know of the record whatever the decision.
    pub(crate) warnings: Vec<String>,
}

impl Statements {
    /// Reads what the style needs of a record.
    pub(crate) fn new(style: StatementStyle, publisher: &Publisher, record: &Record) -> Self {
        let own = |field: &str| format!("/{field}");
        read(style, publisher, record, &own).0
    }

    /// The issuers that the statements name themselves.
    pub(crate) fn issuers(&self) -> Vec<String> {
        match self {
            Self::First(policy) => policy.issuers(),
            Self::Last(role) => role.issuers(),
            Self::Required(_) => Vec::new(),
        }
    }

    /// What is granted to the token: scopes or service accounts; empty where the style names none.
    ///
    /// # Errors
    ///
    /// Why it is not let in.
    pub(crate) fn decide(&self, claims: &Claims<'_>) -> Result<&[String], Miss> {
        match self {
            Self::First(policy) => policy.decide(claims),
            Self::Last(role) => role.decide(claims),
            Self::Required(provider) => provider.decide(claims),
        }
    }

    /// The ways in, or why one cannot be told.
    pub(crate) fn ways(&self) -> Vec<Result<Way, String>> {
        match self {
            Self::First(policy) => policy.ways(),
            Self::Last(role) => role.ways(),
            Self::Required(provider) => provider.ways(),
        }
    }

    /// Every statement and every condition.
    pub(crate) fn explain(&self, claims: &Claims<'_>) -> Told {
        match self {
            Self::First(policy) => policy.explain(claims),
            Self::Last(role) => role.explain(claims),
            Self::Required(provider) => provider.explain(claims),
        }
    }
}

/// What the registry would object to; `at` gives the place of a field in the record's file.
pub(crate) fn problems(
    style: StatementStyle,
    publisher: &Publisher,
    record: &Record,
    at: &dyn Fn(&str) -> String,
) -> Vec<RecordProblem> {
    read(style, publisher, record, at).1
}

fn read(
    style: StatementStyle,
    publisher: &Publisher,
    record: &Record,
    at: &dyn Fn(&str) -> String,
) -> (Statements, Vec<RecordProblem>) {
    match style {
        StatementStyle::FirstMatches => {
            let (policy, problems) = first_matches::read(publisher, record, at);
            (Statements::First(policy), problems)
        }
        StatementStyle::LastMatches => {
            let (role, problems) = last_matches::read(record, at);
            (Statements::Last(role), problems)
        }
        StatementStyle::RequiredClaims => {
            let (provider, problems) = required_claims::read(record, at);
            (Statements::Required(provider), problems)
        }
    }
}

/// A step about one claim, with what the token has for it.
fn step(name: String, claim: &str, expected: Vec<String>, claims: &Claims<'_>, miss: Option<Miss>) -> StepReport {
    let mut report = StepReport::new(&name);
    report.claim = Some(claim.to_owned());
    report.expected = expected;
    report.found = claims.named(claim).map(|value| match value {
        Value::String(text) => text.to_string(),
        other => other.to_string(),
    });
    report.state = miss.map_or(StepState::Holds, StepState::Misses);
    report
}

/// A step about the record alone.
fn bare_step(name: &str, miss: Option<Miss>) -> StepReport {
    let mut report = StepReport::new(name);
    report.state = miss.map_or(StepState::Holds, StepState::Misses);
    report
}

/// Whether the token is of this issuer.
fn is_issuer(claims: &Claims<'_>, issuer: &str) -> bool {
    claims.named("iss").and_then(Value::as_str) == Some(issuer)
}

/// The refusal of a claim that is not of the wanted issuer.
fn other_issuer(claims: &Claims<'_>, issuer: &str) -> Option<Miss> {
    if is_issuer(claims, issuer) {
        return None;
    }
    Some(match claims.named("iss") {
        None | Some(Value::Null) => Miss::Missing("iss".to_owned()),
        Some(Value::String(_)) => Miss::Differs("iss".to_owned()),
        Some(_) => Miss::WrongType("iss".to_owned()),
    })
}
