//! A file of trust records: YAML or JSON, read as the registry's own records, with the place of everything it refuses.

use serde_json::Value;
use trustctl_catalog::profile::Profile;
use trustctl_diag::{Diagnostic, FileId, Place, Span};

use crate::{Record, RecordProblem};

/// The code of a diagnostic that says why a registry would refuse a record.
pub const RECORD_REFUSED: &str = "record-refused";

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
    let value: Value = serde_json::from_str(text).map_err(|error| {
        vec![Diagnostic::error(
            "record-syntax",
            Place { file, span: Span::default() },
            format!("this is no JSON: {error}"),
        )]
    })?;
    let records = match value {
        Value::Array(records) => records,
        record => vec![record],
    };
    let mut read = Vec::new();
    let mut problems = Vec::new();
    for record in &records {
        match Record::read(profile, publisher, record) {
            Ok(record) => read.push(record),
            Err(refused) => problems.extend(refused.iter().map(|problem| diagnostic(file, problem))),
        }
    }
    if problems.is_empty() { Ok(read) } else { Err(problems) }
}

fn diagnostic(file: FileId, problem: &RecordProblem) -> Diagnostic {
    Diagnostic::error(RECORD_REFUSED, Place { file, span: Span::default() }, problem.reason.clone())
        .help(problem.mend.clone())
}
