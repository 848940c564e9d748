//! Values and matchers as people read them.

use trustctl_policy::{Matcher, Policy, Text};

use trustctl_pattern::PatternKind;

/// Characters of a value that are shown.
const MOST_SHOWN: usize = 300;

/// Members of a list that are shown.
const MOST_MEMBERS: usize = 12;

/// `value` in printable ASCII, cut where it is long.
///
/// Everything else is escaped: a control character could steer the operator's terminal, and a letter of another
/// alphabet can look like one of ours.
pub(crate) fn shown(value: &str) -> String {
    let mut text = String::new();
    for (at, character) in value.chars().enumerate() {
        if at == MOST_SHOWN {
            text.push_str(&format!("... ({} bytes)", value.len()));
            break;
        }
        match character {
            ' '..='~' => text.push(character),
            _ => text.extend(character.escape_unicode()),
        }
    }
    text
}

/// A matcher as a trust file says it.
pub(crate) fn expected(policy: &Policy, matcher: &Matcher) -> String {
    match matcher {
        Matcher::Equals(text) => read(policy, *text),
        Matcher::AnyOf(members) => {
            let mut parts: Vec<String> =
                members.iter().take(MOST_MEMBERS).map(|member| expected(policy, member)).collect();
            if let Some(more) = members.len().checked_sub(MOST_MEMBERS).filter(|more| *more > 0) {
                parts.push(format!("... {more} more"));
            }
            format!("[{}]", parts.join(", "))
        }
        _ => format!("{{ {} }}", keys(policy, matcher)),
    }
}

/// The keys of a matcher that is written as a map.
fn keys(policy: &Policy, matcher: &Matcher) -> String {
    match matcher {
        Matcher::Equals(text) => format!("equals: {}", read(policy, *text)),
        Matcher::EqualsIgnoringCase(text) => format!("equals: {}, ignore-case: true", read(policy, *text)),
        Matcher::Pattern(id) => {
            let Some(pattern) = policy.pattern(*id) else { return String::new() };
            let source = shown(pattern.source());
            match pattern.kind() {
                PatternKind::Glob => format!("glob: \"{source}\""),
                PatternKind::CrossingGlob => format!("glob: \"{source}\", crossing: true"),
                PatternKind::Regex => format!("regex: \"{source}\""),
                PatternKind::Search => format!("search: \"{source}\""),
                PatternKind::Literal => format!("equals: \"{source}\""),
            }
        }
        Matcher::Template(id) => {
            let source = policy.template(*id).map_or_else(String::new, |template| read(policy, template.source));
            format!("template: \"{source}\"")
        }
        Matcher::AnyOf(_) => expected(policy, matcher),
        Matcher::AllOf(members) => members.iter().map(|member| keys(policy, member)).collect::<Vec<_>>().join(", "),
        Matcher::Contains(inner) => format!("contains: {}", expected(policy, inner)),
        Matcher::Not(inner) => format!("not: {}", expected(policy, inner)),
        Matcher::Present(expected) => format!("present: {expected}"),
    }
}

fn read(policy: &Policy, text: Text) -> String {
    shown(policy.text(text))
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn what_could_deceive_is_escaped() {
        assert_eq!(shown("acme/widgets"), "acme/widgets");
        assert_eq!(shown("a\u{1b}[2Jb\n"), "a\\u{1b}[2Jb\\u{a}");
        assert_eq!(shown("\u{430}cme"), "\\u{430}cme");
    }

    #[test]
    fn what_is_long_is_cut() {
        let text = shown(&"x".repeat(100_000));
        assert!(text.len() < 400 && text.ends_with("(100000 bytes)"), "{text}");
    }
}
