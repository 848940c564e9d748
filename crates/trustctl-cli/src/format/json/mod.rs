//! Results for programs: objects with `"version": 1`, described by the schemas that [`schemas`] makes.
//!
//! Within a version, members are added and never change their meaning or go away. Members stand in the order of
//! the structs here.

pub(crate) mod decision;
pub(crate) mod diff;
pub(crate) mod findings;
pub(crate) mod ruling;
pub(crate) mod who;
mod witness;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde::Serialize;
use trustctl_diag::{Diagnostic, Place};

use crate::failure::Failure;
use crate::positions::Positions;

/// The JSON Schemas of the command's results, as file name and text: what `schema/` holds.
pub fn schemas() -> Vec<(&'static str, String)> {
    vec![
        (
            "decision.schema.json",
            schema::<Outcome<decision::DecisionReport>>("What `trustctl eval --format json` writes"),
        ),
        (
            "ruling.schema.json",
            schema::<Outcome<ruling::RulingsReport>>("What `trustctl eval --as REGISTRY --format json` writes"),
        ),
        (
            "findings.schema.json",
            schema::<Outcome<findings::FindingsReport>>("What `trustctl lint --format json` writes"),
        ),
        ("diff.schema.json", schema::<Outcome<diff::DiffReport>>("What `trustctl diff --format json` writes")),
        ("who.schema.json", schema::<Outcome<who::WhoReport>>("What `trustctl who --format json` writes")),
    ]
}

/// Exit code 2 as JSON.
pub(crate) fn failure(failure: &Failure) -> String {
    let problems = match &failure.problems {
        Some((sources, problems)) => {
            let positions = Positions::new(sources);
            problems.iter().map(|problem| Problem::new(problem, &positions)).collect()
        }
        None => Vec::new(),
    };
    write(&Failed {
        version: Version,
        error: ErrorReport { message: failure.message.clone(), help: failure.help.clone(), problems },
    })
}

/// A result as text: indented, so that people can read it too, with a line end.
fn write(report: &impl Serialize) -> String {
    // Nothing in the reports can fail to be written: every key is a string, and there is no number that JSON lacks.
    let mut text = serde_json::to_string_pretty(report)
        .unwrap_or_else(|_| r#"{"version": 1, "error": {"message": "cannot write the result"}}"#.to_owned());
    text.push('\n');
    text
}

fn schema<T: JsonSchema>(title: &str) -> String {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    write(&schema)
}

/// Version of the result's form: 1.
#[derive(Debug)]
pub(crate) struct Version;

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(1)
    }
}

impl JsonSchema for Version {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "const": 1 })
    }
}

/// A result, or why there is none.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "the schema is made from it; the two are written apart")]
pub(crate) enum Outcome<T> {
    /// It was done: exit code 0 or 1.
    Done(T),
    /// It could not be done: exit code 2.
    Failed(Failed),
}

/// Exit code 2: it could not be done.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failed {
    /// Version of this form.
    version: Version,
    /// What stopped the command.
    error: ErrorReport,
}

/// What stopped the command.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorReport {
    /// In one line.
    message: String,
    /// What to do about it.
    help: Option<String>,
    /// Problems in trust files that it comes from.
    problems: Vec<Problem>,
}

/// A problem in a trust file.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Problem {
    /// Stable name of the kind of problem: `unknown-key`.
    code: &'static str,
    /// What is wrong, in one line.
    message: String,
    /// The trust file; `null` where it is about none.
    file: Option<String>,
    /// Where in it.
    range: Option<RangeReport>,
    /// What to write instead.
    help: Option<String>,
}

impl Problem {
    fn new(diagnostic: &Diagnostic, positions: &Positions<'_>) -> Self {
        Self {
            code: diagnostic.code,
            message: diagnostic.message.clone(),
            file: diagnostic.place().map(|place| positions.sources().name(place.file).to_owned()),
            range: diagnostic.place().map(|place| RangeReport::new(place, positions)),
            help: diagnostic.help.clone(),
        }
    }
}

/// A stretch of a file.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Range")]
pub(crate) struct RangeReport {
    /// Its first character.
    start: PositionReport,
    /// After its last character.
    end: PositionReport,
}

/// A character of a file.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Position")]
pub(crate) struct PositionReport {
    /// Line, from 1.
    #[schemars(range(min = 1))]
    line: u32,
    /// Column in characters, from 1.
    #[schemars(range(min = 1))]
    column: u32,
}

impl RangeReport {
    fn new(place: Place, positions: &Positions<'_>) -> Self {
        let range = positions.range(place);
        let position = |at: trustctl_diag::Position| PositionReport { line: at.line, column: at.column };
        Self { start: position(range.start), end: position(range.end) }
    }
}
