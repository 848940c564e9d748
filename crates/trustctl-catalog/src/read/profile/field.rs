//! A record's fields, and what must hold between them.

use std::collections::BTreeSet;

use super::{Checked, Kind, Names};
use crate::profile::{Field, FieldRule, FieldType, RecordRule};

impl Kind<'_> {
    pub(super) fn check_fields(&self) -> Checked {
        let mut fields = BTreeSet::new();
        for field in &self.publisher.fields {
            let name = &field.name;
            self.expect(fields.insert(name), "fields", || format!("`{name}` stands twice"))?;
            self.check_field(field)?;
            if let Some(other) = &field.only_with {
                self.field("fields", other, "field", |_| true)?;
            }
        }
        Ok(())
    }

    fn check_field(&self, field: &Field) -> Checked {
        let name = &field.name;
        let is_whole = |at: &String| at.is_empty() && field.kind == FieldType::Any;
        self.expect(field.at.iter().all(|at| at.starts_with('/') || is_whole(at)), "fields", || {
            format!(
                "`at` of `{name}` holds JSON Pointers, which begin with `/`; of the type `any`, the whole record's too"
            )
        })?;
        self.expect(!(field.required && field.default.is_some()), "fields", || {
            format!("`{name}` is required, so it has no default")
        })?;
        let is_default = |text: &String| match field.kind {
            FieldType::Boolean => text == "true" || text == "false",
            FieldType::Text => true,
            FieldType::Integer | FieldType::List | FieldType::Moment | FieldType::Any => false,
        };
        self.expect(field.default.as_ref().is_none_or(is_default), "fields", || {
            format!("`default` of `{name}` is a text, or `\"true\"` or `\"false\"` of a boolean; other types have none")
        })?;
        field.rules.iter().try_for_each(|rule| self.check_field_rule(field, rule))
    }

    fn check_field_rule(&self, field: &Field, rule: &FieldRule) -> Checked {
        let name = &field.name;
        let asks = [
            rule.matches.is_some(),
            rule.never.is_some(),
            !rule.ends_in.is_empty(),
            rule.longest.is_some(),
            rule.longest_bytes.is_some(),
            rule.without.is_some() || rule.without_controls,
            rule.no_outer_blanks,
        ];
        let of_list = [rule.most.is_some(), rule.distinct, rule.alone.is_some()];
        let count = asks.iter().chain(&of_list).filter(|asked| **asked).count();
        self.expect(count == 1, "fields", || format!("each rule of `{name}` asks one thing; this one asks {count}"))?;
        self.expect(field.kind == FieldType::List || !of_list.contains(&true), "fields", || {
            format!("`{name}` is no list, which `most`, `distinct` and `alone` are for")
        })?;
        let has_text = !matches!(field.kind, FieldType::Boolean | FieldType::Any);
        self.expect(has_text, "fields", || format!("`{name}` has no text for its rules to look at"))?;
        self.expect(!rule.bare || !rule.ends_in.is_empty(), "fields", || {
            format!("`bare` goes with `ends-in`, in `{name}`")
        })
    }

    pub(super) fn check_record_rules(&self, names: &Names<'_>) -> Checked {
        self.publisher.record_rules.iter().try_for_each(|rule| self.check_record_rule(names, rule))
    }

    fn check_record_rule(&self, names: &Names<'_>, rule: &RecordRule) -> Checked {
        let part = "record-rules";
        for field in rule.together.iter().chain([&rule.field]) {
            self.field(part, field, "field", |_| true)?;
        }
        for field in rule.some_true.iter().chain(&rule.needed_where).chain(&rule.needed_unless_off) {
            self.field(part, field, "boolean field", |field| field.kind == FieldType::Boolean)?;
        }
        let at = format!("{}.{part}", self.at);
        rule.differ.iter().try_for_each(|template| names.check(self.place, &at, template))?;
        let asks = [
            rule.together.len() == 2,
            !rule.some_true.is_empty(),
            rule.needed_where.is_some(),
            rule.needed_unless_off.is_some(),
            rule.differ.len() == 2,
        ];
        self.expect(asks.iter().filter(|asked| **asked).count() == 1, part, || {
            format!(
                "the rule about `{}` asks one thing: `together` or `differ` of two, `some-true`, `needed-where` or \
                 `needed-unless-off`",
                rule.field
            )
        })
    }
}
