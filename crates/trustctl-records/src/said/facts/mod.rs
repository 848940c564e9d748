//! What follows of conditions: the provider's claims say each other.
//!
//! A pin of owner and repository says both with their ids, a branch says the ref. The catalogue's derivations tell what
//! follows of what, and nothing else is concluded.

mod follow;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use trustctl_catalog::{Derivation, Provider};
use trustctl_pattern::{Answer, Pattern};

use super::{Ask, Condition, Form};

/// A claim's one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) text: String,
    /// Whether it is this very text, or this in whatever case.
    pub(crate) is_exact: bool,
}

/// What is known of every token that meets all of some conditions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    known: BTreeMap<String, Known>,
    /// The conditions themselves, by the names of the claims that theirs are other names of.
    conditions: Vec<Condition>,
}

/// Rounds after which nothing new follows: derivations stand on one another two deep at most.
const ROUNDS: usize = 6;

impl Facts {
    /// What follows of these conditions, for tokens of this provider.
    pub(crate) fn new<'c>(provider: Option<&Provider>, conditions: impl IntoIterator<Item = &'c Condition>) -> Self {
        let mut facts = Self::default();
        for condition in conditions {
            let condition = canonical(provider, condition);
            let single = match &condition.asks {
                Ask::Equals(values) => Some((values, true)),
                Ask::EqualsIgnoringCase(values) => Some((values, false)),
                _ => None,
            };
            if let Some(([only], is_exact)) = single.map(|(values, is_exact)| (values.as_slice(), is_exact)) {
                facts.learn(&condition.claim, only, is_exact);
            }
            facts.conditions.push(condition);
        }
        // What a text between others says depends on what else is known; all else is taken apart once.
        let mut unfolded: BTreeMap<String, Known> = BTreeMap::new();
        for _ in 0..ROUNDS {
            let Some(provider) = provider else { break };
            let before = facts.known.clone();
            for (claim, known) in &before {
                let is_between = || {
                    let derived = provider.claims.get(claim).and_then(|claim| claim.derived.as_ref());
                    matches!(derived, Some(Derivation::Between { .. }))
                };
                if unfolded.get(claim) != Some(known) || is_between() {
                    facts.unfold(provider, claim, known);
                    unfolded.insert(claim.clone(), known.clone());
                }
            }
            facts.fold(provider);
            if facts.known == before {
                break;
            }
        }
        facts
    }

    /// The one value that the claim has.
    pub(crate) fn value(&self, claim: &str) -> Option<&Known> {
        self.known.get(claim)
    }

    /// The values of which it is one, where the conditions list them.
    pub(crate) fn values(&self, provider: Option<&Provider>, claim: &str) -> Option<Vec<String>> {
        let claim = name_of(provider, claim);
        let lists = self.conditions.iter().filter(|condition| condition.claim == claim);
        let lists = lists.filter_map(|condition| match &condition.asks {
            Ask::Equals(values) => Some(values.clone()),
            _ => None,
        });
        lists.reduce(|one, other| one.into_iter().filter(|value| other.contains(value)).collect())
    }

    /// Whether every token that meets the conditions meets this one as well.
    pub(crate) fn say(&self, provider: Option<&Provider>, condition: &Condition) -> bool {
        let condition = canonical(provider, condition);
        let claim = condition.claim.as_str();
        let known = self.known.get(claim);
        let own = || self.conditions.iter().filter(|own| own.claim == claim).map(|own| &own.asks);
        let all_in = |some: &[String], all: &[String]| some.iter().all(|value| all.contains(value));
        let same = |one: &String, other: &String| one.eq_ignore_ascii_case(other);
        match &condition.asks {
            Ask::Equals(values) => {
                known.is_some_and(|known| known.is_exact && values.contains(&known.text))
                    || self.values(provider, claim).is_some_and(|own| !own.is_empty() && all_in(&own, values))
            }
            Ask::EqualsIgnoringCase(values) => {
                let is_one = |text: &String| values.iter().any(|value| same(value, text));
                known.is_some_and(|known| is_one(&known.text))
                    || self.values(provider, claim).is_some_and(|own| !own.is_empty() && own.iter().all(is_one))
                    || own().any(|asks| matches!(asks, Ask::EqualsIgnoringCase(own) if own.iter().all(is_one)))
            }
            Ask::Not(banned) => {
                let is_banned = |text: &String| banned.iter().any(|value| same(value, text));
                known.is_some_and(|known| !is_banned(&known.text))
                    || self.values(provider, claim).is_some_and(|own| !own.is_empty() && !own.iter().any(is_banned))
                    || own().any(|asks| matches!(asks, Ask::Not(own) if all_in(banned, own)))
            }
            Ask::Contains(texts) => {
                let held: Vec<&String> = own()
                    .filter_map(|asks| if let Ask::Contains(own) = asks { Some(own) } else { None })
                    .flatten()
                    .collect();
                texts.iter().all(|text| held.contains(&text))
            }
            Ask::Template(template) => own().any(|asks| matches!(asks, Ask::Template(own) if own == template)),
            Ask::Present => known.is_some() || own().any(|asks| *asks != Ask::Absent),
            Ask::Absent => own().any(|asks| *asks == Ask::Absent),
            Ask::Matches { any, none } => {
                let is_match = |text: &String| {
                    (any.is_empty() || any.iter().any(|form| form.is_match(text)))
                        && !none.iter().any(|form| form.is_match(text))
                };
                known.is_some_and(|known| known.is_exact && is_match(&known.text))
                    || self.values(provider, claim).is_some_and(|own| !own.is_empty() && own.iter().all(is_match))
                    || own().any(
                        |asks| matches!(asks, Ask::Matches { any: own, none: but } if holds_to(own, but, any, none)),
                    )
            }
        }
    }

    fn learn(&mut self, claim: &str, text: &str, is_exact: bool) {
        match self.known.get(claim) {
            Some(known) if known.is_exact || !is_exact => {}
            _ => _ = self.known.insert(claim.to_owned(), Known { text: text.to_owned(), is_exact }),
        }
    }
}

/// Whether what is one of `own` forms, and none of those of `but`, is one of `any` and none of those of `none`. No forms to
/// be one of are all texts.
fn holds_to(own: &[Form], but: &[Form], any: &[Form], none: &[Form]) -> bool {
    let language = |forms: &[Form]| {
        let each: Vec<String> = forms.iter().map(Form::regex).collect();
        Pattern::regex(&each.join("|")).map(|pattern| pattern.language())
    };
    let within = |some: &[Form], all: &[Form]| match (language(some), language(all)) {
        (Ok(some), Ok(all)) => some.is_subset_of(&all) == Answer::Yes,
        _ => false,
    };
    (any.is_empty() || !own.is_empty() && within(own, any)) && (none.is_empty() || !but.is_empty() && within(none, but))
}

/// The claim that a claim is another name of; itself where it is none.
pub(crate) fn name_of(provider: Option<&Provider>, claim: &str) -> String {
    let derived = provider.and_then(|provider| provider.claims.get(claim)?.derived.as_ref());
    match derived {
        Some(Derivation::Alias { of }) => of.clone(),
        _ => claim.to_owned(),
    }
}

/// The condition by the claim's own name; a template of what follows a prefix is one of the whole.
fn canonical(provider: Option<&Provider>, condition: &Condition) -> Condition {
    let derived = provider.and_then(|provider| provider.claims.get(&condition.claim)?.derived.as_ref());
    match (derived, &condition.asks) {
        (Some(Derivation::After { of, prefix, only_if }), Ask::Template(template)) if only_if.is_empty() => {
            Condition { claim: of.clone(), asks: Ask::Template(format!("{prefix}{template}")) }
        }
        _ => Condition { claim: name_of(provider, &condition.claim), asks: condition.asks.clone() },
    }
}
