//! `{ template: "v{version}" }`: which claims take one, which holes there are, and that no two packages share a text.

use trustctl_diag::{Diagnostic, Place};
use trustctl_pattern::{Answer, Language, LanguagePart, Pattern, disjoint};

use crate::model::{NameGrammar, RegistryId, Template, TemplateId, TemplatePart, split_scope};
use crate::syntax::Entry;

use super::build::Builder;
use super::literals;
use super::matchers::{Position, Subject};
use super::suggest::one_of;

/// What the holes of a grant's templates stand for.
pub(crate) struct TemplateScope<'a> {
    pub(crate) registry: RegistryId,
    /// The packages of the grant, in normal form.
    pub(crate) names: &'a [&'a str],
}

/// Packages of one grant that are compared in pairs.
const MOST_NAMES: usize = 100;

pub(crate) fn read(
    position: &Position<'_>,
    subject: &Subject,
    entry: &Entry<'_>,
    builder: &mut Builder<'_>,
) -> Option<TemplateId> {
    let place = position.place(&entry.value);
    let Some(scope) = position.scope else {
        builder.push(
            Diagnostic::error("misplaced-matcher", position.key_place(entry), "`template` cannot stand here")
                .help("its holes are filled from a grant's packages, so it stands in a grant's `when` or in a row"),
        );
        return None;
    };
    if !takes_template(position, builder) {
        builder
            .push(Diagnostic::error("template-claim", place, format!("no template stands on `{}`", subject.name)).help(
            "templates stand on the branch, the tag, the ref or the environment: what is chosen anew for each release",
        ));
        return None;
    }
    let scalar = builder.scalar(position.file, &entry.value, "the value of `template`")?;
    let parts = parts(&scalar.text, place, builder)?;
    // Without a registry, which is an error of its own, there is nothing to fill the holes with.
    let versions = builder.parts.registries.get(usize::from(scope.registry.0))?.versions.clone();
    if !check_scopes(&parts, scope, place, builder) {
        return None;
    }
    let mut languages = Vec::new();
    for name in scope.names.iter().take(MOST_NAMES) {
        languages.push((*name, language(&parts, name, versions.as_ref(), place, builder)?));
    }
    if let Some((_, first)) = languages.first()
        && !literals::possible(position, first, &scalar.text, &entry.value, builder)
    {
        return None;
    }
    if !all_disjoint(scope, &languages, &scalar.text, place, builder) {
        return None;
    }
    let parts = parts
        .into_iter()
        .map(|part| match part {
            Part::Text(text) => TemplatePart::Text(builder.text(&text)),
            Part::Hole(hole) => hole,
        })
        .collect();
    let source = builder.text(&scalar.text);
    Some(builder.template(Template { parts, source }))
}

/// A claim with one free part that is chosen for each release: `ref`, `branch`, `tag`, `environment`.
fn takes_template(position: &Position<'_>, builder: &Builder<'_>) -> bool {
    builder.claim_entry(position.provider, position.claim).is_some_and(|claim| claim.template)
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Hole(TemplatePart),
}

fn parts(source: &str, place: Place, builder: &mut Builder<'_>) -> Option<Vec<Part>> {
    const HOLES: [&str; 4] = ["version", "package", "package.scope", "package.name"];
    let mut parts = Vec::new();
    let mut rest = source;
    while let Some((before, after)) = rest.split_once('{') {
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        let Some((name, after)) = after.split_once('}') else {
            builder.push(
                Diagnostic::error("bad-template", place, format!("`{source}` opens a hole and does not close it"))
                    .help("write `{version}`"),
            );
            return None;
        };
        let hole = match name {
            "version" => TemplatePart::Version,
            "package" => TemplatePart::Package,
            "package.scope" => TemplatePart::Scope,
            "package.name" => TemplatePart::Name,
            _ => {
                let holes = one_of(HOLES);
                builder.push(
                    Diagnostic::error("bad-template", place, format!("a template has no hole `{{{name}}}`"))
                        .help(format!("the holes are {holes}, in braces")),
                );
                return None;
            }
        };
        parts.push(Part::Hole(hole));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    let holes = parts.iter().filter(|part| matches!(part, Part::Hole(_))).count();
    let versions = parts.iter().filter(|part| **part == Part::Hole(TemplatePart::Version)).count();
    if holes == 0 {
        builder.push(
            Diagnostic::error("bad-template", place, format!("`{source}` has no hole"))
                .help("write it as a plain value, or add `{version}`"),
        );
        return None;
    }
    if versions > 1 {
        builder.push(
            Diagnostic::error("bad-template", place, format!("`{source}` holds `{{version}}` twice"))
                .help("write it once"),
        );
        return None;
    }
    Some(parts)
}

fn check_scopes(parts: &[Part], scope: &TemplateScope<'_>, place: Place, builder: &mut Builder<'_>) -> bool {
    if !parts.contains(&Part::Hole(TemplatePart::Scope)) {
        return true;
    }
    match scope.names.iter().find(|name| split_scope(name).0.is_none()) {
        Some(name) => {
            builder.push(
                Diagnostic::error(
                    "bad-template",
                    place,
                    format!("`{name}` has no scope to fill `{{package.scope}}` with"),
                )
                .help("write `{package.name}`"),
            );
            false
        }
        None => true,
    }
}

/// Every text the template gives for one package, with any version.
fn language(
    parts: &[Part],
    name: &str,
    versions: Option<&NameGrammar>,
    place: Place,
    builder: &mut Builder<'_>,
) -> Option<Language> {
    let any_version = match versions {
        Some(grammar) => grammar.pattern().clone(),
        None if parts.contains(&Part::Hole(TemplatePart::Version)) => {
            builder.push(
                Diagnostic::error("bad-template", place, "this registry has no versions").help("leave `{version}` out"),
            );
            return None;
        }
        None => Pattern::literal(""),
    };
    let (scope, short) = split_scope(name);
    let parts: Vec<LanguagePart<'_>> = parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => LanguagePart::Literal(text),
            Part::Hole(TemplatePart::Version) => LanguagePart::Pattern(&any_version),
            Part::Hole(TemplatePart::Package) => LanguagePart::Literal(name),
            Part::Hole(TemplatePart::Scope) => LanguagePart::Literal(scope.unwrap_or("")),
            Part::Hole(_) => LanguagePart::Literal(short),
        })
        .collect();
    match Language::concat(&parts) {
        Ok(language) => Some(language),
        Err(error) => {
            builder.push(
                Diagnostic::error("bad-template", place, format!("the template's texts cannot be compared: {error}"))
                    .help("write a shorter one"),
            );
            None
        }
    }
}

/// A release of one package must not count as a release of another.
fn all_disjoint(
    scope: &TemplateScope<'_>,
    languages: &[(&str, Language)],
    source: &str,
    place: Place,
    builder: &mut Builder<'_>,
) -> bool {
    if scope.names.len() > MOST_NAMES {
        builder.push(
            Diagnostic::error(
                "too-many-packages",
                place,
                format!("the texts of more than {MOST_NAMES} packages are not compared"),
            )
            .help("write a table: each row is a grant of its own"),
        );
        return false;
    }
    for (at, (name, language)) in languages.iter().enumerate() {
        for (other, other_language) in languages.iter().skip(at + 1) {
            let text = match disjoint(language, other_language) {
                Answer::Yes => continue,
                Answer::No(text) => format!("`{text}` releases both"),
                Answer::Unknown(_) => "they could not be told apart within bounds".to_owned(),
            };
            builder.push(
                Diagnostic::error(
                    "shared-template",
                    place,
                    format!("`{source}` gives `{name}` and `{other}` the same text"),
                )
                .here(text)
                .help("put the name in: `{package.name}-v{version}`; or write a grant for each package"),
            );
            return false;
        }
    }
    true
}
