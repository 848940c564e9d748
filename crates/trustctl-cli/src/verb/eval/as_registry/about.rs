//! What records are about: the packages that they name, and what they let their holder do to them.

use trustctl_catalog::profile::Gives;
use trustctl_catalog::{Catalogue, NormalForm};
use trustctl_records::{FieldValue, Profile, Record, Ruling};

use crate::ruling::{AskedRecord, RegistryAnswer, SetAside};

/// What is asked: the registry's main action, upon a package.
pub(super) struct About<'a> {
    profile: &'a Profile,
    package: &'a str,
    /// How the registry tells names apart.
    form: NormalForm,
    /// What the registry is mainly for.
    action: &'a str,
}

/// A record as it is asked.
type Asked = (Record, AskedRecord);

impl<'a> About<'a> {
    pub(super) fn new(catalogue: &'a Catalogue, profile: &'a Profile, package: &'a str) -> Self {
        let registry = catalogue.registry(&profile.registry);
        Self {
            profile,
            package,
            form: registry.and_then(|it| it.packages.as_ref()).map_or(NormalForm::Exact, |rule| rule.normal_form),
            action: registry.and_then(|it| it.actions.first()).map_or("publish", |action| action.name.as_str()),
        }
    }

    /// The records that are about it, and those that are not, with the reason.
    pub(super) fn part(&self, records: Vec<Asked>) -> (Vec<Asked>, Vec<SetAside>) {
        let (mut about, mut set_aside) = (Vec::new(), Vec::new());
        for (record, asked) in records {
            match self.elsewhere(&record, &asked) {
                None => about.push((record, asked)),
                Some(reason) => set_aside.push(SetAside { record: Some(asked.origin), reason }),
            }
        }
        (about, set_aside)
    }

    /// Why a record is not about it.
    fn elsewhere(&self, record: &Record, asked: &AskedRecord) -> Option<String> {
        let gives = gives(self.profile, record)?;
        let own = gives.packages.as_ref().map(|field| list(record, field)).unwrap_or_default();
        let is_this = |name: &String| self.form.apply(name) == self.form.apply(self.package);
        // Names in two places are each a bound.
        for names in [own, &asked.packages].into_iter().filter(|names| !names.is_empty()) {
            if !names.iter().any(is_this) {
                return Some(format!("it is for {}, not for `{}`", quoted(names), self.package));
            }
        }
        let actions = gives.actions.as_ref()?;
        let values = list(record, actions.field.as_ref()?);
        let gives_it = values.iter().any(|value| actions.are.get(value).is_some_and(|is| is == self.action));
        (!gives_it).then(|| format!("it gives {}, and not `{}`", quoted(values), self.action))
    }

    /// Takes an answer back whose statements grant something else only.
    pub(super) fn withhold(&self, answer: &mut RegistryAnswer) {
        let taken = answer.rule.records.first().and_then(|at| answer.explanation.records.get(*at));
        let publisher = taken.and_then(|record| self.profile.publisher(&record.publisher));
        let actions = publisher.and_then(|publisher| publisher.gives.actions.as_ref());
        let Some(actions) = actions.filter(|actions| actions.field.is_none()) else { return };
        let grants = &answer.rule.grants;
        if grants.iter().any(|grant| actions.are.get(grant).is_some_and(|is| is == self.action)) {
            return;
        }
        let reason = format!("it gives this token {}, and not `{}`", quoted(grants), self.action);
        answer.set_aside.push(SetAside { record: None, reason });
        answer.rule = Ruling::default();
        answer.explanation.ruling = Ruling::default();
    }
}

/// Names what the records that let the token in say of what their holder may do.
pub(super) fn grant(answer: &mut RegistryAnswer, records: &[Record]) {
    let ruling = &mut answer.explanation.ruling;
    for record in ruling.records.iter().filter_map(|at| records.get(*at)) {
        let actions = gives(answer.profile, record).and_then(|gives| gives.actions.as_ref());
        let Some(field) = actions.and_then(|actions| actions.field.as_ref()) else { continue };
        for value in list(record, field) {
            if !ruling.grants.contains(value) {
                ruling.grants.push(value.clone());
            }
        }
    }
}

fn gives<'p>(profile: &'p Profile, record: &Record) -> Option<&'p Gives> {
    profile.publisher(&record.publisher).map(|publisher| &publisher.gives)
}

fn list<'r>(record: &'r Record, field: &str) -> &'r [String] {
    match record.fields.get(field) {
        Some(FieldValue::List(values)) => values,
        _ => &[],
    }
}

fn quoted(names: &[String]) -> String {
    if names.is_empty() {
        return "nothing".to_owned();
    }
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
