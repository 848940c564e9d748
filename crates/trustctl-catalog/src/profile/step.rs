//! A registry's decision rule, as steps in its own order.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::written::WrittenStep;
use super::{Case, Take, TemplateText};

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
