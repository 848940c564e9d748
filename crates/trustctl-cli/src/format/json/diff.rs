//! The result of `trustctl diff`.

use schemars::JsonSchema;
use serde::Serialize;
use trustctl_analysis::Answer;

use super::witness::WitnessReport;
use super::{RangeReport, Version, write};
use crate::comparison::{Changed, Comparison, Outcome, Side, Way};
use crate::moment;
use crate::positions::Positions;

/// A comparison as JSON.
pub(crate) fn diff(comparison: &Comparison) -> String {
    write(&DiffReport::new(comparison))
}

/// What a change newly allows and newly denies.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Diff")]
pub(crate) struct DiffReport {
    /// Version of this form.
    version: Version,
    /// What it comes to.
    outcome: OutcomeReport,
    /// The time from which on they were compared (RFC 3339).
    at: String,
    /// What was.
    base: SideReport,
    /// What is to be.
    head: SideReport,
    /// What HEAD lets in and BASE does not, in the order of HEAD.
    allowed: Vec<ChangeReport>,
    /// What BASE lets in and HEAD does not, in the order of BASE.
    denied: Vec<ChangeReport>,
    /// What has to be known to read it, a sentence each, such as a side that is not there.
    notes: Vec<String>,
}

/// What a comparison comes to.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "DiffOutcome")]
enum OutcomeReport {
    /// The same tokens get in.
    Same,
    /// Something is newly allowed.
    Widened,
    /// It could not be decided whether something is newly allowed; regard it as so.
    PerhapsWidened,
    /// Nothing is newly allowed, and something no longer.
    Narrowed,
}

/// One of the two sides.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Side")]
struct SideReport {
    /// As it was given: a file, a folder, `REV:PATH`.
    given: String,
    /// Root files of its policies; none where there is no trust file, and nobody gets in.
    policies: Vec<String>,
}

/// A grant that lets in what the other side does not.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Change")]
struct ChangeReport {
    /// The grant's name, or `FILE:LINE`.
    grant: String,
    /// Its trust file.
    file: String,
    /// Where in it.
    range: RangeReport,
    /// The registry's name.
    registry: String,
    /// The packages or service accounts for which it is so.
    names: Vec<String>,
    /// The actions for which it is so; none for service accounts.
    actions: Vec<String>,
    /// When it begins (RFC 3339); `null` for at once.
    from: Option<String>,
    /// A token that shows it; `null` where it could not be decided.
    witness: Option<WitnessReport>,
    /// Why it could not be decided; regard it as allowed.
    unclear: Option<String>,
    /// Why the other side refuses the token, in words.
    refusal: Option<RefusalReport>,
}

/// Why the other side refuses a token.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Refusal")]
struct RefusalReport {
    /// The nearest grant's `FILE:LINE`; `null` where there is none that could take it.
    grant: Option<String>,
    /// In words.
    message: String,
}

impl DiffReport {
    fn new(comparison: &Comparison) -> Self {
        let changes = |way: Way| {
            let (side, all) = way.of(comparison);
            let positions = Positions::new(&side.sources);
            all.iter().filter_map(|changed| ChangeReport::new(side, changed, way, &positions)).collect()
        };
        Self {
            version: Version,
            outcome: match comparison.outcome() {
                Outcome::Same => OutcomeReport::Same,
                Outcome::Widened => OutcomeReport::Widened,
                Outcome::PerhapsWidened => OutcomeReport::PerhapsWidened,
                Outcome::Narrowed => OutcomeReport::Narrowed,
            },
            at: moment::rfc3339(comparison.at),
            base: SideReport::new(&comparison.base),
            head: SideReport::new(&comparison.head),
            allowed: changes(Way::Allowed),
            denied: changes(Way::Denied),
            notes: comparison.notes.clone(),
        }
    }
}

impl SideReport {
    fn new(side: &Side) -> Self {
        Self { given: side.given.clone(), policies: side.policies.iter().map(|of| of.name.clone()).collect() }
    }
}

impl ChangeReport {
    fn new(side: &Side, changed: &Changed, way: Way, positions: &Positions<'_>) -> Option<Self> {
        let (policy, grant) = side.granted(changed)?;
        let change = &changed.change;
        let (witness, unclear) = match &change.answer {
            Answer::Yes(witness) => (Some(WitnessReport::new(witness)), None),
            Answer::Unknown(why) => (None, Some(why.clone())),
            Answer::No => (None, None),
        };
        Some(Self {
            grant: policy.grant_label(grant),
            file: positions.sources().name(grant.place.file).to_owned(),
            range: RangeReport::new(grant.place, positions),
            registry: policy.registry(grant.registry)?.name.clone(),
            names: change.names.clone(),
            actions: change.actions.clone(),
            from: change.from.map(|from| moment::rfc3339(from.0)),
            witness,
            unclear,
            refusal: changed.refusal.as_ref().map(|refusal| RefusalReport {
                grant: refusal.at.clone(),
                message: refusal.words(way.other().1, &|text| format!("`{text}`")),
            }),
        })
    }
}
