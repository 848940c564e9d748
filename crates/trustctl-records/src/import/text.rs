//! The text of a trust file.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use trustctl_catalog::profile::Direction;
use trustctl_diag::Place;

use super::head::Head;
use super::providers::Providers;
use super::yaml::{list, scalar};
use super::{Grant, ImportWarning, expiry};
use crate::Profile;
use crate::said::{Ask, Condition, Form};

/// Columns of a comment.
const COLUMNS: usize = 100;

/// Writes grants down, each with what is lost of it in comments above.
pub(super) fn write(
    profile: &Profile,
    head: &Head,
    providers: &Providers,
    grants: &[Grant<'_>],
    warnings: &[ImportWarning],
) -> String {
    let mut text = String::new();
    comment(&mut text, "", &format!("Imported from records of {}.", profile.title));
    // What is so of every grant is said once.
    let shared = shared(grants, warnings);
    for &(is, about) in &shared {
        comment(&mut text, "", &said(is, about));
    }
    text.push_str("trust: 1\n");
    registry(&mut text, head);
    declared(&mut text, providers);
    text.push_str("grants:\n");
    for grant in grants {
        for loss in &grant.clause.losses {
            if !shared.contains(&(loss.is, loss.about.as_str())) {
                comment(&mut text, "  ", &said(loss.is, &loss.about));
            }
        }
        let given = &grant.clause.given;
        match &given.accounts {
            Some(accounts) => _ = writeln!(text, "  - accounts: {}", list(accounts)),
            None => {
                let actions = given.actions.as_deref().unwrap_or_default();
                _ = writeln!(text, "  - packages: {}\n    actions: {}", list(&grant.packages), list(actions));
            }
        }
        _ = writeln!(text, "    provider: {}\n    when:", scalar(providers.name(&grant.clause)));
        for condition in &grant.clause.conditions {
            _ = writeln!(text, "      {}: {}", scalar(&condition.claim), matcher(condition));
        }
        if let Some(day) = expiry::day(&grant.clause) {
            _ = writeln!(text, "    expires: {day}");
        }
    }
    text
}

/// What is so of every grant, in the warnings' order: at most as many as any one record has.
fn shared<'w>(grants: &[Grant<'_>], warnings: &'w [ImportWarning]) -> Vec<(Direction, &'w str)> {
    if grants.len() < 2 {
        return Vec::new();
    }
    let places: BTreeSet<Place> = grants.iter().map(|grant| grant.record.place).collect();
    let is_shared = |warning: &&ImportWarning| {
        let of = warning.records.iter().filter(|place| places.contains(place)).collect::<BTreeSet<_>>();
        of.len() == places.len()
    };
    warnings.iter().filter(is_shared).map(|warning| (warning.is, warning.about.as_str())).collect()
}

fn registry(text: &mut String, head: &Head) {
    if head.fields.is_empty() && head.audiences.is_empty() {
        _ = writeln!(text, "registry: {}", scalar(&head.kind));
        return;
    }
    _ = writeln!(text, "registry:\n  kind: {}", scalar(&head.kind));
    for (name, value) in &head.fields {
        _ = writeln!(text, "  {}: {}", scalar(name), scalar(value));
    }
    if !head.audiences.is_empty() {
        text.push_str("  audience:\n");
    }
    for (provider, audience) in &head.audiences {
        _ = writeln!(text, "    {}: {}", scalar(provider), scalar(audience));
    }
}

fn declared(text: &mut String, providers: &Providers) {
    let mut declared = providers.iter().filter(|one| one.is_declared()).peekable();
    if declared.peek().is_some() {
        text.push_str("providers:\n");
    }
    for provider in declared {
        _ = writeln!(text, "  {}:", scalar(&provider.name));
        if provider.name != provider.kind {
            _ = writeln!(text, "    kind: {}", scalar(&provider.kind));
        }
        for (name, value) in &provider.keys {
            _ = writeln!(text, "    {}: {}", scalar(name), scalar(value));
        }
        if !provider.claims.is_empty() {
            text.push_str("    claims:\n");
        }
        for (name, kind) in &provider.claims {
            _ = writeln!(text, "      {}: {}", scalar(name), kind.word());
        }
    }
}

/// What a condition asks, as a trust file says it.
fn matcher(condition: &Condition) -> String {
    match &condition.asks {
        Ask::Equals(values) => match values.as_slice() {
            [only] => value(only),
            several => format!("[{}]", several.iter().map(|text| value(text)).collect::<Vec<_>>().join(", ")),
        },
        Ask::EqualsIgnoringCase(values) => {
            let each: Vec<String> =
                values.iter().map(|text| format!("{{ equals: {}, ignore-case: true }}", scalar(text))).collect();
            if let [only] = each.as_slice() { only.clone() } else { format!("[{}]", each.join(", ")) }
        }
        Ask::Not(values) => match values.as_slice() {
            [only] => format!("{{ not: {} }}", value(only)),
            several => {
                format!("{{ not: [{}] }}", several.iter().map(|text| value(text)).collect::<Vec<_>>().join(", "))
            }
        },
        Ask::Contains(values) => {
            format!("{{ contains: {} }}", values.first().map(|text| value(text)).unwrap_or_default())
        }
        Ask::Template(template) => format!("{{ template: {} }}", scalar(template)),
        Ask::Present => "{ present: true }".to_owned(),
        Ask::Absent => "{ present: false }".to_owned(),
        Ask::Matches { any, none } => matches(any, none),
    }
}

/// One of some forms, and none of others.
fn matches(any: &[Form], none: &[Form]) -> String {
    let of = |form: &Form| match form {
        Form::Text(text) => format!("equals: {}", scalar(text)),
        Form::Prefix(prefix) => format!("glob: {}", scalar(&glob(prefix))),
        Form::Regex(regex) => format!("regex: {}", scalar(regex)),
    };
    let listed = |forms: &[Form]| forms.iter().map(|form| format!("{{ {} }}", of(form))).collect::<Vec<_>>().join(", ");
    let not = match none {
        [] => None,
        [only] => Some(format!("not: {{ {} }}", of(only))),
        several => Some(format!("not: [{}]", listed(several))),
    };
    match (any, not) {
        ([], not) => format!("{{ {} }}", not.unwrap_or_default()),
        ([only], None) => format!("{{ {} }}", of(only)),
        (several, None) => format!("[{}]", listed(several)),
        ([only], Some(not)) => format!("{{ {}, {not} }}", of(only)),
        // A list says nothing beside itself; one expression says what the list does.
        (several, Some(not)) => {
            let each: Vec<String> = several.iter().map(Form::regex).collect();
            format!("{{ regex: {}, {not} }}", scalar(&format!("({})", each.join("|"))))
        }
    }
}

/// A glob of whatever begins with this.
fn glob(prefix: &str) -> String {
    let mut glob = String::new();
    for c in prefix.chars() {
        if "*?\\[]{}()|^$".contains(c) {
            glob.push('\\');
        }
        glob.push(c);
    }
    glob + "**"
}

/// A value, which says of itself that it is one where it may look like a pattern.
fn value(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '@' | ':' | '.' | ' ');
    if text.chars().all(plain) { scalar(text).into_owned() } else { format!("{{ equals: {} }}", scalar(text)) }
}

fn said(is: Direction, about: &str) -> String {
    match is {
        Direction::Beside => about.to_owned(),
        is => format!("{}: {about}", is.word()),
    }
}

/// Lines of a comment, no wider than a page.
fn comment(text: &mut String, indent: &str, about: &str) {
    let mut line = String::new();
    for word in about.split_whitespace() {
        if !line.is_empty() && indent.len() + 2 + line.chars().count() + 1 + word.chars().count() > COLUMNS {
            _ = writeln!(text, "{indent}# {line}");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    _ = writeln!(text, "{indent}# {line}");
}
