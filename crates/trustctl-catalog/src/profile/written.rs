//! Written forms that are turned into the model: a step with exactly one operation, and what is a word or a mapping.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Case, Lock, Operation, Side, Stage, Step, Take, TemplateText};

/// A text, or a mapping that is a `T`; an untagged enum would refuse both without saying why.
pub(super) enum TextOr<T> {
    Text(String),
    Parts(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for TextOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrVisitor(PhantomData))
    }
}

struct TextOrVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for TextOrVisitor<T> {
    type Value = TextOr<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or `name: value` pairs")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(TextOr::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(TextOr::Parts)
    }
}

/// A step: what it asks is said by the one operation that is there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct WrittenStep {
    step: String,
    #[serde(default)]
    stage: Stage,
    when: Option<String>,
    unless: Option<String>,
    #[serde(default)]
    told: bool,
    why: Option<String>,

    claim: Option<String>,
    take: Option<Take>,
    case: Option<Case>,
    #[serde(default)]
    every: bool,
    #[serde(default)]
    blank_passes: bool,

    #[serde(default)]
    present: Vec<String>,
    #[serde(default)]
    is: Vec<TemplateText>,
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

/// The operations, as a step is written with them.
const OPERATIONS: &str = "`present`, `is`, `none-of`, `among`, `in-setting`, `boolean`, `integer`, `holds`, `switch`, \
                          `switched-off-by`, `until` or `locked`";

impl WrittenStep {
    /// The names of the operations that are there.
    fn asked(&self) -> Vec<&'static str> {
        let all = [
            ("present", !self.present.is_empty()),
            ("is", !self.is.is_empty()),
            ("none-of", !self.none_of.is_empty()),
            ("among", !self.among.is_empty()),
            ("in-setting", self.in_setting.is_some()),
            ("boolean", self.boolean.is_some()),
            ("integer", self.integer),
            ("holds", self.holds.is_some()),
            ("switch", self.switch.is_some()),
            ("switched-off-by", self.switched_off_by.is_some()),
            ("until", self.until.is_some()),
            ("locked", self.locked.is_some()),
        ];
        all.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name).collect()
    }

    /// What stands beside an operation that does not look at it would mean nothing.
    fn check_beside(&self, asked: &str) -> Result<(), String> {
        let of_claim = ["is", "none-of", "among", "in-setting", "boolean", "integer", "holds"];
        let beside: [(&str, bool, &[&str]); 5] = [
            ("claim", self.claim.is_some(), &of_claim),
            ("take", self.take.is_some(), &["is"]),
            ("case", self.case.is_some(), &["is", "none-of", "in-setting"]),
            ("every", self.every, &["is"]),
            ("blank-passes", self.blank_passes, &["present"]),
        ];
        match beside.into_iter().find(|(_, is_there, goes_with)| *is_there && !goes_with.contains(&asked)) {
            None => Ok(()),
            Some((name, ..)) => Err(format!("`{name}` means nothing beside `{asked}`, in step `{}`", self.step)),
        }
    }
}

impl TryFrom<WrittenStep> for Step {
    type Error = String;

    fn try_from(written: WrittenStep) -> Result<Self, String> {
        let name = &written.step;
        match written.asked().as_slice() {
            [] => return Err(format!("step `{name}` asks nothing; it needs one of {OPERATIONS}")),
            [asked] => written.check_beside(asked)?,
            asked => return Err(format!("step `{name}` asks `{}`; one step asks one thing", asked.join("` and `"))),
        }
        let claim = || written.claim.clone().ok_or_else(|| format!("step `{name}` names no `claim`"));
        let case = written.case.unwrap_or_default();
        let operation = if !written.present.is_empty() {
            Operation::Present { claims: written.present.clone(), blank_passes: written.blank_passes }
        } else if !written.is.is_empty() {
            let left = Side { claim: claim()?, take: written.take.unwrap_or_default() };
            Operation::Same { left, right: written.is.clone(), case, every: written.every }
        } else if !written.none_of.is_empty() {
            Operation::NoneOf { claim: claim()?, values: written.none_of.clone(), case }
        } else if !written.among.is_empty() {
            Operation::Among { claim: claim()?, values: written.among.clone() }
        } else if let Some(setting) = &written.in_setting {
            Operation::InSetting { claim: claim()?, setting: setting.clone(), case }
        } else if let Some(value) = written.boolean {
            Operation::Boolean { claim: claim()?, value }
        } else if let Some(field) = &written.holds {
            Operation::Holds { claim: claim()?, field: field.clone() }
        } else if let Some(field) = &written.switch {
            Operation::Switch { field: field.clone(), on: true }
        } else if let Some(field) = &written.switched_off_by {
            Operation::Switch { field: field.clone(), on: false }
        } else if let Some(field) = &written.until {
            Operation::Until { field: field.clone() }
        } else if let Some(lock) = &written.locked {
            Operation::Locked(lock.clone())
        } else {
            Operation::Integer { claim: claim()? }
        };
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
