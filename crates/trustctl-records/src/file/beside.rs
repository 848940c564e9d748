//! What stands beside a record's fields in its file: the packages that it is for.

use serde_json::Value;
use trustctl_catalog::profile::Profile;
use trustctl_diag::{Diagnostic, FileId, Place, Span};

use super::places::Node;
use super::{RECORD_FILE, Reader, parse};
use crate::{Record, Settings};

/// A record with what its file says beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The record.
    pub record: Record,
    /// The packages that it is for, as the file names them: `package`, `packages`, or the registry's own member.
    pub packages: Vec<String>,
    /// Where it stands.
    pub place: Place,
}

/// As [`read_file_with_settings`](crate::read_file_with_settings), with what the file says of each record's packages.
///
/// # Errors
///
/// As there; a package that is no text, too.
pub fn read_written(
    profile: &Profile,
    publisher: Option<&str>,
    file: FileId,
    text: &str,
) -> Result<(Vec<Written>, Settings), Vec<Diagnostic>> {
    let (value, node) = parse(file, text)?;
    Reader { profile, file, text }.written(publisher, &value, &node)
}

impl Reader<'_> {
    /// The records of a value with their packages, and the settings beside their fields.
    pub(super) fn written(
        &self,
        publisher: Option<&str>,
        value: &Value,
        node: &Node,
    ) -> Result<(Vec<Written>, Settings), Vec<Diagnostic>> {
        let (records, settings) = self.read(publisher, value, node)?;
        let (mut all, mut diagnostics) = (Vec::new(), Vec::new());
        for (record, value, node) in records {
            match packages(self, value, node) {
                Ok(packages) => all.push(Written { record, packages, place: self.place(node.span) }),
                Err(problem) => diagnostics.push(problem),
            }
            if self.are_enough(&mut diagnostics, node) {
                break;
            }
        }
        if diagnostics.is_empty() { Ok((all, settings)) } else { Err(diagnostics) }
    }
}

fn packages(reader: &Reader<'_>, record: &Value, node: &Node) -> Result<Vec<String>, Diagnostic> {
    let members = ["package", "packages"].into_iter().chain(reader.profile.names_package.as_deref());
    let mut packages = Vec::new();
    for member in members {
        let names = match record.get(member) {
            None | Some(Value::Null) => Some(Vec::new()),
            Some(Value::String(name)) => Some(vec![name.clone()]),
            Some(Value::Array(names)) => names.iter().map(|name| name.as_str().map(str::to_owned)).collect(),
            Some(_) => None,
        };
        let place = || reader.place(node.place(&format!("/{member}"), true));
        let no_text = || Diagnostic::error(RECORD_FILE, place(), format!("`{member}` is a name or a list of names"));
        packages.extend(names.ok_or_else(|| no_text().help(format!("write `{member}: NAME`")))?);
    }
    packages.dedup();
    Ok(packages)
}

impl Written {
    /// A record that no file says anything more of.
    pub fn alone(record: Record, packages: Vec<String>) -> Self {
        Self { record, packages, place: Place { file: FileId(0), span: Span::default() } }
    }
}
