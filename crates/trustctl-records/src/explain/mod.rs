//! Every step of a decision, with what was expected and what was found.

mod report;

use trustctl_claims::{Claims, Value};

use crate::cause;
use crate::check::check;
use crate::envelope::{CHECKS, Envelope, Header, Used};
use crate::judge::{Judge, Question};
use crate::prepare::{Asks, Prepared, PreparedStep, TextPart};
use crate::take::take;

pub use report::{Explanation, RecordReport, StepReport, StepState};

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

    /// What becomes of one record, by its place in the list, whatever the token's envelope is.
    pub(crate) fn record_report(
        &self,
        at: usize,
        claims: &Claims<'_>,
        question: &Question<'_>,
    ) -> Option<RecordReport> {
        self.records.get(at).map(|prepared| self.record(prepared, claims, question))
    }

    /// Whether some record compares the token with the version that is published, so that nothing can be said without it.
    pub fn needs_version(&self) -> bool {
        self.records.iter().flat_map(|prepared| &prepared.steps).any(|step| step.asks.needs_version())
    }

    fn envelope_steps(
        &self,
        header: Option<&Header<'_>>,
        claims: &Claims<'_>,
        question: &Question<'_>,
        used: &Used<'_>,
    ) -> Vec<StepReport> {
        let envelope = self.envelope_for(claims);
        let failed = envelope.check(self, header, claims, question, used).err();
        let last = failed.as_ref().map_or(CHECKS.len(), |(at, _)| *at);
        let passed = CHECKS.iter().take(last).map(|name| envelope_step(envelope, name, claims));
        let miss = failed.as_ref().and_then(|(at, refused)| {
            let mut step = envelope_step(envelope, CHECKS.get(*at)?, claims);
            step.cause = cause::of_envelope(self, refused, &step.expected, claims);
            step.state = StepState::Refused(cause::refusal(self, envelope, refused, header, claims));
            Some(step)
        });
        passed.chain(miss).collect()
    }

    fn record(&self, prepared: &Prepared<'_>, claims: &Claims<'_>, question: &Question<'_>) -> RecordReport {
        let is_about_issuer = self.is_issuer(prepared, claims);
        let (mut steps, mut warnings, mut grants) = (Vec::new(), Vec::new(), Vec::new());
        if is_about_issuer {
            steps.extend(prepared.steps.iter().map(|step| step_report(step, claims, question)));
        }
        if let Some(statements) = prepared.statements.as_ref().filter(|_| is_about_issuer) {
            if steps.iter().all(StepReport::holds) {
                grants = statements.decide(claims).unwrap_or_default().to_vec();
            }
            let told = statements.explain(claims);
            steps.extend(told.steps);
            warnings.extend(told.warnings);
        }
        if is_about_issuer && steps.iter().all(StepReport::holds) {
            let is_told = |unlike: &Asks| check(unlike, claims, question).is_err();
            let cares = prepared.cares.iter().filter(|care| care.unlike.as_ref().is_none_or(is_told));
            warnings.extend(cares.map(|care| care.about.to_owned()));
        }
        // A cause often shows in the other steps, so it is looked for once they are all there.
        let causes: Vec<Option<String>> =
            steps.iter().map(|step| cause::of(self, prepared, step, &steps, claims, question)).collect();
        for (step, cause) in steps.iter_mut().zip(causes) {
            step.cause = step.cause.take().or(cause);
        }
        RecordReport { publisher: prepared.record.publisher.clone(), is_about_issuer, steps, grants, warnings }
    }

    /// Claims that are neither of the envelope nor in the rule of any record kind for this issuer, nor known to be ignored.
    fn unknown_claims(&self, claims: &Claims<'_>) -> Vec<String> {
        self.kind_about(claims).map_or_else(Vec::new, |(_, publisher)| self.unknown_to(publisher, claims))
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

fn envelope_step(envelope: &Envelope, name: &str, claims: &Claims<'_>) -> StepReport {
    let claim = match name {
        "issuer" => Some("iss"),
        "expiry" => Some("exp"),
        "not before" => Some("nbf"),
        "issued" => Some("iat"),
        "audience" => Some("aud"),
        "first use" => Some(envelope.rule.replay.claim.as_str()),
        _ => None,
    };
    let mut report = StepReport::new(name);
    report.found = claim.and_then(|claim| found(claims, claim));
    report.claim = claim.map(str::to_owned);
    report.expected = match name {
        "audience" => envelope.audience.clone().into_iter().collect(),
        "header" => envelope.rule.algorithms.clone(),
        "claims of every token" => envelope.rule.requires.clone(),
        _ => Vec::new(),
    };
    report
}

impl Asks {
    /// Whether it compares with the version that is published.
    pub(crate) fn needs_version(&self) -> bool {
        let Self::Same { texts, .. } = self else { return false };
        texts.iter().flat_map(|text| &text.parts).any(|part| matches!(part, TextPart::Version))
    }
}

fn step_report(step: &PreparedStep<'_>, claims: &Claims<'_>, question: &Question<'_>) -> StepReport {
    let mut report = StepReport::new(&step.step.name);
    (report.claim, report.expected) = expected(&step.asks, claims, question);
    report.found = report.claim.as_ref().and_then(|claim| found(claims, claim));
    report.fields = step.step.operation.fields().into_iter().map(str::to_owned).collect();
    report.told = step.step.told;
    report.stage = Some(step.step.stage);
    report.why.clone_from(&step.step.why);
    if let Asks::Same { claim, take: piece, .. } = &step.asks {
        let text = claims.claim(claim).and_then(Value::as_str);
        if let Some(part) = text.and_then(|text| take(*piece, text)).filter(|part| Some(*part) != text) {
            report.whole = report.found.replace(part.to_owned());
        }
    }
    if let Err(miss) = check(&step.asks, claims, question) {
        report.state = StepState::Misses(miss);
    }
    report
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
        Asks::NoneOf { claim, values, .. } | Asks::Among { claim, values, .. } => {
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

/// The record of which fewest steps fail; of equals, the first.
fn nearest(records: &[RecordReport]) -> Option<usize> {
    let failing = |report: &RecordReport| report.failures().len();
    let about = records.iter().enumerate().filter(|(_, report)| report.is_about_issuer);
    about.min_by_key(|(at, report)| (failing(report), *at)).map(|(at, _)| at)
}
