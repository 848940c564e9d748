//! RubyGems' API key roles: of the statements that match, the last one allows or denies; none denies.
//!
//! A statement matches where the issuer is equal and every condition holds. Whatever makes the registry fail while it
//! judges a statement (a claim that is no text where one is searched in) refuses the token whole, and so does here what
//! cannot be judged. Source: rubygems/rubygems.org 3c8ea0d, app/models/oidc/access_policy.rb, read 2026-11-20.

mod read;
mod ways;

use trustctl_claims::{ClaimKey, Claims, Value};
use trustctl_pattern::Pattern;

use super::{Told, bare_step, is_issuer, other_issuer, ruby, step};
use crate::Miss;
use crate::explain::StepReport;

pub(super) use read::read;

/// An API key role.
#[derive(Debug)]
pub(crate) struct Role {
    statements: Vec<Statement>,
    /// The issuer whose tokens reach the role, where it says so.
    provider: Option<String>,
    scopes: Vec<String>,
}

#[derive(Debug)]
struct Statement {
    is_allow: bool,
    /// `None` where the statement cannot be read.
    issuer: Option<String>,
    conditions: Vec<Condition>,
}

#[derive(Debug)]
struct Condition {
    claim: ClaimKey,
    operator: &'static str,
    value: String,
    asks: Asks,
}

#[derive(Debug)]
enum Asks {
    Equal,
    Found(Pattern),
    /// A pattern that is not read here, and why.
    Unread(String),
}

impl Role {
    pub(super) fn issuers(&self) -> Vec<String> {
        self.statements.iter().filter_map(|statement| statement.issuer.clone()).collect()
    }

    pub(super) fn decide(&self, claims: &Claims<'_>) -> Result<&[String], Miss> {
        match self.last(claims)? {
            Some((_, statement)) if statement.is_allow => Ok(&self.scopes),
            Some((at, _)) => Err(Miss::Denied(at)),
            None => Err(Miss::NoStatement),
        }
    }

    /// The last statement that matches. All are judged, because any may make the registry fail.
    fn last(&self, claims: &Claims<'_>) -> Result<Option<(usize, &Statement)>, Miss> {
        let mut last = None;
        for (at, statement) in self.statements.iter().enumerate() {
            if statement.matches(claims)? {
                last = Some((at, statement));
            }
        }
        Ok(last)
    }

    pub(super) fn explain(&self, claims: &Claims<'_>) -> Told {
        let mut told = Told::default();
        let last = self.last(claims).ok().flatten().map(|(at, _)| at);
        for (at, statement) in self.statements.iter().enumerate() {
            if statement.is_allow {
                told.steps.extend(statement.explain_allow(at, claims));
            } else {
                told.steps.extend(statement.explain_deny(at, last, claims));
            }
        }
        if !told.steps.iter().any(|step| step.alternative.is_some()) {
            told.steps.push(bare_step("a statement that allows", Some(Miss::NoStatement)));
        }
        told.warnings = self.warnings();
        told
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for (at, statement) in self.statements.iter().enumerate() {
            if let (Some(provider), Some(issuer)) = (&self.provider, &statement.issuer)
                && provider != issuer
            {
                warnings.push(format!(
                    "statement {} is about tokens of `{issuer}`, and only those of `{provider}` reach the role",
                    at + 1
                ));
            }
            let unbound = statement.conditions.iter().filter(|condition| statement.is_allow && condition.is_unbound());
            warnings.extend(unbound.map(|condition| {
                format!(
                    "`{}` is found anywhere in `{}`, so longer texts that hold it match as well; `\\A` and `\\z` bind it",
                    condition.value, condition.claim
                )
            }));
        }
        warnings
    }
}

impl Statement {
    fn matches(&self, claims: &Claims<'_>) -> Result<bool, Miss> {
        let Some(issuer) = &self.issuer else {
            return Err(Miss::Unclear("iss".to_owned(), "the statement cannot be read".to_owned()));
        };
        if !is_issuer(claims, issuer) {
            return Ok(false);
        }
        for condition in &self.conditions {
            if !condition.holds(claims)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The issuer and each condition.
    fn steps(&self, at: usize, claims: &Claims<'_>) -> Vec<StepReport> {
        let name = |what: &str| format!("statement {} {what}", at + 1);
        let issuer = self.issuer.clone().unwrap_or_default();
        let mut steps = vec![step(name("iss"), "iss", vec![issuer.clone()], claims, other_issuer(claims, &issuer))];
        for condition in &self.conditions {
            let claim = condition.claim.name();
            let name = name(&format!("{claim} {}", condition.operator));
            steps.push(step(name, claim, vec![condition.value.clone()], claims, condition.miss(claims)));
        }
        steps
    }

    /// One of the ways in.
    fn explain_allow(&self, at: usize, claims: &Claims<'_>) -> Vec<StepReport> {
        let mut steps = self.steps(at, claims);
        for step in &mut steps {
            step.alternative = Some(at);
        }
        // What the registry fails at refuses the token, whatever the other statements say.
        if let Err(miss) = self.matches(claims) {
            let mut failing = bare_step(&format!("statement {} can be judged", at + 1), Some(miss));
            failing.why = Some(FAILS.to_owned());
            steps.push(failing);
        }
        steps
    }

    /// What it is about, where it counts, and that it denies.
    fn explain_deny(&self, at: usize, last: Option<usize>, claims: &Claims<'_>) -> Vec<StepReport> {
        let name = format!("statement {} denies", at + 1);
        match self.matches(claims) {
            Err(miss) => {
                let mut failing = bare_step(&name, Some(miss));
                failing.why = Some(FAILS.to_owned());
                vec![failing]
            }
            Ok(true) if last == Some(at) => {
                let mut steps = self.steps(at, claims);
                steps.push(bare_step(&name, Some(Miss::Denied(at))));
                steps
            }
            matches => {
                let mut report = bare_step(&name, None);
                report.why = Some(if matches == Ok(true) {
                    "it matches, and a later statement that matches counts instead".to_owned()
                } else {
                    let first = self.steps(at, claims).into_iter().find(|step| !step.holds());
                    let claim = first.and_then(|step| step.claim).unwrap_or_default();
                    format!("it is about tokens with another `{claim}`")
                });
                vec![report]
            }
        }
    }
}

const FAILS: &str = "the registry judges every statement, and fails whole where it cannot judge one";

impl Condition {
    /// Whether it holds.
    ///
    /// # Errors
    ///
    /// What makes the registry fail, or cannot be judged here.
    fn holds(&self, claims: &Claims<'_>) -> Result<bool, Miss> {
        let claim = || self.claim.name().to_owned();
        let found = claims.claim(&self.claim);
        match (&self.asks, found) {
            (Asks::Equal, Some(Value::String(text))) => Ok(*text == self.value),
            (Asks::Equal, _) => Ok(false),
            // Nothing is found in nothing.
            (Asks::Found(_), None | Some(Value::Null)) => Ok(false),
            (Asks::Unread(why), _) => Err(Miss::Unclear(claim(), format!("the pattern is not read here: {why}"))),
            (Asks::Found(pattern), Some(Value::String(text))) if ruby::is_judged(text) => Ok(pattern.is_match(text)),
            (Asks::Found(_), Some(Value::String(_))) => {
                Err(Miss::Unclear(claim(), "patterns are judged in printable ASCII only".to_owned()))
            }
            (Asks::Found(_), Some(_)) => Err(Miss::WrongType(claim())),
        }
    }

    fn miss(&self, claims: &Claims<'_>) -> Option<Miss> {
        let claim = self.claim.name().to_owned();
        match self.holds(claims) {
            Ok(true) => None,
            Err(miss) => Some(miss),
            Ok(false) => Some(match claims.claim(&self.claim) {
                None | Some(Value::Null) => Miss::Missing(claim),
                Some(Value::String(_)) => Miss::Differs(claim),
                Some(_) => Miss::WrongType(claim),
            }),
        }
    }

    /// A search that is not bound to the whole text, as far as its first and last characters show.
    fn is_unbound(&self) -> bool {
        let text = self.value.as_str();
        let inner = ["\\A", "^"].iter().find_map(|anchor| text.strip_prefix(anchor));
        let inner = inner.and_then(|text| ["\\z", "\\Z", "$"].iter().find_map(|anchor| text.strip_suffix(anchor)));
        let is_bound = |inner: &str| !inner.contains('|') || (inner.starts_with('(') && inner.ends_with(')'));
        matches!(self.asks, Asks::Found(_)) && !inner.is_some_and(is_bound)
    }
}
