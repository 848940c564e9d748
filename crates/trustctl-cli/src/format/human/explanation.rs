//! Rules, and what a trust file says, in words.

use std::collections::BTreeSet;

use trustctl_analysis::{Family, rules as all_rules};
use trustctl_diag::Sources;
use trustctl_pattern::PatternKind;
use trustctl_policy::{Audience, Condition, Grant, Holder, Matcher, Origin, Policy, Tenants};

use super::Quota;
use super::diagnostic::Renderer;
use super::page::Page;
use crate::look::{Look, Style, shown};
use crate::moment;

/// Grants that are said in words; a policy of a whole registry has a million.
const MOST_GRANTS: usize = 200;
/// Names of one grant that are listed.
const MOST_NAMES: usize = 12;

/// Every rule in a line, by family.
pub(crate) fn rules(look: Look) -> String {
    let mut page = Page::new(look);
    let column = all_rules().map(|rule| rule.name.len()).max().unwrap_or(0) + 2;
    for family in Family::ALL {
        page.heading(&format!("{}: {}", family.word(), family.about()));
        for rule in all_rules().filter(|rule| rule.family == family) {
            page.term(2, rule.name, column, Some(Style::Strong), &format!("{} ({})", rule.summary, rule.severity));
        }
    }
    page.gap();
    page.aside(
        0,
        "`trustctl explain NAME` shows all of one, and what an error of the language means, such as `unknown-claim`",
    );
    page.finish()
}

/// A rule's Markdown page, paragraphs wrapped, headings and examples as they are.
pub(crate) fn rule(markdown: &str, look: Look) -> String {
    let mut page = Page::new(look);
    let (mut paragraph, mut fenced) = (String::new(), false);
    for line in markdown.lines().chain([""]) {
        let is_text = !fenced && !line.is_empty() && !line.starts_with(['#', '`', '|']) && !line.starts_with("- ");
        if is_text {
            paragraph.push_str(line);
            paragraph.push(' ');
            continue;
        }
        match paragraph.strip_prefix("- ") {
            Some(item) => page.term(0, "-", 2, None, item),
            None if paragraph.is_empty() => {}
            None => page.paragraph(0, &paragraph),
        }
        paragraph.clear();
        match line {
            "" if !fenced => page.gap(),
            _ if line.starts_with("```") => fenced = !fenced,
            _ if fenced => page.line(format_args!("    {}", shown(line))),
            _ if line.starts_with('#') => page.heading(line.trim_start_matches(['#', ' '])),
            // A list item may run on over the next lines.
            _ => {
                paragraph.push_str(line);
                paragraph.push(' ');
            }
        }
    }
    let mut text = page.finish();
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// What a policy allows, every effective condition with its origin.
pub(crate) fn policy(policy: &Policy, sources: &Sources, look: Look) -> String {
    let mut page = Page::new(look);
    let name = policy.files().first().map_or("", |file| file.name.as_str());
    let count = policy.grants().len();
    let grants = if count == 1 { "grant" } else { "grants" };
    let registries: Vec<&str> = policy.registries().map(|(_, registry)| registry.name.as_str()).collect();
    let allows = format!("{count} {grants} at {}; nothing else is allowed", registries.join(", "));
    page.term(0, &format!("{name}:"), name.chars().count() + 2, Some(Style::Strong), &allows);
    for (_, grant) in policy.grants().take(MOST_GRANTS) {
        grant_words(&mut page, policy, grant);
    }
    if count > MOST_GRANTS {
        page.gap();
        page.aside(0, &format!("and {} more grants", count - MOST_GRANTS));
    }
    let mut text = page.finish();
    if !policy.refusals().is_empty() {
        text.push_str(&format!("\n{}\n", look.paint(Style::Bad, "it does not load for deciding:")));
        let renderer = Renderer::new(sources, look);
        let mut quota = Quota::default();
        for refusal in policy.refusals().iter().filter(|refusal| quota.takes(refusal.place())) {
            text.push('\n');
            text.push_str(&renderer.diagnostic(refusal));
        }
        text.push_str(&quota.rest(sources, "`trustctl lint --format json` has all"));
    }
    text
}

fn grant_words(page: &mut Page, policy: &Policy, grant: &Grant) {
    let (Some(provider), Some(registry)) = (policy.provider(grant.provider), policy.registry(grant.registry)) else {
        return;
    };
    let issuer = policy.issuer(provider.issuer).map_or("", |issuer| issuer.text.as_str());
    let at = policy.file_and_line(grant.place);
    page.heading(&match policy.grant_name(grant) {
        Some(name) => format!("{name}  {at}"),
        None => at,
    });
    let tenants = match provider.tenants {
        Tenants::Ours => "which only we get tokens from",
        Tenants::Shared => "which everybody can get tokens from",
    };
    let names = listed(policy.names(grant));
    let what = match grant.holder {
        Holder::Packages => format!(
            "may {} {names}",
            policy.actions(grant).map(|action| action.name.as_str()).collect::<Vec<_>>().join(" and ")
        ),
        Holder::Accounts => format!("may act as {names}"),
    };
    page.paragraph(2, &format!("a token of {} {what} at {}, if all of this holds:", provider.name, registry.name));
    let audience = match policy.audience(grant.registry, grant.provider) {
        Some(Audience::Exact(audience)) => format!("is `{audience}`"),
        _ => "is anything".to_owned(),
    };
    let conditions: Vec<(&str, String, String)> = policy
        .conditions(grant)
        .filter_map(|(_, condition)| {
            let claim = policy.claim(grant, condition)?;
            let matcher = policy.matcher(condition.matcher)?;
            let absent = if condition.absent_passes { ", or is absent" } else { "" };
            Some((
                claim.name.as_str(),
                format!("{}{absent}", words(policy, matcher)),
                origin(policy, condition, &provider.name, &registry.name),
            ))
        })
        .collect();
    let column = conditions.iter().map(|(claim, ..)| claim.chars().count()).chain([8]).max().unwrap_or(0) + 2;
    page.term(4, "issuer", column, Some(Style::Strong), &format!("is `{issuer}`, {tenants}"));
    page.term(4, "audience", column, Some(Style::Strong), &audience);
    for (claim, says, origin) in conditions {
        page.term(4, claim, column, Some(Style::Strong), &format!("{says}  ({origin})"));
    }
    if let Some(end) = grant.expires_at() {
        page.term(4, "until", column, Some(Style::Strong), &moment::in_words(end));
    }
}

fn listed<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let count = names.len();
    let mut listed: Vec<String> = names.take(MOST_NAMES).map(|name| format!("`{name}`")).collect();
    if count > MOST_NAMES {
        listed.push(format!("{} more", count - MOST_NAMES));
    }
    listed.join(", ")
}

fn origin(policy: &Policy, condition: &Condition, provider: &str, registry: &str) -> String {
    match condition.origin {
        Origin::Provider => format!("{provider} requires it by itself"),
        Origin::Registry => format!("{registry} requires it by itself"),
        Origin::ProviderRequire | Origin::RegistryRequire => {
            format!("`require`, {}", policy.file_and_line(condition.place))
        }
        Origin::When | Origin::Row => policy.file_and_line(condition.place),
    }
}

/// A matcher as what follows "the claim".
fn words(policy: &Policy, matcher: &Matcher) -> String {
    if let Some(literals) = matcher.literals() {
        let values: BTreeSet<&str> = literals.iter().map(|text| policy.text(*text)).collect();
        let values: Vec<String> = values.into_iter().map(|value| format!("`{value}`")).collect();
        return match values.as_slice() {
            [one] => format!("is {one}"),
            several => format!("is one of {}", several.join(", ")),
        };
    }
    let all = |members: &[Matcher], between: &str| {
        members.iter().map(|member| words(policy, member)).collect::<Vec<_>>().join(between)
    };
    match matcher {
        Matcher::Equals(text) => format!("is `{}`", policy.text(*text)),
        Matcher::EqualsIgnoringCase(text) => format!("is `{}` in capitals or not", policy.text(*text)),
        Matcher::Pattern(id) => {
            let Some(pattern) = policy.pattern(*id) else { return String::new() };
            let kind = match pattern.kind() {
                PatternKind::Glob | PatternKind::CrossingGlob => "matches the glob",
                PatternKind::Regex => "matches the regular expression",
                PatternKind::Search => "holds a match of the regular expression",
                PatternKind::Literal => "is",
            };
            format!("{kind} `{}`", pattern.source())
        }
        Matcher::Template(id) => {
            let source = policy.template(*id).map_or("", |template| policy.text(template.source));
            format!("is `{source}` with the request filled in")
        }
        Matcher::AnyOf(members) => all(members, ", or "),
        Matcher::AllOf(members) => all(members, ", and "),
        Matcher::Contains(inner) => format!("has a member that {}", words(policy, inner)),
        Matcher::Not(inner) => format!("is there, and it is not so that it {}", words(policy, inner)),
        Matcher::Present(true) => "is there, whatever it says".to_owned(),
        Matcher::Present(false) => "is absent".to_owned(),
    }
}
