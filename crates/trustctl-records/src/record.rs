//! A registry's trust record, read as the registry reads it.

use std::collections::BTreeMap;

use serde_json::Value;
use trustctl_catalog::profile::{Blank, Field, FieldType, Profile, Publisher};

use crate::{normal, rules};

/// A record that the registry would take.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Which kind of record of the profile: `github`.
    pub publisher: String,
    /// The fields that it has, in normal form; a field that counts as not there is not here.
    pub fields: BTreeMap<String, FieldValue>,
    /// When it was made, where the file says so (`created`): what "oldest" goes by.
    pub created: Option<i64>,
}

/// A field's value.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValue {
    /// Text; integers by their digits.
    Text(String),
    /// `true` or `false`.
    Boolean(bool),
    /// A list of texts.
    List(Vec<String>),
    /// Seconds since 1970.
    Moment(i64),
    /// As the file has it, for a list of statements.
    Any(Value),
}

/// Why the registry would refuse a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordProblem {
    /// Where in the record, as a JSON Pointer (RFC 6901): `/workflow_filename`.
    pub at: String,
    /// The field's name; empty where the whole record is meant.
    pub field: String,
    /// The registry's reason.
    pub reason: String,
    /// What to write.
    pub mend: String,
}

impl Record {
    /// Reads a record, as an object of the registry's own shape.
    ///
    /// `publisher` is the kind of record; without it the record itself must tell, by the member that tells kinds apart
    /// (`type: github` at npm), by a `publisher` of that name, or by its fields.
    ///
    /// # Errors
    ///
    /// Everything the registry would object to, in the order of its fields.
    pub fn read(profile: &Profile, publisher: Option<&str>, value: &Value) -> Result<Self, Vec<RecordProblem>> {
        let name = match publisher {
            Some(name) => name,
            None => rules::publisher_of(profile, value).map_err(|problem| vec![problem])?,
        };
        let publisher = profile.publisher(name).ok_or_else(|| {
            let known = profile.publishers.keys().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", ");
            vec![RecordProblem {
                at: "/publisher".to_owned(),
                field: String::new(),
                reason: format!("{} has no publishers of the kind `{name}`", profile.title),
                mend: format!("one of {known}"),
            }]
        })?;
        let mut problems = rules::contradictions(name, publisher, value);
        problems.extend(rules::unknown_members(profile, publisher, value));
        let created = created(value).unwrap_or_else(|problem| {
            problems.push(problem);
            None
        });
        let mut record = Self { publisher: name.to_owned(), fields: BTreeMap::new(), created };
        for field in &publisher.fields {
            match read_field(publisher, field, value) {
                Ok(Some(found)) => _ = record.fields.insert(field.name.clone(), found),
                Ok(None) if field.required => problems.push(rules::missing(field)),
                Ok(None) => {
                    if let Some(default) = &field.default {
                        record.fields.insert(field.name.clone(), of_text(field.kind, default));
                    }
                }
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() {
            record.forget(publisher);
            problems = rules::between_fields(publisher, &record);
        }
        if let Some(style) = publisher.statements.filter(|_| problems.is_empty()) {
            problems =
                crate::statements::problems(style, publisher, &record, &|name| own_place(publisher, name, value));
        }
        if problems.is_empty() { Ok(record) } else { Err(problems) }
    }

    /// What the registry makes of the fields that `value` has, one by one: the normal form of each (`None` where it counts
    /// as not there), or its reason against it. Whether fields are missing is not looked at.
    pub fn read_fields(
        publisher: &Publisher,
        value: &Value,
    ) -> Vec<(String, Result<Option<FieldValue>, RecordProblem>)> {
        let given = publisher.fields.iter().filter(|field| place(field, value).is_some());
        let mut read: Vec<_> = given
            .map(|field| {
                let read = read_field(publisher, field, value).and_then(|found| match found {
                    None if field.required => Err(rules::missing(field)),
                    found => Ok(found),
                });
                (field.name.clone(), read)
            })
            .collect();
        if let Some(style) = publisher.statements {
            let fields = read.iter().filter_map(|(name, read)| Some((name.clone(), read.as_ref().ok()?.clone()?)));
            let record = Self { publisher: String::new(), fields: fields.collect(), created: None };
            let problems =
                crate::statements::problems(style, publisher, &record, &|name| own_place(publisher, name, value));
            for problem in problems.into_iter().rev() {
                // A member that there is not belongs to the field that it stands in.
                let is_below = |name: &str| {
                    let rest = problem.at.strip_prefix(&own_place(publisher, name, value));
                    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                };
                let is_own = |name: &str| name == problem.field || is_below(name);
                if let Some((_, read)) = read.iter_mut().find(|(name, read)| is_own(name) && read.is_ok()) {
                    *read = Err(problem);
                }
            }
        }
        read
    }

    /// Drops what the registry keeps only beside another field, where that is not there.
    fn forget(&mut self, publisher: &Publisher) {
        let alone = publisher
            .fields
            .iter()
            .filter(|field| field.only_with.as_ref().is_some_and(|other| !self.fields.contains_key(other)));
        let alone: Vec<&str> = alone.map(|field| field.name.as_str()).collect();
        self.fields.retain(|name, _| !alone.contains(&name.as_str()));
    }

    /// A field's text.
    pub fn text(&self, field: &str) -> Option<&str> {
        match self.fields.get(field)? {
            FieldValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A boolean field; one that is not there is false.
    pub fn is_true(&self, field: &str) -> bool {
        self.fields.get(field) == Some(&FieldValue::Boolean(true))
    }
}

/// The place of a field that may not be there.
fn own_place(publisher: &Publisher, name: &str, value: &Value) -> String {
    let found = publisher.field(name).and_then(|field| place(field, value));
    found.map_or_else(|| format!("/{name}"), |(at, _)| at)
}

/// The value of a field in the record's file, with its place.
pub(crate) fn place<'v>(field: &Field, value: &'v Value) -> Option<(String, &'v Value)> {
    places(field, value).into_iter().next()
}

/// The places of a field at which the record's file has something, be it null.
fn places<'v>(field: &Field, value: &'v Value) -> Vec<(String, &'v Value)> {
    let own = [format!("/{}", field.name)];
    let places = if field.at.is_empty() { &own[..] } else { &field.at };
    // An object is the record itself, and never what stands in its place.
    let fits = |at: &&String| !(at.is_empty() && value.is_object());
    places.iter().filter(fits).filter_map(|at| value.pointer(at).map(|found| (at.clone(), found))).collect()
}

fn read_field(publisher: &Publisher, field: &Field, value: &Value) -> Result<Option<FieldValue>, RecordProblem> {
    let mut found = places(field, value).into_iter();
    let Some((at, found)) = found
        .next()
        .map(|first| (first, found.next()))
        .map(|(first, other)| match other {
            None => Ok(first),
            // Which of them counts is not for the reader to choose: a null in one would hide the other.
            Some((second, _)) => Err(RecordProblem {
                reason: format!("it stands in two places, `{}` and `{}`", shown(&first.0), shown(&second)),
                mend: "keep one of them".to_owned(),
                at: second,
                field: field.name.clone(),
            }),
        })
        .transpose()?
    else {
        return Ok(None);
    };
    let wrong =
        |reason: String, mend: String| RecordProblem { at: at.clone(), field: field.name.clone(), reason, mend };
    let example = || format!("write it as in `{}`", field.example);
    let read = match (field.kind, found) {
        (_, Value::Null) => return Ok(None),
        (FieldType::Any, any) => return Ok(Some(FieldValue::Any(any.clone()))),
        (FieldType::Text | FieldType::Integer | FieldType::Moment, Value::String(text)) => text.clone(),
        // An id is often written as a number where the token has a text.
        (FieldType::Text | FieldType::Integer, Value::Number(number)) => number.to_string(),
        (FieldType::Boolean, Value::Bool(value)) => return Ok(Some(FieldValue::Boolean(*value))),
        (FieldType::List, Value::Array(items)) => {
            let texts = items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
            let texts = texts.ok_or_else(|| wrong("the list holds something that is no text".into(), example()))?;
            for text in &texts {
                rules::check(field, text, &at)?;
            }
            rules::check_list(field, &texts, &at)?;
            return Ok((!texts.is_empty()).then_some(FieldValue::List(texts)));
        }
        (kind, other) => {
            let wanted = match kind {
                FieldType::Boolean => "`true` or `false`",
                FieldType::List => "a list of texts",
                FieldType::Integer => "a whole number",
                FieldType::Moment => "a moment such as `2027-01-31T12:00:00Z`",
                _ => "a text",
            };
            return Err(wrong(format!("this is {}, and the field is {wanted}", kind_of(other)), example()));
        }
    };
    let normal = |field: &Field, text: String, owner: Option<&str>| {
        field.normal.iter().fold(text, |text, normal| normal::apply(*normal, &text, owner))
    };
    let owner = publisher.field("owner").and_then(|field| {
        let (_, owner) = place(field, value)?;
        Some(normal(field, owner.as_str()?.to_owned(), None))
    });
    let text = normal(field, read, owner.as_deref());
    if text.is_empty() {
        return match field.blank {
            Blank::None => Ok(None),
            Blank::Refused => {
                Err(wrong("an empty text is not taken".into(), "leave the field out, or write `null`".into()))
            }
        };
    }
    rules::check(field, &text, &at)?;
    match field.kind {
        FieldType::Moment => match text.parse::<jiff::Timestamp>() {
            Ok(moment) => Ok(Some(FieldValue::Moment(moment.as_second()))),
            Err(_) => Err(wrong(format!("`{text}` is no moment"), example())),
        },
        FieldType::Integer if text.parse::<i64>().is_err() => {
            Err(wrong(format!("`{text}` is no whole number"), example()))
        }
        _ => Ok(Some(FieldValue::Text(text))),
    }
}

fn of_text(kind: FieldType, text: &str) -> FieldValue {
    match kind {
        FieldType::Boolean => FieldValue::Boolean(text == "true"),
        _ => FieldValue::Text(text.to_owned()),
    }
}

/// A JSON Pointer as people write the way to a member: `claims.repository`.
fn shown(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".").replace("~1", "/").replace("~0", "~")
}

/// When the record was made: what "oldest" goes by, so nothing that cannot be read passes for not said.
fn created(value: &Value) -> Result<Option<i64>, RecordProblem> {
    let moment = match value.get("created") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(text)) => text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second),
        Some(_) => None,
    };
    moment.map(Some).ok_or_else(|| RecordProblem {
        at: "/created".to_owned(),
        field: String::new(),
        reason: "`created` is no moment".to_owned(),
        mend: "write it as in `2027-01-31T12:00:00Z`, or leave it out".to_owned(),
    })
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "`true` or `false`",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
