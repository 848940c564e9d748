//! What the catalogue knows, for people.

use trustctl_catalog::{
    AudienceForm, Basis, Catalogue, Claim, Derivation, Issuer, JoinPart, Missing, NameKind, NameRule, NormalForm,
    Provider, Registry, Requirement, Role, Tenants, Trap,
};

use super::page::Page;
use crate::look::{Look, Style};
use crate::moment;

/// Every provider and registry, a line each.
pub(crate) fn list(catalogue: &Catalogue, look: Look) -> String {
    let mut page = Page::new(look);
    let kinds = catalogue.provider_kinds().chain(catalogue.registry_kinds());
    let column = kinds.map(str::len).max().unwrap_or(0) + 2;
    page.heading("providers, who sign tokens");
    for provider in catalogue.providers() {
        let issuer = provider.issuers.first().map_or(String::new(), |issuer| format!(", {}", issuer.template));
        page.term(2, &provider.kind, column, Some(Style::Strong), &format!("{}{issuer}", provider.title));
    }
    page.heading("registries, who take them");
    for registry in catalogue.registries() {
        let audience = match &registry.audience {
            AudienceForm::Fixed(audience) | AudienceForm::Default(audience) => format!(", {audience}"),
            AudienceForm::Given => String::new(),
        };
        page.term(2, &registry.kind, column, Some(Style::Strong), &format!("{}{audience}", registry.title));
    }
    page.gap();
    page.aside(0, &format!("catalogue {}; `trustctl providers KIND` shows all of one", catalogue.version));
    page.finish()
}

/// All of one provider.
pub(crate) fn provider(provider: &Provider, look: Look) -> String {
    let mut page = Page::new(look);
    title(&mut page, &provider.kind, &provider.title, "provider", &provider.about);
    page.heading("issuers");
    for issuer in &provider.issuers {
        issuer_lines(&mut page, issuer);
    }
    page.heading("tokens");
    let audience = &provider.audience;
    let default =
        audience.default.as_ref().map_or("no default".to_owned(), |default| format!("`{default}` by default"));
    let choice = if audience.caller_chooses { "a job can ask for any" } else { "a job cannot choose it" };
    let lists = if audience.lists { "; may be an array of one" } else { "" };
    page.term(2, "audience", 12, None, &format!("{default}; {choice}{lists}"));
    let maximum =
        provider.lifetime.maximum.map_or(String::new(), |most| format!(", at most {}", moment::length(most.into())));
    page.term(2, "lifetime", 12, None, &format!("{}{maximum}", moment::length(provider.lifetime.typical.into())));
    page.term(2, "algorithms", 12, None, &provider.algorithms.join(", "));
    requirements(&mut page, "required by itself, unless a grant lists the claim's values", &provider.requires);
    let (derived, plain): (Vec<_>, Vec<_>) = provider.claims.iter().partition(|(_, claim)| claim.derived.is_some());
    let names = provider.claims.keys().map(String::len).chain(provider.families.iter().map(|family| family.len() + 1));
    let column = names.max().unwrap_or(0) + 2;
    for (heading, mut claims) in [("claims", plain), ("derived claims", derived)] {
        claims.retain(|(_, claim)| claim.role != Role::Envelope);
        if !claims.is_empty() {
            claims.sort_by_key(|(name, claim)| (claim.role, name.as_str()));
            page.heading(heading);
            for (name, claim) in claims {
                claim_lines(&mut page, name, claim, column);
            }
        }
    }
    for family in &provider.families {
        page.term(2, &format!("{family}*"), column, Some(Style::Strong), "string, any name that begins so");
    }
    traps(&mut page, &provider.traps);
    facts(&mut page, &provider.notes, &provider.sources, &format!("sources, compared on {}", provider.checked));
    page.finish()
}

/// All of one registry.
pub(crate) fn registry(registry: &Registry, look: Look) -> String {
    let mut page = Page::new(look);
    title(&mut page, &registry.kind, &registry.title, "registry", &registry.about);
    page.heading("tokens");
    let audience = match &registry.audience {
        AudienceForm::Fixed(audience) => format!("`{audience}`"),
        AudienceForm::Default(audience) => format!("`{audience}`, unless the trust file gives another"),
        AudienceForm::Given => "given in the trust file".to_owned(),
    };
    page.term(2, "audience", 12, None, &audience);
    for (name, field) in &registry.fields {
        page.term(2, name, 12, None, &format!("{}, such as `{}` (in the trust file)", field.about, field.example));
    }
    page.heading("what is granted");
    for action in &registry.actions {
        page.term(2, &action.name, 12, Some(Style::Strong), &action.about);
    }
    for (term, rule) in
        [("packages", &registry.packages), ("versions", &registry.versions), ("accounts", &registry.accounts)]
    {
        page.term(2, term, 12, None, &rule.as_ref().map_or("none".to_owned(), name_rule));
    }
    for (provider, requires) in &registry.requires {
        requirements(&mut page, &format!("required by itself of {provider}"), requires);
    }
    let known = match registry.basis {
        Basis::Documentation => format!("known from its documentation only, compared on {}", registry.checked),
        Basis::Source | Basis::Ours => format!("sources, compared on {}", registry.checked),
    };
    facts(&mut page, &registry.notes, &registry.sources, &known);
    page.finish()
}

fn title(page: &mut Page, kind: &str, title: &str, what: &str, about: &str) {
    page.term(0, &format!("{kind}:"), kind.len() + 2, Some(Style::Strong), &format!("{title}, a {what}"));
    page.paragraph(2, about);
}

fn issuer_lines(page: &mut Page, issuer: &Issuer) {
    let tenants = match issuer.tenants {
        Tenants::Ours => "serves one organisation",
        Tenants::Shared => "serves everybody",
    };
    page.line(format_args!("  {}", page.look().paint(Style::Strong, &issuer.template)));
    page.paragraph(6, &format!("{}; {tenants}", issuer.about));
    for (name, field) in &issuer.fields {
        page.paragraph(6, &format!("`{name}`: {}, such as `{}`", field.about, field.example));
    }
    if let Some(switch) = &issuer.switch {
        page.paragraph(6, &format!("chosen by `{switch}: true`"));
    }
    if let Some(audience) = &issuer.audience {
        page.paragraph(6, &format!("audience `{audience}` by default"));
    }
}

fn requirements(page: &mut Page, heading: &str, requires: &[Requirement]) {
    if requires.is_empty() {
        return;
    }
    page.heading(heading);
    for requirement in requires {
        let absent = match requirement.missing {
            Missing::Deny => "",
            Missing::Pass => ", or absent",
        };
        page.term(
            2,
            &requirement.claim,
            requirement.claim.len() + 2,
            Some(Style::Strong),
            &format!("{}{absent}", requirement.values.join(", ")),
        );
        page.paragraph(6, &requirement.why);
        page.aside(6, &requirement.source);
    }
}

fn claim_lines(page: &mut Page, name: &str, claim: &Claim, column: usize) {
    let mut words = vec![claim.kind.word().to_owned(), claim.role.word().to_owned()];
    words.extend(match claim.name_kind {
        NameKind::Name => Some("a name".to_owned()),
        NameKind::Id => Some("an id for life".to_owned()),
        NameKind::Value => None,
    });
    words.push(format!("set by {}", claim.set_by.who()));
    words.extend(claim.tenant.is_some().then(|| "fixes the tenant".to_owned()));
    words.extend(claim.source.then(|| "is one source".to_owned()));
    words.extend(claim.optional.then(|| "not in every token".to_owned()));
    words.extend((!claim.pinned_by.is_empty()).then(|| format!("pinned by {}", claim.pinned_by.join(" or "))));
    page.term(2, name, column, Some(Style::Strong), &words.join(", "));
    if let Some(derived) = &claim.derived {
        page.paragraph(6, &derivation(derived));
    }
    if let Some(pointer) = &claim.at {
        page.paragraph(6, &format!("the nested member `{pointer}`"));
    }
    page.paragraph(6, &claim.about);
}

fn derivation(derivation: &Derivation) -> String {
    match derivation {
        Derivation::Alias { of } => format!("a shorter name for `{of}`"),
        Derivation::After { of, prefix, only_if } => {
            let what = if prefix.is_empty() { format!("`{of}`") } else { format!("what follows `{prefix}` in `{of}`") };
            let only: Vec<_> =
                only_if
                    .iter()
                    .map(|(claim, value)| {
                        if value.is_empty() {
                            format!("`{claim}` is absent")
                        } else {
                            format!("`{claim}` is `{value}`")
                        }
                    })
                    .collect();
            if only.is_empty() { what } else { format!("{what}, where {}", only.join(" and ")) }
        }
        Derivation::AfterLast { of, delimiter } => format!("what follows the last `{delimiter}` in `{of}`"),
        Derivation::Piece { of, piece } => format!("the piece {piece} of `{of}`"),
        Derivation::Between { of, templates, .. } => {
            let templates: Vec<_> = templates.iter().map(|template| format!("`{template}`")).collect();
            format!("what stands for `{{}}` where `{of}` is {}", templates.join(" or "))
        }
        Derivation::Join { parts } => {
            let joined: String = parts
                .iter()
                .map(|part| match part {
                    JoinPart::Text(text) => text.clone(),
                    JoinPart::Claim(claim) => format!("{{{claim}}}"),
                })
                .collect();
            format!("joined: {joined}")
        }
    }
}

fn name_rule(rule: &NameRule) -> String {
    let form = match rule.normal_form {
        NormalForm::Exact => "",
        NormalForm::Lower => "; compared in lower case",
        NormalForm::Pep503 => "; compared in the normal form of PEP 503",
    };
    format!("{}{form}, such as `{}`", rule.about, rule.example)
}

fn traps(page: &mut Page, traps: &[Trap]) {
    if traps.is_empty() {
        return;
    }
    page.heading("traps");
    for trap in traps {
        let kind = trap.kind.word();
        page.term(2, kind, kind.len() + 2, Some(Style::Strong), &trap.claims.join(", "));
        page.paragraph(6, &trap.about);
        if let Some(source) = &trap.source {
            page.aside(6, source);
        }
    }
}

fn facts(page: &mut Page, notes: &[String], sources: &[String], heading: &str) {
    if !notes.is_empty() {
        page.heading("good to know");
        for note in notes {
            page.term(2, "-", 2, None, note);
        }
    }
    page.heading(heading);
    for source in sources {
        page.aside(2, source);
    }
}
