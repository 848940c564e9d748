//! The page of a provider.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use trustctl_catalog::{Claim, Derivation, JoinPart, Provider, Role, SetBy, Tenants, Trap};

use super::{code, notes, notice, requirements, sources, table};

/// The whole page.
pub(super) fn page(entry: &Provider) -> String {
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

/// In bold where strangers decide.
fn setter(set_by: SetBy) -> String {
    let who = set_by.who();
    if set_by == SetBy::Author { format!("**{who}**") } else { who.to_owned() }
}
