//! A record's rule with all its texts filled in, so that deciding only compares.

use trustctl_catalog::ClaimType;
use trustctl_catalog::profile::{Care, Case, Hole, Lock, Operation, Part, Publisher, Step, Take, TemplateText};
use trustctl_claims::ClaimKey;

use crate::statements::Statements;
use crate::{FieldValue, Record, Settings, take};

/// One record, ready to be decided by.
#[derive(Debug)]
pub(crate) struct Prepared<'p> {
    pub(crate) publisher: &'p Publisher,
    pub(crate) record: Record,
    /// What `iss` must be.
    pub(crate) issuers: Vec<String>,
    /// In the registry's order; steps that are not about this record are left out.
    pub(crate) steps: Vec<PreparedStep<'p>>,
    /// What stays open where they hold.
    pub(crate) cares: Vec<PreparedCare<'p>>,
    /// Instead of steps, where the owner writes conditions.
    pub(crate) statements: Option<Statements>,
}

#[derive(Debug)]
pub(crate) struct PreparedStep<'p> {
    pub(crate) step: &'p Step,
    pub(crate) asks: Asks,
}

#[derive(Debug)]
pub(crate) struct PreparedCare<'p> {
    pub(crate) about: &'p str,
    /// It is told where this does not hold, or always.
    pub(crate) unlike: Option<Asks>,
}

/// [`Operation`] with the record's values in it.
#[derive(Debug)]
pub(crate) enum Asks {
    Present {
        claims: Vec<ClaimKey>,
        blank_passes: bool,
    },
    Same {
        claim: ClaimKey,
        take: Take,
        texts: Vec<Text>,
        case: Case,
        every: bool,
    },
    NoneOf {
        claim: ClaimKey,
        values: Vec<String>,
        case: Case,
    },
    /// With the fields that are off, and would let these values through.
    Among {
        claim: ClaimKey,
        values: Vec<String>,
        off: Vec<(String, String)>,
        case: Case,
    },
    Everything,
    Boolean {
        claim: ClaimKey,
        value: bool,
    },
    Integer {
        claim: ClaimKey,
    },
    Switch {
        field: String,
        on: bool,
        fits: bool,
    },
    Until {
        field: String,
        moment: Option<i64>,
    },
    Holds {
        claim: ClaimKey,
        texts: Vec<String>,
    },
    Locked {
        claim: ClaimKey,
        stored: Option<String>,
        lock: Lock,
    },
}

/// A text to compare with; parts of it may be the token's own.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) parts: Vec<TextPart>,
}

#[derive(Debug, Clone)]
pub(crate) enum TextPart {
    Fixed(String),
    /// What the version stands in: `("v", "")` of `v{{version}}`.
    Version,
    Token(ClaimKey, Take),
}

impl<'p> Prepared<'p> {
    pub(crate) fn new(publisher: &'p Publisher, record: Record, settings: &Settings) -> Self {
        let fill = Fill { publisher, record: &record };
        let is_set = |field: &String| fill.is_set(field);
        let about_it =
            |step: &&'p Step| step.when.as_ref().is_none_or(is_set) && !step.unless.as_ref().is_some_and(is_set);
        let steps = publisher.rule.iter().filter(about_it);
        let steps = steps.map(|step| PreparedStep { step, asks: fill.asks(&step.operation, settings) }).collect();
        let is_open = |care: &&'p Care| {
            !care.unless.iter().any(is_set) && care.unset.as_ref().is_none_or(|name| settings.all(name).is_empty())
        };
        let cares = publisher.cares.iter().filter(is_open).map(|care| PreparedCare {
            about: &care.about,
            unlike: care.unlike.as_ref().map(|operation| fill.asks(operation, settings)),
        });
        let cares = cares.collect();
        let named = publisher.issuer_field.as_ref().and_then(|field| record.text(field)).map(str::to_owned);
        let mut issuers = named.map_or_else(|| publisher.issuers.clone(), |issuer| vec![issuer]);
        let statements = publisher.statements.map(|style| Statements::new(style, publisher, &record));
        if let Some(statements) = statements.as_ref().filter(|_| issuers.is_empty()) {
            issuers = statements.issuers();
        }
        Self { publisher, issuers, steps, cares, statements, record }
    }
}

/// Fills templates from one record.
pub(crate) struct Fill<'a> {
    pub(crate) publisher: &'a Publisher,
    pub(crate) record: &'a Record,
}

impl Fill<'_> {
    /// Whether the record has a field or a computed value; a boolean counts where it is true.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        match self.record.fields.get(name) {
            Some(FieldValue::Boolean(value)) => *value,
            _ => self.field(name).is_some(),
        }
    }

    /// A field's text, or a computed value.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        match self.record.fields.get(name) {
            Some(FieldValue::Text(text)) => Some(text.clone()),
            Some(FieldValue::Boolean(value)) => Some(value.to_string()),
            Some(FieldValue::Moment(moment)) => Some(moment.to_string()),
            // A list or a statement is set, and has no text of its own.
            Some(FieldValue::List(_) | FieldValue::Any(_)) => Some(String::new()),
            None => self.publisher.computed.get(name)?.iter().find_map(|template| self.text(template)),
        }
    }

    /// A template of fields alone, filled in; `None` where one of them is not set.
    pub(crate) fn text(&self, template: &TemplateText) -> Option<String> {
        let parts = template.parts.iter().map(|part| match part {
            Part::Text(text) => Some(text.clone()),
            Part::Hole(Hole::Field(name, piece)) => take(*piece, self.record.text(name)?).map(str::to_owned),
            Part::Hole(_) => None,
        });
        parts.collect()
    }

    /// A template of a rule; `None` where a field of it is not set.
    pub(crate) fn fill(&self, template: &TemplateText, settings: &Settings) -> Option<Text> {
        let mut parts = Vec::new();
        for part in &template.parts {
            match part {
                Part::Text(text) => parts.push(TextPart::Fixed(text.clone())),
                Part::Hole(Hole::Field(name, piece)) => {
                    let field = self.field(name)?;
                    parts.push(TextPart::Fixed(take(*piece, &field)?.to_owned()));
                }
                Part::Hole(Hole::FieldForVersion(name)) => {
                    let field = self.field(name)?;
                    for (at, piece) in field.split("{{version}}").enumerate() {
                        if at > 0 {
                            parts.push(TextPart::Version);
                        }
                        parts.push(TextPart::Fixed(piece.to_owned()));
                    }
                }
                Part::Hole(Hole::Setting(name)) => parts.push(TextPart::Fixed(settings.one(name)?.to_owned())),
                Part::Hole(Hole::Token(claim, take)) => parts.push(TextPart::Token(ClaimKey::new(claim), *take)),
            }
        }
        Some(Text { parts })
    }

    /// The texts of a template of a rule: a list field alone stands for each of its members.
    pub(crate) fn fill_each(&self, template: &TemplateText, settings: &Settings) -> Vec<Text> {
        if let [Part::Hole(Hole::Field(name, piece))] = template.parts.as_slice()
            && let Some(FieldValue::List(members)) = self.record.fields.get(name)
        {
            let pieces = members.iter().filter_map(|member| take(*piece, member));
            return pieces.map(|piece| Text { parts: vec![TextPart::Fixed(piece.to_owned())] }).collect();
        }
        self.fill(template, settings).into_iter().collect()
    }

    fn asks(&self, operation: &Operation, settings: &Settings) -> Asks {
        match operation {
            Operation::Present { claims, blank_passes } => Asks::Present {
                claims: claims.iter().map(|claim| ClaimKey::new(claim)).collect(),
                blank_passes: *blank_passes,
            },
            Operation::Same { left, right, case, every } => Asks::Same {
                claim: ClaimKey::new(&left.claim),
                take: left.take,
                texts: right.iter().flat_map(|template| self.fill_each(template, settings)).collect(),
                case: *case,
                every: *every,
            },
            Operation::NoneOf { claim, values, case } => Asks::NoneOf {
                claim: ClaimKey::new(claim),
                values: values.iter().flat_map(|value| settings.texts(value)).collect(),
                case: *case,
            },
            Operation::Among { claim, values } => {
                let (on, off): (Vec<_>, Vec<_>) =
                    values.iter().partition(|(_, field)| field.is_empty() || self.record.is_true(field));
                Asks::Among {
                    claim: ClaimKey::new(claim),
                    values: on.into_iter().map(|(value, _)| value.clone()).collect(),
                    off: off.into_iter().map(|(value, field)| (value.clone(), field.clone())).collect(),
                    case: Case::Exact,
                }
            }
            Operation::InSetting { claim, setting, case } => match settings.all(setting) {
                [only] if only == "all" => Asks::Everything,
                values => {
                    let (claim, values) = (ClaimKey::new(claim), values.to_vec());
                    Asks::Among { claim, values, off: Vec::new(), case: *case }
                }
            },
            Operation::Boolean { claim, value } => Asks::Boolean { claim: ClaimKey::new(claim), value: *value },
            Operation::Integer { claim } => Asks::Integer { claim: ClaimKey::new(claim) },
            Operation::Switch { field, on } => {
                Asks::Switch { field: field.clone(), on: *on, fits: self.record.is_true(field) == *on }
            }
            Operation::Until { field } => Asks::Until {
                field: field.clone(),
                moment: match self.record.fields.get(field) {
                    Some(FieldValue::Moment(moment)) => Some(*moment),
                    _ => None,
                },
            },
            Operation::Holds { claim, field } => Asks::Holds {
                claim: ClaimKey::new(claim),
                texts: match self.record.fields.get(field) {
                    Some(FieldValue::List(texts)) => texts.clone(),
                    _ => Vec::new(),
                },
            },
            Operation::Locked(lock) => Asks::Locked {
                claim: ClaimKey::new(&lock.claim),
                stored: self.record.text(&lock.field).map(str::to_owned),
                lock: lock.clone(),
            },
        }
    }
}

/// Whether a value is of the type.
pub(crate) fn is_of(kind: ClaimType, value: &trustctl_claims::Value<'_>) -> bool {
    match kind {
        ClaimType::String => value.as_str().is_some(),
        ClaimType::Integer => value.as_integer().is_some(),
        ClaimType::Boolean => value.as_bool().is_some(),
        ClaimType::List => value.as_list().is_some_and(|items| items.iter().all(|item| item.as_str().is_some())),
    }
}
