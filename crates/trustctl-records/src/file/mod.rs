//! A file of trust records, YAML or JSON, read as the registry reads its own, with the place of whatever it refuses.
//!
//! A file holds one record or a list of records; where a registry's record is a list itself (its profile says so), the list
//! is one record. Operator's settings may stand beside a record's fields. Text that two readers may take for two values
//! (aliases, a key twice, `yes`) is refused instead of guessed at.

mod beside;
mod json;
mod places;
mod scalar;
#[cfg(test)]
mod tests;
mod yaml;

use serde_json::Value;
use trustctl_catalog::profile::{FieldType, Profile};
use trustctl_diag::{Diagnostic, FileId, LineIndex, Place, Span};

use crate::{Record, RecordProblem, Settings};
use places::{Builder, Node};

pub use beside::{Written, read_written};

/// The code of a diagnostic that says why a registry would refuse a record.
pub const RECORD_REFUSED: &str = "record-refused";

/// The code of a diagnostic about a file that holds no records at all, or too much.
const RECORD_FILE: &str = "record-file";

/// Most diagnostics of a file: whoever mends so many looks for what they have in common.
const MOST_DIAGNOSTICS: usize = 100;

/// Most bytes of a file.
const MAX_BYTES: usize = 4 << 20;

/// Reads a file that holds one record, or a list of records.
///
/// `publisher` is the kind of record, as in [`Record::read`]. `file` is the text's place among the caller's sources.
///
/// # Errors
///
/// Everything that is wrong with the file, or that the registry would refuse, in the order of the records.
pub fn read_file(
    profile: &Profile,
    publisher: Option<&str>,
    file: FileId,
    text: &str,
) -> Result<Vec<Record>, Vec<Diagnostic>> {
    read_file_with_settings(profile, publisher, file, text).map(|(records, _)| records)
}

/// As [`read_file`], with the profile's settings as the file changes them: `organization: acme` beside the statements of a
/// policy at Buildkite.
///
/// # Errors
///
/// As [`read_file`]; a setting that two records of the file give different values, too.
pub fn read_file_with_settings(
    profile: &Profile,
    publisher: Option<&str>,
    file: FileId,
    text: &str,
) -> Result<(Vec<Record>, Settings), Vec<Diagnostic>> {
    let (value, node) = parse(file, text)?;
    Reader { profile, file, text }
        .read(publisher, &value, &node)
        .map(|(records, settings)| (records.into_iter().map(|(record, ..)| record).collect(), settings))
}

/// What a file holds of one registry: its records, and its operator's settings.
pub type OfRegistry<'p> = (&'p Profile, Vec<Written>, Settings);

/// Reads a file that holds records of several registries, as a map: `pypi: RECORD`, `npm: [RECORD, …]`.
///
/// Of each registry that the file names, the records and the settings, as [`read_written`] gives them.
///
/// # Errors
///
/// As [`read_written`], of all registries together; a name that is none of theirs, too.
pub fn read_file_by_registry<'p>(
    profiles: &[&'p Profile],
    publisher: Option<&str>,
    file: FileId,
    text: &str,
) -> Result<Vec<OfRegistry<'p>>, Vec<Diagnostic>> {
    let (value, node) = parse(file, text)?;
    let known = || profiles.iter().map(|profile| format!("`{}`", profile.registry)).collect::<Vec<_>>().join(", ");
    let wrong = |place: Span, message: String, help: String| {
        Diagnostic::error(RECORD_FILE, Place { file, span: place }, message).help(help)
    };
    let Value::Object(members) = &value else {
        let help = format!("write `REGISTRY: RECORD` for each; there are {}", known());
        return Err(vec![wrong(Span::default(), "the file does not say whose records these are".to_owned(), help)]);
    };
    let (mut all, mut diagnostics) = (Vec::new(), Vec::new());
    for (registry, value) in members {
        let part = node.member(registry).unwrap_or(&node);
        match profiles.iter().find(|profile| profile.registry == *registry) {
            Some(profile) => match (Reader { profile, file, text }).written(publisher, value, part) {
                Ok((records, settings)) => all.push((*profile, records, settings)),
                Err(problems) => diagnostics.extend(problems),
            },
            None => {
                let place = part.key.unwrap_or(part.span);
                diagnostics.push(wrong(
                    place,
                    format!("there is no registry `{registry}`"),
                    format!("there are {}", known()),
                ));
            }
        }
    }
    if diagnostics.is_empty() { Ok(all) } else { Err(diagnostics) }
}

/// The file's one value, with a place for everything in it.
fn parse(file: FileId, text: &str) -> Result<(Value, Node), Vec<Diagnostic>> {
    let whole = |message: String, help: &str| {
        vec![Diagnostic::error(RECORD_FILE, Place { file, span: Span::default() }, message).help(help)]
    };
    if text.len() > MAX_BYTES {
        let help = format!("at most {} MiB are read: split the file", MAX_BYTES >> 20);
        return Err(whole(format!("the file has {} bytes", text.len()), &help));
    }
    let mut builder = Builder::new(file, text);
    let is_bracketed = text.trim_start().starts_with(['{', '[']);
    match serde_json::from_str::<Value>(text) {
        Ok(_) => json::read(text, &mut builder),
        // Brackets are YAML, too; what is in quotes behind them is meant for JSON.
        Err(error) if is_bracketed && text.trim_start_matches(['{', '[', ' ', '\n', '\r', '\t']).starts_with('"') => {
            let mut yaml = Builder::new(file, text);
            yaml::read(text, &mut yaml);
            if !yaml.is_sound() {
                return Err(vec![not_json(file, text, &error)]);
            }
            builder = yaml;
        }
        Err(_) => yaml::read(text, &mut builder),
    }
    builder
        .finish()?
        .filter(|(value, _)| !value.is_null())
        .ok_or_else(|| whole("the file holds no record".to_owned(), "write the registry's own record into it"))
}

fn not_json(file: FileId, text: &str, error: &serde_json::Error) -> Diagnostic {
    let line = u32::try_from(error.line()).unwrap_or(1);
    let column = u32::try_from(error.column()).unwrap_or(1);
    let start = LineIndex::new(text).start(line).unwrap_or(0).saturating_add(column.saturating_sub(1));
    let start = start.min(u32::try_from(text.len()).unwrap_or(u32::MAX));
    let told = error.to_string();
    let told = told.split(" at line ").next().unwrap_or_default();
    let place = Place { file, span: Span { start, end: start } };
    Diagnostic::error("not-yaml", place, format!("this is no JSON, nor YAML: {told}"))
}

struct Reader<'a> {
    profile: &'a Profile,
    file: FileId,
    text: &'a str,
}

/// A record with what it was read from.
type ReadRecord<'v> = (Record, &'v Value, &'v Node);

impl<'a> Reader<'a> {
    /// The records of a value, and the settings beside their fields.
    fn read<'v>(
        &self,
        publisher: Option<&str>,
        value: &'v Value,
        node: &'v Node,
    ) -> Result<(Vec<ReadRecord<'v>>, Settings), Vec<Diagnostic>> {
        let mut records = Vec::new();
        let mut diagnostics = Vec::new();
        let mut settings = Beside { settings: Settings::of(self.profile), given: Vec::new() };
        for (value, node) in self.records(value, node) {
            match Record::read(self.profile, publisher, value) {
                Ok(record) => records.push((record, value, node)),
                Err(problems) => diagnostics.extend(problems.iter().map(|problem| self.refused(node, problem))),
            }
            diagnostics.extend(settings.read(self, value, node));
            if self.are_enough(&mut diagnostics, node) {
                break;
            }
        }
        if diagnostics.is_empty() { Ok((records, settings.settings)) } else { Err(diagnostics) }
    }

    /// Whether there are more diagnostics than are worth reading; then they end with one that says so, at this record.
    fn are_enough(&self, diagnostics: &mut Vec<Diagnostic>, node: &Node) -> bool {
        if diagnostics.len() <= MOST_DIAGNOSTICS {
            return false;
        }
        diagnostics.truncate(MOST_DIAGNOSTICS);
        let message = format!("there are more than these {MOST_DIAGNOSTICS} problems, and the rest was not looked for");
        let place = self.place(node.span);
        diagnostics.push(Diagnostic::error(RECORD_FILE, place, message).help("mend these first"));
        true
    }

    /// Each record with its places.
    fn records<'v>(&self, value: &'v Value, node: &'v Node) -> Vec<(&'v Value, &'v Node)> {
        let fields = self.profile.publishers.values().flat_map(|publisher| &publisher.fields);
        let mut whole = fields.filter(|field| field.kind == FieldType::Any && field.at.iter().any(String::is_empty));
        match value {
            Value::Array(items) if whole.next().is_none() => items.iter().zip(node.items()).collect(),
            one => vec![(one, node)],
        }
    }

    fn refused(&self, record: &Node, problem: &RecordProblem) -> Diagnostic {
        let title = &self.profile.title;
        let message = match problem.field.as_str() {
            "" => format!("{title} would refuse the record: {}", problem.reason),
            field => format!("{title} would refuse `{field}`: {}", problem.reason),
        };
        let is_field = |publisher: &trustctl_catalog::profile::Publisher| publisher.field(&problem.field).is_some();
        let is_known = problem.field.is_empty() || self.profile.publishers.values().any(is_field);
        let place = self.place(record.place(&problem.at, is_known));
        Diagnostic::error(RECORD_REFUSED, place, message).help(problem.mend.clone())
    }

    /// The first line of a span: a record of many lines is not drawn whole.
    fn place(&self, span: Span) -> Place {
        let text = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        let line = text.lines().next().unwrap_or_default().trim_end();
        let end = u32::try_from(line.len()).ok().and_then(|length| span.start.checked_add(length)).unwrap_or(span.end);
        Place { file: self.file, span: Span { start: span.start, end } }
    }
}

/// The settings that a file gives.
struct Beside {
    settings: Settings,
    given: Vec<String>,
}

impl Beside {
    fn read(&mut self, reader: &Reader<'_>, record: &Value, node: &Node) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        for name in reader.profile.settings.keys() {
            let Some(value) = record.get(name).filter(|value| !value.is_null()) else { continue };
            let text = |value: &Value| value.as_str().map(str::to_owned);
            let values: Option<Vec<String>> = match value {
                Value::Array(items) => items.iter().map(text).collect(),
                one => text(one).map(|text| vec![text]),
            };
            let error = |message: String, help: &str| {
                let place = reader.place(node.place(&format!("/{name}"), true));
                Diagnostic::error(RECORD_FILE, place, message).help(help)
            };
            match values {
                None => diagnostics.push(error(format!("`{name}` is a text or a list of texts"), "put it in quotes")),
                // An empty audience would be whatever the token has.
                Some(values) if values.is_empty() || values.iter().any(|value| value.trim().is_empty()) => {
                    diagnostics.push(error(format!("`{name}` is empty"), "write its value, or leave it out"));
                }
                Some(values) if self.given.contains(name) && self.settings.all(name) != values => {
                    let message = format!("`{name}` has another value in an earlier record of the file");
                    diagnostics.push(error(message, "it is the registry's, and has one value for all of its records"));
                }
                Some(values) => {
                    self.given.push(name.clone());
                    self.settings.set(name, values);
                }
            }
        }
        diagnostics
    }
}
