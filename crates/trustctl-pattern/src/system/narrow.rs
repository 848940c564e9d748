//! What follows from literals without any search: most of what policies ask is settled by it.

use std::borrow::Cow;

use super::readings::{Reading, readings};
use super::{Piece, System, Variable};
use crate::{Language, Limit};

/// A text of which something is still asked.
#[derive(Clone)]
pub(super) struct Open<'s> {
    /// No two texts stand beside each other, none is empty, and no variable in it has its value.
    pub(super) template: Cow<'s, [Piece]>,
    pub(super) language: Language,
}

/// A system with values filled in as far as they follow.
#[derive(Clone)]
pub(super) struct Narrowed<'s> {
    pub(super) domains: Vec<Language>,
    values: Vec<Option<String>>,
    pub(super) open: Vec<Open<'s>>,
}

impl<'s> Narrowed<'s> {
    /// `None` where there is no solution.
    pub(super) fn new(system: &'s System) -> Option<Self> {
        let open = system
            .parts
            .iter()
            .map(|part| Open { template: Cow::Borrowed(&part.template), language: part.language.clone() })
            .collect();
        let domains: Vec<Language> = system.variables.iter().map(|variable| variable.language.clone()).collect();
        let values = vec![None; domains.len()];
        Self { domains, values, open }.narrow()
    }

    /// The same with a value given to a variable; `None` where that cannot be.
    pub(super) fn with(&self, variable: usize, value: &str) -> Option<Self> {
        if !self.domains.get(variable)?.contains(value) {
            return None;
        }
        let mut with = self.clone();
        *with.domains.get_mut(variable)? = Language::words([value]);
        with.narrow()
    }

    /// Gives a value to each variable of which no text is left that asks anything; whether all of them have one.
    pub(super) fn choose_alone(&mut self, variables: &[Variable]) -> Result<bool, Limit> {
        let mut asked = vec![false; self.domains.len()];
        for variable in self.open.iter().flat_map(Open::variables) {
            if let Some(asked) = asked.get_mut(variable) {
                *asked = true;
            }
        }
        for (((domain, value), variable), _) in
            self.domains.iter().zip(&mut self.values).zip(variables).zip(&asked).filter(|(_, asked)| !**asked)
        {
            if value.is_none() {
                *value = match variable.preferred.iter().find(|word| domain.contains(word)) {
                    Some(word) => Some(word.clone()),
                    None => domain.shortest()?,
                };
                if value.is_none() {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    pub(super) fn value(&self, variable: usize) -> Option<&str> {
        self.values.get(variable)?.as_deref()
    }

    /// All values, where every variable has one.
    pub(super) fn values(&self) -> Option<Vec<String>> {
        self.values.iter().cloned().collect()
    }

    /// Whether these variables have values.
    pub(super) fn is_settled(&self, group: &[usize]) -> bool {
        group.iter().all(|&variable| self.value(variable).is_some())
    }

    /// The variables without values, those that share texts together.
    pub(super) fn groups(&self) -> Vec<Vec<usize>> {
        let mut group_of: Vec<usize> = (0..self.domains.len()).collect();
        for open in &self.open {
            let shared: Vec<usize> = open.variables().filter_map(|variable| group_of.get(variable).copied()).collect();
            let Some(&least) = shared.iter().min() else { continue };
            for group in group_of.iter_mut().filter(|group| shared.contains(group)) {
                *group = least;
            }
        }
        let open = (0..self.domains.len()).filter(|&variable| self.value(variable).is_none());
        let mut groups: Vec<(usize, Vec<usize>)> = Vec::new();
        for variable in open {
            let of = group_of.get(variable).copied().unwrap_or(variable);
            match groups.iter_mut().find(|(group, _)| *group == of) {
                Some((_, group)) => group.push(variable),
                None => groups.push((of, vec![variable])),
            }
        }
        groups.into_iter().map(|(_, group)| group).collect()
    }

    /// Fills in what follows, until nothing more does. `None` where there is no solution.
    fn narrow(mut self) -> Option<Self> {
        loop {
            let mut changed = self.settle()?;
            let mut open = Vec::with_capacity(self.open.len());
            for mut part in std::mem::take(&mut self.open) {
                part.fill_in(&self.values);
                match self.ask(&part)? {
                    Asked::Settled => changed = true,
                    Asked::Narrower => {
                        changed = true;
                        open.push(part);
                    }
                    Asked::Same => open.push(part),
                }
            }
            self.open = open;
            if !changed {
                return Some(self);
            }
        }
    }

    /// Gives a value to each variable that can have one only; whether there was any.
    fn settle(&mut self) -> Option<bool> {
        let mut changed = false;
        for (domain, value) in self.domains.iter().zip(&mut self.values) {
            match domain.finite() {
                Some([]) => return None,
                Some([only]) if value.is_none() => {
                    *value = Some(only.clone());
                    changed = true;
                }
                _ => {}
            }
        }
        Some(changed)
    }

    /// What a part says of its variables.
    fn ask(&mut self, part: &Open<'_>) -> Option<Asked> {
        match part.template.as_ref() {
            [] => part.language.contains("").then_some(Asked::Settled),
            [Piece::Text(text)] => part.language.contains(text).then_some(Asked::Settled),
            [Piece::Variable(variable)] => {
                self.restrict(*variable, &part.language);
                Some(Asked::Settled)
            }
            template => {
                let Some(words) = part.language.finite() else { return Some(Asked::Same) };
                let fits = |variable: usize, value: &str| {
                    self.domains.get(variable).is_some_and(|domain| domain.contains(value))
                };
                let ways: Option<Vec<Vec<Reading>>> = words.iter().map(|word| readings(word, template, fits)).collect();
                let Some(ways) = ways.map(|ways| ways.concat()) else { return Some(Asked::Same) };
                self.restrict_to(&part.variables().collect::<Vec<_>>(), &ways)
            }
        }
    }

    /// The variables have the values of one of the ways.
    fn restrict_to(&mut self, variables: &[usize], ways: &[Reading]) -> Option<Asked> {
        if ways.is_empty() {
            return None;
        }
        let mut changed = false;
        let mut last = None;
        for &variable in variables.iter().filter(|variable| last.replace(**variable) != Some(**variable)) {
            let seen = Language::words(ways.iter().filter_map(|way| way.get(&variable)).map(String::as_str));
            let before = self.domains.get(variable).and_then(|domain| Some(domain.finite()?.len()));
            self.restrict(variable, &seen);
            let after = self.domains.get(variable).and_then(|domain| Some(domain.finite()?.len()));
            changed |= before != after;
        }
        let is_one = variables.iter().all(|variable| variables.first() == Some(variable));
        Some(if ways.len() == 1 || is_one {
            Asked::Settled
        } else if changed {
            Asked::Narrower
        } else {
            Asked::Same
        })
    }

    fn restrict(&mut self, variable: usize, to: &Language) {
        if let Some(domain) = self.domains.get_mut(variable) {
            *domain = domain.intersect(to);
        }
    }
}

/// What came of asking.
enum Asked {
    /// Nothing more is to be asked of the part.
    Settled,
    /// Its variables have fewer values now.
    Narrower,
    /// Nothing new.
    Same,
}

impl Open<'_> {
    /// The variables in it, as often as they stand there.
    pub(super) fn variables(&self) -> impl Iterator<Item = usize> {
        self.template.iter().filter_map(|piece| match piece {
            Piece::Variable(variable) => Some(*variable),
            Piece::Text(_) => None,
        })
    }

    /// Puts in the values that are known, and joins texts that then stand beside each other.
    fn fill_in(&mut self, values: &[Option<String>]) {
        let known = |variable: usize| values.get(variable).and_then(Option::as_deref);
        let is_ready = self.variables().all(|variable| known(variable).is_none())
            && self.template.iter().all(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()))
            && !self.template.windows(2).any(|pair| matches!(pair, [Piece::Text(_), Piece::Text(_)]));
        if is_ready {
            return;
        }
        let mut filled: Vec<Piece> = Vec::with_capacity(self.template.len());
        for piece in self.template.iter() {
            let text = match piece {
                Piece::Text(text) => Some(text.as_str()),
                Piece::Variable(variable) => known(*variable),
            };
            match (text, filled.last_mut()) {
                (Some(""), _) => {}
                (Some(text), Some(Piece::Text(before))) => before.push_str(text),
                (Some(text), _) => filled.push(Piece::Text(text.to_owned())),
                (None, _) => filled.push(piece.clone()),
            }
        }
        self.template = Cow::Owned(filled);
    }
}
