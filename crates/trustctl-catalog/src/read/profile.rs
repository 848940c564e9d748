//! The written form of `profiles/*.yaml` is its model; what serde cannot see is checked here.

use std::collections::BTreeSet;

use super::{Head, Place, parse};
use crate::profile::{
    AudienceCheck, Combine, Envelope, Field, FieldType, Operation, Profile, Publisher, RecordRule, Sense,
    StatementStyle, Step, TemplateText,
};
use crate::{CatalogueError, DataFile};

/// Reads one file.
pub(crate) fn read(file: &DataFile<'_>) -> Result<Profile, CatalogueError> {
    let (profile, place) = parse::<Profile>(file)?;
    place.check_head(&Head {
        kind: &profile.registry,
        title: &profile.title,
        about: &profile.about,
        sources: &profile.sources,
        checked: &profile.checked,
    })?;
    place.check(!profile.publishers.is_empty(), "publishers", || "has no kind of record".into())?;
    let is_beside = profile.names_package.as_ref().is_none_or(|name| profile.beside.contains(name));
    place.check(is_beside, "names-package", || "is one of the members that `beside` lists".into())?;
    check_audience(&place, "envelope", &profile.envelope, &profile)?;
    for (name, publisher) in &profile.publishers {
        check_publisher(&place, &profile, name, publisher)?;
    }
    Ok(profile)
}

/// What templates may name.
struct Names<'a> {
    profile: &'a Profile,
    fields: &'a BTreeSet<&'a str>,
}

impl Names<'_> {
    fn check(&self, place: &Place<'_>, at: &str, template: &TemplateText) -> Result<(), CatalogueError> {
        for field in template.fields() {
            place.check(self.fields.contains(field), at, || format!("`{field}` is no field and no computed value"))?;
        }
        for setting in template.settings() {
            let known = self.profile.settings.contains_key(setting);
            place.check(known, at, || format!("`{setting}` is no setting"))?;
        }
        Ok(())
    }
}

fn check_publisher(
    place: &Place<'_>,
    profile: &Profile,
    name: &str,
    publisher: &Publisher,
) -> Result<(), CatalogueError> {
    let at = |rest: &str| format!("publishers.{name}.{rest}");
    let issuers = [
        !publisher.issuers.is_empty(),
        publisher.issuer_pattern.is_some(),
        publisher.issuer_field.is_some() && publisher.issuers.is_empty(),
    ];
    place.check(issuers.iter().filter(|said| **said).count() == 1, &at("issuers"), || {
        "one of `issuers`, `issuer-pattern` and `issuer-field` says whose tokens are meant".into()
    })?;
    place.check(!publisher.rule.is_empty() || publisher.statements.is_some(), &at("rule"), || {
        "`rule`, `statements` or both say how a record decides".into()
    })?;
    check_statements(place, &at("statements"), publisher)?;

    let mut fields: BTreeSet<&str> = BTreeSet::new();
    for field in &publisher.fields {
        place.check(fields.insert(&field.name), &at("fields"), || format!("`{}` stands twice", field.name))?;
        check_field(place, &at("fields"), field)?;
        let fellow = field.only_with.as_deref();
        place.check(fellow.is_none_or(|other| publisher.field(other).is_some()), &at("fields"), || {
            format!("`only-with` of `{}` names no field", field.name)
        })?;
    }
    check_envelope(place, &at("envelope"), publisher, profile)?;
    let own = fields.clone();
    for (computed, templates) in &publisher.computed {
        let names = Names { profile, fields: &own };
        for template in templates {
            names.check(place, &at("computed"), template)?;
        }
        place.check(fields.insert(computed), &at("computed"), || format!("`{computed}` is a field"))?;
    }
    if let Some(field) = &publisher.issuer_field {
        place.check(own.contains(field.as_str()), &at("issuer-field"), || format!("`{field}` is no field"))?;
    }
    if let Some(field) = &publisher.prefers {
        place.check(own.contains(field.as_str()), &at("prefers"), || format!("`{field}` is no field"))?;
        let preferring = matches!(profile.combine, Combine::Prefer(_));
        place.check(preferring, &at("prefers"), || "goes with `combine: { prefer: … }` alone".into())?;
    }
    if let Combine::Prefer(field) = &profile.combine {
        // A kind of record without the field has nothing to prefer.
        let somewhere = profile.publishers.values().any(|other| other.field(field).is_some());
        place.check(somewhere, "combine", || format!("`{field}` is no field of any record"))?;
    }
    for rule in &publisher.record_rules {
        check_record_rule(place, &at("record-rules"), rule, profile, &fields)?;
    }
    let names = Names { profile, fields: &fields };
    let mut steps = BTreeSet::new();
    for step in &publisher.rule {
        place.check(steps.insert(&step.name), &at("rule"), || format!("step `{}` stands twice", step.name))?;
        check_step(place, &at("rule"), step, &names)?;
    }
    check_meaning(place, publisher, &names, &at)
}

fn check_meaning(
    place: &Place<'_>,
    publisher: &Publisher,
    names: &Names<'_>,
    at: &dyn Fn(&str) -> String,
) -> Result<(), CatalogueError> {
    let field = |part: &str, field: &str| {
        place.check(names.fields.contains(field), &at(part), || format!("`{field}` is no field and no computed value"))
    };
    for meaning in &publisher.means {
        for template in &meaning.values {
            names.check(place, &at("means"), template)?;
        }
        meaning.among.values().chain(&meaning.when).chain(&meaning.unless).try_for_each(|name| field("means", name))?;
        let has_values = !meaning.values.is_empty() || !meaning.among.is_empty();
        place.check(has_values != (meaning.is == Sense::Present), &at("means"), || {
            format!("`{}` has no `values`, or has some though it need only be there", meaning.claim)
        })?;
    }
    for loss in &publisher.loses {
        let named = loss.when.iter().chain(&loss.unless).chain(loss.field.iter().map(|(name, _)| name));
        named.into_iter().try_for_each(|name| field("loses", name))?;
    }
    let gives = &publisher.gives;
    let lists = gives.actions.iter().map(|actions| &actions.field).chain(&gives.packages).chain(&gives.accounts);
    lists.into_iter().try_for_each(|name| field("gives", name))?;
    publisher.issuer_fields.values().try_for_each(|template| names.check(place, &at("issuer-fields"), template))
}

/// What a kind of record changes of the envelope.
fn check_envelope(place: &Place<'_>, at: &str, publisher: &Publisher, profile: &Profile) -> Result<(), CatalogueError> {
    let Some(parts) = &publisher.envelope else { return Ok(()) };
    place.check(parts.audience.is_none() || parts.audiences.is_some(), at, || {
        "`audience` stands beside `audiences`".into()
    })?;
    check_audience(place, at, &profile.envelope.with(parts), profile)
}

fn check_audience(place: &Place<'_>, at: &str, envelope: &Envelope, profile: &Profile) -> Result<(), CatalogueError> {
    let compared = matches!(envelope.audiences, AudienceCheck::OneString | AudienceCheck::ExactlyOne);
    place.check(envelope.audience.is_some() == compared, &format!("{at}.audience"), || {
        "stands exactly where `audiences` compares with it".into()
    })?;
    let nothing = BTreeSet::new();
    let names = Names { profile, fields: &nothing };
    envelope.audience.as_ref().map_or(Ok(()), |audience| names.check(place, &format!("{at}.audience"), audience))
}

/// A style reads fields by name.
fn check_statements(place: &Place<'_>, at: &str, publisher: &Publisher) -> Result<(), CatalogueError> {
    let field = match publisher.statements {
        None => None,
        Some(StatementStyle::FirstMatches | StatementStyle::LastMatches) => Some("statements"),
        Some(StatementStyle::RequiredClaims) => Some("claims"),
    };
    if let Some(field) = field {
        let is_any = publisher.field(field).is_some_and(|field| field.kind == FieldType::Any);
        place.check(is_any, at, || format!("this style reads a field `{field}` of the type `any`"))?;
    }
    let has_scopes = publisher.statements == Some(StatementStyle::FirstMatches);
    place.check(has_scopes != publisher.scopes.is_empty(), at, || {
        "`scopes` are what statements of the style `first-matches` grant".into()
    })
}

fn check_field(place: &Place<'_>, at: &str, field: &Field) -> Result<(), CatalogueError> {
    let name = &field.name;
    let is_whole = |at: &String| at.is_empty() && field.kind == FieldType::Any;
    place.check(field.at.iter().all(|at| at.starts_with('/') || is_whole(at)), at, || {
        format!("`at` of `{name}` holds JSON Pointers, which begin with `/`; of the type `any`, the whole record's too")
    })?;
    place.check(!(field.required && field.default.is_some()), at, || {
        format!("`{name}` is required, so it has no default")
    })?;
    for rule in &field.rules {
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
        place.check(asks.iter().chain(&of_list).filter(|asked| **asked).count() == 1, at, || {
            format!("each rule of `{name}` asks one thing")
        })?;
        place.check(field.kind == FieldType::List || !of_list.contains(&true), at, || {
            format!("`{name}` is no list, which `most`, `distinct` and `alone` are for")
        })?;
        place
            .check(!rule.bare || !rule.ends_in.is_empty(), at, || format!("`bare` goes with `ends-in`, in `{name}`"))?;
    }
    Ok(())
}

fn check_record_rule(
    place: &Place<'_>,
    at: &str,
    rule: &RecordRule,
    profile: &Profile,
    fields: &BTreeSet<&str>,
) -> Result<(), CatalogueError> {
    let named = rule.together.iter().chain(&rule.some_true).chain(&rule.needed_where).chain(&rule.needed_unless_off);
    for field in named.chain([&rule.field]) {
        place.check(fields.contains(field.as_str()), at, || format!("`{field}` is no field"))?;
    }
    let names = Names { profile, fields };
    for template in &rule.differ {
        names.check(place, at, template)?;
    }
    let asks = [
        rule.together.len() == 2,
        !rule.some_true.is_empty(),
        rule.needed_where.is_some(),
        rule.needed_unless_off.is_some(),
        rule.differ.len() == 2,
    ];
    place.check(asks.iter().filter(|asked| **asked).count() == 1, at, || "each rule asks one thing".into())
}

fn check_step(place: &Place<'_>, at: &str, step: &Step, names: &Names<'_>) -> Result<(), CatalogueError> {
    for field in step.operation.fields().into_iter().chain(step.when.as_deref()).chain(step.unless.as_deref()) {
        let known = names.fields.contains(field);
        place.check(known, at, || format!("`{field}` in step `{}` is no field and no computed value", step.name))?;
    }
    match &step.operation {
        Operation::Same { right: templates, .. } | Operation::NoneOf { values: templates, .. } => {
            templates.iter().try_for_each(|template| names.check(place, at, template))
        }
        Operation::InSetting { setting, .. } => {
            let known = names.profile.settings.contains_key(setting);
            place.check(known, at, || format!("`{setting}` is no setting"))
        }
        _ => Ok(()),
    }
}
