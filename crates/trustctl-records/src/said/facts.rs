//! What follows of conditions: the provider's claims say each other.
//!
//! A pin of owner and repository says both with their ids, a branch says the ref. The catalogue's derivations tell what
//! follows of what, and nothing else is concluded.

use std::collections::{BTreeMap, BTreeSet};

use trustctl_catalog::{AroundPart, Derivation, JoinPart, Piece, Provider, Shape};
use trustctl_pattern::{Answer, Pattern};
use trustctl_policy::Cut;

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

    /// What a value says of the claims that it is made of.
    fn unfold(&mut self, provider: &Provider, name: &str, known: &Known) {
        let Some(claim) = provider.claims.get(name) else { return };
        let Known { text, is_exact } = known;
        match &claim.derived {
            Some(Derivation::Alias { of }) => self.learn(of, text, *is_exact),
            Some(Derivation::After { of, prefix, only_if }) => {
                self.learn(of, &format!("{prefix}{text}"), *is_exact);
                for (other, value) in only_if.iter().filter(|(_, value)| !value.is_empty()) {
                    self.learn(other, value, true);
                }
            }
            Some(Derivation::Join { parts }) => self.cut(provider, parts, known),
            Some(Derivation::Between { of, templates, .. }) => self.around(provider, of, templates, known),
            Some(Derivation::AfterLast { .. } | Derivation::Piece { .. }) | None => {}
        }
        if let Some(parts) = &claim.joined {
            self.cut(provider, parts, known);
        }
    }

    /// The parts of a value that is put together of several claims.
    fn cut(&mut self, provider: &Provider, parts: &[JoinPart], known: &Known) {
        let piece = |part: &JoinPart| match part {
            JoinPart::Text(text) => Some(Piece::Text(text.clone())),
            JoinPart::Claim(name) => {
                let pattern = provider.claims.get(name)?.values.clone()?;
                Some(Piece::Named { name: name.clone(), pattern })
            }
        };
        let pieces = parts.iter().map(piece).collect::<Option<Vec<_>>>();
        for (name, text) in pieces.map(|pieces| cut(pieces, &known.text)).unwrap_or_default() {
            self.learn(&name, &text, known.is_exact);
        }
    }

    /// The pieces of the claim that a value was cut from between two texts, as far as what is not known there does not
    /// matter.
    fn around(&mut self, provider: &Provider, of: &str, templates: &[trustctl_catalog::Around], known: &Known) {
        let Some(shape) = provider.claims.get(of).and_then(|claim| claim.shape.as_ref()) else { return };
        let mut pieces: Option<Vec<(String, String)>> = None;
        for template in templates {
            // Two values that the claims of the ref can have: what is the same for both is so for all.
            for stand_in in ["refs/heads/a", "refs/tags/b", "0123456789012345678901234567890123456789"] {
                let part = |part: &AroundPart| match part {
                    AroundPart::Text(text) => Some(text.clone()),
                    AroundPart::Claim(name) => {
                        Some(self.known.get(name).map_or(stand_in, |known| &known.text).to_owned())
                    }
                    AroundPart::Issuer => None,
                };
                let side = |parts: &[AroundPart]| parts.iter().map(part).collect::<Option<String>>();
                let whole = || Some(format!("{}{}{}", side(&template.before)?, known.text, side(&template.after)?));
                let found = whole().map(|whole| cut(shape.pieces.clone(), &whole)).unwrap_or_default();
                pieces = Some(match pieces {
                    None => found,
                    Some(pieces) => pieces.into_iter().filter(|piece| found.contains(piece)).collect(),
                });
            }
        }
        let is_exact = |parts: &[AroundPart]| {
            parts.iter().all(|part| match part {
                AroundPart::Claim(name) => self.known.get(name).is_none_or(|known| known.is_exact),
                _ => true,
            })
        };
        let is_exact = known.is_exact && templates.iter().all(|one| is_exact(&one.before) && is_exact(&one.after));
        for (piece, text) in pieces.unwrap_or_default() {
            let named = provider.claims.iter().filter(|(_, claim)| {
                matches!(&claim.derived, Some(Derivation::Piece { of: other, piece: own }) if other == of && *own == piece)
            });
            for (name, _) in named {
                self.learn(name, &text, is_exact);
            }
        }
    }

    /// What values say together of the claims that are made of them.
    fn fold(&mut self, provider: &Provider) {
        for (name, claim) in &provider.claims {
            match &claim.derived {
                Some(Derivation::Alias { of }) => self.copy(of, name, |text| Some(text.to_owned())),
                Some(Derivation::AfterLast { of, delimiter }) => {
                    self.copy(of, name, |text| Some(text.rsplit_once(delimiter.as_str())?.1.to_owned()));
                }
                Some(Derivation::After { of, prefix, only_if }) => {
                    let holds = |(other, value): (&String, &String)| {
                        self.known.get(other).is_some_and(|known| known.is_exact && known.text == *value)
                    };
                    // In another case the prefix would not be there.
                    if only_if.iter().all(holds) && self.known.get(of).is_some_and(|known| known.is_exact) {
                        self.copy(of, name, |text| text.strip_prefix(prefix.as_str()).map(str::to_owned));
                    }
                }
                Some(Derivation::Join { parts }) => self.join(name, parts),
                Some(Derivation::Piece { of, piece }) => {
                    let shape = provider.claims.get(of).and_then(|claim| claim.shape.as_ref());
                    let pieces = shape.map(|shape| shape.pieces.clone()).unwrap_or_default();
                    self.copy(of, name, |text| {
                        cut(pieces, text).into_iter().find_map(|(name, text)| (name == *piece).then_some(text))
                    });
                }
                Some(Derivation::Between { .. }) | None => {}
            }
            if let Some(parts) = &claim.joined {
                self.join(name, parts);
            }
        }
    }

    fn copy(&mut self, of: &str, name: &str, piece: impl FnOnce(&str) -> Option<String>) {
        let Some(known) = self.known.get(of).cloned() else { return };
        if let Some(text) = piece(&known.text).filter(|text| !text.is_empty()) {
            self.learn(name, &text, known.is_exact);
        }
    }

    fn join(&mut self, name: &str, parts: &[JoinPart]) {
        let part = |part: &JoinPart| match part {
            JoinPart::Text(text) => Some((text.clone(), true)),
            JoinPart::Claim(name) => self.known.get(name).map(|known| (known.text.clone(), known.is_exact)),
        };
        let Some(joined) = parts.iter().map(part).collect::<Option<Vec<_>>>() else { return };
        let is_exact = joined.iter().all(|(_, is_exact)| *is_exact);
        let text: String = joined.into_iter().map(|(text, _)| text).collect();
        self.learn(name, &text, is_exact);
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

/// The named pieces of a text of this shape; none where it is not of it.
fn cut(pieces: Vec<Piece>, text: &str) -> Vec<(String, String)> {
    let names: BTreeSet<String> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Named { name, .. } => Some(name.clone()),
            Piece::Text(_) => None,
        })
        .collect();
    let Ok(cut) = Cut::new(&Shape { pieces }) else { return Vec::new() };
    let piece = |name: String| {
        let text = cut.piece(text, cut.index(&name)?)?.to_owned();
        Some((name, text))
    };
    names.into_iter().filter_map(piece).collect()
}

#[cfg(test)]
mod tests {
    use trustctl_catalog::Catalogue;

    use super::*;

    fn facts(kind: &str, conditions: &[(&str, Ask)]) -> Facts {
        let conditions: Vec<Condition> = conditions
            .iter()
            .map(|(claim, asks)| Condition { claim: (*claim).to_owned(), asks: asks.clone() })
            .collect();
        Facts::new(Catalogue::bundled().unwrap().provider(kind), &conditions)
    }

    fn is(text: &str) -> Ask {
        Ask::Equals(vec![text.to_owned()])
    }

    #[test]
    fn a_pin_says_owner_repository_and_both_ids() {
        let facts = facts("github-actions", &[("repository-pin", is("acme@1234567/widgets@556677"))]);
        for (claim, text) in [
            ("repository", "acme/widgets"),
            ("repository_owner", "acme"),
            ("repository_owner_id", "1234567"),
            ("repository-name", "widgets"),
            ("repository_id", "556677"),
        ] {
            assert_eq!(facts.value(claim).map(|known| known.text.as_str()), Some(text), "{claim}");
        }
    }

    #[test]
    fn a_workflow_of_ones_own_says_which_is_called() {
        let own = [("repository", is("acme/widgets")), ("own-workflow-file", is("release.yml"))];
        let known = facts("github-actions", &own);
        assert_eq!(known.value("called-workflow-file").unwrap().text, "release.yml");
        assert_eq!(known.value("called-workflow-repository").unwrap().text, "acme/widgets");
        assert_eq!(known.value("called-workflow-ref"), None);
        assert_eq!(facts("github-actions", &own[1..]).value("called-workflow-repository"), None);
    }

    #[test]
    fn what_is_known_in_whatever_case_is_not_known_exactly() {
        let folded = Ask::EqualsIgnoringCase(vec!["Acme/Widgets".to_owned()]);
        let facts = facts("github-actions", &[("repository", folded)]);
        let owner = facts.value("repository_owner").unwrap();
        assert_eq!((owner.text.as_str(), owner.is_exact), ("Acme", false));
        let provider = Catalogue::bundled().unwrap().provider("github-actions");
        let says = |asks| facts.say(provider, &Condition { claim: "repository".to_owned(), asks });
        assert!(!says(is("Acme/Widgets")));
        assert!(says(Ask::EqualsIgnoringCase(vec!["acme/widgets".to_owned()])));
        assert!(says(Ask::Present));
        assert!(says(Ask::Not(vec!["acme/gadgets".to_owned()])));
        assert!(!says(Ask::Not(vec!["acme/widgets".to_owned()])));
    }

    #[test]
    fn a_branch_says_the_ref_and_a_ref_the_branch() {
        assert_eq!(facts("github-actions", &[("branch", is("main"))]).value("ref").unwrap().text, "refs/heads/main");
        assert_eq!(facts("github-actions", &[("ref", is("refs/tags/v1"))]).value("tag").unwrap().text, "v1");
        assert_eq!(facts("github-actions", &[("ref", is("refs/tags/v1"))]).value("branch"), None);
        let gitlab = facts("gitlab", &[("branch", is("main"))]);
        assert_eq!(gitlab.value("ref_type").unwrap().text, "branch");
        assert_eq!(facts("gitlab", &[("ref", is("main"))]).value("branch"), None);
        let pin = facts("gitlab", &[("project-pin", is("acme/tools/widgets@4711"))]);
        assert_eq!(pin.value("project_path").unwrap().text, "acme/tools/widgets");
    }

    #[test]
    fn long_names_are_the_short_ones() {
        let facts = facts(
            "circleci",
            &[("oidc.circleci.com/org-id", is("x")), ("context-ids", Ask::Contains(vec!["c".into()]))],
        );
        assert_eq!(facts.value("org-id").unwrap().text, "x");
        let provider = Catalogue::bundled().unwrap().provider("circleci");
        let holds =
            Condition { claim: "oidc.circleci.com/context-ids".to_owned(), asks: Ask::Contains(vec!["c".into()]) };
        assert!(facts.say(provider, &holds));
    }
}
