//! Buildkite Package Registries' policies: the first statement that matches gives its scopes, and no other is looked at.
//!
//! A statement matches where the issuer is equal and every rule holds; a rule holds where the claim is there and every one
//! of its matchers does. `null` is a value like any other. Source: buildkite/docs, package_registries/security/oidc,
//! read 2026-11-20.

mod read;
mod ways;

use trustctl_claims::{ClaimKey, Claims, Value};

use super::shape::listed;
use super::value::{Sameness, Scalar};
use super::{Told, glob, is_issuer, other_issuer, step};
use crate::Miss;
use crate::explain::{StepReport, StepState};

pub(super) use read::read;

/// A registry's policy.
#[derive(Debug)]
pub(crate) struct Policy {
    statements: Vec<Statement>,
}

#[derive(Debug)]
struct Statement {
    /// `None` where it cannot be read: then it matches nothing.
    issuer: Option<String>,
    scopes: Vec<String>,
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    claim: ClaimKey,
    matchers: Vec<Matcher>,
}

#[derive(Debug)]
struct Matcher {
    name: &'static str,
    asks: Asks,
}

#[derive(Debug)]
enum Asks {
    /// One of these.
    In(Vec<Scalar>),
    /// None of these.
    NotIn(Vec<Scalar>),
    /// A text that one of these globs matches; anything that is no text passes.
    Matches(Vec<String>),
}

impl Policy {
    pub(super) fn issuers(&self) -> Vec<String> {
        self.statements.iter().filter_map(|statement| statement.issuer.clone()).collect()
    }

    pub(super) fn decide(&self, claims: &Claims<'_>) -> Result<&[String], Miss> {
        let first = self.statements.iter().find(|statement| statement.matches(claims));
        first.map(|statement| statement.scopes.as_slice()).ok_or(Miss::NoStatement)
    }

    pub(super) fn explain(&self, claims: &Claims<'_>) -> Told {
        let mut told = Told::default();
        let mut first = None;
        for (at, statement) in self.statements.iter().enumerate() {
            told.steps.extend(statement.explain(at, claims));
            if statement.rules.is_empty() {
                told.warnings.push(format!(
                    "statement {} has no claims: every token of `{}` matches it, whoever's it is",
                    at + 1,
                    statement.issuer.as_deref().unwrap_or_default()
                ));
            }
            if !statement.matches(claims) {
                continue;
            }
            match first {
                None => {
                    first = Some(statement);
                    told.warnings.extend(statement.ignored(at, claims));
                }
                Some(winner) if winner.scopes != statement.scopes => told.warnings.push(format!(
                    "statement {} matches as well, and its scopes {} are not granted: only the first one's are",
                    at + 1,
                    listed(&statement.scopes)
                )),
                Some(_) => {}
            }
        }
        if self.statements.is_empty() {
            told.steps.push(super::bare_step("statements", Some(Miss::NoStatement)));
        }
        told
    }
}

impl Statement {
    fn matches(&self, claims: &Claims<'_>) -> bool {
        self.issuer.as_ref().is_some_and(|issuer| is_issuer(claims, issuer))
            && self.rules.iter().all(|rule| {
                let value = claims.claim(&rule.claim);
                value.is_some_and(|value| rule.matchers.iter().all(|matcher| matcher.holds(value)))
            })
    }

    fn explain(&self, at: usize, claims: &Claims<'_>) -> Vec<StepReport> {
        let name = |what: &str| format!("statement {} {what}", at + 1);
        let Some(issuer) = &self.issuer else {
            let unreadable = Miss::Unclear("iss".to_owned(), "the statement cannot be read".to_owned());
            let mut report = super::bare_step(&name("form"), Some(unreadable));
            report.alternative = Some(at);
            return vec![report];
        };
        let mut steps = vec![step(name("iss"), "iss", vec![issuer.clone()], claims, other_issuer(claims, issuer))];
        for rule in &self.rules {
            let claim = rule.claim.name();
            let value = claims.claim(&rule.claim);
            for matcher in &rule.matchers {
                let miss = match value {
                    None => Some(Miss::Missing(claim.to_owned())),
                    Some(value) => matcher.miss(claim, value),
                };
                let name = name(&format!("{claim} {}", matcher.name));
                let mut report = step(name, claim, matcher.expected(), claims, miss);
                if report.state == StepState::Holds && value.is_some_and(|value| matcher.ignores(value)) {
                    report.why = Some(NO_TEXT.to_owned());
                }
                steps.push(report);
            }
        }
        for report in &mut steps {
            report.alternative = Some(at);
        }
        steps
    }

    /// Matchers that hold only because the claim is no text.
    fn ignored(&self, at: usize, claims: &Claims<'_>) -> Vec<String> {
        let passes = |rule: &&Rule| {
            let value = claims.claim(&rule.claim);
            value.is_some_and(|value| rule.matchers.iter().any(|matcher| matcher.ignores(value)))
        };
        let rules = self.rules.iter().filter(passes);
        rules.map(|rule| format!("statement {}, `{}`: {NO_TEXT}", at + 1, rule.claim)).collect()
    }
}

const NO_TEXT: &str = "`matches` is ignored for a claim that is no text, so it holds whatever the value is";

impl Matcher {
    /// Whether it holds of a claim that is there; what cannot be told does not.
    fn holds(&self, value: &Value<'_>) -> bool {
        match &self.asks {
            Asks::In(scalars) => scalars.iter().any(|scalar| scalar.compare(value) == Sameness::Same),
            Asks::NotIn(scalars) => scalars.iter().all(|scalar| scalar.compare(value) == Sameness::Different),
            Asks::Matches(globs) => match value {
                Value::String(text) => globs.iter().any(|glob| glob::matches(glob, text)),
                _ => true,
            },
        }
    }

    fn ignores(&self, value: &Value<'_>) -> bool {
        matches!(self.asks, Asks::Matches(_)) && value.as_str().is_none()
    }

    fn miss(&self, claim: &str, value: &Value<'_>) -> Option<Miss> {
        if self.holds(value) {
            return None;
        }
        let claim = claim.to_owned();
        let scalars = match &self.asks {
            Asks::In(scalars) | Asks::NotIn(scalars) => scalars.as_slice(),
            Asks::Matches(_) => &[],
        };
        let compared: Vec<Sameness> = scalars.iter().map(|scalar| scalar.compare(value)).collect();
        let is_same = compared.contains(&Sameness::Same);
        Some(match self.asks {
            Asks::NotIn(_) if is_same => Miss::Banned(claim),
            _ if compared.contains(&Sameness::Perhaps) => {
                Miss::Unclear(claim, "one number is spelt in two ways".to_owned())
            }
            _ => Miss::Differs(claim),
        })
    }

    fn expected(&self) -> Vec<String> {
        match &self.asks {
            Asks::In(scalars) | Asks::NotIn(scalars) => scalars.iter().map(Scalar::shown).collect(),
            Asks::Matches(globs) => globs.clone(),
        }
    }
}
