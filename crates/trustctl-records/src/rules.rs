//! What a registry wants of a record's fields, one by one and together.

use std::collections::BTreeSet;

use serde_json::Value;
use trustctl_catalog::profile::{Field, FieldRule, Profile, Publisher, RecordRule};

use crate::prepare::Fill;
use crate::profile_pattern::compiled;
use crate::record::place;
use crate::{FieldValue, Record, RecordProblem};

/// Members of every record file that are no fields, at its top: its kind, when it was made, and what it is for.
const BESIDE: [&str; 6] = ["publisher", "created", "id", "package", "packages", "name"];

/// The first rule that a value breaks.
pub(crate) fn check(field: &Field, text: &str, at: &str) -> Result<(), RecordProblem> {
    broken(field, at, |rule| holds(rule, text))
}

/// The first rule that a list breaks as a whole.
pub(crate) fn check_list(field: &Field, texts: &[String], at: &str) -> Result<(), RecordProblem> {
    broken(field, at, |rule| {
        rule.most.is_none_or(|most| texts.len() <= most)
            && (!rule.distinct || texts.iter().collect::<BTreeSet<_>>().len() == texts.len())
            && rule.alone.as_ref().is_none_or(|alone| texts.len() == 1 || !texts.contains(alone))
    })
}

fn broken(field: &Field, at: &str, holds: impl Fn(&FieldRule) -> bool) -> Result<(), RecordProblem> {
    match field.rules.iter().find(|rule| !holds(rule)) {
        None => Ok(()),
        Some(rule) => Err(RecordProblem {
            at: at.to_owned(),
            field: field.name.clone(),
            reason: rule.says.reason.clone(),
            mend: rule.says.mend.clone(),
        }),
    }
}

fn holds(rule: &FieldRule, text: &str) -> bool {
    // A pattern that cannot be read takes nothing, whichever way it is asked.
    let is_match =
        |pattern: &str, wanted: bool| compiled(pattern).is_some_and(|pattern| pattern.is_match(text) == wanted);
    if let Some(pattern) = &rule.matches {
        return is_match(pattern, true);
    }
    if let Some(pattern) = &rule.never {
        return is_match(pattern, false);
    }
    if !rule.ends_in.is_empty() {
        return rule
            .ends_in
            .iter()
            .any(|end| text.strip_suffix(end.as_str()).is_some_and(|stem| rule.bare || !stem.is_empty()));
    }
    if let Some(longest) = rule.longest {
        return text.chars().count() <= longest;
    }
    if let Some(longest) = rule.longest_bytes {
        return text.len() <= longest;
    }
    if rule.no_outer_blanks {
        return !text.starts_with(' ') && !text.ends_with(' ');
    }
    let refused = |c: char| {
        rule.without.as_ref().is_some_and(|without| without.contains(c))
            || (rule.without_controls && c.is_ascii_control())
    };
    !text.contains(refused)
}

/// A field that must be there and is not.
pub(crate) fn missing(field: &Field) -> RecordProblem {
    RecordProblem {
        at: field.at.first().cloned().unwrap_or_else(|| format!("/{}", field.name)),
        field: field.name.clone(),
        reason: format!("`{}` is missing", field.name),
        mend: format!("add {}, as in `{}`", field.about, field.example),
    }
}

/// What does not hold between fields.
pub(crate) fn between_fields(publisher: &Publisher, record: &Record) -> Vec<RecordProblem> {
    let broken = publisher.record_rules.iter().filter(|rule| !holds_between(publisher, rule, record));
    broken
        .map(|rule| RecordProblem {
            at: publisher
                .field(&rule.field)
                .and_then(|field| field.at.first().cloned())
                .unwrap_or_else(|| format!("/{}", rule.field)),
            field: rule.field.clone(),
            reason: rule.says.reason.clone(),
            mend: rule.says.mend.clone(),
        })
        .collect()
}

fn holds_between(publisher: &Publisher, rule: &RecordRule, record: &Record) -> bool {
    let is_set = |field: &String| record.fields.contains_key(field);
    if let [one, other] = rule.together.as_slice() {
        return is_set(one) == is_set(other);
    }
    if !rule.some_true.is_empty() {
        return rule.some_true.iter().any(|field| record.is_true(field));
    }
    if let Some(switch) = &rule.needed_where {
        return !record.is_true(switch) || is_set(&rule.field);
    }
    if let Some(switch) = &rule.needed_unless_off {
        return record.fields.get(switch) == Some(&FieldValue::Boolean(false)) || is_set(&rule.field);
    }
    if let [one, other] = rule.differ.as_slice() {
        let fill = Fill { publisher, record };
        return match (fill.text(one), fill.text(other)) {
            (Some(one), Some(other)) => one != other,
            _ => true,
        };
    }
    false
}

/// The kind of a record that does not say it beside the file.
pub(crate) fn publisher_of<'p>(profile: &'p Profile, value: &Value) -> Result<&'p str, RecordProblem> {
    let problem =
        |reason: String, mend: String| RecordProblem { at: String::new(), field: String::new(), reason, mend };
    if !value.is_object() {
        let is_whole =
            |publisher: &Publisher| publisher.fields.iter().any(|field| field.at.iter().any(String::is_empty));
        if let Some((name, _)) = profile.publishers.iter().find(|(_, publisher)| is_whole(publisher)) {
            return Ok(name);
        }
        return Err(problem("a record is an object".into(), "its fields as `name: value`".into()));
    }
    let listed = || profile.publishers.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if let Some(named) = value.get("publisher") {
        let known = profile.publishers.keys().find(|name| named.as_str() == Some(name));
        return known.map(String::as_str).ok_or_else(|| RecordProblem {
            at: "/publisher".to_owned(),
            field: String::new(),
            reason: format!("{} has no publishers of the kind {named}", profile.title),
            mend: format!("one of {}", listed()),
        });
    }
    let told = profile.publishers.iter().find(|(_, publisher)| {
        !publisher.told_by.is_empty()
            && publisher.told_by.iter().all(|(at, text)| value.pointer(at).and_then(Value::as_str) == Some(text))
    });
    if let Some((name, _)) = told {
        return Ok(name);
    }
    // What is left is told by its fields: the kind that has a place for most of its members, if only one has.
    let fits = |publisher: &Publisher| publisher.fields.iter().filter(|field| place(field, value).is_some()).count();
    let most = profile.publishers.values().map(fits).max().unwrap_or(0);
    let mut best = profile.publishers.iter().filter(|(_, publisher)| fits(publisher) == most);
    match (best.next(), best.next()) {
        (Some((name, _)), None) if most > 0 => Ok(name),
        _ => Err(problem(
            "the record does not say whose tokens it is about".into(),
            format!("add `publisher:` with one of {}", listed()),
        )),
    }
}

/// What the record says of its own kind, where that is another.
pub(crate) fn contradictions(name: &str, publisher: &Publisher, value: &Value) -> Vec<RecordProblem> {
    let own = ("/publisher", name);
    let told = publisher.told_by.iter().map(|(at, text)| (at.as_str(), text.as_str()));
    let others = told.chain([own]).filter_map(|(at, text)| {
        let found = value.pointer(at).filter(|found| found.as_str() != Some(text))?;
        Some(RecordProblem {
            at: at.to_owned(),
            field: String::new(),
            reason: format!("it is read as one for {}, and says {found} here", publisher.title),
            mend: format!("write `{text}`, or leave one of the two out"),
        })
    });
    others.collect()
}

/// Members that are no field: a misspelt field would otherwise silently widen the record.
pub(crate) fn unknown_members(profile: &Profile, publisher: &Publisher, value: &Value) -> Vec<RecordProblem> {
    let own = |field: &Field| field.at.is_empty().then(|| format!("/{}", field.name));
    let places = publisher.fields.iter().flat_map(|field| field.at.iter().cloned().chain(own(field)));
    let places: BTreeSet<String> = places.chain(publisher.told_by.keys().cloned()).collect();
    let beside = profile.beside.iter().chain(profile.settings.keys()).map(String::as_str);
    let beside: BTreeSet<&str> = BESIDE.into_iter().chain(beside).collect();
    let mut unknown = Vec::new();
    collect_unknown("", value, &places, &beside, &mut unknown);
    unknown
        .into_iter()
        .map(|(at, name)| RecordProblem {
            at,
            field: name,
            reason: format!("{} has no such field in a record for {}", profile.title, publisher.title),
            mend: format!(
                "its fields are {}",
                publisher.fields.iter().map(|field| format!("`{}`", field.name)).collect::<Vec<_>>().join(", ")
            ),
        })
        .collect()
}

/// The members that are no field and hold none, with their places.
fn collect_unknown(
    at: &str,
    value: &Value,
    places: &BTreeSet<String>,
    beside: &BTreeSet<&str>,
    unknown: &mut Vec<(String, String)>,
) {
    for (name, member) in value.as_object().into_iter().flatten() {
        let here = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        let inside = format!("{here}/");
        // Further in, only what a profile names with its whole way: a name passed over anywhere would hide a slip.
        let is_beside = at.is_empty() && beside.contains(name.as_str()) || beside.contains(here.as_str());
        if places.contains(&here) || is_beside {
            continue;
        }
        if places.iter().any(|place| place.starts_with(&inside)) && (member.is_object() || member.is_null()) {
            collect_unknown(&here, member, places, beside, unknown);
        } else {
            unknown.push((here, name.clone()));
        }
    }
}
