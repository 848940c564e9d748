//! The record that a token would need: a registry's rule read backwards.
//!
//! Each step that compares a claim with a template of fields says what those fields must hold. What a rule does not say
//! is taken from the profile's examples, so that the record can be read; whether it then lets the token in is for a
//! [`Judge`](crate::Judge) to decide, and where it does not, no record would.

mod solve;
mod statements;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};
use trustctl_catalog::profile::{
    Field, FieldType, Hole, Operation, Part, Profile, Publisher, Step, Take, TemplateText,
};
use trustctl_claims::{Claims, Value};
use trustctl_pattern::Pattern;

use crate::judge::{Judge, Question};
use crate::take::take;
use crate::{Record, RecordProblem, Settings};
use solve::{unify, version_in};

pub(crate) use solve::{Known, ways};

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
    /// A record of each kind that is about tokens of this issuer, or of the one kind that is asked for. Kinds for whatever
    /// issuer count only where none names this one. `version` is the one that is published, where known.
    pub fn all(profile: &Profile, kind: Option<&str>, claims: &Claims<'_>, version: Option<&str>) -> Vec<Self> {
        let issuer = claims.named("iss").and_then(Value::as_str).unwrap_or_default();
        let kinds = || profile.publishers.iter().filter(|(name, _)| kind.is_none_or(|kind| kind == *name));
        let named: Vec<_> = kinds().filter(|(_, publisher)| names_issuer(publisher, issuer)).collect();
        let any = || kinds().filter(|(_, publisher)| takes_any_issuer(publisher) && !issuer.is_empty()).collect();
        let about = if named.is_empty() { any() } else { named };
        about.into_iter().map(|(name, publisher)| Self::of(profile, name, publisher, claims, version)).collect()
    }

    fn of(profile: &Profile, name: &str, publisher: &Publisher, claims: &Claims<'_>, version: Option<&str>) -> Self {
        let mut draft = Draft {
            profile,
            publisher,
            claims,
            given: version,
            version: None,
            fields: BTreeMap::new(),
            beside: BTreeMap::new(),
            told: BTreeMap::new(),
            left_out: BTreeSet::new(),
        };
        loop {
            draft.fill();
            let fitting = draft.fitting(name);
            // What the owner need not ask, and what the token would not stand up to, is better not asked.
            match fitting.needless(profile, publisher, claims, version) {
                Some(field) if draft.left_out.insert(field.clone()) => draft.fields.clear(),
                _ => return fitting,
            }
        }
    }

    /// A field of the record that need not be set, and that keeps the token out.
    fn needless(
        &self,
        profile: &Profile,
        publisher: &Publisher,
        claims: &Claims<'_>,
        version: Option<&str>,
    ) -> Option<String> {
        let record = self.record.as_ref().ok()?;
        let judge = Judge::new(profile, Settings::of(profile), vec![record.clone()]);
        let question = Question { package: None, version: version.or(self.version.as_deref()), now: 0 };
        let report = judge.record_report(0, claims, &question)?;
        let asked = report.failures().into_iter().filter_map(|failed| {
            let step = publisher.rule.iter().find(|step| step.name == failed.name)?;
            step.when.as_ref()
        });
        let known = |field: &&String| self.fields.iter().any(|(name, _)| name == *field);
        asked.into_iter().find(known).cloned()
    }
}

impl Settings {
    /// Takes what the registry's audience is made of, and nobody has set, from the token's own audience: the registry that
    /// the token was made for. Returns what was taken. A setting that the profile has a value for is never taken.
    pub fn take_from_audience(&mut self, profile: &Profile, claims: &Claims<'_>) -> Vec<(String, String)> {
        let unset = self.unset(profile);
        let is_emptied = |name: &String| profile.settings.get(name).is_some_and(|own| !own.default.is_empty());
        if unset.iter().any(is_emptied) {
            return Vec::new();
        }
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

/// Whether records of this kind are about tokens of the issuer by themselves.
fn names_issuer(publisher: &Publisher, issuer: &str) -> bool {
    let by_pattern = |pattern: &String| Pattern::regex(pattern).is_ok_and(|pattern| pattern.is_match(issuer));
    publisher.issuers.iter().any(|known| known == issuer) || publisher.issuer_pattern.as_ref().is_some_and(by_pattern)
}

/// Whether each record of this kind says itself whose tokens it is about.
fn takes_any_issuer(publisher: &Publisher) -> bool {
    publisher.issuers.is_empty() && publisher.issuer_pattern.is_none()
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
pub(crate) fn place(object: &mut Json, pointer: &str, value: Json) {
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
    profile: &'d Profile,
    publisher: &'d Publisher,
    claims: &'d Claims<'d>,
    /// The version that is asked for.
    given: Option<&'d str>,
    /// The version that a tag shows, where none is.
    version: Option<String>,
    fields: BTreeMap<String, Json>,
    /// Conditions that the owner could write, by field, and in words.
    beside: BTreeMap<String, Json>,
    told: BTreeMap<String, String>,
    /// Fields that are not to be set.
    left_out: BTreeSet<String>,
}

impl<'d> Draft<'d> {
    /// Finds out what the token says of each field.
    fn fill(&mut self) {
        let issuer = self.claims.named("iss").and_then(Value::as_str).unwrap_or_default();
        if let Some(field) = &self.publisher.issuer_field {
            self.fields.insert(field.clone(), Json::from(issuer));
        }
        if let Some(style) = self.publisher.statements {
            let conditions = statements::fitting(self.profile, self.publisher, style, self.claims);
            self.told.extend(conditions.fields.first().map(|(field, _)| ((*field).to_owned(), conditions.told)));
            self.beside.extend(conditions.fields.into_iter().map(|(field, value)| (field.to_owned(), value)));
        }
        // A step may need what a later one says of a field that both name.
        for _ in 0..2 {
            for step in &self.publisher.rule {
                self.learn(step);
            }
        }
    }

    /// The record as far as it is known; what it must have beside that is an example.
    fn fitting(&self, name: &str) -> Fitting {
        let mut written = Json::Object(Map::new());
        for (at, text) in &self.publisher.told_by {
            place(&mut written, at, Json::from(text.as_str()));
        }
        let asked: BTreeSet<&str> = self
            .publisher
            .rule
            .iter()
            .filter(|step| step.when.is_none())
            .flat_map(|step| step.operation.fields())
            .collect();
        for field in &self.publisher.fields {
            let is_text = matches!(field.kind, FieldType::Text | FieldType::Integer);
            let must_be = field.required || is_text && asked.contains(field.name.as_str()) && !field.resolved;
            let known = self.fields.get(&field.name).or_else(|| self.beside.get(&field.name));
            let value = known.cloned().or_else(|| must_be.then(|| example(field)));
            if let Some(value) = value {
                let own = format!("/{}", field.name);
                place(&mut written, field.at.first().unwrap_or(&own), value);
            }
        }
        let told = self.publisher.fields.iter().filter_map(|field| {
            let in_words = self.told.get(&field.name).cloned();
            let value =
                || self.fields.get(&field.name).map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned));
            let told = in_words.or_else(value)?;
            // What every record says by itself need not be said.
            (field.default.as_ref() != Some(&told)).then(|| (field.name.clone(), told))
        });
        Fitting {
            publisher: name.to_owned(),
            fields: told.collect(),
            record: Record::read(self.profile, Some(name), &written),
            written,
            version: self.version.clone(),
        }
    }

    fn learn(&mut self, step: &'d Step) {
        let boolean = |name: &String| self.publisher.field(name).is_some_and(|field| field.kind == FieldType::Boolean);
        // What is asked only where the owner wishes it is not asked.
        if step.when.as_ref().is_some_and(|field| boolean(field) || self.left_out.contains(field)) {
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
                Known::Field(field) => {
                    // One member is enough of a list that stands for each of its members.
                    let is_list = self.publisher.field(field).is_some_and(|field| field.kind == FieldType::List);
                    let value = if is_list { Json::from(vec![value]) } else { Json::from(value) };
                    self.fields.entry(field.to_owned()).or_insert(value);
                }
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
        forms(template.parts.iter().map(|part| self.filled(part)))
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

/// Every way to put texts together of one form of each part, in the order of the parts.
pub(crate) fn forms<T: Clone>(parts: impl Iterator<Item = Vec<Vec<T>>>) -> Vec<Vec<T>> {
    parts.fold(vec![Vec::new()], |forms, part| {
        forms.iter().flat_map(|form| part.iter().map(|end| form.iter().chain(end).cloned().collect())).collect()
    })
}
