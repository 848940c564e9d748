//! What one grant lets in that none of some others does: box subtraction, one shape of token at a time.
//!
//! A grant is a conjunction, so taking another one away leaves a union: what fails its first condition, what holds the first
//! and fails the second, and so on. Each of those is a conjunction again. Grants that nothing is in common with are dropped
//! first, and one that contains all that is left ends it, so real policies need a handful of steps; for the rest there is a
//! bound.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::asked::Asked;
use super::bound::BoundAdversary;
use super::question::Question;
use super::shape::BoundShape;
use super::system::Built;

/// Conjunctions that one question may look at.
const MOST_STEPS: usize = 20_000;

/// What was found.
pub(super) enum Rest {
    /// Tokens that none of the others lets in: one of them.
    Token { shape: Arc<BoundShape>, built: Box<Built>, values: Vec<String> },
    /// None.
    Nothing,
    /// It could not be decided.
    Unclear(String),
}

/// Conditions of one grant by claim.
pub(crate) type Conditions = BTreeMap<String, Asked>;

/// Looks for a token of `question`'s grant, and of the adversary if there is one, that no grant of `others` lets in.
pub(super) fn rest(question: &Question<'_, '_>, others: &[Conditions], adversary: Option<&BoundAdversary>) -> Rest {
    let own: Conditions = question.asked.iter().map(|asked| (asked.claim.clone(), asked.clone())).collect();
    let mut unclear = None;
    let mut steps = 0;
    let mut seen = BTreeSet::new();
    let claims: BTreeSet<&str> =
        own.keys().chain(others.iter().flat_map(|other| other.keys())).map(String::as_str).collect();
    for choice in question.choices(&claims) {
        let Some(shape) = question.shape(&choice, adversary) else { continue };
        if !seen.insert(question.key(&shape, &choice, &claims)) {
            continue;
        }
        let mut search = Search { question, shape: &shape, adversary, steps: &mut steps };
        match search.subtract(&own, &others.iter().collect::<Vec<_>>()) {
            Ok(Some((built, values))) => return Rest::Token { shape, built: Box::new(built), values },
            Ok(None) => {}
            Err(why) => unclear = unclear.or(Some(why)),
        }
    }
    unclear.map_or(Rest::Nothing, Rest::Unclear)
}

struct Search<'s, 'g, 'a> {
    question: &'s Question<'g, 'a>,
    shape: &'s BoundShape,
    adversary: Option<&'s BoundAdversary>,
    steps: &'s mut usize,
}

impl Search<'_, '_, '_> {
    fn subtract(&mut self, held: &Conditions, others: &[&Conditions]) -> Result<Option<(Built, Vec<String>)>, String> {
        *self.steps += 1;
        if *self.steps > MOST_STEPS {
            return Err(format!("comparing met its limit of {MOST_STEPS} steps"));
        }
        let Some(built) = self.possible(held) else { return Ok(None) };
        let mut left: Vec<(&Conditions, Vec<&Asked>)> = Vec::new();
        for other in others {
            if self.possible(&both(held, other.values())).is_none() {
                continue;
            }
            let open: Vec<&Asked> = other.values().filter(|asked| self.may_fail(held, asked)).collect();
            if open.is_empty() {
                return Ok(None);
            }
            left.push((other, open));
        }
        let Some(nearest) = (0..left.len()).min_by_key(|at| left.get(*at).map_or(0, |(_, open)| open.len())) else {
            let asked: Vec<Asked> = held.values().cloned().collect();
            return self.question.solve(self.shape, built, &asked, self.adversary);
        };
        let (_, open) = left.swap_remove(nearest);
        let rest: Vec<&Conditions> = left.into_iter().map(|(other, _)| other).collect();
        let mut held = held.clone();
        let mut unclear = None;
        for asked in open {
            match self.subtract(&both(&held, [&asked.not()]), &rest) {
                Ok(None) => {}
                Ok(found) => return Ok(found),
                Err(why) => unclear = unclear.or(Some(why)),
            }
            held = both(&held, [asked]);
        }
        unclear.map_or(Ok(None), Err)
    }

    /// The system of the conditions, unless literals alone say that no token satisfies them.
    fn possible(&self, held: &Conditions) -> Option<Built> {
        let built = self.question.built(self.shape, held.values(), self.adversary)?;
        built.system.is_possible().then_some(built)
    }

    /// Whether a token that satisfies what is held may fail this one; false only where that is proved.
    fn may_fail(&self, held: &Conditions, asked: &Asked) -> bool {
        if held.get(&asked.claim).is_some_and(|own| !asked.imprint.is_empty() && own.imprint == asked.imprint) {
            return false;
        }
        let Some(built) = self.possible(&both(held, [&asked.not()])) else { return false };
        !matches!(built.system.solve(), Ok(None))
    }
}

/// All conditions together. What is held keeps its imprint: it is a grant's own, narrowed.
fn both<'a>(held: &Conditions, more: impl IntoIterator<Item = &'a Asked>) -> Conditions {
    let mut all = held.clone();
    for asked in more {
        let own = all.remove(&asked.claim).unwrap_or_else(|| Asked::nothing(&asked.claim));
        all.insert(asked.claim.clone(), own.and(asked));
    }
    all
}
