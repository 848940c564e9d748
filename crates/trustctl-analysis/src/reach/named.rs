//! Which values of the free parts a policy names.

use std::collections::{BTreeMap, BTreeSet};

use trustctl_pattern::{Piece, readings};

use super::asked::Spelt;
use super::bound::Bound;
use super::shape::BoundShape;

/// Values that a policy names, by variable.
#[derive(Default)]
pub(super) struct Named {
    whole: BTreeMap<usize, BTreeSet<String>>,
    /// What a pattern leaves open at its end: `acme` of `acme*`. Its author means that very value, so it is nobody else's.
    open: BTreeMap<usize, BTreeSet<String>>,
}

impl Named {
    /// What is spelt out, read along every template that the claim has in one of the shapes.
    pub(super) fn new<'s>(bound: &Bound, shapes: impl Iterator<Item = &'s BoundShape>, spelt: &Spelt) -> Self {
        let mut named = Self::default();
        let mut seen: BTreeSet<(&str, Vec<&Piece>)> = BTreeSet::new();
        for shape in shapes {
            for claim in spelt.whole.keys().chain(spelt.beginnings.keys()) {
                let Some(Some(template)) = shape.claims.get(claim) else { continue };
                if !seen.insert((claim, template.iter().collect())) {
                    continue;
                }
                for (text, within) in spelt.whole.get(claim).into_iter().flatten() {
                    named.read(bound, text, within, template);
                }
                for text in spelt.beginnings.get(claim).into_iter().flatten() {
                    named.read_beginning(bound, text, template);
                }
            }
        }
        for (claim, texts) in &spelt.whole {
            let Some((variable, of)) = bound.element(claim) else { continue };
            let elements = texts.iter().map(|(text, _)| text).filter(|text| of.language.contains(text)).cloned();
            named.whole.entry(variable).or_default().extend(elements);
        }
        named
    }

    /// `acme/(app|lib)` names `app`; `acme/app[12]` names neither `app1` nor `app2`.
    fn read(&mut self, bound: &Bound, text: &str, within: &str, template: &[Piece]) {
        let fits = |variable: usize, value: &str| {
            bound.variables.get(variable).is_some_and(|variable| variable.language.contains(value))
        };
        for reading in readings(text, template, fits).unwrap_or_default() {
            for (variable, value) in reading.into_iter().filter(|(_, value)| within.contains(value.as_str())) {
                self.whole.entry(variable).or_default().insert(value);
            }
        }
    }

    /// The variables that end within the text, and the one that it leaves open.
    fn read_beginning(&mut self, bound: &Bound, text: &str, template: &[Piece]) {
        let mut rest = text;
        let mut pieces = template.iter().peekable();
        while let Some(piece) = pieces.next() {
            match piece {
                Piece::Text(expected) => match rest.strip_prefix(expected.as_str()) {
                    Some(behind) => rest = behind,
                    None => return,
                },
                Piece::Variable(variable) => {
                    let end = match pieces.peek() {
                        Some(Piece::Text(next)) => rest.find(next.as_str()),
                        _ => None,
                    };
                    let (value, behind) = rest.split_at(end.unwrap_or(rest.len()));
                    let fits = bound.variables.get(*variable).is_some_and(|of| of.language.contains(value));
                    if fits {
                        let names = if end.is_some() { &mut self.whole } else { &mut self.open };
                        names.entry(*variable).or_default().insert(value.to_owned());
                    }
                    if end.is_none() {
                        return;
                    }
                    rest = behind;
                }
            }
        }
    }

    /// Whole values of a variable.
    pub(super) fn whole(&self, variable: usize) -> impl Iterator<Item = &str> {
        self.whole.get(&variable).into_iter().flatten().map(String::as_str)
    }

    /// Values that a pattern begins with.
    pub(super) fn open(&self, variable: usize) -> impl Iterator<Item = &str> {
        self.open.get(&variable).into_iter().flatten().map(String::as_str)
    }

    /// Every value that is not somebody else's.
    pub(super) fn all(&self, variable: usize) -> impl Iterator<Item = &str> {
        self.whole(variable).chain(self.open(variable))
    }
}
