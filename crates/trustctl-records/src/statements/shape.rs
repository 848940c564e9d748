//! The shape of what an author wrote: members, lists and texts, with a problem for each that is something else.

use serde_json::{Map, Value as Json};

use super::value::kind;
use crate::RecordProblem;

/// Gathers what is wrong with one field of a record.
#[derive(Debug)]
pub(super) struct Problems {
    field: &'static str,
    found: Vec<RecordProblem>,
}

impl Problems {
    pub(super) fn new(field: &'static str) -> Self {
        Self { field, found: Vec::new() }
    }

    pub(super) fn add(&mut self, at: &str, reason: impl Into<String>, mend: impl Into<String>) {
        let (at, field) = (at.to_owned(), self.field.to_owned());
        self.found.push(RecordProblem { at, field, reason: reason.into(), mend: mend.into() });
    }

    /// A member that there is not: it is the name that is wrong, not the value.
    pub(super) fn unknown(&mut self, at: &str, name: &str, reason: impl Into<String>, mend: impl Into<String>) {
        let (at, field) = (below(at, name), name.to_owned());
        self.found.push(RecordProblem { at, field, reason: reason.into(), mend: mend.into() });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    pub(super) fn into_list(self) -> Vec<RecordProblem> {
        self.found
    }

    /// Something of another type, or nothing where something is wanted.
    fn wrong(&mut self, at: &str, what: &str, wanted: &str, example: &str, found: Option<&Json>) {
        let name = at.rsplit('/').next().unwrap_or_default();
        let reason = match found {
            None => format!("{what} has no `{name}`"),
            Some(found) => format!("{what} is {wanted}, and this is {}", kind(found)),
        };
        self.add(at, reason, format!("as in `{example}`"));
    }

    pub(super) fn list<'v>(&mut self, at: &str, what: &str, example: &str, value: &'v Json) -> &'v [Json] {
        match value {
            Json::Array(items) => items,
            other => {
                self.wrong(at, what, "a list", example, Some(other));
                &[]
            }
        }
    }

    pub(super) fn object<'v>(
        &mut self,
        at: &str,
        what: &str,
        example: &str,
        value: &'v Json,
    ) -> Option<&'v Map<String, Json>> {
        if let Json::Object(members) = value {
            return Some(members);
        }
        self.wrong(at, what, "an object", example, Some(value));
        None
    }

    /// The text of a member that must be there and not be empty.
    pub(super) fn text<'v>(
        &mut self,
        at: &str,
        what: &str,
        example: &str,
        members: &'v Map<String, Json>,
        name: &str,
    ) -> Option<&'v str> {
        let at = below(at, name);
        match members.get(name) {
            Some(Json::String(text)) if !text.trim().is_empty() => return Some(text),
            Some(Json::String(_)) => self.add(&at, format!("`{name}` is empty"), format!("as in `{example}`")),
            None => self.wrong(&at, what, "", example, None),
            Some(other) => self.wrong(&at, &format!("`{name}`"), "a text", example, Some(other)),
        }
        None
    }

    /// Members that mean nothing: a misspelt one would otherwise silently widen the record.
    pub(super) fn known(&mut self, at: &str, what: &str, members: &Map<String, Json>, known: &[&str]) {
        for name in members.keys().filter(|name| !known.contains(&name.as_str())) {
            self.unknown(at, name, format!("{what} has no such member"), format!("its members are {}", listed(known)));
        }
    }
}

/// The place of a member, as a JSON Pointer (RFC 6901).
pub(super) fn below(at: &str, member: &str) -> String {
    format!("{at}/{}", member.replace('~', "~0").replace('/', "~1"))
}

/// Names in backticks, between commas.
pub(super) fn listed<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    names.into_iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}
