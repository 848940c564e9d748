//! What a grant asks of each claim, as a language.

use std::collections::{BTreeMap, BTreeSet};

use trustctl_catalog::ClaimType;
use trustctl_pattern::{Language, LanguagePart, Pattern};
use trustctl_policy::{ClaimId, ClaimSource, JoinPart, Matcher, Provider, TemplateId, TemplatePart, Text};

use super::customised::escaped;
use crate::facts::{Fact, GrantFacts};

/// What all conditions on one claim ask together.
#[derive(Clone)]
pub(crate) struct Asked {
    /// Its own name, not another name of it.
    pub(super) claim: String,
    /// Values that satisfy all of them.
    pub(super) language: Language,
    /// Whether a token without the claim satisfies all of them.
    pub(super) absent: bool,
    /// For a list: what one element each must be. Beside `language`, which then holds for every element.
    pub(super) elements: Vec<Language>,
    /// The same for the same conditions, in whichever policy they stand.
    pub(super) imprint: String,
    /// Whether the language says less than the conditions: those on lists, and templates with the request's version.
    pub(super) is_rough: bool,
    /// How the claim's value is found.
    pub(super) origin: String,
    /// Whether it is asked of a claim that means something else to the grant in question.
    pub(super) is_foreign: bool,
}

impl Asked {
    /// Nothing is asked of the claim.
    pub(super) fn nothing(claim: &str) -> Self {
        Self {
            claim: claim.to_owned(),
            language: Language::all(),
            absent: true,
            elements: Vec::new(),
            imprint: String::new(),
            is_rough: false,
            origin: String::new(),
            is_foreign: false,
        }
    }

    /// Both are asked.
    pub(super) fn and(mut self, other: &Self) -> Self {
        self.language = self.language.intersect(&other.language);
        self.absent &= other.absent;
        self.elements.extend(other.elements.iter().cloned());
        self.is_rough |= other.is_rough;
        self
    }

    /// The same where the claim means the same; else nothing is known of it.
    pub(super) fn of(&self, provider: &Provider) -> Self {
        if origin(provider, &self.claim) == self.origin {
            return self.clone();
        }
        Self { is_rough: true, is_foreign: true, ..Self::nothing(&self.claim) }
    }

    /// What satisfies it not; everything where that is not known exactly.
    pub(super) fn not(&self) -> Self {
        if self.is_rough {
            return Self::nothing(&self.claim);
        }
        Self { language: self.language.complement(), absent: !self.absent, ..Self::nothing(&self.claim) }
    }
}

/// Values that conditions spell out: whole ones, and beginnings of patterns.
#[derive(Default)]
pub(super) struct Spelt {
    /// Texts that satisfy a condition, each with the text that it stands in: its own, or a pattern's.
    pub(super) whole: BTreeMap<String, BTreeSet<(String, String)>>,
    pub(super) beginnings: BTreeMap<String, BTreeSet<String>>,
}

/// Patterns that stand for at most so many texts are lists of them.
const MOST_TEXTS: usize = 64;

/// What is asked of each claim, in the order of their names.
pub(super) fn asked(grant: &GrantFacts<'_>, package: &str, signs: &mut Signs) -> (Vec<Asked>, Spelt) {
    let mut asked: BTreeMap<&str, Asked> = BTreeMap::new();
    let mut prints: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut spelt = Spelt::default();
    let mut reader = Reader { grant, package, signs };
    for fact in &grant.facts {
        let claim = grant.provider.canonical(&fact.claim.name);
        let asked = asked.entry(claim).or_insert_with(|| Asked::nothing(claim));
        prints.entry(claim).or_default().insert(reader.imprint(fact));
        asked.absent &= fact.condition.absent_passes || takes_absent(fact.matcher);
        reader.add(fact, asked);
        reader.spell(claim, fact.matcher, &mut spelt);
    }
    for (claim, asked) in &mut asked {
        asked.origin = origin(grant.provider.provider, claim);
        asked.imprint = prints.remove(claim).into_iter().flatten().collect::<Vec<_>>().join(" & ");
    }
    (asked.into_values().collect(), spelt)
}

/// Whether a value that is there meets the matcher; of one with a template, whether some package's would.
pub(crate) fn meets(grant: &GrantFacts<'_>, matcher: &Matcher, value: &str) -> bool {
    let mut names = grant.policy().names(grant.grant);
    names.any(|package| {
        let mut signs = Signs::default();
        let value = signs.encode(value);
        Reader { grant, package, signs: &mut signs }.language(matcher).contains(&value)
    })
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
        asked.is_rough |= fact.claim.kind == ClaimType::List || has_version(self.grant, fact.matcher);
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

    /// The condition in one line.
    fn imprint(&self, fact: &Fact<'_>) -> String {
        let mut line = if fact.condition.absent_passes { "absent or ".to_owned() } else { String::new() };
        imprint(self.grant, fact.matcher, &mut line);
        line
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
        let whole = |spelt: &mut Spelt, text: String, within: String| {
            spelt.whole.entry(claim.to_owned()).or_default().insert((text, within));
        };
        match matcher {
            Matcher::Equals(text) | Matcher::EqualsIgnoringCase(text) => {
                let text = self.text(*text);
                whole(spelt, text.clone(), text);
            }
            Matcher::Pattern(id) => {
                let Some(pattern) = self.grant.policy().pattern(*id) else { return };
                if let Some(texts) = pattern.few(MOST_TEXTS) {
                    let within = pattern.source().replace('\\', "");
                    texts.into_iter().for_each(|text| whole(spelt, text, within.clone()));
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

/// How a claim's value is found, as text, the same in every policy.
pub(super) fn origin(provider: &Provider, claim: &str) -> String {
    let name = |id: &ClaimId| provider.claims.get(usize::from(id.0)).map_or("", |claim| claim.name.as_str());
    let Some((_, claim)) = provider.claim(claim) else { return String::new() };
    let kind = claim.kind.word();
    match &claim.source {
        ClaimSource::Token => kind.to_owned(),
        ClaimSource::Nested(path) => format!("{kind} at {path:?}"),
        ClaimSource::Alias(of) => format!("is {}", name(of)),
        ClaimSource::After { of, prefix, only_if } => {
            let beside: Vec<_> = only_if.iter().map(|(id, value)| format!("{}={value:?}", name(id))).collect();
            format!("after {prefix:?} of {} if {}", name(of), beside.join(","))
        }
        ClaimSource::AfterLast { of, delimiter } => format!("after the last {delimiter:?} of {}", name(of)),
        ClaimSource::Piece { of, cut, piece } => {
            let parts: Vec<String> = cut.parts().map(|part| format!("{part:?}")).collect();
            format!("piece {piece} of {} as {}", name(of), parts.join(" "))
        }
        // Only the catalogue has these, and it is the same for both.
        ClaimSource::Between { of, .. } => format!("between of {}", name(of)),
        ClaimSource::Join(parts) => {
            let parts: Vec<String> = parts
                .iter()
                .map(|part| match part {
                    JoinPart::Text(text) => format!("{text:?}"),
                    JoinPart::Claim(id) => name(id).to_owned(),
                })
                .collect();
            format!("join {}", parts.join(" "))
        }
    }
}

/// All conditions of a grant in one text, the same in every policy.
pub(crate) fn imprint_of(grant: &GrantFacts<'_>) -> String {
    let mut lines: Vec<String> = grant
        .facts
        .iter()
        .map(|fact| {
            let claim = grant.provider.canonical(&fact.claim.name);
            let mut line = format!("{claim} {} ", origin(grant.provider.provider, claim));
            line.push_str(if fact.condition.absent_passes { "absent or " } else { "" });
            imprint(grant, fact.matcher, &mut line);
            line
        })
        .collect();
    lines.sort();
    lines.dedup();
    lines.join("; ")
}

/// Whether the request's version is part of it.
fn has_version(grant: &GrantFacts<'_>, matcher: &Matcher) -> bool {
    match matcher {
        Matcher::Template(id) => {
            grant.policy().template(*id).is_some_and(|template| template.parts.contains(&TemplatePart::Version))
        }
        Matcher::AnyOf(members) | Matcher::AllOf(members) => members.iter().any(|member| has_version(grant, member)),
        Matcher::Contains(inner) | Matcher::Not(inner) => has_version(grant, inner),
        _ => false,
    }
}

/// The matcher as text, the same in every policy; members in the order of their texts.
fn imprint(grant: &GrantFacts<'_>, matcher: &Matcher, line: &mut String) {
    let policy = grant.policy();
    let list = |word: &str, members: &[Matcher], line: &mut String| {
        let mut texts: Vec<String> = members
            .iter()
            .map(|member| {
                let mut text = String::new();
                imprint(grant, member, &mut text);
                text
            })
            .collect();
        texts.sort();
        texts.dedup();
        line.push_str(&format!("{word}[{}]", texts.join(",")));
    };
    match matcher {
        Matcher::Equals(text) => line.push_str(&format!("={:?}", policy.text(*text))),
        Matcher::EqualsIgnoringCase(text) => {
            line.push_str(&format!("~{:?}", policy.text(*text).to_ascii_lowercase()));
        }
        Matcher::Pattern(id) => {
            if let Some(pattern) = policy.pattern(*id) {
                line.push_str(&format!("{:?}:{:?}", pattern.kind(), pattern.source()));
            }
        }
        Matcher::Template(id) => {
            if let Some(template) = policy.template(*id) {
                line.push_str(&format!("template:{:?}", policy.text(template.source)));
            }
        }
        Matcher::AnyOf(members) => list("any", members, line),
        Matcher::AllOf(members) => list("all", members, line),
        Matcher::Contains(inner) => list("contains", std::slice::from_ref(inner), line),
        Matcher::Not(inner) => list("not", std::slice::from_ref(inner), line),
        Matcher::Present(present) => line.push_str(if *present { "present" } else { "absent" }),
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
        } else {
            escaped(&c.to_string())
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

    pub(super) fn learn(&mut self, other: &Self) {
        self.known.extend(&other.known);
    }

    pub(super) fn decode(&self, text: &str) -> String {
        self.known.iter().fold(text.to_owned(), |text, c| text.replace(&Self::sign(*c), &c.to_string()))
    }

    fn sign(c: char) -> String {
        format!("U.{:x}.", u32::from(c))
    }
}
