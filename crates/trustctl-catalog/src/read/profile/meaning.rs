//! What a record means in the trust language names what the record has.

use super::{Checked, Kind, Names};
use crate::profile::{FieldType, Sense};

impl Kind<'_> {
    pub(super) fn check_meaning(&self, names: &Names<'_>) -> Checked {
        let publisher = self.publisher;
        let known = |part: &str, name: &str| names.check_field(self.place, &format!("{}.{part}", self.at), name);
        let boolean = |name: &String| {
            self.field("means", name, "boolean field", |field| field.kind == FieldType::Boolean).map(drop)
        };
        for meaning in &publisher.means {
            let at = format!("{}.means", self.at);
            meaning.values.iter().try_for_each(|template| names.check(self.place, &at, template))?;
            meaning.when.iter().chain(&meaning.unless).try_for_each(|name| known("means", name))?;
            meaning.among.values().filter(|name| !name.is_empty()).try_for_each(boolean)?;
            let has_values = !meaning.values.is_empty() || !meaning.among.is_empty();
            self.expect(has_values != (meaning.is == Sense::Present), "means", || match meaning.is {
                Sense::Present => format!("`{}` need only be present, so it has no `values`", meaning.claim),
                _ => format!("`{}` has no `values`", meaning.claim),
            })?;
        }
        for loss in &publisher.loses {
            let named = loss.when.iter().chain(&loss.unless).chain(loss.field.iter().map(|(name, _)| name));
            named.into_iter().try_for_each(|name| known("loses", name))?;
        }
        let gives = &publisher.gives;
        let lists = gives
            .actions
            .iter()
            .filter_map(|actions| actions.field.as_ref())
            .chain(&gives.packages)
            .chain(&gives.accounts);
        for name in lists {
            self.field("gives", name, "list field", |field| field.kind == FieldType::List)?;
        }
        let at = format!("{}.issuer-fields", self.at);
        publisher.issuer_fields.values().try_for_each(|template| names.check(self.place, &at, template))
    }
}
