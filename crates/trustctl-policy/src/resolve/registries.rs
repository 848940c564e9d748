//! `registry` and `registries`: who is asked.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;
use trustctl_catalog::{self as catalog, AudienceForm};
use trustctl_diag::{Diagnostic, Place};

use crate::known;
use crate::model::{Audience, NameGrammar, Registry, RegistryAction, RegistryId};
use crate::syntax::{Entry, Node, NodeKind};

use super::build::{Builder, RegistryFacts};
use super::document::Document;
use super::suggest::{one_of, unknown_help};
use super::{conditions, providers};

/// Registries that one policy can have.
const MOST_REGISTRIES: usize = 1000;

/// Reads every registry but its `require`, which needs the providers.
pub(crate) fn read(document: &Document<'_, '_>, builder: &mut Builder<'_>) {
    each(document, builder, |name, node, place, builder| registry(document, name, node, place, builder));
    if builder.parts.registries.is_empty() && builder.diagnostics.is_empty() {
        let kinds = one_of(builder.catalogue.registry_kinds());
        builder.push(
            Diagnostic::error("missing-registry", document.start, "the file does not say which registry it speaks for")
                .help(format!("write `registry: KIND`, where KIND is {kinds}")),
        );
    }
}

/// Reads the registries' `require`.
pub(crate) fn read_requires(document: &Document<'_, '_>, builder: &mut Builder<'_>) {
    let mut at = 0_u16;
    each(document, builder, |name, node, _, builder| {
        let id = match name {
            Some(name) => builder.registry_named(name),
            None => Some(RegistryId(at)),
        };
        at = at.saturating_add(1);
        if let (Some(id), NodeKind::Map(entries)) = (id, &node.kind)
            && let Some(entry) = entries.iter().find(|entry| entry.key.text == "require")
        {
            require(document, id, entry, builder);
        }
    });
}

/// Calls `f` for every registry of the file: its key under `registries`, its node, and the place of its name.
fn each(
    document: &Document<'_, '_>,
    builder: &mut Builder<'_>,
    mut f: impl FnMut(Option<&str>, &Node<'_>, Place, &mut Builder<'_>),
) {
    match (document.entry("registry"), document.entry("registries")) {
        (Some(entry), None) => f(None, &entry.value, document.place(&entry.value), builder),
        (None, Some(entry)) => match &entry.value.kind {
            NodeKind::Map(entries) => {
                if let Some(next) = entries.get(MOST_REGISTRIES) {
                    builder.push(
                        Diagnostic::error(
                            "too-many-registries",
                            document.key_place(next),
                            format!("a policy has at most {MOST_REGISTRIES} registries"),
                        )
                        .help("split it into several policies"),
                    );
                }
                for entry in entries.iter().take(MOST_REGISTRIES) {
                    f(Some(&entry.key.text), &entry.value, document.key_place(entry), builder);
                }
            }
            NodeKind::Bad => {}
            _ => builder.push(
                Diagnostic::error("not-a-map", document.place(&entry.value), "`registries` is a map of names to registries")
                    .help("write `registries: { staging: { kind: … }, production: { kind: … } }`, or `registry:` for a single one"),
            ),
        },
        (Some(_), Some(other)) => builder.push(
            Diagnostic::error("two-registry-keys", document.key_place(other), "the file says both `registry` and `registries`")
                .help("keep one: `registry` for a single registry, `registries` for several"),
        ),
        (None, None) => {}
    }
}

fn registry(
    document: &Document<'_, '_>,
    name: Option<&str>,
    node: &Node<'_>,
    name_place: Place,
    builder: &mut Builder<'_>,
) {
    let place = document.place(node);
    let entries: &[Entry<'_>] = match &node.kind {
        NodeKind::Map(entries) => entries,
        NodeKind::Scalar(_) => &[],
        NodeKind::Bad => return,
        NodeKind::List(_) => {
            builder.push(
                Diagnostic::error("not-a-registry", place, "a registry is a kind or a map, not a list")
                    .help("for several, write `registries: { staging: { kind: … }, production: { kind: … } }`"),
            );
            return;
        }
    };
    let kind = match (&node.kind, entries.iter().find(|entry| entry.key.text == "kind")) {
        (NodeKind::Scalar(scalar), _) => &scalar.text,
        (_, Some(entry)) => match builder.scalar(document.file, &entry.value, "the kind of a registry") {
            Some(scalar) => &scalar.text,
            None => return,
        },
        (_, None) => {
            builder.push(
                Diagnostic::error("missing-kind", place, "the registry does not say its kind")
                    .help("write `kind: npm`, or another of those that `trustctl providers` lists"),
            );
            return;
        }
    };
    let catalogue = builder.catalogue;
    let Some(entry) = catalogue.registry(kind) else {
        let kinds: Vec<&str> = catalogue.registry_kinds().collect();
        let place =
            entries.iter().find(|entry| entry.key.text == "kind").map_or(place, |entry| document.place(&entry.value));
        builder.push(Diagnostic::error("unknown-registry", place, format!("there is no registry kind `{kind}`")).help(
            format!("{}; `generic` with an `audience` of its own stands for any other", unknown_help(kind, kinds)),
        ));
        return;
    };
    if let Some(name) = name
        && !is_name(name)
    {
        builder.push(
            Diagnostic::error("bad-name", name_place, format!("`{name}` cannot be the name of a registry"))
                .help("use letters, digits, `-`, `_` and `.`, beginning with a letter or digit"),
        );
    }
    unknown_keys(document, entry, entries, builder);
    let fields = fields(document, entry, entries, place, builder);
    let (audience, audiences) = audiences(document, entry, entries, &fields, place, builder);
    let grammar = |rule: &Option<catalog::NameRule>| rule.as_ref().map(NameGrammar::new).transpose();
    let (packages, versions, accounts) =
        match (grammar(&entry.packages), grammar(&entry.versions), grammar(&entry.accounts)) {
            (Ok(packages), Ok(versions), Ok(accounts)) => (packages, versions, accounts),
            (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) => {
                builder.push(Diagnostic::error(
                    "catalogue",
                    place,
                    format!("the catalogue's grammar for `{kind}` does not compile: {error}"),
                ));
                return;
            }
        };
    builder.parts.registries.push(Registry {
        name: name.unwrap_or(kind).to_owned(),
        kind: entry.kind.clone(),
        audiences: Vec::new(),
        actions: entry
            .actions
            .iter()
            .map(|action| RegistryAction { name: action.name.clone(), reads: action.reads })
            .collect(),
        packages,
        versions,
        accounts,
        place: name_place,
    });
    builder.registries.push(RegistryFacts { entry, audience, audiences, require: BTreeMap::new() });
}

fn unknown_keys(
    document: &Document<'_, '_>,
    entry: &catalog::Registry,
    entries: &[Entry<'_>],
    builder: &mut Builder<'_>,
) {
    let known: Vec<&str> =
        ["kind", "audience", "require"].into_iter().chain(entry.fields.keys().map(String::as_str)).collect();
    for other in entries.iter().filter(|other| !known.contains(&&*other.key.text)) {
        let key = &other.key.text;
        builder.push(
            Diagnostic::error(
                "unknown-key",
                document.key_place(other),
                format!("`{key}` is no key of a `{}` registry", entry.kind),
            )
            .help(unknown_help(key, known.iter().copied())),
        );
    }
}

fn fields(
    document: &Document<'_, '_>,
    entry: &catalog::Registry,
    entries: &[Entry<'_>],
    place: Place,
    builder: &mut Builder<'_>,
) -> BTreeMap<String, String> {
    let mut given = BTreeMap::new();
    for (name, field) in &entry.fields {
        let Some(found) = entries.iter().find(|entry| entry.key.text == *name) else {
            builder.push(
                Diagnostic::error("missing-field", place, format!("a `{}` registry needs its `{name}`", entry.kind))
                    .help(format!("write `{name}: {}`: {}", field.example, field.about)),
            );
            continue;
        };
        let Some(scalar) = builder.scalar(document.file, &found.value, &format!("`{name}`")) else {
            continue;
        };
        if fits(&field.pattern, &scalar.text) {
            given.insert(name.clone(), scalar.text.clone().into_owned());
        } else {
            builder.push(
                Diagnostic::error(
                    "bad-field",
                    document.place(&found.value),
                    format!("`{}` cannot be the `{name}` of a `{}` registry", scalar.text, entry.kind),
                )
                .help(format!("{}; such as `{}`", field.about, field.example)),
            );
        }
    }
    given
}

type Audiences = (Option<Audience>, BTreeMap<String, (String, Place)>);

fn audiences(
    document: &Document<'_, '_>,
    entry: &catalog::Registry,
    entries: &[Entry<'_>],
    fields: &BTreeMap<String, String>,
    place: Place,
    builder: &mut Builder<'_>,
) -> Audiences {
    let default = match &entry.audience {
        AudienceForm::Fixed(text) => Some(Audience::Exact(text.clone())),
        AudienceForm::Default(template) => Some(Audience::Exact(fill(template, fields))),
        AudienceForm::Given => None,
    };
    let mut by_provider = BTreeMap::new();
    let Some(given) = entries.iter().find(|entry| entry.key.text == "audience") else {
        if default.is_none() {
            builder.push(
                Diagnostic::error(
                    "missing-audience",
                    place,
                    format!("a `{}` registry does not say which audience its tokens carry", entry.kind),
                )
                .help(format!(
                    "write `registry: {{ kind: {}, audience: https://packages.example.com }}`, with a text that no other service uses",
                    entry.kind
                )),
            );
        }
        return (default, by_provider);
    };
    let entry_kind = entry.kind.as_str();
    match &given.value.kind {
        NodeKind::Scalar(scalar) if builder.generic() && scalar.text == "any" && !scalar.quoted => {
            (Some(Audience::Any), by_provider)
        }
        NodeKind::Scalar(scalar) => {
            let place = document.place(&given.value);
            if let AudienceForm::Fixed(fixed) = &entry.audience {
                builder.push(
                    Diagnostic::error("fixed-audience", place, format!("`{}` takes tokens for the audience `{fixed}` only", entry.kind))
                        .help("leave `audience` out; for a provider that cannot be asked for it, write `audience: { PROVIDER: … }`"),
                );
            }
            audience_text(&scalar.text, entry_kind, place, builder);
            (Some(Audience::Exact(scalar.text.clone().into_owned())), by_provider)
        }
        NodeKind::Map(providers) => {
            for entry in providers {
                let Some(scalar) = builder.scalar(document.file, &entry.value, "an audience") else { continue };
                let place = document.place(&entry.value);
                audience_text(&scalar.text, entry_kind, place, builder);
                by_provider.insert(entry.key.text.clone().into_owned(), (scalar.text.clone().into_owned(), place));
            }
            (default, by_provider)
        }
        NodeKind::List(_) => {
            builder.push(
                Diagnostic::error("several-audiences", document.place(&given.value), "a registry has one audience, not a list")
                    .help("a token that carries several can be used by each of the services it names; write the one that is this registry's"),
            );
            (default, by_provider)
        }
        NodeKind::Bad => (default, by_provider),
    }
}

/// An audience must be a text that a token can carry and that nothing else means.
fn audience_text(text: &str, kind: &str, place: Place, builder: &mut Builder<'_>) {
    let owns =
        |entry: &&catalog::Registry| entry.kind != kind && entry.audience == AudienceForm::Fixed(text.to_owned());
    if let Some(owner) = builder.catalogue.registries().find(owns) {
        let owner = &owner.kind;
        builder.push(
            Diagnostic::error(
                "fixed-audience",
                place,
                format!("`{text}` is the audience of `{owner}`, so every token for it would act here"),
            )
            .help(format!("write `registry: {owner}`, or an audience of this registry's own")),
        );
    }
    if text.contains('*') {
        builder.push(
            Diagnostic::error(
                "audience-pattern",
                place,
                format!("the audience `{text}` looks like a pattern; audiences are compared as they stand"),
            )
            .help("write the one text that tokens for this registry carry"),
        );
    }
}

fn require(document: &Document<'_, '_>, id: RegistryId, entry: &Entry<'_>, builder: &mut Builder<'_>) {
    let NodeKind::Map(providers) = &entry.value.kind else {
        if !matches!(entry.value.kind, NodeKind::Bad) {
            builder.push(
                Diagnostic::error(
                    "not-a-map",
                    document.place(&entry.value),
                    "a registry's `require` is a map of providers to conditions",
                )
                .help("write `require: { github-actions: { environment: production } }`"),
            );
        }
        return;
    };
    for entry in providers {
        let Some(provider) = providers::resolve(&entry.key.text, document.key_place(entry), false, builder) else {
            continue;
        };
        let origin = crate::model::Origin::RegistryRequire;
        let conditions = conditions::read(document.file, &entry.value, provider, origin, None, builder);
        if let Some(facts) = builder.registries.get_mut(usize::from(id.0)) {
            facts.require.entry(provider).or_default().extend(conditions);
        }
    }
}

/// Fills the audience of every provider in, and refuses two registries that share one.
pub(crate) fn settle_audiences(builder: &mut Builder<'_>) {
    let used: FxHashSet<(usize, usize)> = builder
        .parts
        .grants
        .iter()
        .map(|grant| (usize::from(grant.registry.0), usize::from(grant.provider.0)))
        .collect();
    for (at, facts) in builder.registries.iter().enumerate() {
        let Some(registry) = builder.parts.registries.get_mut(at) else { continue };
        for (name, (_, place)) in &facts.audiences {
            if !builder.parts.providers.iter().any(|provider| provider.name == *name || provider.kind == *name) {
                let known = builder.parts.providers.iter().map(|provider| provider.name.as_str());
                builder.diagnostics.push(
                    Diagnostic::error(
                        "unknown-provider",
                        *place,
                        format!("no grant of this policy uses a provider `{name}`"),
                    )
                    .help(unknown_help(name, known)),
                );
            }
        }
        for (provider, provider_facts) in builder.parts.providers.iter().zip(&builder.providers) {
            let own = facts.audiences.get(&provider.name).or_else(|| facts.audiences.get(&provider.kind));
            let audience = own.map(|(text, _)| Audience::Exact(text.clone())).or_else(|| facts.audience.clone());
            if let (Some((_, place)), AudienceForm::Fixed(fixed)) = (own, &facts.entry.audience)
                && provider_facts.entry.is_some_and(|entry| entry.audience.caller_chooses)
            {
                builder.diagnostics.push(
                    Diagnostic::error(
                        "fixed-audience",
                        *place,
                        format!(
                            "`{}` jobs can ask for `{fixed}`, and `{}` takes no other audience",
                            provider.name, registry.name
                        ),
                    )
                    .help("remove it: an audience of its own is for a provider that cannot be asked for another one"),
                );
            }
            if own.is_none()
                && used.contains(&(at, registry.audiences.len()))
                && audience != Some(Audience::Any)
                && let Some(entry) = provider_facts.entry
                && !entry.audience.caller_chooses
            {
                let help = match provider_facts.audience.as_ref().or(entry.audience.default.as_ref()) {
                    Some(default) => format!("write `audience: {{ {}: {default} }}` for the registry", provider.name),
                    None => format!(
                        "write `audience: {{ {}: … }}` for the registry, with what its tokens carry",
                        provider.name
                    ),
                };
                builder.diagnostics.push(
                    Diagnostic::error(
                        "audience-not-choosable",
                        registry.place,
                        format!("a `{}` job cannot ask for a token for `{}`", provider.name, registry.name),
                    )
                    .help(help),
                );
            }
            if audience.is_none() && !facts.audiences.is_empty() && used.contains(&(at, registry.audiences.len())) {
                builder.diagnostics.push(
                    Diagnostic::error(
                        "missing-audience",
                        registry.place,
                        format!("`{}` says no audience for tokens of `{}`", registry.name, provider.name),
                    )
                    .help(format!("add it: `audience: {{ …, {}: https://packages.example.com }}`", provider.name)),
                );
            }
            // Without an audience no grant of this registry asks for such tokens, or that is an error, here or above.
            registry.audiences.push(audience.unwrap_or_else(|| Audience::Exact(String::new())));
        }
    }
    shared_audiences(builder);
}

/// Compared by issuer: two names of one are the same tokens.
fn shared_audiences(builder: &mut Builder<'_>) {
    let mut clashes = Vec::new();
    for (issuer, _) in builder.parts.issuers.iter().enumerate() {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, registry) in builder.parts.registries.iter().enumerate() {
            let of_issuer = builder
                .parts
                .providers
                .iter()
                .zip(&registry.audiences)
                .filter(|(provider, _)| usize::from(provider.issuer.0) == issuer);
            for (provider, audience) in of_issuer {
                let Audience::Exact(audience) = audience else { continue };
                let first = *seen.entry(audience).or_insert(at);
                let Some(other) = builder.parts.registries.get(first).filter(|_| first != at && !audience.is_empty())
                else {
                    continue;
                };
                let message = format!(
                    "`{}` and `{}` take `{}` tokens for the same audience `{audience}`",
                    other.name, registry.name, provider.name
                );
                clashes.push(
                    Diagnostic::error("shared-audience", registry.place, message)
                        .here("a token for one would act at the other")
                        .also(other.place, "the same audience")
                        .help("give each registry an `audience` of its own"),
                );
            }
        }
    }
    // One report for a pair of registries, not one for each provider.
    let mut told = FxHashSet::default();
    clashes.retain(|clash| told.insert(clash.labels.iter().map(|label| label.place).collect::<Vec<_>>()));
    builder.diagnostics.extend(clashes);
}

/// Whether a registry, provider or grant can have this name.
pub(crate) fn is_name(name: &str) -> bool {
    name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        && name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
}

/// `template` with each `{field}` filled in.
pub(crate) fn fill(template: &str, fields: &BTreeMap<String, String>) -> String {
    fields.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// Whether the whole of `text` matches a regular expression of the catalogue.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    known::pattern(pattern).is_ok_and(|pattern| pattern.is_match(text))
}
