//! What a grant asks of each claim, as a language.

use std::collections::{BTreeMap, BTreeSet};

use trustctl_catalog::ClaimType;
use trustctl_pattern::{Language, LanguagePart, Pattern};
use trustctl_policy::{Matcher, TemplateId, TemplatePart, Text};

use crate::facts::{Fact, GrantFacts};

/// What all conditions on one claim ask together.
pub(super) struct Asked {
    /// Its own name, not another name of it.
    pub(super) claim: String,
    /// Values that satisfy all of them.
    pub(super) language: Language,
    /// Whether a token without the claim satisfies all of them.
    pub(super) absent: bool,
    /// For a list: what one element each must be. Beside `language`, which then holds for every element.
    pub(super) elements: Vec<Language>,
}

/// Values that conditions spell out: whole ones, and beginnings of patterns.
#[derive(Default)]
pub(super) struct Spelt {
    pub(super) whole: BTreeMap<String, BTreeSet<String>>,
    pub(super) beginnings: BTreeMap<String, BTreeSet<String>>,
}

/// Patterns that stand for at most so many texts are lists of them.
const MOST_TEXTS: usize = 64;

/// What is asked of each claim, in the order of their names.
pub(super) fn asked(grant: &GrantFacts<'_>, package: &str, signs: &mut Signs) -> (Vec<Asked>, Spelt) {
    let mut asked: BTreeMap<&str, Asked> = BTreeMap::new();
    let mut spelt = Spelt::default();
    let mut reader = Reader { grant, package, signs };
    for fact in &grant.facts {
        let claim = grant.provider.canonical(&fact.claim.name);
        let asked = asked.entry(claim).or_insert_with(|| Asked {
            claim: claim.to_owned(),
            language: Language::all(),
            absent: true,
            elements: Vec::new(),
        });
        asked.absent &= fact.condition.absent_passes || takes_absent(fact.matcher);
        reader.add(fact, asked);
        reader.spell(claim, fact.matcher, &mut spelt);
    }
    (asked.into_values().collect(), spelt)
}

/// Whether a token without the claim satisfies it.
fn takes_absent(matcher: &Matcher) -> bool {
    match matcher {
        Matcher::Present(present) => !present,
        Matcher::AnyOf(members) => members.iter().any(takes_absent),
        Matcher::AllOf(members) => members.iter().all(takes_absent),
        _ => false,
    }
}

struct Reader<'r, 'g, 'a> {
    grant: &'g GrantFacts<'a>,
    package: &'r str,
    signs: &'r mut Signs,
}

impl Reader<'_, '_, '_> {
    fn add(&mut self, fact: &Fact<'_>, asked: &mut Asked) {
        if fact.claim.kind != ClaimType::List {
            asked.language = asked.language.intersect(&self.language(fact.matcher));
            return;
        }
        match fact.matcher {
            Matcher::Contains(inner) => {
                let element = self.language(inner);
                asked.elements.push(element);
            }
            Matcher::Not(inner) => {
                if let Matcher::Contains(inner) = inner.as_ref() {
                    asked.language = asked.language.intersect(&self.language(inner).complement());
                }
            }
            Matcher::AllOf(members) => {
                for member in members {
                    if let Matcher::Contains(inner) = member {
                        let element = self.language(inner);
                        asked.elements.push(element);
                    }
                }
            }
            _ => {}
        }
    }

    fn language(&mut self, matcher: &Matcher) -> Language {
        match matcher {
            Matcher::Equals(text) => Language::words([self.text(*text).as_str()]),
            Matcher::EqualsIgnoringCase(text) => ignoring_case(&self.text(*text)),
            Matcher::Pattern(id) => match self.grant.policy().pattern(*id) {
                Some(pattern) => pattern_language(pattern),
                None => Language::none(),
            },
            Matcher::Template(id) => self.template(*id),
            Matcher::AnyOf(members) => {
                members.iter().fold(Language::none(), |all, member| all.union(&self.language(member)))
            }
            Matcher::AllOf(members) => {
                members.iter().fold(Language::all(), |all, member| all.intersect(&self.language(member)))
            }
            Matcher::Contains(inner) => self.language(inner),
            Matcher::Not(inner) => self.language(inner).complement(),
            Matcher::Present(true) => Language::all(),
            Matcher::Present(false) => Language::none(),
        }
    }

    /// The template with the package filled in and any version.
    fn template(&mut self, id: TemplateId) -> Language {
        let policy = self.grant.policy();
        let Some(template) = policy.template(id) else { return Language::none() };
        let scoped = self.package.strip_prefix('@').and_then(|rest| rest.split_once('/'));
        let versions = self.grant.registry_entry().and_then(|entry| entry.versions.as_ref());
        let versions = versions.and_then(|versions| Pattern::regex(&versions.pattern).ok());
        let parts: Option<Vec<LanguagePart<'_>>> = template
            .parts
            .iter()
            .map(|part| {
                Some(match part {
                    TemplatePart::Text(text) => LanguagePart::Literal(policy.text(*text)),
                    TemplatePart::Version => LanguagePart::Pattern(versions.as_ref()?),
                    TemplatePart::Package => LanguagePart::Literal(self.package),
                    TemplatePart::Scope => LanguagePart::Literal(scoped?.0),
                    TemplatePart::Name => LanguagePart::Literal(scoped.map_or(self.package, |(_, name)| name)),
                })
            })
            .collect();
        parts.and_then(|parts| Language::concat(&parts).ok()).unwrap_or_else(Language::none)
    }

    fn text(&mut self, text: Text) -> String {
        self.signs.encode(self.grant.policy().text(text))
    }

    /// What the matcher spells out.
    fn spell(&mut self, claim: &str, matcher: &Matcher, spelt: &mut Spelt) {
        let whole = |spelt: &mut Spelt, text: String| {
            spelt.whole.entry(claim.to_owned()).or_default().insert(text);
        };
        match matcher {
            Matcher::Equals(text) | Matcher::EqualsIgnoringCase(text) => whole(spelt, self.text(*text)),
            Matcher::Pattern(id) => {
                let Some(pattern) = self.grant.policy().pattern(*id) else { return };
                if let Some(texts) = pattern.few(MOST_TEXTS) {
                    texts.into_iter().for_each(|text| whole(spelt, text));
                } else if !pattern.literal_prefix().is_empty() {
                    let prefix = pattern.literal_prefix().to_owned();
                    spelt.beginnings.entry(claim.to_owned()).or_default().insert(prefix);
                }
            }
            Matcher::AnyOf(members) | Matcher::AllOf(members) => {
                members.iter().for_each(|member| self.spell(claim, member, spelt));
            }
            Matcher::Contains(inner) => self.spell(claim, inner, spelt),
            Matcher::Template(_) | Matcher::Not(_) | Matcher::Present(_) => {}
        }
    }
}

fn pattern_language(pattern: &Pattern) -> Language {
    match pattern.few(MOST_TEXTS) {
        Some(texts) => Language::words(texts.iter().map(String::as_str)),
        None => pattern.language(),
    }
}

/// The text in any case of its ASCII letters.
pub(super) fn ignoring_case(text: &str) -> Language {
    let either = |c: char| {
        if c.is_ascii_alphabetic() {
            format!("[{}{}]", c.to_ascii_lowercase(), c.to_ascii_uppercase())
        } else if c.is_ascii_alphanumeric() {
            c.to_string()
        } else {
            format!("[\\{c}]")
        }
    };
    let regex: String = text.chars().map(either).collect();
    Pattern::regex(&regex).map_or_else(|_| Language::words([text]), |pattern| pattern.language())
}

/// Signs in printable ASCII for characters outside it, which no pattern matches but a value that is compared may have.
#[derive(Default)]
pub(super) struct Signs {
    known: BTreeSet<char>,
}

impl Signs {
    fn encode(&mut self, text: &str) -> String {
        let mut encoded = String::with_capacity(text.len());
        for c in text.chars() {
            if matches!(c, ' '..='~') {
                encoded.push(c);
            } else {
                self.known.insert(c);
                encoded.push_str(&Self::sign(c));
            }
        }
        encoded
    }

    pub(super) fn decode(&self, text: &str) -> String {
        self.known.iter().fold(text.to_owned(), |text, c| text.replace(&Self::sign(*c), &c.to_string()))
    }

    fn sign(c: char) -> String {
        format!("U.{:x}.", u32::from(c))
    }
}
