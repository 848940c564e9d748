//! The result of `trustctl lint`.

use schemars::JsonSchema;
use serde::Serialize;
use trustctl_analysis::Finding;
use trustctl_diag::Severity;

use super::witness::WitnessReport;
use super::{RangeReport, Version, write};
use crate::findings::Findings;
use crate::positions::Positions;

/// Findings as JSON.
pub(crate) fn findings(findings: &Findings) -> String {
    write(&FindingsReport::new(findings))
}

/// What is wrong with trust files.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Findings")]
pub(crate) struct FindingsReport {
    /// Version of this form.
    version: Version,
    /// How many trust files were checked.
    checked: usize,
    /// What was found, in the order of file, place and rule.
    findings: Vec<FindingReport>,
    /// What could not be read, each a line; not empty means exit code 2.
    unreadable: Vec<String>,
}

/// One thing that was found.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Finding")]
struct FindingReport {
    /// Name of the rule, or of the kind of language error.
    rule: String,
    /// How bad it is.
    severity: SeverityReport,
    /// How it is known: `proved`, `catalogue` or `heuristic`.
    known: String,
    /// What is wrong, in one line.
    message: String,
    /// The trust file.
    file: String,
    /// Where in it.
    range: RangeReport,
    /// Further places.
    related: Vec<RelatedReport>,
    /// What to write instead.
    help: Option<String>,
    /// A token that gets in and should not, confirmed by the evaluator.
    witness: Option<WitnessReport>,
}

/// A further place.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Related")]
struct RelatedReport {
    /// What is there.
    message: String,
    /// The trust file.
    file: String,
    /// Where in it.
    range: RangeReport,
}

/// How bad a finding is.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Severity")]
enum SeverityReport {
    /// Worth knowing; nothing has to change.
    Info,
    /// Probably not what the author wants.
    Warning,
    /// Wrong or dangerous.
    Error,
}

impl FindingsReport {
    fn new(findings: &Findings) -> Self {
        let positions = Positions::new(&findings.sources);
        Self {
            version: Version,
            checked: findings.checked,
            findings: findings.found.iter().map(|finding| FindingReport::new(finding, &positions)).collect(),
            unreadable: findings.unreadable.iter().map(ToString::to_string).collect(),
        }
    }
}

impl FindingReport {
    fn new(finding: &Finding, positions: &Positions<'_>) -> Self {
        let place = finding.place().unwrap_or_default();
        let further = finding.labels.iter().skip(1).map(|label| RelatedReport {
            message: label.text.clone(),
            file: positions.sources().name(label.place.file).to_owned(),
            range: RangeReport::new(label.place, positions),
        });
        Self {
            rule: finding.rule.to_owned(),
            severity: match finding.severity {
                Severity::Info => SeverityReport::Info,
                Severity::Warning => SeverityReport::Warning,
                Severity::Error => SeverityReport::Error,
            },
            known: finding.known.word().to_owned(),
            message: finding.message.clone(),
            file: positions.sources().name(place.file).to_owned(),
            range: RangeReport::new(place, positions),
            related: further.collect(),
            help: finding.help.clone(),
            witness: finding.witness.as_ref().map(WitnessReport::new),
        }
    }
}
