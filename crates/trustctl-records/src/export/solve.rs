//! The fields of a record, from what a grant states: a profile's meanings read backwards.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use trustctl_catalog::profile::{FieldType, Hole, Meaning, Operation, Part, Publisher, Sense, Take, TemplateText};

use crate::Record;
use crate::fitting::{Known, ways};
use crate::said::facts::Facts;

use super::Kind;

/// The fields that are known so far.
pub(super) struct Fields<'k> {
    kind: &'k Kind<'k>,
    facts: &'k Facts,
    /// The templates that a grant states, by claim.
    templates: &'k BTreeMap<String, String>,
    /// The texts that a list claim must hold, by claim.
    held: &'k BTreeMap<String, Vec<String>>,
    values: BTreeMap<String, Json>,
}

impl<'k> Fields<'k> {
    pub(super) fn new(
        kind: &'k Kind<'k>,
        facts: &'k Facts,
        templates: &'k BTreeMap<String, String>,
        held: &'k BTreeMap<String, Vec<String>>,
    ) -> Self {
        Self { kind, facts, templates, held, values: BTreeMap::new() }
    }

    /// Sets a field that is known otherwise.
    pub(super) fn set(&mut self, field: &str, value: Json) {
        self.values.insert(field.to_owned(), value);
    }

    /// The fields with which a template comes to a text, where that is the only way.
    pub(super) fn solve(&mut self, template: &'k TemplateText, text: &str) {
        let forms = self.forms(template);
        let mut solutions: Vec<Vec<(Known<'k>, String)>> = forms.iter().flat_map(|form| ways(form, text)).collect();
        solutions.retain(|solution| solution.iter().all(|(known, value)| self.fits(known, value)));
        solutions.sort_by_key(Vec::len);
        let fewest = solutions.first().map_or(0, Vec::len);
        solutions.retain(|solution| solution.len() == fewest);
        if let [only] = solutions.as_slice() {
            for (known, value) in only {
                if let Known::Field(field) | Known::FieldForVersion(field) = known {
                    self.values.insert((*field).to_owned(), Json::from(value.as_str()));
                }
            }
        }
    }

    /// Finds out what every meaning says of its fields.
    pub(super) fn learn(&mut self) {
        self.switch();
        // A meaning may need what a later one says of a field that both name.
        for _ in 0..2 {
            for meaning in &self.kind.publisher.means {
                self.meaning(meaning);
            }
        }
    }

    /// Switches the record on.
    pub(super) fn switch(&mut self) {
        for step in &self.kind.publisher.rule {
            if let Operation::Switch { field, on } = &step.operation {
                // What a record is switched off by need not be written where it is not.
                if *on {
                    self.values.insert(field.clone(), Json::Bool(true));
                }
            }
        }
    }

    pub(super) fn values(self) -> BTreeMap<String, Json> {
        self.values
    }

    fn meaning(&mut self, meaning: &'k Meaning) {
        let publisher: &Publisher = self.kind.publisher;
        let is_boolean = |field: &&String| publisher.field(field).is_some_and(|field| field.kind == FieldType::Boolean);
        // What a grant does not ask for is switched off where it can be.
        if let Some(switch) = meaning.unless.as_ref().filter(is_boolean)
            && self.facts.value(&meaning.claim).is_none()
            && self.facts.values(self.kind.entry, &meaning.claim).is_none()
        {
            self.values.insert(switch.clone(), Json::Bool(true));
        }
        if meaning.unless.as_ref().is_some_and(|field| self.values.contains_key(field)) {
            return;
        }
        for (value, field) in meaning.among.iter().filter(|(_, field)| !field.is_empty()) {
            // Without a list of its own the grant takes what the registry takes.
            if let Some(values) = self.facts.values(self.kind.entry, &meaning.claim) {
                self.values.insert(field.clone(), Json::from(values.contains(value)));
            }
        }
        let switch = meaning.when.as_ref().filter(is_boolean);
        for template in &meaning.values {
            let text = match meaning.is {
                Sense::Equals | Sense::EqualsIgnoringCase if is_list(publisher, template) => {
                    let known = self.facts.value(&meaning.claim).map(|known| vec![known.text.clone()]);
                    let texts = known.or_else(|| self.facts.values(self.kind.entry, &meaning.claim));
                    if let (Some(field), Some(texts)) = (template.fields().next(), texts) {
                        self.values.insert(field.to_owned(), Json::from(texts));
                    }
                    None
                }
                Sense::Equals | Sense::EqualsIgnoringCase => {
                    self.facts.value(&meaning.claim).map(|known| known.text.clone())
                }
                Sense::Template => {
                    self.templates.get(&meaning.claim).map(|text| text.replace("{version}", "{{version}}"))
                }
                Sense::Contains => {
                    self.list(template, &meaning.claim);
                    None
                }
                Sense::Not | Sense::Present => None,
            };
            if let Some(text) = text {
                self.solve(template, &text);
                if let Some(switch) = switch {
                    self.values.insert(switch.clone(), Json::Bool(true));
                }
            }
        }
    }

    /// A list field that a list claim must hold.
    fn list(&mut self, template: &TemplateText, claim: &str) {
        let ([Part::Hole(Hole::Field(field, Take::Whole))], Some(texts)) =
            (template.parts.as_slice(), self.held.get(&crate::said::facts::name_of(self.kind.entry, claim)))
        else {
            return;
        };
        self.values.insert(field.clone(), Json::from(texts.clone()));
    }

    /// Whether the registry takes the value as it is, case apart.
    fn fits(&self, known: &Known<'_>, value: &str) -> bool {
        let Known::Field(field) = known else { return true };
        let Some(field) = self.kind.publisher.field(field) else { return false };
        let mut record = Json::Object(serde_json::Map::new());
        let own = format!("/{}", field.name);
        crate::fitting::place(&mut record, field.at.first().unwrap_or(&own), Json::from(value));
        let read = Record::read_fields(self.kind.publisher, &record);
        let read = read.into_iter().find(|(name, _)| *name == field.name).map(|(_, read)| read);
        match read {
            Some(Ok(Some(crate::FieldValue::Text(text)))) => text.to_lowercase() == value.to_lowercase(),
            _ => false,
        }
    }

    /// The template with everything in it that is known, once for each form of the computed values that it names.
    fn forms(&self, template: &'k TemplateText) -> Vec<Vec<Known<'k>>> {
        crate::fitting::forms(template.parts.iter().map(|part| self.filled(part)))
    }

    fn filled(&self, part: &'k Part) -> Vec<Vec<Known<'k>>> {
        let one = |text: Option<String>| text.map(|text| vec![Known::Text(text)]).into_iter().collect();
        match part {
            Part::Text(text) => one(Some(text.clone())),
            Part::Hole(Hole::Setting(name)) => one(self.kind.settings.one(name).map(str::to_owned)),
            Part::Hole(Hole::Token(..)) => Vec::new(),
            Part::Hole(Hole::FieldForVersion(name)) => vec![vec![Known::FieldForVersion(name)]],
            Part::Hole(Hole::Field(name, piece)) => {
                let known = self.values.get(name).and_then(Json::as_str);
                match (known, self.kind.publisher.computed.get(name)) {
                    (Some(text), _) => one(crate::take(*piece, text).map(str::to_owned)),
                    (None, Some(templates)) if *piece == Take::Whole => {
                        templates.iter().flat_map(|template| self.forms(template)).collect()
                    }
                    (None, None) if *piece == Take::Whole => vec![vec![Known::Field(name)]],
                    (None, _) => Vec::new(),
                }
            }
        }
    }
}

/// Whether a template stands for each member of a list field.
pub(super) fn is_list(publisher: &Publisher, template: &TemplateText) -> bool {
    let of = |field: &str| publisher.field(field).is_some_and(|field| field.kind == FieldType::List);
    matches!(template.parts.as_slice(), [Part::Hole(Hole::Field(field, _))] if of(field))
}
