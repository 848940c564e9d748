//! Whether a grant names what a claim must be, and not merely that there is something or what it is not.

use trustctl_catalog::{NameKind, Role};
use trustctl_pattern::{Language, Pattern};
use trustctl_policy::Matcher;

use super::{Fact, GrantFacts};

/// Values that a pattern may stand for and still be a list of them: `npm|pypi`.
const MOST_VALUES: usize = 16;

/// Memory of the largest pattern that is asked for its values: a list of a few is far smaller.
const LARGEST: usize = 1 << 16;

/// Whether every token that the grant lets in has, for a claim of that role, a name or id that the grant names.
///
/// Claims with states alone (GitLab's `deployment_tier`) name nothing.
pub(crate) fn names_a(grant: &GrantFacts<'_>, role: Role) -> bool {
    grant.facts.iter().any(|fact| {
        let is_it = |claim: &str| is_a_name_of(grant, claim, role);
        (is_it(&fact.claim.name) && is_named(grant, fact.matcher)) || composed_names(grant, fact, &is_it)
    })
}

/// Whether the claim plays that role and is a name or an id.
fn is_a_name_of(grant: &GrantFacts<'_>, claim: &str, role: Role) -> bool {
    let claim = grant.provider.provider.claim(claim).map(|(_, claim)| claim);
    claim.is_some_and(|claim| claim.role == role && claim.name_kind != NameKind::Value)
}

/// Whether all that the matcher lets through is, or begins with, something that it spells out.
fn is_named(grant: &GrantFacts<'_>, matcher: &Matcher) -> bool {
    match matcher {
        Matcher::Equals(_) | Matcher::EqualsIgnoringCase(_) | Matcher::Template(_) => true,
        Matcher::Pattern(id) => grant
            .policy()
            .pattern(*id)
            .is_some_and(|pattern| !pattern.literal_prefix().is_empty() || values(pattern).is_some()),
        Matcher::AnyOf(members) => members.iter().all(|member| is_named(grant, member)),
        Matcher::AllOf(members) => members.iter().any(|member| is_named(grant, member)),
        Matcher::Contains(inner) => is_named(grant, inner),
        Matcher::Not(_) | Matcher::Present(_) => false,
    }
}

/// Whether every value that a condition on a composed claim lets through spells such a claim out:
/// `repo:acme/widgets:environment:npm`.
fn composed_names(grant: &GrantFacts<'_>, fact: &Fact<'_>, is_it: &impl Fn(&str) -> bool) -> bool {
    let holds =
        |value: &str| grant.provider.apart().all(&fact.claim.name, value).iter().skip(1).any(|(name, _)| is_it(name));
    fn all(grant: &GrantFacts<'_>, matcher: &Matcher, holds: &impl Fn(&str) -> bool) -> bool {
        match matcher {
            Matcher::Equals(text) => holds(grant.policy().text(*text)),
            // What follows the prefix only makes the last of its parts longer.
            Matcher::Pattern(id) => grant.policy().pattern(*id).is_some_and(|pattern| {
                holds(pattern.literal_prefix())
                    || values(pattern).is_some_and(|values| values.iter().all(|value| holds(value)))
            }),
            Matcher::AnyOf(members) => members.iter().all(|member| all(grant, member, holds)),
            Matcher::AllOf(members) => members.iter().any(|member| all(grant, member, holds)),
            _ => false,
        }
    }
    fact.claim.composed && all(grant, fact.matcher, &holds)
}

/// The values that the pattern stands for, where they are few.
fn values(pattern: &Pattern) -> Option<Vec<String>> {
    if pattern.automaton_bytes() > LARGEST {
        return None;
    }
    let language = pattern.language();
    let mut values: Vec<String> = Vec::new();
    while values.len() <= MOST_VALUES {
        let known = Language::words(values.iter().map(String::as_str));
        match language.difference(&known).shortest() {
            Ok(None) => return Some(values),
            Ok(Some(value)) => values.push(value),
            Err(_) => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_can_be_a_list() {
        let values = |regex: &str| values(&Pattern::regex(regex).unwrap());
        assert_eq!(values("pypi|npm"), Some(vec!["npm".to_owned(), "pypi".to_owned()]));
        assert_eq!(values("[a-d][0-9]"), None);
        assert_eq!(values(".+"), None);
        assert_eq!(values("[a&&b]"), Some(Vec::new()));
    }
}
