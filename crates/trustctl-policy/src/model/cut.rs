//! Cutting a composed claim into its pieces.
//!
//! `OWNER/NAME/.github/workflows/FILE@REF`: file names and refs may both hold `@`. A shape gives each piece a
//! regular language, and tests of the catalogue prove that no value can be cut in two ways, so the first
//! cut that fits is the only one.

use trustctl_catalog::{Piece, Shape};
use trustctl_pattern::{Pattern, PatternError};

use crate::known;

/// A compiled [`Shape`].
#[derive(Debug, Clone)]
pub struct Cut {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Named { name: String, pattern: Pattern },
}

/// A part of a [`Cut`].
#[derive(Debug, Clone, Copy)]
pub enum CutPart<'c> {
    /// This text.
    Text(&'c str),
    /// A piece that the pattern matches.
    Named(&'c Pattern),
}

/// Ends that are tried over one whole value before it counts as not fitting. Real values need at most a
/// handful; the bound keeps hostile ones linear.
const MOST_TRIES: usize = 64;

/// Pieces that a shape has at most.
const MOST_PIECES: usize = 8;

impl Cut {
    /// Compiles a shape.
    ///
    /// # Errors
    ///
    /// A piece's pattern does not compile, which a test of the catalogue rules out for bundled data.
    pub fn new(shape: &Shape) -> Result<Self, PatternError> {
        let part = |piece: &Piece| {
            Ok(match piece {
                Piece::Text(text) => Part::Text(text.clone()),
                Piece::Named { name, pattern } => Part::Named { name: name.clone(), pattern: known::pattern(pattern)? },
            })
        };
        Ok(Self { parts: shape.pieces.iter().map(part).collect::<Result<_, _>>()? })
    }

    /// Its parts in their order.
    pub fn parts(&self) -> impl Iterator<Item = CutPart<'_>> {
        self.parts.iter().map(|part| match part {
            Part::Text(text) => CutPart::Text(text),
            Part::Named { pattern, .. } => CutPart::Named(pattern),
        })
    }

    /// Which of the named pieces, counted from 0, has this name.
    pub fn index(&self, name: &str) -> Option<usize> {
        let named = self.parts.iter().filter_map(|part| match part {
            Part::Named { name, .. } => Some(name),
            Part::Text(_) => None,
        });
        named.into_iter().position(|other| other == name)
    }

    /// The piece of `value`, if the whole value fits the shape.
    pub fn piece<'v>(&self, value: &'v str, index: usize) -> Option<&'v str> {
        let mut pieces = [""; MOST_PIECES];
        let mut tries = MOST_TRIES;
        fit(&self.parts, value, pieces.iter_mut(), &mut tries).then_some(())?;
        pieces.get(index).copied().filter(|piece| !piece.is_empty())
    }
}

/// Whether `rest` is of the shape `parts`; fills `pieces` in.
fn fit<'v>(parts: &[Part], rest: &'v str, mut pieces: std::slice::IterMut<'_, &'v str>, tries: &mut usize) -> bool {
    match parts {
        [] => rest.is_empty(),
        [Part::Text(text), parts @ ..] => {
            rest.strip_prefix(text.as_str()).is_some_and(|rest| fit(parts, rest, pieces, tries))
        }
        [Part::Named { pattern, .. }] => {
            let Some(piece) = pieces.next() else { return false };
            *piece = rest;
            pattern.is_match(rest)
        }
        [Part::Named { pattern, .. }, parts @ ..] => {
            let Some(piece) = pieces.next() else { return false };
            let next_text = match parts {
                [Part::Text(text), ..] => text.as_str(),
                _ => "",
            };
            let later = pieces.into_slice();
            for end in pattern.match_ends_before(rest, next_text) {
                let Some((here, after)) = rest.split_at_checked(end) else {
                    continue;
                };
                let Some(left) = tries.checked_sub(1) else { return false };
                *tries = left;
                if fit(parts, after, later.iter_mut(), tries) {
                    *piece = here;
                    return true;
                }
            }
            false
        }
    }
}
