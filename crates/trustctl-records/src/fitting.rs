//! The record that a token would need: a registry's rule read backwards.
//!
//! Each step that compares a claim with a template of fields says what those fields must hold. What a rule does not say
//! is taken from the profile's examples, so that the record can be read; whether it then lets the token in is for a
//! [`Judge`](crate::Judge) to decide, and where it does not, no record would.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use trustctl_catalog::profile::{
    Field, FieldType, Hole, Operation, Part, Profile, Publisher, Step, Take, TemplateText,
};
use trustctl_claims::{Claims, Value};
use trustctl_pattern::Pattern;

use crate::take::take;
use crate::{Record, RecordProblem, Settings};

/// A record made for a token.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitting {
    /// Which kind of record.
    pub publisher: String,
    /// The fields that the token gives, in the profile's order, each with its value.
    pub fields: Vec<(String, String)>,
    /// As a record file has it.
    pub written: Json,
    /// As the registry reads it, or why it takes no such record.
    pub record: Result<Record, Vec<RecordProblem>>,
    /// The version that the run is for, where none was given and the record's tag shows one.
    pub version: Option<String>,
}

impl Fitting {
    /// A record of every kind that is about tokens of this issuer; `version` is the one that is published, where known.
    pub fn all(profile: &Profile, claims: &Claims<'_>, version: Option<&str>) -> Vec<Self> {
        let issuer = claims.named("iss").and_then(Value::as_str).unwrap_or_default();
        let about = profile.publishers.iter().filter(|(_, publisher)| may_be_about(publisher, issuer));
        about.map(|(name, publisher)| Self::of(profile, name, publisher, claims, version)).collect()
    }

    fn of(profile: &Profile, name: &str, publisher: &Publisher, claims: &Claims<'_>, version: Option<&str>) -> Self {
        let mut draft = Draft { publisher, claims, given: version, version: None, fields: BTreeMap::new() };
        if let (Some(field), Some(issuer)) = (&publisher.issuer_field, claims.named("iss").and_then(Value::as_str)) {
            draft.fields.insert(field.clone(), Json::from(issuer));
        }
        // A step may need what a later one says of a field that both name.
        for _ in 0..2 {
            for step in &publisher.rule {
                draft.learn(step);
            }
        }
        let Draft { fields, version, .. } = draft;
        let known = publisher.fields.iter().filter_map(|field| Some((field.name.clone(), fields.get(&field.name)?)));
        let told = known.map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
        let told = told.collect();
        let mut written = Json::Object(Map::new());
        for (at, text) in &publisher.told_by {
            place(&mut written, at, Json::from(text.as_str()));
        }
        for field in &publisher.fields {
            let value = fields.get(&field.name).cloned().or_else(|| field.required.then(|| example(field)));
            if let Some(value) = value {
                let own = format!("/{}", field.name);
                place(&mut written, field.at.first().unwrap_or(&own), value);
            }
        }
        let record = Record::read(profile, Some(name), &written);
        Self { publisher: name.to_owned(), fields: told, written, record, version }
    }
}

impl Settings {
    /// Takes what the registry's audience is made of, and nobody has set, from the token's own audience: the registry that
    /// the token was made for. Returns what was taken.
    pub fn take_from_audience(&mut self, profile: &Profile, claims: &Claims<'_>) -> Vec<(String, String)> {
        let unset = self.unset(profile);
        let audience = claims.named("aud").and_then(Value::as_str).filter(|_| !unset.is_empty());
        let (Some(template), Some(audience)) = (&profile.envelope.audience, audience) else { return Vec::new() };
        let form: Option<Vec<Known<'_>>> = template
            .parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => Some(Known::Text(text.clone())),
                Part::Hole(Hole::Setting(name)) => {
                    Some(self.one(name).map_or(Known::Field(name), |value| Known::Text(value.to_owned())))
                }
                Part::Hole(_) => None,
            })
            .collect();
        let solution = form.and_then(|form| unify(&form, audience)).unwrap_or_default();
        let taken = solution.into_iter().filter_map(|(known, value)| match known {
            Known::Field(name) => Some((name.to_owned(), value)),
            _ => None,
        });
        let taken: Vec<(String, String)> = taken.collect();
        for (name, value) in &taken {
            self.set(name, vec![value.clone()]);
        }
        taken
    }

    /// Settings that the registry's audience is made of, and that have no value.
    pub fn unset(&self, profile: &Profile) -> Vec<String> {
        let named = profile.envelope.audience.iter().flat_map(TemplateText::settings);
        named.filter(|name| self.one(name).is_none()).map(str::to_owned).collect()
    }
}

/// Whether a record of this kind can be about tokens of the issuer.
fn may_be_about(publisher: &Publisher, issuer: &str) -> bool {
    let by_pattern = |pattern: &String| Pattern::regex(pattern).is_ok_and(|pattern| pattern.is_match(issuer));
    publisher.issuers.iter().any(|known| known == issuer)
        || publisher.issuer_pattern.as_ref().is_some_and(by_pattern)
        || publisher.issuers.is_empty() && publisher.issuer_pattern.is_none() && !issuer.is_empty()
}

/// A value of the field that its profile calls fit.
fn example(field: &Field) -> Json {
    let text = || Json::from(field.example.as_str());
    match field.kind {
        FieldType::Text | FieldType::Integer | FieldType::Moment => text(),
        FieldType::Boolean | FieldType::List | FieldType::Any => {
            serde_json::from_str(&field.example).unwrap_or_else(|_| text())
        }
    }
}

/// Puts a value where a JSON Pointer (RFC 6901) points, making the objects on the way.
fn place(object: &mut Json, pointer: &str, value: Json) {
    let mut at = object;
    for name in pointer.split('/').skip(1) {
        if !at.is_object() {
            *at = Json::Object(Map::new());
        }
        let Some(members) = at.as_object_mut() else { return };
        at = members.entry(name.replace("~1", "/").replace("~0", "~")).or_insert(Json::Null);
    }
    *at = value;
}

/// What is known of the record so far.
struct Draft<'d> {
    publisher: &'d Publisher,
    claims: &'d Claims<'d>,
    /// The version that is asked for.
    given: Option<&'d str>,
    /// The version that a tag shows, where none is.
    version: Option<String>,
    fields: BTreeMap<String, Json>,
}

/// A part of a template with its holes filled as far as they are known.
enum Known<'d> {
    Text(String),
    Field(&'d str),
    FieldForVersion(&'d str),
}

impl<'d> Draft<'d> {
    fn learn(&mut self, step: &'d Step) {
        let boolean = |name: &String| self.publisher.field(name).is_some_and(|field| field.kind == FieldType::Boolean);
        // What is asked only where the owner wishes it is not asked.
        if step.when.as_ref().is_some_and(boolean) {
            return;
        }
        match &step.operation {
            Operation::Same { left, right, .. } => {
                let text = self.claims.named(&left.claim).and_then(Value::as_str).filter(|text| !text.is_empty());
                if let Some(piece) = text.and_then(|text| take(left.take, text)) {
                    self.solve(right, piece);
                }
            }
            Operation::Among { claim, values } => {
                let found = self.claims.named(claim).and_then(Value::as_str);
                if let Some(field) = found.and_then(|found| values.get(found)).filter(|field| !field.is_empty()) {
                    self.fields.insert(field.clone(), Json::Bool(true));
                }
            }
            Operation::Switch { field, on: true } => _ = self.fields.insert(field.clone(), Json::Bool(true)),
            _ => {}
        }
    }

    /// Finds fields for which one of the templates comes to `text`: those of the one that needs fewest new ones.
    fn solve(&mut self, templates: &'d [TemplateText], text: &str) {
        let solutions = templates.iter().flat_map(|template| self.forms(template)).filter_map(|form| {
            let solution = unify(&form, text)?;
            Some((solution.len(), solution))
        });
        let Some((_, solution)) = solutions.min_by_key(|(count, _)| *count) else { return };
        for (known, value) in solution {
            match known {
                Known::FieldForVersion(field) => self.tag(field, &value),
                Known::Field(field) => _ = self.fields.entry(field.to_owned()).or_insert(Json::from(value)),
                Known::Text(_) => {}
            }
        }
    }

    /// A tag's text as a pattern with the version in it.
    fn tag(&mut self, field: &str, text: &str) {
        let shown = version_in(text);
        let Some(version) = self.given.or(shown).filter(|version| !version.is_empty()) else { return };
        let Some((before, after)) = text.rsplit_once(version) else { return };
        self.fields.entry(field.to_owned()).or_insert(Json::from(format!("{before}{{{{version}}}}{after}")));
        if self.given.is_none() {
            self.version = Some(version.to_owned());
        }
    }

    /// The template with everything in it that is known, once for each form of the computed values that it names.
    fn forms(&self, template: &'d TemplateText) -> Vec<Vec<Known<'d>>> {
        let mut forms: Vec<Vec<Known<'d>>> = vec![Vec::new()];
        for part in &template.parts {
            let more = self.filled(part);
            forms = forms
                .iter()
                .flat_map(|form| more.iter().map(|end| form.iter().chain(end).map(Known::again).collect()))
                .collect();
        }
        forms
    }

    /// The forms that a part can have; none where the token lacks what it names.
    fn filled(&self, part: &'d Part) -> Vec<Vec<Known<'d>>> {
        let one = |text: Option<String>| text.map(|text| vec![Known::Text(text)]).into_iter().collect();
        match part {
            Part::Text(text) => one(Some(text.clone())),
            // What an operator set is known to the judge, not to a record.
            Part::Hole(Hole::Setting(_)) => Vec::new(),
            Part::Hole(Hole::Token(claim, piece)) => {
                let text = self.claims.named(claim).and_then(Value::as_str);
                one(text.and_then(|text| take(*piece, text)).map(str::to_owned))
            }
            Part::Hole(Hole::FieldForVersion(name)) => vec![vec![Known::FieldForVersion(name)]],
            Part::Hole(Hole::Field(name, piece)) => match (self.fields.get(name), self.publisher.computed.get(name)) {
                (Some(value), _) => one(value.as_str().and_then(|text| take(*piece, text)).map(str::to_owned)),
                (None, Some(templates)) if *piece == Take::Whole => {
                    templates.iter().flat_map(|template| self.forms(template)).collect()
                }
                (None, None) if *piece == Take::Whole => vec![vec![Known::Field(name)]],
                (None, _) => Vec::new(),
            },
        }
    }
}

impl Known<'_> {
    fn again(&self) -> Self {
        match self {
            Self::Text(text) => Self::Text(text.clone()),
            Self::Field(name) => Self::Field(name),
            Self::FieldForVersion(name) => Self::FieldForVersion(name),
        }
    }
}

/// Values for the holes with which the form comes to the text; `None` where there are none, or more than one way.
fn unify<'d>(form: &[Known<'d>], text: &str) -> Option<Vec<(Known<'d>, String)>> {
    let Some((first, rest)) = form.split_first() else { return text.is_empty().then(Vec::new) };
    let (hole, rest) = match first {
        Known::Text(start) => return unify(rest, text.strip_prefix(start.as_str())?),
        hole => (hole, rest),
    };
    let end = match rest {
        [] => text.len(),
        [Known::Text(last)] => text.len().checked_sub(last.len())?,
        [Known::Text(next), ..] => {
            let mut ends = text.match_indices(next.as_str()).map(|(at, _)| at);
            // Only where the text after the hole stands once is it known where the hole ends.
            ends.next().filter(|_| ends.next().is_none())?
        }
        _ => return None,
    };
    let (value, after) = text.split_at_checked(end)?;
    if value.is_empty() {
        return None;
    }
    let mut solution = vec![(hole.again(), value.to_owned())];
    solution.extend(unify(rest, after)?);
    Some(solution)
}

/// The version at the end of a tag: from where a number and a dot begin.
fn version_in(tag: &str) -> Option<&str> {
    let starts = tag.char_indices().filter(|(at, c)| {
        c.is_ascii_digit()
            && !tag.get(..*at).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit() || c == '.'))
    });
    let mut versions = starts.filter_map(|(at, _)| tag.get(at..));
    versions.find(|version| {
        let after = version.trim_start_matches(|c: char| c.is_ascii_digit());
        after.starts_with('.')
            && version.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn solved(form: &[Known<'_>], text: &str) -> Option<Vec<String>> {
        unify(form, text).map(|solution| solution.into_iter().map(|(_, value)| value).collect())
    }

    #[test]
    fn holes_are_filled_where_one_way_only_is_open() {
        let text = |text: &str| Known::Text(text.to_owned());
        let owner_and_name = [Known::Field("owner"), text("/"), Known::Field("name")];
        assert_eq!(solved(&owner_and_name, "acme/widgets"), Some(vec!["acme".to_owned(), "widgets".to_owned()]));
        assert_eq!(solved(&owner_and_name, "acme/tools/widgets"), None);
        assert_eq!(solved(&owner_and_name, "/widgets"), None);
        assert_eq!(solved(&[text("refs/tags/"), Known::Field("tag")], "refs/tags/v1"), Some(vec!["v1".to_owned()]));
        assert_eq!(solved(&[text("refs/tags/"), Known::Field("tag")], "refs/heads/v1"), None);
        let file = [text("a/b/"), Known::Field("file"), text("@refs/tags/v1")];
        assert_eq!(solved(&file, "a/b/x.yml@refs/tags/v1"), Some(vec!["x.yml".to_owned()]));
        assert_eq!(solved(&[text("same")], "same"), Some(Vec::new()));
    }

    #[test]
    fn a_tag_ends_in_its_version() {
        for (tag, version) in [
            ("v1.4.0", Some("1.4.0")),
            ("1.4.0-rc.1+x", Some("1.4.0-rc.1+x")),
            ("release-2-v1.4.0", Some("1.4.0")),
            ("widgets/v10.2", Some("10.2")),
            ("nightly", None),
            ("v2", None),
        ] {
            assert_eq!(version_in(tag), version, "{tag}");
        }
    }
}
