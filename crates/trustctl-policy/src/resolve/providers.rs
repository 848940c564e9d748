//! `providers`: which issuers, and what "ours" means of them.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use trustctl_catalog::{self as catalog, ClaimType, Tenants};
use trustctl_diag::{Diagnostic, Place};

use crate::model::{ClaimId, ClaimSource, Origin, Provider, ProviderId};
use crate::syntax::{Entry, NodeKind};

use super::build::{Builder, ProviderFacts};
use super::claims::{self, plain};
use super::document::Document;
use super::registries::{fill, fits, is_name};
use super::suggest::{one_of, unknown_help};
use super::{conditions, declared_claims, issuers};

/// Providers that one policy can have.
const MOST_PROVIDERS: usize = 1000;

/// Reads `providers`, then everybody's `require`.
pub(crate) fn read(document: &Document<'_, '_>, builder: &mut Builder<'_>) {
    let mut requires = Vec::new();
    if let Some(entry) = document.entry("providers") {
        match &entry.value.kind {
            NodeKind::Map(entries) => {
                if let Some(next) = entries.get(MOST_PROVIDERS) {
                    builder.push(
                        Diagnostic::error(
                            "too-many-providers",
                            document.key_place(next),
                            format!("a policy has at most {MOST_PROVIDERS} providers"),
                        )
                        .help("split it into several policies"),
                    );
                }
                for entry in entries.iter().take(MOST_PROVIDERS) {
                    if let Some(id) = declared(document, entry, builder)
                        && let NodeKind::Map(keys) = &entry.value.kind
                        && let Some(require) = keys.iter().find(|key| key.key.text == "require")
                    {
                        requires.push((id, &require.value));
                    }
                }
            }
            NodeKind::Bad => {}
            _ => builder.push(
                Diagnostic::error(
                    "not-a-map",
                    document.place(&entry.value),
                    "`providers` is a map of names to providers",
                )
                .help("write `providers: { github-actions: { require: { repository_owner_id: 1234567 } } }`"),
            ),
        }
    }
    issuers::one_kind_each(builder);
    for (id, node) in requires {
        let conditions = conditions::read(document.file, node, id, Origin::ProviderRequire, None, builder);
        if let Some(facts) = builder.providers.get_mut(usize::from(id.0)) {
            facts.require.extend(conditions);
        }
    }
    super::registries::read_requires(document, builder);
}

/// The provider a grant names: one of `providers`, or the catalogue's default form of that kind.
///
/// An included file gets only those that the root opened.
pub(crate) fn resolve(name: &str, place: Place, included: bool, builder: &mut Builder<'_>) -> Option<ProviderId> {
    if let Some(id) = builder.provider_named(name) {
        if included && !builder.facts(id).is_some_and(|facts| facts.opened) {
            return closed(name, place, builder);
        }
        return Some(id);
    }
    let catalogue = builder.catalogue;
    let Some(entry) = catalogue.provider(name).filter(|entry| !entry.issuers.is_empty()) else {
        let kinds = known_kinds(builder);
        builder.push(Diagnostic::error("unknown-provider", place, format!("there is no provider `{name}`")).help(
            format!(
                "{}; declare any other under `providers` with its `issuer`",
                unknown_help(name, kinds.iter().map(String::as_str))
            ),
        ));
        return None;
    };
    if included {
        return closed(name, place, builder);
    }
    catalogued(name, entry, &[], None, place, builder)
}

fn closed(name: &str, place: Place, builder: &mut Builder<'_>) -> Option<ProviderId> {
    builder.push(
        Diagnostic::error(
            "closed-provider",
            place,
            format!("the root file does not open `{name}` to the files it includes"),
        )
        .help(format!("ask for `{name}: {{}}` under `providers` in the root file")),
    );
    None
}

fn known_kinds(builder: &Builder<'_>) -> Vec<String> {
    let own = builder.parts.providers.iter().map(|provider| provider.name.clone());
    let kinds = builder.catalogue.issuers().map(|(kind, _)| kind.to_owned());
    let mut all: Vec<String> = own.chain(kinds).collect();
    all.sort();
    all.dedup();
    all
}

/// One entry of `providers`.
fn declared(document: &Document<'_, '_>, entry: &Entry<'_>, builder: &mut Builder<'_>) -> Option<ProviderId> {
    let name = &*entry.key.text;
    let place = document.key_place(entry);
    if !is_name(name) {
        builder.push(
            Diagnostic::error("bad-name", place, format!("`{name}` cannot be the name of a provider"))
                .help("use letters, digits, `-`, `_` and `.`, beginning with a letter or digit"),
        );
    }
    let keys = match &entry.value.kind {
        NodeKind::Map(keys) => keys.as_slice(),
        NodeKind::Bad => return None,
        _ => {
            builder.push(
                Diagnostic::error(
                    "not-a-map",
                    document.place(&entry.value),
                    format!("`{name}` is a map of what there is to say of the provider"),
                )
                .help(format!("write `{name}: {{}}` where nothing is to be said")),
            );
            return None;
        }
    };
    let key = |name: &str| keys.iter().find(|key| key.key.text == name);
    let id = match (key("issuer"), key("kind")) {
        (Some(issuer), kind) => {
            if let Some(kind) = kind {
                builder.push(
                    Diagnostic::error(
                        "kind-and-issuer",
                        document.key_place(kind),
                        "a provider says `kind` or `issuer`, not both",
                    )
                    .help("a kind of the catalogue brings its issuer along; remove one of the two"),
                );
            }
            custom(document, name, place, issuer, keys, builder)
        }
        (None, Some(kind)) => {
            let scalar = builder.scalar(document.file, &kind.value, "the kind of a provider")?;
            let place_of_kind = document.place(&kind.value);
            let entry = known_kind(&scalar.text, place_of_kind, builder)?;
            catalogued(name, entry, keys, Some(document), place, builder)
        }
        (None, None) => {
            let entry = match builder.catalogue.provider(name).filter(|entry| !entry.issuers.is_empty()) {
                Some(entry) => entry,
                None => {
                    let kinds = one_of(builder.catalogue.provider_kinds());
                    builder.push(
                        Diagnostic::error("unknown-provider", place, format!("the catalogue has no provider `{name}`"))
                            .help(format!("give it an `issuer:`, or a `kind:` that is {kinds}")),
                    );
                    return None;
                }
            };
            catalogued(name, entry, keys, Some(document), place, builder)
        }
    }?;
    if let Some(facts) = builder.providers.get_mut(usize::from(id.0)) {
        facts.opened = true;
    }
    if let Some(added) = key("claims") {
        declared_claims::add(document, id, added, builder);
    }
    Some(id)
}

fn known_kind<'c>(kind: &str, place: Place, builder: &mut Builder<'c>) -> Option<&'c catalog::Provider> {
    let catalogue = builder.catalogue;
    let entry = catalogue.provider(kind).filter(|entry| !entry.issuers.is_empty());
    if entry.is_none() {
        let kinds: Vec<&str> = catalogue.provider_kinds().collect();
        builder.push(
            Diagnostic::error("unknown-provider", place, format!("the catalogue has no provider kind `{kind}`"))
                .help(unknown_help(kind, kinds)),
        );
    }
    entry
}

/// A provider of the catalogue: chooses the form of its issuer by the fields that are given.
fn catalogued(
    name: &str,
    entry: &catalog::Provider,
    keys: &[Entry<'_>],
    document: Option<&Document<'_, '_>>,
    place: Place,
    builder: &mut Builder<'_>,
) -> Option<ProviderId> {
    let entry = builder.catalogue.provider(&entry.kind)?;
    let is_field = |key: &str| entry.issuers.iter().any(|form| form.fields.contains_key(key));
    let is_switch = |key: &str| entry.issuers.iter().any(|form| form.switch.as_deref() == Some(key));
    let mut fields = BTreeMap::new();
    let mut switch = None;
    for key in keys {
        let text = &*key.key.text;
        let key_place = document.map_or(place, |document| document.key_place(key));
        let file = place.file;
        if is_field(text) {
            if let Some(scalar) = builder.scalar(file, &key.value, &format!("`{text}`")) {
                fields
                    .insert(text.to_owned(), (scalar.text.clone().into_owned(), Place { file, span: key.value.span }));
            }
        } else if is_switch(text) {
            if let Some(scalar) = builder.scalar(file, &key.value, &format!("`{text}`")) {
                if scalar.text == "true" {
                    switch = Some(text.to_owned());
                } else {
                    builder.push(
                        Diagnostic::error(
                            "bad-switch",
                            Place { file, span: key.value.span },
                            format!("`{text}` is `true` or left out"),
                        )
                        .help(format!("write `{text}: true`, or remove it")),
                    );
                }
            }
        } else if text == "tenants" {
            builder.push(
                Diagnostic::error(
                    "known-tenants",
                    key_place,
                    format!("the catalogue says who can get a token from `{}`", entry.kind),
                )
                .help("remove `tenants`"),
            );
        } else if !["kind", "issuer", "claims", "require"].contains(&text) {
            let known: Vec<&str> = ["kind", "claims", "require"]
                .into_iter()
                .chain(
                    entry
                        .issuers
                        .iter()
                        .flat_map(|form| form.fields.keys().map(String::as_str).chain(form.switch.as_deref())),
                )
                .collect();
            builder.push(
                Diagnostic::error(
                    "unknown-key",
                    key_place,
                    format!("`{text}` is no key of a `{}` provider", entry.kind),
                )
                .help(unknown_help(text, known)),
            );
        }
    }
    let form = entry.issuers.iter().find(|form| form.switch == switch && form.fields.keys().eq(fields.keys()));
    let Some(form) = form else {
        no_form(entry, place, builder);
        return None;
    };
    let mut values = BTreeMap::new();
    for (field, rule) in &form.fields {
        let (value, value_place) = fields.get(field)?;
        if !fits(&rule.pattern, value) {
            builder.push(
                Diagnostic::error(
                    "bad-field",
                    *value_place,
                    format!("`{value}` cannot be the `{field}` of a `{}` issuer", entry.kind),
                )
                .help(format!("{}; such as `{}`", rule.about, rule.example)),
            );
            return None;
        }
        values.insert(field.clone(), value.clone());
    }
    let issuer = fill(&form.template, &values);
    if !form.fields.is_empty()
        && let Some((other, _)) = issuers::covering(&issuer, Some(form), builder)
    {
        builder.push(
            Diagnostic::error(
                "catalogue-issuer",
                place,
                format!("`{issuer}` is another issuer: the catalogue knows it as `{other}`"),
            )
            .help(format!("use the provider `{other}` for it: it brings claims, requirements and tenants along")),
        );
        return None;
    }
    let table = match claims::table(entry, &issuer) {
        Ok(table) => table,
        Err(error) => {
            builder.push(Diagnostic::error(
                "catalogue",
                place,
                format!("the catalogue's claims of `{}` do not compile: {error}", entry.kind),
            ));
            return None;
        }
    };
    let in_file = document.is_some().then_some(place);
    let audience = form.audience.as_ref().map(|text| fill(text, &values)).or_else(|| entry.audience.default.clone());
    let provider = Provider {
        name: name.to_owned(),
        kind: entry.kind.clone(),
        issuer: issuers::id(&issuer, None, builder),
        tenants: form.tenants,
        audience_lists: entry.audience.lists,
        default_audience: audience.clone(),
        claims: table.0,
        place: in_file,
    };
    add(provider, Some(entry), table.1, audience, builder)
}

fn no_form(entry: &catalog::Provider, place: Place, builder: &mut Builder<'_>) {
    let forms: Vec<String> = entry
        .issuers
        .iter()
        .map(|form| {
            let fields = form.fields.iter().map(|(name, field)| format!("{name}: {}", field.example));
            let keys: Vec<String> = fields.chain(form.switch.iter().map(|switch| format!("{switch}: true"))).collect();
            match keys.as_slice() {
                [] => format!("`{}: {{}}` ({})", entry.kind, form.about),
                keys => format!("`{}: {{ {} }}` ({})", entry.kind, keys.join(", "), form.about),
            }
        })
        .collect();
    builder.push(
        Diagnostic::error(
            "which-issuer",
            place,
            format!("`{}` has several issuers, and what is given here names none of them", entry.kind),
        )
        .help(format!("under `providers`, write {}", forms.join(" or "))),
    );
}

/// A provider that the catalogue does not have.
fn custom(
    document: &Document<'_, '_>,
    name: &str,
    place: Place,
    issuer: &Entry<'_>,
    keys: &[Entry<'_>],
    builder: &mut Builder<'_>,
) -> Option<ProviderId> {
    const KEYS: [&str; 4] = ["issuer", "tenants", "claims", "require"];
    for key in keys.iter().filter(|key| !KEYS.contains(&&*key.key.text) && key.key.text != "kind") {
        let text = &key.key.text;
        builder.push(
            Diagnostic::error(
                "unknown-key",
                document.key_place(key),
                format!("`{text}` is no key of a provider with an `issuer` of its own"),
            )
            .help(unknown_help(text, KEYS)),
        );
    }
    let tenants = match keys.iter().find(|key| key.key.text == "tenants") {
        Some(key) => match builder.scalar(document.file, &key.value, "`tenants`").map(|scalar| &*scalar.text) {
            Some("ours") => Tenants::Ours,
            Some("shared") => Tenants::Shared,
            Some(other) => {
                builder.push(
                    Diagnostic::error("bad-tenants", document.place(&key.value), format!("`tenants` cannot be `{other}`"))
                        .help("write `ours` where only your organisation can get a token from this issuer, otherwise `shared`"),
                );
                return None;
            }
            None => return None,
        },
        None => {
            builder.push(
                Diagnostic::error(
                    "missing-tenants",
                    place,
                    format!("`{name}` does not say who can get a token from its issuer"),
                )
                .help("write `tenants: ours` where only your organisation can, otherwise `tenants: shared`"),
            );
            return None;
        }
    };
    let issuer_id = issuers::read(document, &issuer.value, builder)?;
    if let Some(other) =
        builder.parts.providers.iter().find(|other| other.issuer == issuer_id && other.tenants != tenants)
    {
        let message = format!("`{}` has the same issuer and says otherwise who can get a token from it", other.name);
        builder.push(
            Diagnostic::error("bad-tenants", place, message)
                .help("write the same `tenants` for both; `shared` where in doubt"),
        );
        return None;
    }
    let claims = vec![plain("sub", ClaimType::String, ClaimSource::Token)];
    let ids = FxHashMap::from_iter([("sub".to_owned(), ClaimId(0))]);
    let provider = Provider {
        name: name.to_owned(),
        kind: "custom".to_owned(),
        issuer: issuer_id,
        tenants,
        audience_lists: false,
        default_audience: None,
        claims,
        place: Some(place),
    };
    add(provider, None, ids, None, builder)
}

fn add<'c>(
    provider: Provider,
    entry: Option<&'c catalog::Provider>,
    claims: FxHashMap<String, ClaimId>,
    audience: Option<String>,
    builder: &mut Builder<'c>,
) -> Option<ProviderId> {
    let id = ProviderId(u16::try_from(builder.parts.providers.len()).ok()?);
    builder.parts.providers.push(provider);
    builder.providers.push(ProviderFacts {
        entry,
        claims,
        values: FxHashMap::default(),
        fitting: FxHashSet::default(),
        require: Vec::new(),
        tenant_claims: Vec::new(),
        source_claims: Vec::new(),
        opened: false,
        audience,
    });
    Some(id)
}
