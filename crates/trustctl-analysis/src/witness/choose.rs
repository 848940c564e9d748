//! A value that meets a condition: what is there, a word that people believe, or the shortest there is.

use trustctl_pattern::Pattern;
use trustctl_policy::{Matcher, TemplateMatch, TemplatePart, Text};

use crate::facts::{Fact, GrantFacts, example};

/// Words to try where a pattern or a negation leaves room, the most believable first.
const WORDS: [&str; 12] =
    ["main", "release", "widgets", "npm", "1.4.0", "v1.4.0", "evil-corp", "/main", "1", "x", "0", ""];

/// The first value that meets the condition and that the provider lets through.
pub(super) fn value(grant: &GrantFacts<'_>, fact: &Fact<'_>, current: Option<&str>, package: &str) -> Option<String> {
    let chooser = Chooser { grant, package };
    let values = fact.entry.and_then(|entry| entry.values.as_deref()).and_then(|values| Pattern::regex(values).ok());
    let fits = |value: &str| {
        !value.is_empty()
            && values.as_ref().is_none_or(|values| values.is_match(value))
            && chooser.meets(fact.matcher, value)
    };
    if let Some(current) = current.filter(|value| chooser.meets(fact.matcher, value)) {
        return Some(current.to_owned());
    }
    let mut candidates = Vec::new();
    chooser.candidates(fact.matcher, values.as_ref(), &mut candidates);
    candidates.extend(known_values(grant, fact));
    candidates.extend(WORDS.into_iter().map(str::to_owned));
    candidates.extend(like_the_example(grant, fact));
    candidates.into_iter().find(|value| fits(value))
}

/// Whether a value that is there meets the matcher. Only to choose by: the evaluator has the last word.
pub(super) fn meets(grant: &GrantFacts<'_>, matcher: &Matcher, value: &str, package: &str) -> bool {
    Chooser { grant, package }.meets(matcher, value)
}

/// The values that the catalogue names for the claim: those of the provider's requirement, and a choice of words.
fn known_values(grant: &GrantFacts<'_>, fact: &Fact<'_>) -> Vec<String> {
    let requires = grant.provider.entry.map_or(&[][..], |entry| entry.requires.as_slice());
    let canonical = |claim| grant.provider.canonical(claim);
    let required = requires
        .iter()
        .filter(|requirement| canonical(&requirement.claim) == canonical(&fact.claim.name))
        .flat_map(|requirement| &requirement.values);
    let values = fact.entry.and_then(|entry| entry.values.as_deref()).unwrap_or("");
    let is_choice = values.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'|' | b'-' | b'_'));
    let words = values.split('|').filter(|_| is_choice).map(str::to_owned);
    required.cloned().chain(words).collect()
}

/// The catalogue's example and, where that is a file, words with its ending.
fn like_the_example(grant: &GrantFacts<'_>, fact: &Fact<'_>) -> Vec<String> {
    let Some(example) = grant.provider.entry.map(|entry| example(entry, &fact.claim.name)) else { return Vec::new() };
    let ending = example.rsplit_once('.').map(|(_, ending)| ending.to_owned());
    let files = ending.into_iter().flat_map(|ending| WORDS.map(|word| format!("{word}.{ending}")));
    std::iter::once(example).chain(files).collect()
}

struct Chooser<'g, 'a> {
    grant: &'g GrantFacts<'a>,
    package: &'g str,
}

impl Chooser<'_, '_> {
    fn text(&self, text: Text) -> &str {
        self.grant.policy().text(text)
    }

    /// What the parts of the matcher suggest.
    fn candidates(&self, matcher: &Matcher, values: Option<&Pattern>, candidates: &mut Vec<String>) {
        match matcher {
            Matcher::Equals(text) | Matcher::EqualsIgnoringCase(text) => candidates.push(self.text(*text).to_owned()),
            Matcher::Pattern(id) => {
                let Some(pattern) = self.grant.policy().pattern(*id) else { return };
                let prefix = pattern.literal_prefix();
                // `v*` is meant for versions.
                candidates.extend(prefix.ends_with('v').then(|| format!("{prefix}1.4.0")));
                candidates.extend(WORDS.into_iter().map(|word| format!("{prefix}{word}")));
                let language = pattern.language();
                let known = values.map(|values| language.intersect(&values.language()));
                let shortest = [known, Some(language)]
                    .into_iter()
                    .flatten()
                    .filter_map(|language| language.shortest().ok().flatten());
                candidates.extend(shortest);
            }
            Matcher::Template(id) => candidates.extend(self.filled(*id)),
            Matcher::AnyOf(members) | Matcher::AllOf(members) => {
                for member in members {
                    self.candidates(member, values, candidates);
                }
            }
            Matcher::Contains(inner) => self.candidates(inner, values, candidates),
            Matcher::Not(_) | Matcher::Present(_) => {}
        }
    }

    /// The template with the package and the example of a version filled in.
    fn filled(&self, id: trustctl_policy::TemplateId) -> Option<String> {
        let version = self
            .grant
            .registry_entry()
            .and_then(|entry| entry.versions.as_ref())
            .map(|versions| versions.example.as_str());
        let scoped = self.package.strip_prefix('@').and_then(|rest| rest.split_once('/'));
        let part = |part: &TemplatePart| match part {
            TemplatePart::Text(text) => Some(self.text(*text)),
            TemplatePart::Version => version,
            TemplatePart::Package => Some(self.package),
            TemplatePart::Scope => scoped.map(|(scope, _)| scope),
            TemplatePart::Name => Some(scoped.map_or(self.package, |(_, name)| name)),
        };
        self.grant.policy().template(id)?.parts.iter().map(part).collect()
    }

    fn meets(&self, matcher: &Matcher, value: &str) -> bool {
        let policy = self.grant.policy();
        match matcher {
            Matcher::Equals(text) => self.text(*text) == value,
            Matcher::EqualsIgnoringCase(text) => self.text(*text).eq_ignore_ascii_case(value),
            Matcher::Pattern(id) => policy.pattern(*id).is_some_and(|pattern| pattern.is_match(value)),
            Matcher::Template(id) => policy.template(*id).is_some_and(|template| {
                let versions = self.grant.registry().and_then(|registry| registry.versions.as_ref());
                template.compare(value, self.package, None, versions, |text| policy.text(text)) != TemplateMatch::No
            }),
            Matcher::AnyOf(members) => members.iter().any(|member| self.meets(member, value)),
            Matcher::AllOf(members) => members.iter().all(|member| self.meets(member, value)),
            Matcher::Contains(inner) => self.meets(inner, value),
            Matcher::Not(inner) => !self.meets(inner, value),
            Matcher::Present(present) => *present,
        }
    }
}
