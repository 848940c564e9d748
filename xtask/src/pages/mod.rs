//! The catalogue as pages: `docs/providers/` and `docs/registries/`.

mod envelope;
mod matrix;
mod meaning;
mod profile;
mod provider;
mod registry;
mod steps;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use trustctl_catalog::{Basis, Catalogue, Missing, Requirement};
use trustctl_records::Profile;

pub(crate) use provider::example;

/// Every page: path from the repository's root and text.
pub fn all(catalogue: &Catalogue, profiles: &[&Profile]) -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for entry in catalogue.providers() {
        pages.insert(format!("docs/providers/{}.md", entry.kind), provider::page(entry));
    }
    for entry in catalogue.registries() {
        let profile = profiles.iter().find(|profile| profile.registry == entry.kind).copied();
        pages.insert(format!("docs/registries/{}.md", entry.kind), registry::page(entry, profile));
    }
    let rows = catalogue.providers().map(|entry| (&entry.kind, &entry.title, &entry.about, &entry.checked));
    pages.insert(
        "docs/providers/README.md".to_owned(),
        index("Providers", "providers", "whose tokens trustctl knows", rows),
    );
    let rows = catalogue.registries().map(|entry| (&entry.kind, &entry.title, &entry.about, &entry.checked));
    let mut page = index("Registries", "registries", "who is asked", rows);
    matrix::section(&mut page, catalogue, profiles);
    pages.insert("docs/registries/README.md".to_owned(), page);
    pages
}

fn notice(folder: &str) -> String {
    format!("<!-- Made from crates/trustctl-catalog/{folder}/ by `cargo xtask generate`; edit those files. -->\n")
}

fn index<'a>(
    title: &str,
    folder: &str,
    about: &str,
    rows: impl Iterator<Item = (&'a String, &'a String, &'a String, &'a String)>,
) -> String {
    let mut page = format!(
        "{}\n# {title}\n\nThe catalogue's entries: {about}. `trustctl providers` shows the same.\n\n",
        notice(folder)
    );
    table(
        &mut page,
        &["kind", "", "checked"],
        rows.map(|(kind, title, about, checked)| {
            vec![format!("[`{kind}`]({kind}.md)"), format!("**{title}.** {about}"), checked.clone()]
        }),
    );
    page
}

fn requirements<'a>(
    page: &mut String,
    title: &str,
    groups: impl Iterator<Item = (Option<&'a str>, &'a [Requirement])>,
) {
    let mut rows = Vec::new();
    for (kind, requirements) in groups {
        for one in requirements {
            let values: Vec<String> = one.values.iter().map(|value| code(value)).collect();
            let missing = match one.missing {
                Missing::Deny => "deny",
                Missing::Pass => "pass",
            };
            let claim = kind.map_or(code(&one.claim), |kind| format!("{}: {}", code(kind), code(&one.claim)));
            rows.push(vec![claim, values.join(", "), missing.to_owned(), one.why.clone(), one.source.clone()]);
        }
    }
    if !rows.is_empty() {
        let _ = write!(page, "\n## {title}\n\n");
        table(page, &["claim", "values that pass", "without the claim", "why", "source"], rows.into_iter());
    }
}

fn notes(page: &mut String, notes: &[String]) {
    if !notes.is_empty() {
        page.push_str("\n## Notes\n\n");
        for note in notes {
            let _ = writeln!(page, "- {note}");
        }
    }
}

fn sources(page: &mut String, sources: &[String], checked: &str, basis: Option<Basis>) {
    let basis = match basis {
        None => "",
        Some(Basis::Source) => ", in the registry's source code",
        Some(Basis::Documentation) => ", in the registry's documentation; its source is closed",
        Some(Basis::Ours) => "; trustctl defines this one",
    };
    let _ = write!(page, "\n## Sources\n\nChecked on {checked}{basis}.\n\n");
    for source in sources {
        let _ = writeln!(page, "- {source}");
    }
}

fn table(page: &mut String, head: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let _ = writeln!(page, "| {} |\n|{}", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
        let _ = writeln!(page, "| {} |", cells.join(" | "));
    }
}

/// Texts as code, between `between`.
fn codes<T: AsRef<str>>(texts: impl IntoIterator<Item = T>, between: &str) -> String {
    texts.into_iter().map(|text| code(text.as_ref())).collect::<Vec<_>>().join(between)
}

fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

#[cfg(test)]
mod tests {
    use trustctl_catalog::Role;

    use super::*;

    #[test]
    fn every_claim_of_every_provider_stands_on_its_page() {
        let catalogue = Catalogue::bundled().unwrap();
        let profiles = crate::generate::profiles().unwrap();
        let pages = all(catalogue, &profiles);
        for entry in catalogue.providers() {
            let page = &pages[&format!("docs/providers/{}.md", entry.kind)];
            let table = page.split("\n## Claims\n").nth(1).unwrap_or("");
            for (name, claim) in entry.claims.iter().filter(|(_, claim)| claim.role != Role::Envelope) {
                assert_eq!(table.matches(&format!("\n| `{name}` | ")).count(), 1, "{} {name}", entry.kind);
                let shown = example(entry, &claim.example);
                let open = entry.claims.keys().any(|other| shown.contains(&format!("{{{other}}}")));
                assert!(!open && !shown.contains("{{"), "{} {name}: {shown}", entry.kind);
            }
            for trap in &entry.traps {
                assert!(page.contains(trap.about.as_str()), "{} {:?}", entry.kind, trap.kind);
            }
            for source in &entry.sources {
                assert!(page.contains(source.as_str()), "{source}");
            }
        }
        for entry in catalogue.registries() {
            let page = &pages[&format!("docs/registries/{}.md", entry.kind)];
            assert!(entry.actions.iter().all(|action| page.contains(&format!("\n| `{}` | ", action.name))));
            assert!(pages["docs/registries/README.md"].contains(&format!("]({}.md)", entry.kind)));
            assert_eq!(page.contains("\n## How it decides\n"), profiles.iter().any(|one| one.registry == entry.kind));
        }
        for profile in profiles {
            let page = &pages[&format!("docs/registries/{}.md", profile.registry)];
            for step in profile.publishers.values().flat_map(|publisher| &publisher.rule) {
                assert!(page.contains(&format!(". **{}**: ", step.name)), "{}: {}", profile.registry, step.name);
            }
            for field in profile.publishers.values().flat_map(|publisher| &publisher.fields) {
                assert!(page.contains(&format!("\n| `{}`", field.name)), "{}: {}", profile.registry, field.name);
            }
            assert!(page.contains(&profile.discloses.about), "{}", profile.registry);
        }
    }
}
