//! Where registries differ: what they ask of every token, and which claims of a provider's they compare, side by side.

use std::collections::{BTreeMap, BTreeSet};

use trustctl_catalog::profile::{
    AudienceCheck, Case, Combine, Operation, Profile, Publisher, ReplayScope, Take, TemplateText, WhenIssued,
};
use trustctl_catalog::{Basis, Catalogue, Provider, Role};

use super::profile::teller;
use super::{code, codes, table};

/// All tables.
pub(super) fn section(page: &mut String, catalogue: &Catalogue, profiles: &[&Profile]) {
    page.push_str(
        "\n## What they do with their own records\n\n`trustctl eval --as` decides as they do; each page has the whole rule, and says where \
         it is from.\n\n",
    );
    table(
        page,
        &[
            "",
            "known from",
            "`aud`",
            "leeway",
            "issued in the future",
            "used twice",
            "several records",
            "a refused caller learns",
        ],
        profiles.iter().map(|profile| {
            let envelope = &profile.envelope;
            let audience = match envelope.audiences {
                AudienceCheck::OneString => "one text",
                AudienceCheck::ExactlyOne => "exactly one",
                AudienceCheck::Permissions => "JSON text of permissions",
                AudienceCheck::ByRecord => "if the record asks",
            };
            let issued = match envelope.issued {
                WhenIssued::RefusedInFuture => "refused",
                WhenIssued::Ignored => "taken",
            };
            let twice = match envelope.replay.scope {
                ReplayScope::Issuer => "refused, by issuer",
                ReplayScope::Registry => "refused",
                ReplayScope::Nowhere => "taken",
                ReplayScope::Unknown => "not known",
            };
            let known = match profile.basis {
                Basis::Source => "source",
                Basis::Documentation => "documentation",
                Basis::Ours => "trustctl",
            };
            let several = match &profile.combine {
                Combine::Only => "there is one".to_owned(),
                Combine::Union => "all that hold".to_owned(),
                Combine::Oldest => "the oldest".to_owned(),
                Combine::Prefer(field) => format!("the one with the `{field}`"),
            };
            vec![
                format!("[{}]({}.md)", profile.title, profile.registry),
                format!("{known}, {}", profile.checked),
                audience.to_owned(),
                format!("{} s", envelope.leeway),
                issued.to_owned(),
                twice.to_owned(),
                several,
                teller(profile.discloses.tells).to_owned(),
            ]
        }),
    );
    for provider in catalogue.providers() {
        let about: Vec<(&Profile, &Publisher)> =
            profiles.iter().filter_map(|profile| Some((*profile, kind_of(profile, provider)?))).collect();
        if about.len() > 1 {
            claims(page, provider, &about);
        }
    }
}

/// The kind of record that has a rule for this provider's tokens.
fn kind_of<'p>(profile: &'p Profile, provider: &Provider) -> Option<&'p Publisher> {
    let mut kinds = profile.publishers.values();
    kinds.find(|publisher| publisher.provider.as_ref() == Some(&provider.kind) && !publisher.rule.is_empty())
}

fn claims(page: &mut String, provider: &Provider, about: &[(&Profile, &Publisher)]) {
    page.push_str(&format!(
        "\n### Claims of {}\n\nAn empty field: the claim is not looked at. *where set*: only where the record says a value.\n\n",
        provider.title
    ));
    let compared = about.iter().map(|(_, publisher)| cells(publisher)).collect::<Vec<_>>();
    let names: BTreeSet<&str> = compared.iter().flat_map(|cells| cells.keys().copied()).collect();
    let role = |name: &str| provider.claims.get(name).map_or(Role::Other, |claim| claim.role);
    let mut names: Vec<&str> = names.into_iter().collect();
    names.sort_by_key(|name| (role(name), *name));
    let titles: Vec<&str> = std::iter::once("claim").chain(about.iter().map(|(profile, _)| &*profile.title)).collect();
    table(
        page,
        &titles,
        names.into_iter().map(|name| {
            let cells = compared.iter().map(|cells| cells.get(name).map_or(String::new(), |texts| texts.join("; ")));
            std::iter::once(code(name)).chain(cells).collect()
        }),
    );
}

/// By claim, how a rule compares it.
fn cells(publisher: &Publisher) -> BTreeMap<&str, Vec<String>> {
    let mut cells: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for step in &publisher.rule {
        let Some((claim, mut text)) = cell(&step.operation) else { continue };
        if step.when.is_some() {
            text.push_str(", where set");
        }
        let texts = cells.entry(claim).or_default();
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    cells
}

fn cell(operation: &Operation) -> Option<(&str, String)> {
    let cased = |case: Case| if case == Case::Exact { "exact" } else { "any case" };
    Some(match operation {
        Operation::Same { left, right, case, .. } => {
            let own =
                |template: &TemplateText| template.fields().next().is_none() && template.settings().next().is_none();
            let mut text = match right.iter().all(own) {
                true => codes(right.iter().map(|template| &*template.text), ", "),
                false => cased(*case).to_owned(),
            };
            if left.take != Take::Whole {
                text = format!("`{}`, {text}", left.take.name());
            }
            let others: BTreeSet<&str> = right.iter().flat_map(TemplateText::claims).collect();
            if !others.is_empty() && !right.iter().all(own) {
                text.push_str(&format!(", with {}", codes(others, " or ")));
            }
            (&*left.claim, text)
        }
        Operation::NoneOf { claim, values, .. } => {
            (claim, format!("not {}", codes(values.iter().map(|value| &*value.text), ", ")))
        }
        Operation::Among { claim, values } => (claim, format!("{}, as the record says", codes(values.keys(), ", "))),
        Operation::InSetting { claim, setting, .. } => (claim, format!("the operator's `{setting}`")),
        Operation::Boolean { claim, value } => (claim, code(&value.to_string())),
        Operation::Integer { claim } => (claim, "a number".to_owned()),
        Operation::Holds { claim, .. } => (claim, "holds each".to_owned()),
        Operation::Locked(lock) => (&*lock.claim, "learned at the first use".to_owned()),
        Operation::Present { .. } | Operation::Switch { .. } | Operation::Until { .. } => return None,
    })
}
