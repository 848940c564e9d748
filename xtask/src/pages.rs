//! The catalogue as pages: `docs/providers/` and `docs/registries/`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use trustctl_catalog::{
    AudienceForm, Basis, Catalogue, Claim, Derivation, JoinPart, Missing, NameRule, NormalForm, Provider, Registry,
    Requirement, Role, SetBy, Tenants, Trap,
};

/// Every page: path from the repository's root and text.
pub fn all(catalogue: &Catalogue) -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for entry in catalogue.providers() {
        pages.insert(format!("docs/providers/{}.md", entry.kind), provider(entry));
    }
    for entry in catalogue.registries() {
        pages.insert(format!("docs/registries/{}.md", entry.kind), registry(entry));
    }
    let rows = catalogue.providers().map(|entry| (&entry.kind, &entry.title, &entry.about, &entry.checked));
    pages.insert(
        "docs/providers/README.md".to_owned(),
        index("Providers", "providers", "whose tokens trustctl knows", rows),
    );
    let rows = catalogue.registries().map(|entry| (&entry.kind, &entry.title, &entry.about, &entry.checked));
    pages.insert("docs/registries/README.md".to_owned(), index("Registries", "registries", "who is asked", rows));
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

fn provider(entry: &Provider) -> String {
    let mut page = format!("{}\n# {} (`{}`)\n\n{}\n", notice("providers"), entry.title, entry.kind, entry.about);
    if !entry.issuers.is_empty() {
        page.push_str("\n## Issuers\n\n");
        table(
            &mut page,
            &["`iss`", "write", "who gets tokens from it", "for"],
            entry.issuers.iter().map(|form| {
                let fields = form.fields.iter().map(|(name, field)| format!("{name}: {}", field.example));
                let keys: Vec<String> =
                    fields.chain(form.switch.iter().map(|switch| format!("{switch}: true"))).collect();
                let tenants = match form.tenants {
                    Tenants::Ours => "only the organisation it names",
                    Tenants::Shared => "**anybody**: a policy must say which tenant it means",
                };
                let write = if keys.is_empty() { "nothing".to_owned() } else { code(&keys.join(", ")) };
                vec![code(&form.template), write, tenants.to_owned(), form.about.clone()]
            }),
        );
        for (name, field) in entry.issuers.iter().flat_map(|form| &form.fields).collect::<BTreeMap<_, _>>() {
            let _ = writeln!(page, "\n`{name}`: {}, such as `{}`.", field.about, field.example);
        }
    }
    page.push_str("\n## Tokens\n\n");
    let audience = &entry.audience;
    if let Some(default) = &audience.default {
        let _ = writeln!(page, "- Audience where the job asks for nothing: `{default}`");
    }
    let word = if audience.caller_chooses {
        "A job can ask for any audience."
    } else {
        "A job cannot ask for another audience."
    };
    let _ = writeln!(page, "- {word}{}", if audience.lists { " It may be an array of exactly one." } else { "" });
    if !audience.shared.is_empty() {
        let shared: Vec<String> = audience.shared.iter().map(|text| code(text)).collect();
        let _ = writeln!(page, "- Audiences that many services share (regular expressions): {}", shared.join(", "));
    }
    let maximum = entry.lifetime.maximum.map_or(String::new(), |seconds| format!(", at most {seconds} s"));
    let _ = writeln!(page, "- Lifetime: {} s{maximum}", entry.lifetime.typical);
    let _ = writeln!(page, "- Signed with: {}", entry.algorithms.join(", "));
    requirements(&mut page, "What it requires by itself", [(None, entry.requires.as_slice())].into_iter());
    claims(&mut page, entry);
    traps(&mut page, &entry.traps);
    notes(&mut page, &entry.notes);
    sources(&mut page, &entry.sources, &entry.checked, None);
    page
}

fn claims(page: &mut String, entry: &Provider) {
    let mut claims: Vec<(&String, &Claim)> =
        entry.claims.iter().filter(|(_, claim)| claim.role != Role::Envelope).collect();
    claims.sort_by_key(|(name, claim)| (claim.role, *name));
    if claims.is_empty() {
        return;
    }
    page.push_str(
        "\n## Claims\n\nWhat conditions can name. An *id* is given once and never again; a *name* can be given up and registered by somebody \
         else.\n\n",
    );
    table(
        page,
        &["claim", "type", "part", "name or id", "set by", "what it is", "derived"],
        claims.iter().map(|(name, claim)| {
            let mut about = claim.about.clone();
            if !claim.pinned_by.is_empty() {
                let by: Vec<String> = claim.pinned_by.iter().map(|name| code(name)).collect();
                let _ = write!(about, " Pinned by {}.", by.join(", "));
            }
            if claim.tenant.is_some() {
                about.push_str(" Fixes the tenant.");
            }
            if claim.shape.is_some() {
                about.push_str(" Whole values only, no patterns.");
            }
            match &claim.since {
                Some(since) => _ = write!(about, " Tokens have it since {since}."),
                None if claim.optional => about.push_str(" May be missing."),
                None => {}
            }
            if !claim.example.is_empty() {
                let _ = write!(about, " Example: {}", code(&example(entry, &claim.example)));
            }
            vec![
                code(name),
                claim.kind.word().to_owned(),
                claim.role.word().to_owned(),
                claim.name_kind.word().to_owned(),
                setter(claim.set_by),
                about,
                derived(claim),
            ]
        }),
    );
    for prefix in &entry.families {
        let _ = writeln!(page, "\nAlso every string claim whose name begins with `{prefix}`.");
    }
}

fn derived(claim: &Claim) -> String {
    let Some(derivation) = &claim.derived else {
        return claim.at.as_ref().map_or(String::new(), |at| format!("at {}", code(at)));
    };
    match derivation {
        Derivation::Alias { of } => format!("is {}", code(of)),
        Derivation::After { of, prefix, only_if } => {
            let mut text = if prefix.is_empty() {
                format!("is {}", code(of))
            } else {
                format!("{} after {}", code(of), code(prefix))
            };
            for (name, value) in only_if {
                let _ = match value.as_str() {
                    "" => write!(text, ", where there is no {}", code(name)),
                    value => write!(text, ", where {} is {}", code(name), code(value)),
                };
            }
            text
        }
        Derivation::AfterLast { of, delimiter } => format!("{} after its last {}", code(of), code(delimiter)),
        Derivation::Piece { of, piece } => format!("the {} of {}", piece.replace(['-', '_'], " "), code(of)),
        Derivation::Between { of, templates, .. } => {
            let templates: Vec<String> = templates.iter().map(|template| code(&template.to_string())).collect();
            format!("what stands for {} where {} is {}", code("{}"), code(of), templates.join(" or "))
        }
        Derivation::Join { parts } => {
            let text: String = parts
                .iter()
                .map(|part| match part {
                    JoinPart::Text(text) => text.clone(),
                    JoinPart::Claim(name) => format!("{{{name}}}"),
                })
                .collect();
            code(&text)
        }
    }
}

/// A claim's example with the examples of other claims filled in.
pub(crate) fn example(entry: &Provider, text: &str) -> String {
    let mut text = text.to_owned();
    // Examples nest three deep at most; a circle would stop here.
    for _ in 0..5 {
        for (name, claim) in &entry.claims {
            text = text.replace(&format!("{{{name}}}"), &claim.example);
        }
    }
    text.replace("{{", "{").replace("}}", "}")
}

fn registry(entry: &Registry) -> String {
    let mut page = format!("{}\n# {} (`{}`)\n\n{}\n", notice("registries"), entry.title, entry.kind, entry.about);
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

fn traps(page: &mut String, traps: &[Trap]) {
    if traps.is_empty() {
        return;
    }
    page.push_str("\n## Traps\n\nWhat lets others in where a policy does not know of it.\n\n");
    for trap in traps {
        let claims: Vec<String> = trap.claims.iter().map(|claim| code(claim)).collect();
        let claims = if claims.is_empty() { String::new() } else { format!(", {}", claims.join(", ")) };
        let source = trap.source.as_ref().map_or(String::new(), |source| format!(" <{source}>"));
        let _ = writeln!(page, "- **{}**{claims}: {}{source}", trap.kind.word(), trap.about);
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

/// In bold where strangers decide.
fn setter(set_by: SetBy) -> String {
    let who = set_by.who();
    if set_by == SetBy::Author { format!("**{who}**") } else { who.to_owned() }
}

fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_claim_of_every_provider_stands_on_its_page() {
        let catalogue = Catalogue::bundled().unwrap();
        let pages = all(catalogue);
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
        }
    }
}
