//! The usual cause of a refusal, in words.
//!
//! Each cause is a small function of one step that does not hold, with the claims and the record's other steps; the
//! first that knows it speaks. They explain and never decide: nothing here is reached before a decision stands. What
//! they know of claims is the catalogue's: the part each plays, the ids that pin a name, what is taken for what.

mod absence;
mod audience;
mod envelope;
mod event;
mod field;
mod form;
mod identity;
mod mistaken;
mod release;
mod runner;
mod spelling;
mod subject;
mod workflow;

use trustctl_catalog::profile::{Operation, Take};
use trustctl_catalog::{Catalogue, Claim, Provider, Role};
use trustctl_claims::{Claims, Value};

pub(crate) use envelope::{of_envelope, refusal};

use crate::check::Miss;
use crate::explain::{StepReport, StepState};
use crate::judge::{Judge, Question};
use crate::prepare::Prepared;

/// From the most telling to the most general.
const CAUSES: [fn(&Failed<'_>) -> Option<String>; 22] = [
    audience::of_a_step,
    mistaken::another_claims_value,
    identity::another_id,
    identity::another_name,
    absence::older_than_the_claim,
    absence::configuration_elsewhere,
    absence::no_environment,
    event::banned,
    event::switched_off,
    event::another,
    runner::of_ones_own,
    release::no_version,
    release::branch,
    release::another_tag,
    subject::other_shape,
    form::address,
    form::too_much,
    workflow::called_from_elsewhere,
    spelling::almost_the_same,
    field::of_the_record,
    absence::another_type,
    absence::not_in_every_token,
];

/// The usual cause of a step that does not hold, where one is known; `steps` are all of its record.
pub(crate) fn of(
    judge: &Judge<'_>,
    prepared: &Prepared<'_>,
    step: &StepReport,
    steps: &[StepReport],
    claims: &Claims<'_>,
    question: &Question<'_>,
) -> Option<String> {
    let StepState::Misses(miss) = &step.state else { return None };
    let provider = provider(prepared.publisher.provider.as_deref(), claims);
    let failed = Failed { judge, prepared, step, miss, steps, claims, question, provider };
    CAUSES.iter().find_map(|cause| cause(&failed))
}

/// A step that does not hold, with all there is to explain it by.
struct Failed<'f> {
    judge: &'f Judge<'f>,
    prepared: &'f Prepared<'f>,
    step: &'f StepReport,
    miss: &'f Miss,
    steps: &'f [StepReport],
    claims: &'f Claims<'f>,
    question: &'f Question<'f>,
    provider: Option<&'static Provider>,
}

impl<'f> Failed<'f> {
    /// The registry's name.
    fn title(&self) -> &'f str {
        &self.judge.profile.title
    }

    /// The claim that the step is about, also where the miss is about one of several.
    fn claim_name(&self) -> Option<&'f str> {
        match self.miss {
            Miss::Missing(claim) | Miss::Blank(claim) | Miss::WrongType(claim) => Some(claim),
            _ => self.step.claim.as_deref(),
        }
    }

    /// What the catalogue knows of it.
    fn claim(&self) -> Option<&'static Claim> {
        self.provider?.claims.get(self.claim_name()?)
    }

    fn role(&self) -> Option<Role> {
        self.claim().map(|claim| claim.role)
    }

    /// What of the token is compared, where that is a text.
    fn found(&self) -> Option<&'f str> {
        self.step.found.as_deref().filter(|_| !matches!(self.miss, Miss::Missing(_) | Miss::WrongType(_)))
    }

    /// Whether a value was there and is another than it should be.
    fn is_other(&self) -> bool {
        matches!(self.miss, Miss::Differs(_) | Miss::OtherId(_))
    }

    /// Whether the claim is not there, or empty.
    fn is_absent(&self) -> bool {
        matches!(self.miss, Miss::Missing(_) | Miss::Blank(_))
    }

    /// The texts that would do.
    fn expected(&self) -> &'f [String] {
        &self.step.expected
    }

    /// The text that would do, where there is only one.
    fn only_expected(&self) -> Option<&'f str> {
        match self.expected() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The text the token has for a claim.
    fn text_of(&self, claim: &str) -> Option<&'f str> {
        self.claims.named(claim).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// Which piece of the claim the step compares.
    fn piece(&self) -> Take {
        let steps = self.prepared.publisher.rule.iter();
        match steps.filter(|step| step.name == self.step.name).map(|step| &step.operation).next() {
            Some(Operation::Same { left, .. }) => left.take,
            _ => Take::Whole,
        }
    }

    /// The record's fields that the step compares with, through computed values, with their texts.
    fn fields(&self) -> Vec<(&'f str, &'f str)> {
        let computed = &self.prepared.publisher.computed;
        let names = self.step.fields.iter().flat_map(|name| match computed.get(name) {
            Some(templates) => templates.iter().flat_map(|template| template.fields()).collect::<Vec<_>>(),
            None => vec![name.as_str()],
        });
        names.filter_map(|name| Some((name, self.prepared.record.text(name)?))).collect()
    }

    /// `` `workflow_filename` ``, or the record where several fields are meant.
    fn field(&self) -> String {
        match self.step.fields.as_slice() {
            [only] if !self.prepared.publisher.computed.contains_key(only) => format!("`{only}`"),
            _ => "the record".to_owned(),
        }
    }

    /// The steps of the record that hold and are about this claim.
    fn holding(&self, claim: &str) -> impl Iterator<Item = &'f StepReport> {
        self.steps.iter().filter(move |step| step.holds() && step.claim.as_deref() == Some(claim))
    }
}

/// What the catalogue knows of whoever issued the token.
pub(crate) fn provider(kind: Option<&str>, claims: &Claims<'_>) -> Option<&'static Provider> {
    let catalogue = Catalogue::bundled().ok()?;
    let issuer = || claims.named("iss").and_then(Value::as_str);
    let kind = kind.or_else(|| catalogue.fixed_issuer(issuer()?).map(|(kind, _)| kind))?;
    catalogue.provider(kind)
}

/// Texts as a list in words: `` `a`, `b` or `c` ``.
fn either(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| format!("`{text}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}
