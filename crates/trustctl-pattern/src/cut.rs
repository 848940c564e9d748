//! Whether a text made of two parts can be taken apart in two ways.
//!
//! A composed claim (`OWNER/NAME@REF`) names its parts only if each value can be cut in one place.
//! The catalogue's tests prove that for every composed claim with [`ambiguous_cut`].

use crate::Language;
use crate::language::Product;
use crate::search::{self, Limit, Machine, State};

/// The answer of [`ambiguous_cut`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cut {
    /// No text can be cut in two ways: a proof.
    Unique,
    /// This text can: the least one, shortest first.
    Ambiguous {
        /// The text.
        text: String,
        /// The length in bytes of the left part, at the first place where it can be cut.
        first: usize,
        /// The same at the second place.
        second: usize,
    },
    /// The search met a limit.
    Unknown(Limit),
}

/// Whether some text splits in two different ways into a text of `left` and a text of `right`.
///
/// ```
/// use trustctl_pattern::{Cut, Pattern, ambiguous_cut};
///
/// let file = Pattern::regex("[a-z@]+")?.language();
/// let reference = Pattern::regex("@[a-z@]+")?.language();
/// assert_eq!(
///     ambiguous_cut(&file, &reference),
///     Cut::Ambiguous { text: "a@@a".to_owned(), first: 1, second: 2 }
/// );
///
/// let plain = Pattern::regex("[a-z]+")?.language();
/// assert_eq!(ambiguous_cut(&plain, &reference), Cut::Unique);
/// # Ok::<(), trustctl_pattern::PatternError>(())
/// ```
#[must_use]
pub fn ambiguous_cut(left: &Language, right: &Language) -> Cut {
    match search::shortest(&TwoCuts::new(left, right)) {
        Ok(None) => Cut::Unique,
        Ok(Some(text)) => {
            let mut places = (0..=text.len()).filter(|&at| {
                text.split_at_checked(at).is_some_and(|(start, end)| left.contains(start) && right.contains(end))
            });
            let (first, second) = (places.next().unwrap_or_default(), places.next().unwrap_or_default());
            Cut::Ambiguous { text, first, second }
        }
        Err(limit) => Cut::Unknown(limit),
    }
}

/// Reads x, y and z with x ∈ L, xy ∈ L, yz ∈ R, z ∈ R and y not empty, guessing where each ends.
struct TwoCuts<'l> {
    left: Product<'l>,
    right: Product<'l>,
    symbols: Vec<u8>,
    width: usize,
}

/// Before the first cut: the left automata.
const BEFORE: u32 = 0;
/// Between the cuts, before and after at least one byte: the left automata and those of the first right part.
const AT_FIRST: u32 = 1;
const BETWEEN: u32 = 2;
/// After the second cut: the automata of both right parts.
const AFTER: u32 = 3;

impl<'l> TwoCuts<'l> {
    fn new(left: &'l Language, right: &'l Language) -> Self {
        let symbols = left.union(right).symbols();
        let (left, right) = (Product::new(left), Product::new(right));
        let width = left.start().len() + 2 * right.start().len();
        Self { left, right, symbols, width }
    }

    /// Adds a state, and the states that a cut right here leads to.
    fn add(&self, phase: u32, first: &[u32], second: &[u32], states: &mut Vec<State>) {
        let alive = match phase {
            BEFORE => self.left.is_alive(first),
            AT_FIRST | BETWEEN => self.left.is_alive(first) && self.right.is_alive(second),
            _ => self.right.is_alive(first) && self.right.is_alive(second),
        };
        if !alive {
            return;
        }
        states.push([&[phase], first, second].concat().into());
        if phase == BEFORE && self.left.is_accepting(first) {
            self.add(AT_FIRST, first, &self.right.start(), states);
        }
        if phase == BETWEEN && self.left.is_accepting(first) {
            self.add(AFTER, second, &self.right.start(), states);
        }
    }

    fn parts<'s>(&self, state: &'s [u32]) -> Option<(u32, &'s [u32], &'s [u32])> {
        let (&phase, rest) = state.split_first()?;
        let first = if phase == AFTER { self.right.start().len() } else { self.left.start().len() };
        let (first, second) = rest.split_at_checked(first)?;
        Some((phase, first, second))
    }
}

impl Machine for TwoCuts<'_> {
    fn start(&self, states: &mut Vec<State>) {
        self.add(BEFORE, &self.left.start(), &[], states);
    }

    fn step(&self, state: &[u32], byte: u8, states: &mut Vec<State>) {
        let Some((phase, first, second)) = self.parts(state) else {
            return;
        };
        match phase {
            BEFORE => self.add(BEFORE, &self.left.step(first, byte), &[], states),
            AT_FIRST | BETWEEN => {
                self.add(BETWEEN, &self.left.step(first, byte), &self.right.step(second, byte), states);
            }
            _ => self.add(AFTER, &self.right.step(first, byte), &self.right.step(second, byte), states),
        }
    }

    fn is_accepting(&self, state: &[u32]) -> bool {
        self.parts(state).is_some_and(|(phase, first, second)| {
            phase == AFTER && self.right.is_accepting(first) && self.right.is_accepting(second)
        })
    }

    fn symbols(&self) -> &[u8] {
        &self.symbols
    }

    fn width(&self) -> usize {
        self.width
    }
}
