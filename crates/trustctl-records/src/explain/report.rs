//! A decision with its reasons, as values that others write out.

use std::collections::BTreeSet;

use trustctl_catalog::profile::Stage;

use crate::check::Miss;
use crate::judge::Ruling;

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

impl Explanation {
    /// The check of the envelope that does not hold.
    pub fn refused(&self) -> Option<&StepReport> {
        self.envelope.iter().find(|step| !step.holds())
    }
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
    /// What it grants to this token by name: scopes or service accounts; empty for a refusal, and where it names none.
    pub grants: Vec<String>,
    /// What a user should know of the record whatever the decision.
    pub warnings: Vec<String>,
}

impl RecordReport {
    /// The first step that does not hold; of alternatives, in the nearest one.
    pub fn first_failure(&self) -> Option<&StepReport> {
        self.failures().into_iter().next()
    }

    /// Why it does not let the token in: the steps that do not hold, and of alternatives those of the one that is nearest.
    /// Empty for a record that does.
    pub fn failures(&self) -> Vec<&StepReport> {
        let failing = |alternative: Option<usize>| {
            self.steps.iter().filter(move |step| step.alternative == alternative && !step.holds())
        };
        let alternatives: BTreeSet<usize> = self.steps.iter().filter_map(|step| step.alternative).collect();
        let nearest = alternatives.into_iter().min_by_key(|at| failing(Some(*at)).count());
        failing(None).chain(nearest.into_iter().flat_map(|at| failing(Some(at)))).collect()
    }

    /// How many steps hold.
    pub fn holding(&self) -> usize {
        self.steps.iter().filter(|step| step.holds()).count()
    }
}

/// What became of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReport {
    /// Its short name: `workflow file`.
    pub name: String,
    /// The claim it is about, where it is about one.
    pub claim: Option<String>,
    /// The record's fields that it reads.
    pub fields: Vec<String>,
    /// The texts that would do; what is refused for a ban.
    pub expected: Vec<String>,
    /// What the token has, or what of it is compared.
    pub found: Option<String>,
    /// The whole claim, where only a piece of it is compared.
    pub whole: Option<String>,
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
    /// Where a record's statements are several ways in, one of which is enough: which of them it is a part of, from 0.
    pub alternative: Option<usize>,
}

impl StepReport {
    /// A step that holds, of which only the name is known yet.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            claim: None,
            fields: Vec::new(),
            expected: Vec::new(),
            found: None,
            whole: None,
            state: StepState::Holds,
            told: true,
            stage: None,
            why: None,
            cause: None,
            alternative: None,
        }
    }

    /// Whether it holds.
    pub fn holds(&self) -> bool {
        self.state == StepState::Holds
    }
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
