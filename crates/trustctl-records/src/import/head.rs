//! What a trust file says of its registry.

use std::collections::BTreeMap;

use trustctl_catalog::profile::{Direction, Publisher};
use trustctl_catalog::{AudienceForm, Catalogue, Registry};
use trustctl_policy::Audience;

use super::providers::{Provider, Providers};
use super::{Grant, Import, ImportError};
use crate::said::{self, Loss};

/// What stands in the trust file's `audience:`, if anything does.
const AUDIENCE: &str = "audience";

/// The registry's keys in a trust file.
pub(super) struct Head {
    /// The catalogue's kind.
    pub(super) kind: String,
    /// The fields that a registry of this kind has, and its audience.
    pub(super) fields: Vec<(String, String)>,
    /// Audiences of single providers, by the names that grants give them.
    pub(super) audiences: BTreeMap<String, String>,
}

/// What the trust file must say, from what is given and from what the operator set.
pub(super) fn head(
    import: &Import<'_>,
    catalogue: &Catalogue,
    registry: &Registry,
    providers: &Providers,
) -> Result<Head, ImportError> {
    let may_be = |name: &String| registry.fields.contains_key(name) || name == AUDIENCE;
    if let Some(name) = import.fields.keys().find(|name| !may_be(name)) {
        let known = registry.fields.keys().cloned().chain([AUDIENCE.to_owned()]).collect();
        return Err(ImportError::UnknownField { name: name.clone(), known });
    }
    let mut fields = Vec::new();
    for (name, known) in &registry.fields {
        let missing =
            || ImportError::NoField { name: name.clone(), about: known.about.clone(), example: known.example.clone() };
        fields.push((name.clone(), field(import, name).ok_or_else(missing)?.to_owned()));
    }
    let given = import.fields.get(AUDIENCE);
    if registry.audience == AudienceForm::Given && given.is_none() {
        return Err(ImportError::NoField {
            name: AUDIENCE.to_owned(),
            about: "the audience that tokens for whoever decides by the trust file carry".to_owned(),
            example: "https://packages.acme.example".to_owned(),
        });
    }
    let audiences = if given.is_some() { BTreeMap::new() } else { audiences(import, catalogue, registry, providers) };
    fields.extend(given.map(|audience| (AUDIENCE.to_owned(), audience.clone())));
    Ok(Head { kind: registry.kind.clone(), fields, audiences })
}

/// Audiences that a kind of record has, and the registry's own entry has not, by the names of providers.
fn audiences(
    import: &Import<'_>,
    catalogue: &Catalogue,
    registry: &Registry,
    providers: &Providers,
) -> BTreeMap<String, String> {
    let own = own_audience(import, registry);
    let of_kind = |kind: &String| {
        let mut publishers = import.profile.publishers.values().filter(|one| one.provider.as_ref() == Some(kind));
        publishers.find_map(|publisher| other_audience(import, registry, publisher))
    };
    let of = |one: &Provider| match &one.audience {
        Some(audience) => Some(audience.clone()).filter(|audience| own.as_ref() != Some(audience)),
        None => of_kind(&one.kind).filter(|_| !is_fixed(catalogue, registry, &one.kind)),
    };
    providers.iter().filter_map(|one| Some((one.name.clone(), of(one)?))).collect()
}

/// That a trust file is for another audience than the record, where it cannot say the record's.
pub(super) fn audience_losses(
    import: &Import<'_>,
    catalogue: &Catalogue,
    registry: &Registry,
    grant: &Grant<'_>,
) -> Vec<Loss> {
    let publisher = import.profile.publisher(&grant.record.record.publisher);
    let (Some(publisher), Some(kind)) = (publisher, &grant.clause.issuer.provider) else { return Vec::new() };
    let own = own_audience(import, registry).map(Audience::Exact);
    let is_known = is_fixed(catalogue, registry, kind) || said::is_permissions(import.profile, publisher);
    let about = said::other_audience(import.profile, publisher, import.settings, own.as_ref());
    let Some(about) = about.filter(|_| is_known) else { return Vec::new() };
    let said = |is: Direction| grant.clause.losses.iter().any(|loss| loss.is == is && loss.claims == ["aud"]);
    let both = [Direction::Wider, Direction::Narrower].into_iter().filter(|is| !said(*is));
    both.map(|is| Loss { is, claims: vec!["aud".to_owned()], about: about.clone() }).collect()
}

/// Whether the trust language takes no other audience for these tokens: their jobs can ask for the registry's.
fn is_fixed(catalogue: &Catalogue, registry: &Registry, kind: &str) -> bool {
    let chooses = catalogue.provider(kind).is_some_and(|provider| provider.audience.caller_chooses);
    chooses && matches!(registry.audience, AudienceForm::Fixed(_))
}

/// The audience of a kind of record, where it is another than the registry's entry has.
fn other_audience(import: &Import<'_>, registry: &Registry, publisher: &Publisher) -> Option<String> {
    let own = own_audience(import, registry)?;
    said::audience(import.profile, publisher, import.settings).filter(|audience| *audience != own)
}

/// The audience that a trust file for the registry is for by itself.
fn own_audience(import: &Import<'_>, registry: &Registry) -> Option<String> {
    match &registry.audience {
        AudienceForm::Fixed(text) => Some(text.clone()),
        AudienceForm::Default(template) => Some(registry.fields.keys().fold(template.clone(), |text, name| {
            text.replace(&format!("{{{name}}}"), field(import, name).unwrap_or_default())
        })),
        AudienceForm::Given => None,
    }
}

/// What is given for a field of the registry; what an operator sets under the same name is the same.
fn field<'i>(import: &'i Import<'_>, name: &str) -> Option<&'i str> {
    import.fields.get(name).map(String::as_str).or_else(|| import.settings.one(name))
}
