//! The kind of record that a grant becomes, and the making of one.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use trustctl_catalog::Catalogue;
use trustctl_catalog::profile::{Field, FieldType, Hole, Part, Publisher, StatementStyle, Take, TemplateText};
use trustctl_diag::Place;
use trustctl_pattern::Pattern;
use trustctl_policy::{Grant, Holder, Policy};

use super::solve::{Fields, is_list};
use super::stated::Stated;
use super::{Export, ExportProblem, Kind, Made, compare};
use crate::fitting::place;
use crate::said::facts::{Facts, name_of};
use crate::said::{Ask, Condition, filled};
use crate::{Record, RecordProblem};

/// Most records that one grant becomes for one package.
const MOST: usize = 100;

/// A kind of record for one grant.
pub(super) struct Target<'t> {
    name: &'t str,
    /// Further kinds that tokens of the provider have.
    others: Vec<&'t str>,
    kind: Kind<'t>,
    issuer: String,
    is_for_packages: bool,
    /// Whether one package's records alone are wanted, in the registry's own shape.
    is_bare: bool,
}

impl<'t> Target<'t> {
    /// The kind of record for tokens of the grant's provider.
    pub(super) fn of(
        export: &Export<'t>,
        catalogue: &'t Catalogue,
        policy: &Policy,
        grant: &Grant,
    ) -> Result<Self, ExportProblem> {
        let problem = |about: String, help: String| ExportProblem { about, help, place: grant.place };
        let profile = export.profile;
        let provider = policy.provider(grant.provider);
        let provider_kind = provider.map(|provider| provider.kind.as_str()).unwrap_or_default();
        let issuer = provider.and_then(|provider| policy.issuer(provider.issuer));
        let issuer = issuer.map(|issuer| issuer.text.clone()).unwrap_or_default();
        let of_kind = |publisher: &Publisher| publisher.provider.as_deref() == Some(provider_kind);
        let asked = |name: &str| export.publisher.is_none_or(|asked| asked == name);
        let fits = |(name, publisher): &(&String, &Publisher)| {
            asked(name) && (of_kind(publisher) || publisher.provider.is_none()) && takes(publisher, &issuer)
        };
        // What the registry has for this provider comes before what it has for any.
        let mut kinds: Vec<_> = profile.publishers.iter().filter(fits).collect();
        kinds.sort_by_key(|(_, publisher)| !of_kind(publisher));
        let others = kinds.iter().skip(1).map(|(name, _)| name.as_str()).collect();
        let Some((name, publisher)) = kinds.into_iter().next() else {
            let titles: Vec<&str> = profile.publishers.values().map(|one| one.title.as_str()).collect();
            return Err(problem(
                format!("{} has no records for tokens of `{issuer}`", profile.title),
                format!("it has them for {}", titles.join(", ")),
            ));
        };
        let is_for_accounts =
            publisher.gives.accounts.is_some() || publisher.statements == Some(StatementStyle::RequiredClaims);
        if (grant.holder == Holder::Accounts) != is_for_accounts {
            let (has, grants) =
                if is_for_accounts { ("service accounts", "accounts") } else { ("packages", "packages") };
            return Err(problem(
                format!("{}'s records of this kind are for {has}", profile.title),
                format!("write the grant with `{grants}:`"),
            ));
        }
        let kind = Kind { profile, publisher, entry: catalogue.provider(provider_kind), settings: export.settings };
        let is_for_packages = grant.holder == Holder::Packages;
        Ok(Self { name, others, kind, issuer, is_for_packages, is_bare: export.package.is_some() })
    }

    /// Whether a record of this kind names its packages itself.
    pub(super) fn names_packages(&self) -> bool {
        self.kind.publisher.gives.packages.is_some()
    }

    /// Whether a record is for whatever package there is.
    pub(super) fn is_for_all_packages(&self) -> bool {
        self.kind.publisher.statements == Some(StatementStyle::FirstMatches)
    }

    /// What is stated, once for each combination of values that the fields of one record cannot hold together.
    pub(super) fn alternatives(&self, stated: &[Stated], grant: Place) -> Result<Vec<Vec<Stated>>, ExportProblem> {
        let mut all = vec![stated.to_vec()];
        for (at, one) in stated.iter().enumerate() {
            let values = match &one.asks {
                Some(Ask::Equals(values))
                    if values.len() > 1 && one.is_own() && self.is_in_a_field(&one.claim, values) =>
                {
                    values
                }
                _ => continue,
            };
            let each = |value: &String, stated: &Vec<Stated>| {
                let mut stated = stated.clone();
                if let Some(one) = stated.get_mut(at) {
                    one.asks = Some(Ask::Equals(vec![value.clone()]));
                }
                stated
            };
            all = all.iter().flat_map(|stated| values.iter().map(|value| each(value, stated))).collect();
            if all.len() > MOST {
                let about = format!("the grant's lists of values would be more than {MOST} records for each package");
                let help = "write fewer values, or several grants".to_owned();
                return Err(ExportProblem { about, help, place: grant });
            }
        }
        Ok(all)
    }

    /// Whether a field of the record holds the claim's one value, or that of a claim which follows of it.
    fn is_in_a_field(&self, claim: &str, values: &[String]) -> bool {
        match self.kind.publisher.statements {
            Some(StatementStyle::FirstMatches) => return false,
            Some(_) => return true,
            None => {}
        }
        let value = values.first().cloned().into_iter().collect();
        let condition = Condition { claim: claim.to_owned(), asks: Ask::Equals(value) };
        let facts = Facts::new(self.kind.entry, [&condition]);
        let mut means = self.kind.publisher.means.iter();
        means.any(|meaning| {
            let has_field =
                |template: &TemplateText| template.fields().next().is_some() && !is_list(self.kind.publisher, template);
            meaning.values.iter().any(has_field) && facts.value(&meaning.claim).is_some()
        })
    }

    /// The record that says what is stated.
    pub(super) fn record(
        &self,
        policy: &Policy,
        grant: &Grant,
        names: &[&str],
        stated: &[Stated],
    ) -> Result<Made, ExportProblem> {
        let conditions: Vec<Condition> = stated.iter().filter_map(Stated::condition).collect();
        let facts = Facts::new(self.kind.entry, &conditions);
        let (mut templates, mut held) = (BTreeMap::new(), BTreeMap::<String, Vec<String>>::new());
        for condition in &conditions {
            match &condition.asks {
                Ask::Template(text) => _ = templates.insert(condition.claim.clone(), text.clone()),
                Ask::Contains(texts) => {
                    held.entry(name_of(self.kind.entry, &condition.claim)).or_default().extend(texts.clone());
                }
                _ => {}
            }
        }
        let mut fields = Fields::new(&self.kind, &facts, &templates, &held);
        let of_issuer = self.issuer_fields(&mut fields);
        match self.kind.publisher.statements {
            None => fields.learn(),
            Some(style) => {
                fields.switch();
                for (field, value) in
                    super::statements::fields(&self.kind, style, policy, grant, &conditions, &self.issuer)
                {
                    fields.set(field, value);
                }
                if style == StatementStyle::RequiredClaims {
                    fields.set("service_accounts", names.iter().map(|name| Json::from(*name)).collect());
                }
            }
        }
        let actions: Vec<&str> = policy.actions(grant).map(|action| action.name.as_str()).collect();
        self.gives(&mut fields, &actions, names);
        let mut written = self.write(&fields.values(), grant.place)?;
        let record = Record::read(self.kind.profile, Some(self.name), &written)
            .map_err(|problems| self.refused(&problems, grant.place))?;
        self.name_package(&mut written, names);
        let compared =
            compare::Compared { kind: &self.kind, policy, grant, stated, facts: &facts, of_issuer: &of_issuer };
        let differences = compared.differences(&record);
        Ok(Made { written, record, differences })
    }

    /// Sets what the issuer alone says, and returns those fields.
    fn issuer_fields(&self, fields: &mut Fields<'_>) -> Vec<String> {
        let publisher = self.kind.publisher;
        let mut set = Vec::new();
        if let Some(name) = &publisher.issuer_field {
            let is_default = publisher.field(name).is_some_and(|field| field.default.as_ref() == Some(&self.issuer));
            if !is_default {
                fields.set(name, Json::from(self.issuer.as_str()));
            }
            set.push(name.clone());
        }
        let forms = self.kind.entry.into_iter().flat_map(|entry| &entry.issuers);
        for form in forms.filter(|form| form.fields.keys().eq(publisher.issuer_fields.keys())) {
            let Some(values) = filled(&form.template, &self.issuer) else { continue };
            for (name, template) in &publisher.issuer_fields {
                let Some(value) = values.get(name) else { continue };
                let mut parts = template.parts.iter();
                // A field that is nothing but the issuer's part is known by it.
                if let (Some(Part::Hole(Hole::Field(field, Take::Whole))), None) = (parts.next(), parts.next()) {
                    fields.set(field, Json::from(value.as_str()));
                    set.push(field.clone());
                }
            }
        }
        set
    }

    /// Sets what the record lets its holder do, and to what.
    fn gives(&self, fields: &mut Fields<'_>, actions: &[&str], names: &[&str]) {
        let gives = &self.kind.publisher.gives;
        if let Some((of, field)) = gives.actions.as_ref().and_then(|of| Some((of, of.field.as_ref()?))) {
            let words = of.are.iter().filter(|(_, action)| actions.contains(&action.as_str()));
            fields.set(field, words.map(|(word, _)| Json::from(word.as_str())).collect());
        }
        if let Some(field) = gives.packages.as_ref().or(gives.accounts.as_ref()) {
            fields.set(field, names.iter().map(|name| Json::from(*name)).collect());
        }
    }

    /// The record in the registry's own shape.
    fn write(&self, values: &BTreeMap<String, Json>, grant: Place) -> Result<Json, ExportProblem> {
        let publisher = self.kind.publisher;
        let mut written = Json::Object(Map::new());
        for (at, text) in &publisher.told_by {
            place(&mut written, at, Json::from(text.as_str()));
        }
        for field in &publisher.fields {
            match values.get(&field.name) {
                Some(value) => {
                    let own = format!("/{}", field.name);
                    place(&mut written, field.at.first().unwrap_or(&own), typed(field, value));
                }
                None if field.required => return Err(self.missing(&field.name, grant)),
                None => {}
            }
        }
        Ok(written)
    }

    /// Names the package where a record file does.
    fn name_package(&self, written: &mut Json, names: &[&str]) {
        let ([name], Json::Object(members)) = (names, written) else { return };
        let is_named = self.names_packages() || self.is_for_all_packages() || !self.is_for_packages;
        if is_named {
            return;
        }
        match &self.kind.profile.names_package {
            Some(member) => _ = members.insert(member.clone(), Json::from(*name)),
            None if self.is_bare => {}
            None => _ = members.insert("package".to_owned(), Json::from(*name)),
        }
    }

    /// A field that a record must have, and the grant does not say.
    fn missing(&self, name: &str, grant: Place) -> ExportProblem {
        let publisher = self.kind.publisher;
        let field = publisher.field(name);
        let (about, example) = field.map_or(("", ""), |field| (field.about.as_str(), field.example.as_str()));
        let reads = |template: &TemplateText| {
            template.fields().any(|field| {
                field == name
                    || publisher.computed.get(field).into_iter().flatten().any(|one| one.fields().any(|it| it == name))
            })
        };
        let meaning = publisher.means.iter().find(|meaning| meaning.values.iter().any(reads));
        let help = match meaning {
            Some(meaning) => {
                format!("fix `{}` to a value in the grant; the field is then as in `{example}`", meaning.claim)
            }
            None => format!("the field is as in `{example}`"),
        };
        let help = match self.others.first() {
            Some(other) => format!("{help}; or write records of another kind, with `--publisher {other}`"),
            None => help,
        };
        let title = &self.kind.profile.title;
        ExportProblem {
            about: format!("{title}'s record needs `{name}`, {about}, and the grant does not say it"),
            help,
            place: grant,
        }
    }

    fn refused(&self, problems: &[RecordProblem], grant: Place) -> ExportProblem {
        let title = &self.kind.profile.title;
        let first = problems.first();
        let (field, reason, mend) = first.map_or(("", "", ""), |one| (&*one.field, &*one.reason, &*one.mend));
        let about = match field {
            "" => format!("{title} would refuse the record: {reason}"),
            field => format!("{title} would refuse `{field}`: {reason}"),
        };
        ExportProblem { about, help: mend.to_owned(), place: grant }
    }
}

/// A value as the registry itself writes it: an id that is a number is one.
fn typed(field: &Field, value: &Json) -> Json {
    let number = || value.as_str().filter(|_| field.kind == FieldType::Integer)?.parse::<i64>().ok();
    number().map_or_else(|| value.clone(), Json::from)
}

/// Whether records of this kind can be about tokens of the issuer.
fn takes(publisher: &Publisher, issuer: &str) -> bool {
    let by_pattern = |pattern: &String| Pattern::regex(pattern).is_ok_and(|pattern| pattern.is_match(issuer));
    publisher.issuers.iter().any(|known| known == issuer)
        || publisher.issuer_pattern.as_ref().is_some_and(by_pattern)
        || publisher.issuer_field.is_some()
}
