//! The steps of a rule, and the styles of statements.

use std::collections::BTreeSet;

use super::{Checked, Kind, Names};
use crate::profile::{FieldType, Operation, StatementStyle, Step, Teller};

impl Kind<'_> {
    pub(super) fn check_rule(&self, names: &Names<'_>) -> Checked {
        let mut steps = BTreeSet::new();
        for step in &self.publisher.rule {
            self.expect(steps.insert(&step.name), "rule", || format!("step `{}` stands twice", step.name))?;
            self.check_step(step, names)?;
        }
        Ok(())
    }

    fn check_step(&self, step: &Step, names: &Names<'_>) -> Checked {
        let part = format!("rule.{}", step.name);
        let at = format!("{}.{part}", self.at);
        self.expect(!step.told || self.profile.discloses.tells == Teller::Tiered, &part, || {
            "`told` counts only where `discloses` tells `tiered`".into()
        })?;
        for name in step.when.iter().chain(&step.unless) {
            names.check_field(self.place, &at, name)?;
        }
        let of_type = |name: &str, wanted: &str, kinds: &[FieldType]| {
            self.field(&part, name, wanted, |field| kinds.contains(&field.kind)).map(drop)
        };
        let boolean = |name: &str| of_type(name, "boolean field", &[FieldType::Boolean]);
        match &step.operation {
            Operation::Same { right: templates, .. } | Operation::NoneOf { values: templates, .. } => {
                templates.iter().try_for_each(|template| names.check(self.place, &at, template))
            }
            Operation::InSetting { setting, .. } => names.check_setting(self.place, &at, setting),
            Operation::Among { values, .. } => {
                values.values().filter(|name| !name.is_empty()).try_for_each(|name| boolean(name))
            }
            Operation::Switch { field, .. } => boolean(field),
            Operation::Until { field } => of_type(field, "field of the type `moment`", &[FieldType::Moment]),
            Operation::Holds { field, .. } => of_type(field, "list field", &[FieldType::List]),
            Operation::Locked(lock) => {
                of_type(&lock.field, "field of a text or an integer", &[FieldType::Text, FieldType::Integer])?;
                lock.clears.iter().try_for_each(|name| names.check_field(self.place, &at, name))?;
                lock.disables.iter().try_for_each(|name| boolean(name))
            }
            Operation::Present { .. } | Operation::Boolean { .. } | Operation::Integer { .. } => Ok(()),
        }
    }

    /// A care names what there is.
    pub(super) fn check_cares(&self, names: &Names<'_>) -> Checked {
        let at = format!("{}.cares", self.at);
        for care in &self.publisher.cares {
            care.unless.iter().try_for_each(|name| names.check_field(self.place, &at, name))?;
            care.unset.iter().try_for_each(|name| names.check_setting(self.place, &at, name))?;
            if let Some(Operation::Same { right, .. }) = &care.unlike {
                right.iter().try_for_each(|template| names.check(self.place, &at, template))?;
            }
        }
        Ok(())
    }

    /// A style reads fields by name.
    pub(super) fn check_statements(&self) -> Checked {
        let field = match self.publisher.statements {
            None => None,
            Some(StatementStyle::FirstMatches | StatementStyle::LastMatches) => Some("statements"),
            Some(StatementStyle::RequiredClaims) => Some("claims"),
        };
        if let Some(field) = field {
            let is_any = self.publisher.field(field).is_some_and(|field| field.kind == FieldType::Any);
            self.expect(is_any, "statements", || format!("this style reads a field `{field}` of the type `any`"))?;
        }
        let has_scopes = self.publisher.statements == Some(StatementStyle::FirstMatches);
        self.expect(has_scopes != self.publisher.scopes.is_empty(), "statements", || {
            "`scopes` are what statements of the style `first-matches` grant".into()
        })
    }
}
