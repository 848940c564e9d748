//! The page of a registry.

use std::fmt::Write as _;

use trustctl_catalog::{AudienceForm, NameRule, NormalForm, Registry};
use trustctl_records::Profile;

use super::{code, notes, notice, profile, requirements, sources, table};

/// The whole page; what the registry does with its own records is a part of it where that is known.
pub(super) fn page(entry: &Registry, profile: Option<&Profile>) -> String {
    let mut page = format!(
        "{}\n# {} (`{}`)\n\n{}\n",
        notice("registries/ and crates/trustctl-catalog/profiles"),
        entry.title,
        entry.kind,
        entry.about
    );
    if !entry.fields.is_empty() {
        page.push_str("\n## What the trust file says\n\n");
        table(
            &mut page,
            &["key", "what it is", "example"],
            entry.fields.iter().map(|(name, field)| vec![code(name), field.about.clone(), code(&field.example)]),
        );
    }
    page.push_str("\n## Tokens, names and versions\n\n");
    let _ = match &entry.audience {
        AudienceForm::Fixed(text) => writeln!(page, "- Audience: `{text}`"),
        AudienceForm::Default(text) => writeln!(page, "- Audience: `{text}`, unless the trust file says `audience:`"),
        AudienceForm::Given => writeln!(page, "- Audience: the trust file says it, in `audience:`"),
    };
    for (title, rule) in
        [("Packages", &entry.packages), ("Versions", &entry.versions), ("Service accounts", &entry.accounts)]
    {
        if let Some(rule) = rule {
            let _ = writeln!(page, "- {title}: {}", names(rule));
        }
    }
    if entry.package_globs {
        page.push_str("- A grant may name packages by a glob.\n");
    }
    page.push_str("\n## Actions\n\n");
    table(
        &mut page,
        &["action", "what it allows"],
        entry.actions.iter().map(|action| {
            let reads = if action.reads { " (reads only)" } else { "" };
            vec![code(&action.name), format!("{}{reads}", action.about)]
        }),
    );
    let requires = entry.requires.iter().map(|(kind, requires)| (Some(kind.as_str()), requires.as_slice()));
    requirements(&mut page, "What it requires by itself, by provider", requires);
    if let Some(profile) = profile {
        profile::section(&mut page, profile);
    }
    notes(&mut page, &entry.notes);
    sources(&mut page, &entry.sources, &entry.checked, Some(entry.basis));
    page
}

fn names(rule: &NameRule) -> String {
    let form = match rule.normal_form {
        NormalForm::Exact => "compared as written",
        NormalForm::Lower => "compared in lower case",
        NormalForm::Pep503 => "compared in PEP 503's normal form",
    };
    format!("{}; at most {} bytes; {form}. Example: `{}`", rule.about, rule.longest, rule.example)
}
