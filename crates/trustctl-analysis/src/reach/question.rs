//! One grant, asked about everybody.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trustctl_pattern::{Language, Piece};
use trustctl_policy::Provider;

use super::asked::{Asked, Signs, asked, ignoring_case};
use super::bound::{Bound, BoundAdversary, BoundShape};
use super::named::Named;
use super::subtract::{self, Conditions, Rest};
use super::system::Built;
use super::{Answer, Reach, tenants, token};
use crate::facts::GrantFacts;
use crate::witness::{Adversary, Confirmed, Wanted, Witness};

/// A grant with what it asks, ready to be asked about adversaries.
pub(crate) struct Question<'g, 'a> {
    grant: &'g GrantFacts<'a>,
    pub(super) bound: Arc<Bound>,
    pub(super) asked: Vec<Asked>,
    signs: Signs,
    named: Named,
    /// Names that differ in case alone are one to some provider; a grant that compares so means all of them.
    folds: bool,
    wanted: Wanted,
    ways: Vec<Way>,
}

/// Shapes that are one as far as the grant's conditions go, and what those ask of them.
struct Way {
    /// Their places in the model.
    shapes: Vec<usize>,
    built: Built,
}

/// What came of looking through the shapes.
enum Found {
    Token(Box<Witness>),
    Nothing,
    Unclear(String),
}

impl<'g, 'a> Question<'g, 'a> {
    /// `None` for a grant that has ended or names nothing to act on.
    pub(crate) fn new(grant: &'g GrantFacts<'a>) -> Option<Self> {
        Self::of(grant, Wanted::of(grant)?)
    }

    /// The same about one of the grant's names.
    pub(crate) fn about(grant: &'g GrantFacts<'a>, name: &str) -> Option<Self> {
        let mut wanted = Wanted::of(grant)?;
        name.clone_into(&mut wanted.resource);
        Self::of(grant, wanted)
    }

    fn of(grant: &'g GrantFacts<'a>, wanted: Wanted) -> Option<Self> {
        let bound = Bound::of(grant.provider.provider, grant.provider.entry);
        let mut signs = Signs::default();
        let (asked, spelt) = asked(grant, &wanted.resource, &mut signs);
        let folds = grant.facts.iter().any(|fact| ignores_case(fact.matcher));
        let ways = ways(&bound, grant.provider.provider, &asked);
        // What is spelt out names something only in tokens that all conditions leave.
        let left = ways.iter().flat_map(|way| &way.shapes).filter_map(|at| bound.shapes.get(*at));
        let named = Named::new(&bound, left, &spelt);
        Some(Self { grant, bound, asked, signs, named, folds, wanted, ways })
    }

    /// Every adversary that there is, the strongest first.
    pub(crate) fn all(&self) -> Vec<Reach> {
        let mut is_open = false;
        let mut all = Vec::new();
        for adversary in self.bound.adversaries(tenants(self.grant)) {
            if !self.is_there(adversary) {
                continue;
            }
            let answer = (!is_open).then(|| self.answer(adversary));
            is_open |= adversary.who.stands_for_all() && matches!(answer, Some(Answer::Yes(_)));
            all.push(Reach { adversary: adversary.who, answer });
        }
        all
    }

    /// Whether that adversary gets in; `None` where the provider has none such.
    pub(crate) fn one(&self, who: Adversary) -> Option<Answer> {
        let adversary = self.bound.adversaries(tenants(self.grant)).find(|adversary| adversary.who == who)?;
        self.is_there(adversary).then(|| self.answer(adversary))
    }

    /// Whether the grant lets in a token that none of the others does, and whose: of the strongest adversary that can have one,
    /// otherwise of whoever the grant names. `refuses` has the last word on those others.
    pub(crate) fn beyond(&self, others: &[Conditions], refuses: &dyn Fn(&Witness) -> bool) -> Answer {
        let of = |asked: (&String, &Asked)| (asked.0.clone(), asked.1.of(self.provider()));
        let others: Vec<Conditions> = others.iter().map(|other| other.iter().map(of).collect()).collect();
        let found = |adversary: Option<&BoundAdversary>| match subtract::rest(self, &others, adversary) {
            Rest::Nothing => Answer::No,
            Rest::Unclear(why) => Answer::Unknown(why),
            Rest::Token { shape, built, values } => {
                let who = adversary.map_or(Adversary::Named, |adversary| adversary.who);
                let mut unclear = "the token found gets in by the others as well".to_owned();
                for version in self.versions(&others) {
                    let wanted = Wanted { version, ..self.wanted.clone() };
                    match self.token(shape, &built, &values, who, &wanted) {
                        Found::Token(witness) if refuses(&witness) => return Answer::Yes(witness),
                        Found::Token(_) | Found::Nothing => {}
                        Found::Unclear(why) => unclear = why,
                    }
                }
                Answer::Unknown(unclear)
            }
        };
        let any = found(None);
        if any == Answer::No {
            return any;
        }
        let theirs = self
            .bound
            .adversaries(tenants(self.grant))
            .filter(|adversary| self.is_there(adversary))
            .map(|adversary| found(Some(adversary)))
            .find(|answer| matches!(answer, Answer::Yes(_)));
        theirs.unwrap_or(any)
    }

    /// Versions to ask for: where a template compares the request's with a claim, one of two is another than the claim's.
    fn versions(&self, others: &[Conditions]) -> Vec<Option<String>> {
        let mut all = vec![None];
        let matter = others.iter().flat_map(|other| other.values()).chain(&self.asked).any(|asked| asked.is_rough);
        if let Some(versions) = self.grant.registry_entry().and_then(|entry| entry.versions.as_ref()).filter(|_| matter)
        {
            all.extend([Some(versions.example.clone()), Some("6.6.6".to_owned())]);
        }
        all
    }

    /// The grant's conditions by claim, for a question about another grant.
    pub(crate) fn conditions(&self) -> Conditions {
        self.asked.iter().map(|asked| (asked.claim.clone(), asked.clone())).collect()
    }

    /// Characters that the other grant's values have.
    pub(crate) fn learn(&mut self, other: &Question<'_, '_>) {
        self.signs.learn(&other.signs);
    }

    /// What it can be asked to do: a package or an account, and the action.
    pub(crate) fn wanted_mut(&mut self) -> &mut Wanted {
        &mut self.wanted
    }

    pub(super) fn provider(&self) -> &'a Provider {
        self.grant.provider.provider
    }

    /// The system of some conditions over a shape.
    pub(super) fn built<'c>(
        &self,
        shape: &BoundShape,
        conditions: impl Iterator<Item = &'c Asked>,
        adversary: Option<&BoundAdversary>,
    ) -> Option<Built> {
        let asked: Vec<Asked> = conditions.cloned().collect();
        let mut built = Built::new(&self.bound, shape, self.grant.provider.provider, &asked)?;
        if let Some(adversary) = adversary {
            self.become_adversary(&mut built, adversary);
        }
        Some(built)
    }

    /// What the proofs do not cover, a sentence each.
    pub(crate) fn leaves_out(&self) -> &[String] {
        &self.bound.leaves_out
    }

    /// Whether the policy names what the adversary is told apart by.
    fn is_there(&self, adversary: &BoundAdversary) -> bool {
        adversary.needs.iter().all(|&variable| self.named.all(variable).next().is_some())
    }

    fn answer(&self, adversary: &BoundAdversary) -> Answer {
        let mut unclear = None;
        for way in &self.ways {
            let theirs = |at: &&usize| self.bound.shapes.get(**at).is_some_and(|shape| is_within(shape, adversary));
            let shape = way.shapes.iter().find(theirs).and_then(|at| self.bound.shapes.get(*at));
            let Some(shape) = shape else { continue };
            match self.look(way, shape, adversary) {
                Found::Token(witness) => return Answer::Yes(witness),
                Found::Nothing => {}
                Found::Unclear(why) => unclear = unclear.or(Some(why)),
            }
        }
        unclear.map_or(Answer::No, Answer::Unknown)
    }

    /// One kind of shape, one adversary.
    fn look(&self, way: &Way, shape: &BoundShape, adversary: &BoundAdversary) -> Found {
        let mut built = way.built.clone();
        self.become_adversary(&mut built, adversary);
        let values = match built.system.solve() {
            Ok(Some(values)) => values,
            Ok(None) => return Found::Nothing,
            Err(limit) => return Found::Unclear(limit.to_string()),
        };
        if !self.is_of(adversary, &built, &values) {
            return Found::Unclear("the token found is not the adversary's".to_owned());
        }
        self.token(shape, &built, &values, adversary.who, &self.wanted)
    }

    /// The token of a solution, if the evaluator lets it in.
    fn token(&self, shape: &BoundShape, built: &Built, values: &[String], who: Adversary, wanted: &Wanted) -> Found {
        let Some(token) = token::render(self.grant, &self.bound, shape, built, values, &self.signs, self.wanted.at)
        else {
            return Found::Unclear("the token found cannot be written down".to_owned());
        };
        match wanted.confirm(self.grant, token, who) {
            Confirmed::Yes(witness) => Found::Token(witness),
            Confirmed::No if built.is_unclear => {
                Found::Unclear("a condition is on a claim whose origin the model does not know".to_owned())
            }
            Confirmed::No => Found::Unclear("the evaluator does not take the token found".to_owned()),
        }
    }

    fn become_adversary(&self, built: &mut Built, adversary: &BoundAdversary) {
        for &variable in adversary.fresh.iter().chain(&adversary.unnamed) {
            built.restrict(&self.bound, variable, &self.others(variable));
            let of = self.bound.variables.get(variable);
            let mut preferred: Vec<String> = of.and_then(|of| of.fresh.clone()).into_iter().collect();
            // `acme*` lets `acme-evil` in, which is easier to believe than `acmea`.
            preferred.extend(self.named.all(variable).flat_map(|name| [format!("{name}-evil"), format!("{name}1")]));
            if let Some(variable) = built.system.variables.get_mut(variable) {
                variable.preferred = preferred.into_iter().chain(variable.preferred.iter().cloned()).collect();
            }
        }
        for &variable in &adversary.named {
            if self.named.whole(variable).next().is_some() {
                built.restrict(&self.bound, variable, &self.names(self.named.whole(variable)));
            }
        }
        for (variable, language) in &adversary.only {
            built.restrict(&self.bound, *variable, language);
        }
    }

    /// Values of a variable that the policy does not name.
    fn others(&self, variable: usize) -> Language {
        self.names(self.named.all(variable)).complement()
    }

    /// The names as the grant compares them.
    fn names<'n>(&self, names: impl Iterator<Item = &'n str>) -> Language {
        if self.folds {
            return names.map(ignoring_case).fold(Language::none(), |all, name| all.union(&name));
        }
        Language::words(names)
    }

    /// Whether the values are the adversary's, by plain comparison.
    fn is_of(&self, adversary: &BoundAdversary, built: &Built, values: &[String]) -> bool {
        let text = |variable: usize| built.value(&self.bound, variable, values);
        let is = |name: &str, value: &str| if self.folds { name.eq_ignore_ascii_case(value) } else { name == value };
        let is_named =
            |variable: usize| text(variable).is_some_and(|value| self.named.all(variable).any(|name| is(name, &value)));
        let is_fresh = adversary.fresh.iter().chain(&adversary.unnamed).all(|&variable| !is_named(variable));
        let is_ours = adversary.named.iter().all(|&variable| {
            let mut names = self.named.whole(variable).peekable();
            names.peek().is_none() || text(variable).is_some_and(|value| names.any(|name| is(name, &value)))
        });
        let is_only = adversary
            .only
            .iter()
            .all(|(variable, language)| text(*variable).is_some_and(|value| language.contains(&value)));
        built.system.holds(values) && is_fresh && is_ours && is_only
    }
}

pub(super) fn is_within(shape: &BoundShape, adversary: &BoundAdversary) -> bool {
    adversary
        .within
        .iter()
        .all(|(dimension, ways)| shape.choices.get(*dimension).is_some_and(|choice| ways.contains(choice)))
}

fn ignores_case(matcher: &trustctl_policy::Matcher) -> bool {
    use trustctl_policy::Matcher;
    match matcher {
        Matcher::EqualsIgnoringCase(_) => true,
        Matcher::AnyOf(members) | Matcher::AllOf(members) => members.iter().any(ignores_case),
        Matcher::Contains(inner) | Matcher::Not(inner) => ignores_case(inner),
        _ => false,
    }
}

/// The shapes that the conditions leave, those together of which they ask the same.
fn ways(bound: &Bound, provider: &Provider, asked: &[Asked]) -> Vec<Way> {
    let mut known: BTreeMap<Key, Option<usize>> = BTreeMap::new();
    let mut ways: Vec<Way> = Vec::new();
    for (at, shape) in bound.shapes.iter().enumerate() {
        match known.get(&key(shape, at, provider, asked.iter().map(|asked| asked.claim.as_str()))) {
            Some(Some(way)) => ways.get_mut(*way).into_iter().for_each(|way| way.shapes.push(at)),
            Some(None) => {}
            None => {
                let built = Built::new(bound, shape, provider, asked).filter(|built| built.system.is_possible());
                known.insert(
                    key(shape, at, provider, asked.iter().map(|asked| asked.claim.as_str())),
                    built.as_ref().map(|_| ways.len()),
                );
                ways.extend(built.map(|built| Way { shapes: vec![at], built }));
            }
        }
    }
    ways
}

/// What tells a shape from others as far as the conditions go.
pub(super) type Key = (Vec<Option<usize>>, Vec<(usize, usize)>);

pub(super) fn key<'c>(
    shape: &BoundShape,
    at: usize,
    provider: &Provider,
    claims: impl Iterator<Item = &'c str>,
) -> Key {
    let mut used = BTreeSet::new();
    let mut texts = Vec::new();
    for claim in claims {
        let text = shape.claims.get(claim);
        // Equal templates of one model are one.
        let is_free = || provider.claim(claim).is_some_and(|(_, claim)| claim.is_of_the_token());
        texts.push(match text {
            Some(text) => Some(text.as_ref().map_or(0, |text| text.as_ptr().addr())),
            None if is_free() => None,
            // It is derived from claims that may be different in each shape.
            None => Some(at.saturating_add(1)),
        });
        used.extend(text.into_iter().flatten().flat_map(|text| text.iter()).filter_map(|piece| match piece {
            Piece::Variable(variable) => Some(*variable),
            Piece::Text(_) => None,
        }));
    }
    let only = shape.only.iter().filter(|only| used.contains(&only.variable));
    (texts, only.map(|only| (only.variable, only.id)).collect())
}
