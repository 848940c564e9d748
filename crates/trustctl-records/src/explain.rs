//! Every step of a decision, with what was expected and what was found.

use trustctl_catalog::profile::{Stage, Step};
use trustctl_claims::{Claims, Value};

use crate::cause;
use crate::check::{Miss, check};
use crate::envelope::{CHECKS, Header, Refused, Used};
use crate::judge::{Judge, Question, Ruling};
use crate::prepare::{Asks, Prepared, PreparedStep};

/// A decision with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The decision.
    pub ruling: Ruling,
    /// The token's envelope, step by step, up to the first that does not hold.
    pub envelope: Vec<StepReport>,
    /// Every record, in the order of the list.
    pub records: Vec<RecordReport>,
    /// The record that is nearest to letting the token in; `None` where it is let in or there are no records.
    pub nearest: Option<usize>,
    /// Claims that the registry does not know, which it reports to its operators only.
    pub unknown_claims: Vec<String>,
    /// Records that name no environment while the token has one, where the registry writes to the owners about it.
    pub suggests_environment: Vec<usize>,
}

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordReport {
    /// Which kind of record.
    pub publisher: String,
    /// Whether it is about tokens of this issuer at all; if not, there are no steps.
    pub is_about_issuer: bool,
    /// Every step, also those after the first that does not hold.
    pub steps: Vec<StepReport>,
}

impl RecordReport {
    /// The first step that does not hold.
    pub fn first_failure(&self) -> Option<&StepReport> {
        self.steps.iter().find(|step| step.state != StepState::Holds)
    }
}

/// What became of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReport {
    /// Its short name: `workflow file`.
    pub name: String,
    /// The claim it is about, where it is about one.
    pub claim: Option<String>,
    /// The texts that would do; what is refused for a ban.
    pub expected: Vec<String>,
    /// What the token has, or what of it is compared.
    pub found: Option<String>,
    /// Whether it holds.
    pub state: StepState,
    /// Whether the caller is told about it.
    pub told: bool,
    /// Where it stands; `None` for the envelope.
    pub stage: Option<Stage>,
    /// What a user should know who fails here.
    pub why: Option<String>,
    /// The usual cause, in words.
    pub cause: Option<String>,
}

/// Whether a step holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepState {
    /// It holds.
    Holds,
    /// It does not, in this way.
    Misses(Miss),
    /// The token's envelope is refused, for the reason given.
    Refused(String),
}

impl Judge<'_> {
    /// The decision with every reason.
    pub fn explain(
        &self,
        header: Option<&Header<'_>>,
        claims: &Claims<'_>,
        question: &Question<'_>,
        used: &Used<'_>,
    ) -> Explanation {
        let envelope = self.envelope_steps(header, claims, question, used);
        let ruling = self.decide(header, claims, question, used);
        let records: Vec<RecordReport> =
            self.records.iter().map(|prepared| self.record(prepared, claims, question)).collect();
        let nearest = if ruling.is_allow() { None } else { nearest(&records) };
        let suggests = |prepared: &Prepared<'_>| {
            prepared.publisher.suggests_environment
                && !prepared.record.fields.contains_key("environment")
                && claims.named("environment").is_some_and(|value| !value.is_absent())
        };
        let suggests_environment =
            (0..self.records.len()).filter(|at| self.records.get(*at).is_some_and(&suggests)).collect();
        Explanation {
            ruling,
            envelope,
            records,
            nearest,
            unknown_claims: self.unknown_claims(claims),
            suggests_environment,
        }
    }

    fn envelope_steps(
        &self,
        header: Option<&Header<'_>>,
        claims: &Claims<'_>,
        question: &Question<'_>,
        used: &Used<'_>,
    ) -> Vec<StepReport> {
        let failed = self.envelope.check(self, header, claims, question, used).err();
        let last = failed.as_ref().map_or(CHECKS.len(), |(at, _)| *at);
        let passed = CHECKS.iter().take(last).map(|name| self.envelope_step(name, None, claims, question));
        let miss = failed
            .as_ref()
            .and_then(|(at, refused)| Some(self.envelope_step(CHECKS.get(*at)?, Some(refused), claims, question)));
        passed.chain(miss).collect()
    }

    fn envelope_step(
        &self,
        name: &str,
        refused: Option<&Refused>,
        claims: &Claims<'_>,
        question: &Question<'_>,
    ) -> StepReport {
        let claim = match name {
            "issuer" => Some("iss"),
            "expiry" => Some("exp"),
            "not before" => Some("nbf"),
            "issued" => Some("iat"),
            "audience" => Some("aud"),
            "first use" => Some("jti"),
            _ => None,
        };
        StepReport {
            name: name.to_owned(),
            claim: claim.map(str::to_owned),
            expected: match name {
                "audience" => self.envelope.audience.clone().into_iter().collect(),
                "algorithm" => self.profile.envelope.algorithms.clone(),
                _ => Vec::new(),
            },
            found: claim.and_then(|claim| found(claims, claim)),
            state: refused.map_or(StepState::Holds, |refused| {
                StepState::Refused(cause::refusal(self, refused, claims, question))
            }),
            told: true,
            stage: None,
            why: None,
            cause: refused.and_then(|refused| cause::of_envelope(self, refused, claims)),
        }
    }

    fn record(&self, prepared: &Prepared<'_>, claims: &Claims<'_>, question: &Question<'_>) -> RecordReport {
        let is_about_issuer = self.is_issuer(prepared, claims);
        let steps = if !is_about_issuer {
            Vec::new()
        } else if let Some(style) = prepared.publisher.statements {
            crate::statements::explain(style, &prepared.record, &self.settings, claims)
        } else {
            prepared.steps.iter().map(|step| self.step(prepared, step, claims, question)).collect()
        };
        RecordReport { publisher: prepared.record.publisher.clone(), is_about_issuer, steps }
    }

    fn step(
        &self,
        prepared: &Prepared<'_>,
        step: &PreparedStep<'_>,
        claims: &Claims<'_>,
        question: &Question<'_>,
    ) -> StepReport {
        let miss = check(&step.asks, claims, question).err();
        let (claim, expected) = expected(&step.asks, claims, question);
        let mut report = self.bare(step.step, claim, expected, claims);
        if let Asks::Same { claim, take: piece, .. } = &step.asks {
            let text = claims.claim(claim).and_then(Value::as_str);
            report.found = text.and_then(|text| crate::take::take(*piece, text)).map(str::to_owned).or(report.found);
        }
        if let Some(miss) = miss {
            report.cause = cause::of(self, prepared, step, &report, &miss, claims);
            report.state = StepState::Misses(miss);
        }
        report
    }

    fn bare(&self, step: &Step, claim: Option<String>, expected: Vec<String>, claims: &Claims<'_>) -> StepReport {
        StepReport {
            name: step.name.clone(),
            found: claim.as_ref().and_then(|claim| found(claims, claim)),
            claim,
            expected,
            state: StepState::Holds,
            told: step.told,
            stage: Some(step.stage),
            why: step.why.clone(),
            cause: None,
        }
    }

    /// Claims that are neither of the envelope nor in the rule of any record kind for this issuer, nor known to be ignored.
    fn unknown_claims(&self, claims: &Claims<'_>) -> Vec<String> {
        let issuer = claims.named("iss").and_then(Value::as_str).unwrap_or_default();
        let about = self.profile.publishers.iter().find(|(name, publisher)| {
            publisher.issuers.iter().any(|known| known == issuer)
                || self.issuer_patterns.get(name.as_str()).is_some_and(|pattern| pattern.is_match(issuer))
        });
        about.map_or_else(Vec::new, |(_, publisher)| self.unknown_to(publisher, claims))
    }

    /// Claims that a kind of record does not know; empty where the registry does not keep a list.
    pub fn unknown_to(&self, publisher: &trustctl_catalog::profile::Publisher, claims: &Claims<'_>) -> Vec<String> {
        if publisher.ignores.is_empty() {
            return Vec::new();
        }
        let read: Vec<&str> = publisher.rule.iter().flat_map(|step| step.operation.claims()).collect();
        let is_known = |name: &str| {
            read.contains(&name)
                || self.profile.envelope.requires.iter().chain(&publisher.ignores).any(|known| known == name)
                || publisher.families.iter().any(|family| name.starts_with(family.as_str()))
        };
        claims.iter().map(|(name, _)| name).filter(|name| !is_known(name)).map(str::to_owned).collect()
    }
}

/// The claim a step is about, and the texts that would do.
fn expected(asks: &Asks, claims: &Claims<'_>, question: &Question<'_>) -> (Option<String>, Vec<String>) {
    match asks {
        Asks::Present { claims: keys, .. } => (None, keys.iter().map(|key| key.name().to_owned()).collect()),
        Asks::Same { claim, texts, .. } => {
            let mut full: Vec<String> = texts.iter().filter_map(|text| text.full(claims, question)).collect();
            full.dedup();
            (Some(claim.name().to_owned()), full)
        }
        Asks::NoneOf { claim, values } | Asks::Among { claim, values, .. } => {
            (Some(claim.name().to_owned()), values.clone())
        }
        Asks::Boolean { claim, value } => (Some(claim.name().to_owned()), vec![value.to_string()]),
        Asks::Integer { claim } => (Some(claim.name().to_owned()), Vec::new()),
        Asks::Holds { claim, texts } => (Some(claim.name().to_owned()), texts.clone()),
        Asks::Locked { claim, stored, .. } => (Some(claim.name().to_owned()), stored.iter().cloned().collect()),
        Asks::Everything | Asks::Switch { .. } | Asks::Until { .. } => (None, Vec::new()),
    }
}

/// What the token has for a claim, as a reader sees it; `None` where it has none.
pub(crate) fn found(claims: &Claims<'_>, claim: &str) -> Option<String> {
    match claims.named(claim)? {
        Value::Null => None,
        Value::String(text) => Some(text.to_string()),
        other => Some(other.to_string()),
    }
}

/// The record whose first failure comes last in its rule: most of it already holds.
fn nearest(records: &[RecordReport]) -> Option<usize> {
    let holding = |report: &RecordReport| report.steps.iter().filter(|step| step.state == StepState::Holds).count();
    let failing = |report: &RecordReport| report.steps.len() - holding(report);
    let about = records.iter().enumerate().filter(|(_, report)| report.is_about_issuer);
    about.min_by_key(|(at, report)| (failing(report), *at)).map(|(at, _)| at)
}
