//! A registry's decision rule, as steps in its own order.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Take, TemplateText};

/// One step of a rule: what must hold of the token.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "WrittenStep")]
pub struct Step {
    /// A short name, unique in its rule: `workflow file`.
    pub name: String,
    /// Where it stands in the registry's procedure.
    pub stage: Stage,
    /// Only where the record has this field; of a boolean, where it is true.
    pub when: Option<String>,
    /// Only where the record has not this field, or where it is false.
    pub unless: Option<String>,
    /// Whether a caller who fails here is told so; what `discloses: tiered` goes by.
    pub told: bool,
    /// What must hold.
    pub operation: Operation,
    /// What a user should know who fails here, one sentence.
    pub why: Option<String>,
}

/// Where a step stands in a registry's procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Are the claims there at all?
    Presence,
    /// Which records are about this token?
    Lookup,
    /// Does the record that was found hold?
    #[default]
    Verify,
}

/// What a step asks.
#[derive(Debug, Clone)]
pub enum Operation {
    /// These claims are there.
    Present {
        /// Their names.
        claims: Vec<String>,
        /// Whether an empty text counts as there.
        blank_passes: bool,
    },
    /// A claim, or a piece of it, is one of these texts. A missing, empty or differently typed claim never is.
    Same {
        /// The claim.
        left: Side,
        /// What it may be.
        right: Vec<TemplateText>,
        /// Whether letters' case counts.
        case: Case,
        /// Whether each of `right` must come to a text, or those that do not (a claim is missing) fall away.
        every: bool,
    },
    /// A claim is none of these. A missing claim passes.
    NoneOf {
        /// The claim.
        claim: String,
        /// The values, which may be a setting's: `{setting.banned-events}`.
        values: Vec<TemplateText>,
        /// Whether letters' case counts.
        case: Case,
    },
    /// A claim is one of these values, each allowed only where the record's boolean is true (an empty name: always).
    Among {
        /// The claim.
        claim: String,
        /// Value to field.
        values: BTreeMap<String, String>,
    },
    /// A claim is one of a setting's values; `all` as the only value lets everything through.
    InSetting {
        /// The claim.
        claim: String,
        /// The setting.
        setting: String,
        /// Whether letters' case counts.
        case: Case,
    },
    /// A boolean claim is literally `true` or `false`.
    Boolean {
        /// The claim.
        claim: String,
        /// Which.
        value: bool,
    },
    /// A claim's text is a whole number of 32 bits.
    Integer {
        /// The claim.
        claim: String,
    },
    /// A boolean field of the record is true, or is not.
    Switch {
        /// The field.
        field: String,
        /// Which.
        on: bool,
    },
    /// It is not later than the moment in a field; a record without it passes.
    Until {
        /// The field.
        field: String,
    },
    /// A list claim holds every text of a list field.
    Holds {
        /// The claim.
        claim: String,
        /// The field.
        field: String,
    },
    /// An id that the record learns at its first use and is exact from then on.
    Locked(Lock),
}

/// An id that is learned at the first use.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Lock {
    /// The claim.
    pub claim: String,
    /// The field that keeps it.
    pub field: String,
    /// A boolean field that becomes false where a locked id differs: the registry switches the record off.
    #[serde(default)]
    pub disables: Option<String>,
    /// Whether an id is learned only where some record lets the token in: a refusal undoes what was stored on the way.
    #[serde(default)]
    pub undone_by_refusal: bool,
    /// A field that the registry empties when it learns the id: the time within which that had to be.
    #[serde(default)]
    pub clears: Option<String>,
}

/// The claim of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Its name.
    pub claim: String,
    /// Which piece of it.
    pub take: Take,
}

/// Whether letters' case counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Case {
    /// Byte for byte.
    #[default]
    Exact,
    /// ASCII letters are folded.
    Ignored,
    /// Both are brought to lower case first, as Unicode has it: for names that need not be ASCII.
    Lowered,
}

impl Case {
    /// Whether two texts are the same.
    pub fn same(self, one: &str, other: &str) -> bool {
        match self {
            Self::Exact => one == other,
            Self::Ignored => one.eq_ignore_ascii_case(other),
            Self::Lowered => one.to_lowercase() == other.to_lowercase(),
        }
    }
}

/// Which record decides where several hold.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Combine {
    /// There is only one.
    Only,
    /// All that hold together: what each allows is allowed.
    Union,
    /// The first that is looked up with this field set, or else the first without it; no other is tried, whatever becomes
    /// of that one. A kind of record may name another field with its own `prefers`.
    Prefer(String),
    /// The oldest, by the record's `created`, then by the order of the list.
    Oldest,
}

/// What a caller who is refused learns.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Disclosure {
    /// How much.
    pub tells: Teller,
    /// In a sentence, with the status or the message that clients show.
    pub about: String,
}

/// How much a refused caller is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Teller {
    /// Which claim failed, with the values expected.
    Everything,
    /// Only where the names and ids of a record already matched; each step says so with `told`.
    Tiered,
    /// That it was refused.
    Nothing,
}

/// How a record that is a list of statements decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatementStyle {
    /// Buildkite Package Registries: the first statement that matches gives its scopes.
    FirstMatches,
    /// RubyGems' API key roles: the last statement that matches allows or denies.
    LastMatches,
    /// Cloudsmith: a map of claims to values, all of which must be equal.
    RequiredClaims,
}

/// The written form: a step with exactly one operation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WrittenStep {
    step: String,
    #[serde(default)]
    stage: Stage,
    when: Option<String>,
    unless: Option<String>,
    #[serde(default)]
    told: bool,
    why: Option<String>,

    present: Option<Vec<String>>,
    #[serde(default)]
    blank_passes: bool,

    claim: Option<String>,
    #[serde(default)]
    take: Take,
    #[serde(default)]
    is: Vec<TemplateText>,
    #[serde(default)]
    case: Case,
    #[serde(default)]
    every: bool,
    #[serde(default)]
    none_of: Vec<TemplateText>,
    #[serde(default)]
    among: BTreeMap<String, String>,
    in_setting: Option<String>,
    boolean: Option<bool>,
    #[serde(default)]
    integer: bool,
    holds: Option<String>,

    switch: Option<String>,
    switched_off_by: Option<String>,
    until: Option<String>,
    locked: Option<Lock>,
}

impl TryFrom<WrittenStep> for Step {
    type Error = String;

    fn try_from(written: WrittenStep) -> Result<Self, String> {
        let name = written.step.clone();
        let one = |operations: Vec<Operation>| match <[Operation; 1]>::try_from(operations) {
            Ok([operation]) => Ok(operation),
            Err(other) => Err(format!("step `{name}` asks {} things; one step asks one", other.len())),
        };
        let claim = || written.claim.clone().ok_or_else(|| format!("step `{name}` names no `claim`"));
        let mut operations = Vec::new();
        if let Some(claims) = &written.present {
            operations.push(Operation::Present { claims: claims.clone(), blank_passes: written.blank_passes });
        }
        if !written.is.is_empty() {
            operations.push(Operation::Same {
                left: Side { claim: claim()?, take: written.take },
                right: written.is.clone(),
                case: written.case,
                every: written.every,
            });
        }
        if !written.none_of.is_empty() {
            operations.push(Operation::NoneOf { claim: claim()?, values: written.none_of.clone(), case: written.case });
        }
        if !written.among.is_empty() {
            operations.push(Operation::Among { claim: claim()?, values: written.among.clone() });
        }
        if let Some(setting) = &written.in_setting {
            operations.push(Operation::InSetting { claim: claim()?, setting: setting.clone(), case: written.case });
        }
        if let Some(value) = written.boolean {
            operations.push(Operation::Boolean { claim: claim()?, value });
        }
        if written.integer {
            operations.push(Operation::Integer { claim: claim()? });
        }
        if let Some(field) = &written.holds {
            operations.push(Operation::Holds { claim: claim()?, field: field.clone() });
        }
        if let Some(field) = &written.switch {
            operations.push(Operation::Switch { field: field.clone(), on: true });
        }
        if let Some(field) = &written.switched_off_by {
            operations.push(Operation::Switch { field: field.clone(), on: false });
        }
        if let Some(field) = &written.until {
            operations.push(Operation::Until { field: field.clone() });
        }
        if let Some(lock) = &written.locked {
            operations.push(Operation::Locked(lock.clone()));
        }
        let operation = one(operations)?;
        Ok(Self {
            name: written.step,
            stage: written.stage,
            when: written.when,
            unless: written.unless,
            told: written.told,
            operation,
            why: written.why,
        })
    }
}

impl Operation {
    /// The claims it reads, those of its templates among them.
    pub fn claims(&self) -> Vec<&str> {
        match self {
            Self::Present { claims, .. } => claims.iter().map(String::as_str).collect(),
            Self::Same { left, right, .. } => {
                std::iter::once(left.claim.as_str()).chain(right.iter().flat_map(TemplateText::claims)).collect()
            }
            Self::NoneOf { claim, .. }
            | Self::Among { claim, .. }
            | Self::InSetting { claim, .. }
            | Self::Boolean { claim, .. }
            | Self::Integer { claim }
            | Self::Holds { claim, .. } => vec![claim],
            Self::Locked(lock) => vec![&lock.claim],
            Self::Switch { .. } | Self::Until { .. } => Vec::new(),
        }
    }

    /// The fields and computed values it reads, those of its templates among them.
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Self::Same { right, .. } => right.iter().flat_map(TemplateText::fields).collect(),
            Self::Among { values, .. } => {
                values.values().filter(|field| !field.is_empty()).map(String::as_str).collect()
            }
            Self::Holds { field, .. } | Self::Switch { field, .. } | Self::Until { field } => vec![field],
            Self::Locked(lock) => std::iter::once(lock.field.as_str())
                .chain(lock.disables.as_deref())
                .chain(lock.clears.as_deref())
                .collect(),
            _ => Vec::new(),
        }
    }
}
