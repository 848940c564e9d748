//! Records and their steps, as `trustctl eval --as` reports them.

use schemars::JsonSchema;
use serde::Serialize;
use trustctl_records::{Learned, Miss, RecordProblem, StepState};

use crate::ruling::{AskedRecord, Believed, Origin, OtherSetting, RegistryAnswer, SetAside, is_unchecked};

/// One record with every step.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Record")]
pub(super) struct RecordReport {
    /// Which kind of record.
    publisher: String,
    /// The file it is from; `null` for the record that the token would need.
    file: Option<String>,
    /// Which of the file's records, from 1; `null` where it is the only one.
    place: Option<usize>,
    /// Of the record that the token would need, the fields that the token gives.
    fields: Vec<FieldReport>,
    /// Whether it is about tokens of this issuer; if not, there are no steps.
    about_issuer: bool,
    /// Every step in the registry's order, also those after the first that does not hold.
    steps: Vec<StepReport>,
    /// What it grants to this token by name: scopes or service accounts.
    grants: Vec<String>,
    /// What a user should know of it, whatever the answer.
    warnings: Vec<String>,
}

/// A record that does not count for what is asked.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SetAside")]
pub(super) struct SetAsideReport {
    /// The file it is from; `null` for the record that was asked, where what it grants is something else.
    file: Option<String>,
    /// Which of the file's records, from 1; `null` where it is the only one.
    place: Option<usize>,
    /// Why it does not count.
    reason: String,
}

/// A setting that is not the registry's own.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Setting")]
pub(super) struct SettingReport {
    /// Its name.
    name: String,
    /// Its values.
    values: Vec<String>,
    /// The record file that says it; `null` for `--set`.
    file: Option<String>,
}

/// A name with its value.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Field")]
pub(super) struct FieldReport {
    /// The name.
    name: String,
    /// The value.
    value: String,
}

/// One step.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Step")]
pub(super) struct StepReport {
    /// Its name.
    name: String,
    /// What became of it.
    status: StatusReport,
    /// The claim it is about; `null` where it is about none or several.
    claim: Option<String>,
    /// The record's fields that it reads.
    fields: Vec<String>,
    /// What would do; what is refused, for a ban.
    expected: Vec<String>,
    /// What of the token is compared; `null` where it has nothing.
    found: Option<String>,
    /// The whole claim, where only a piece of it is compared.
    whole: Option<String>,
    /// Of several ways in, one of which is enough, which one it belongs to, from 0.
    alternative: Option<usize>,
    /// Why the token is refused here; of the token's own checks only.
    reason: Option<String>,
    /// The usual cause, where it does not hold and one is known.
    cause: Option<String>,
    /// What a user should know who fails here.
    why: Option<String>,
    /// What to do about it, where the record lacks what the registry fills in by itself.
    help: Option<String>,
    /// Whether a caller who fails here is told of it, at a registry that tells of some steps.
    told: bool,
}

/// What became of a step.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Status")]
enum StatusReport {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// A claim is not there, or empty.
    Missing,
    /// The claim is of another JSON type.
    WrongType,
    /// What the registry would say cannot be told; it counts as a refusal.
    Unclear,
    /// It was not looked at, because what it is about is not known here, such as earlier uses.
    Unchecked,
}

/// Why the registry would not take a record.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "RecordProblem")]
pub(super) struct ProblemReport {
    /// The field; empty where the whole record is meant.
    field: String,
    /// The registry's reason.
    reason: String,
    /// What to write.
    mend: String,
}

/// An id that the registry stores at this use.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Learned")]
pub(super) struct LearnedReport {
    /// The record, by its place.
    record: usize,
    /// The field.
    field: String,
    /// Its value from then on.
    value: String,
}

impl RecordReport {
    pub(super) fn new(answer: &RegistryAnswer, report: &trustctl_records::RecordReport, asked: &AskedRecord) -> Self {
        let step = |step| StepReport::new(step, answer.help(&report.publisher, step));
        let (file, place, fields) = match &asked.origin {
            Origin::File { file, place } => (Some(file.clone()), Some(*place).filter(|place| *place > 0), Vec::new()),
            Origin::Token { fields } => (None, None, fields.iter().map(FieldReport::new).collect()),
        };
        Self {
            publisher: report.publisher.clone(),
            file,
            place,
            fields,
            about_issuer: report.is_about_issuer,
            steps: report.steps.iter().map(step).collect(),
            grants: report.grants.clone(),
            warnings: report.warnings.clone(),
        }
    }
}

impl SetAsideReport {
    pub(super) fn new(one: &SetAside) -> Self {
        let (file, place) = match &one.record {
            Some(Origin::File { file, place }) => (Some(file.clone()), Some(*place).filter(|place| *place > 0)),
            Some(Origin::Token { .. }) | None => (None, None),
        };
        Self { file, place, reason: one.reason.clone() }
    }
}

impl SettingReport {
    pub(super) fn new(set: &OtherSetting) -> Self {
        Self { name: set.name.clone(), values: set.values.clone(), file: set.file.clone() }
    }
}

impl FieldReport {
    pub(super) fn new((name, value): &(String, String)) -> Self {
        Self { name: name.clone(), value: value.clone() }
    }
}

impl StepReport {
    fn new(step: &trustctl_records::StepReport, help: Option<String>) -> Self {
        let (status, reason) = match &step.state {
            StepState::Holds => (StatusReport::Pass, None),
            StepState::Refused(reason) => (StatusReport::Fail, Some(reason.clone())),
            StepState::Misses(Miss::Missing(_) | Miss::Blank(_)) => (StatusReport::Missing, None),
            StepState::Misses(Miss::WrongType(_)) => (StatusReport::WrongType, None),
            StepState::Misses(Miss::Unclear(_, reason)) => (StatusReport::Unclear, Some(reason.clone())),
            StepState::Misses(_) => (StatusReport::Fail, None),
        };
        Self {
            name: step.name.clone(),
            status,
            claim: step.claim.clone(),
            fields: step.fields.clone(),
            expected: step.expected.clone(),
            found: step.found.clone(),
            whole: step.whole.clone(),
            alternative: step.alternative,
            reason,
            cause: step.cause.clone(),
            why: step.why.clone(),
            help,
            told: step.told,
        }
    }
}

impl StepReport {
    /// A check of the token itself.
    pub(super) fn of_token(step: &trustctl_records::StepReport, believed: &Believed) -> Self {
        let report = Self::new(step, None);
        if is_unchecked(step, believed) { Self { status: StatusReport::Unchecked, ..report } } else { report }
    }
}

impl ProblemReport {
    pub(super) fn new(problem: &RecordProblem) -> Self {
        Self { field: problem.field.clone(), reason: problem.reason.clone(), mend: problem.mend.clone() }
    }
}

impl LearnedReport {
    pub(super) fn new((record, learned): &(usize, Learned)) -> Self {
        Self { record: *record, field: learned.field.clone(), value: learned.value.clone() }
    }
}
