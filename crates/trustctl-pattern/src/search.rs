//! The shortest text that a machine accepts, by breadth-first search within a budget.
//!
//! Machines are products of automata and are explored as they are met, never built. The first text
//! found is the least one: shorter before longer, then letters before digits before punctuation.

use std::collections::{HashSet, VecDeque};

/// A budget that a question met; its answer is then unknown, which callers treat as the worst case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Limit {
    /// More combined states than the search visits.
    #[error("the comparison met its limit of {MAX_STATES} states")]
    States,
    /// Combined states of too many automata to be held in memory.
    #[error("the comparison met its limit of memory")]
    Memory,
    /// More single steps than the search takes.
    #[error("the comparison met its limit of steps")]
    Steps,
}

/// Combined states that one question may visit.
pub(crate) const MAX_STATES: usize = 200_000;

/// Numbers that the combined states may hold together (4 bytes each).
pub(crate) const MAX_CELLS: usize = 8 << 20;

/// Transitions of single automata that one question may take.
pub(crate) const MAX_STEPS: usize = 40_000_000;

/// A combined state: one number for each automaton, and whatever else the machine needs.
pub(crate) type State = Box<[u32]>;

/// Something that reads a text byte by byte and may be in several states at once.
pub(crate) trait Machine {
    /// Appends the states before the first byte.
    fn start(&self, states: &mut Vec<State>);
    /// Appends the states after one more byte, without those from which nothing is accepted.
    fn step(&self, state: &[u32], byte: u8, states: &mut Vec<State>);
    /// Whether the text that led here is accepted.
    fn is_accepting(&self, state: &[u32]) -> bool;
    /// One byte for each class of bytes that the machine cannot tell apart, in the order of preference.
    fn symbols(&self) -> &[u8];
    /// How many single transitions a step takes.
    fn width(&self) -> usize;
}

/// The least text that the machine accepts, `None` if there is none.
pub(crate) fn shortest(machine: &impl Machine) -> Result<Option<String>, Limit> {
    let mut seen: HashSet<State> = HashSet::new();
    // Each text that led to new states: the text before it, and its last byte.
    let mut texts: Vec<(usize, u8)> = vec![(0, 0)];
    let mut queue: VecDeque<(usize, Vec<State>)> = VecDeque::new();
    let (mut cells, mut steps) = (0usize, 0usize);

    let mut first = Vec::new();
    machine.start(&mut first);
    if first.iter().any(|state| machine.is_accepting(state)) {
        return Ok(Some(String::new()));
    }
    seen.extend(first.iter().cloned());
    queue.push_back((0, first));

    while let Some((text, states)) = queue.pop_front() {
        for &symbol in machine.symbols() {
            let mut next = Vec::new();
            for state in &states {
                steps = steps.saturating_add(machine.width());
                if steps > MAX_STEPS {
                    return Err(Limit::Steps);
                }
                machine.step(state, symbol, &mut next);
            }
            // A state seen before was reached by a lesser text, from which whatever follows is lesser too.
            next.retain(|state| seen.insert(state.clone()));
            if next.is_empty() {
                continue;
            }
            texts.push((text, symbol));
            if next.iter().any(|state| machine.is_accepting(state)) {
                return Ok(Some(spell(&texts)));
            }
            cells = cells.saturating_add(next.iter().map(|state| state.len()).sum());
            if seen.len() > MAX_STATES {
                return Err(Limit::States);
            }
            if cells > MAX_CELLS {
                return Err(Limit::Memory);
            }
            queue.push_back((texts.len().saturating_sub(1), next));
        }
    }
    Ok(None)
}

fn spell(texts: &[(usize, u8)]) -> String {
    let mut word = Vec::new();
    let mut at = texts.len().saturating_sub(1);
    while at != 0 {
        let Some(&(before, symbol)) = texts.get(at) else {
            break;
        };
        word.push(char::from(symbol));
        at = before;
    }
    word.iter().rev().collect()
}

/// Printable ASCII from most to least readable: small letters, capitals, digits, punctuation, the blank.
pub(crate) fn preference() -> impl Iterator<Item = u8> {
    let punctuation = (b'!'..=b'~').filter(u8::is_ascii_punctuation);
    (b'a'..=b'z').chain(b'A'..=b'Z').chain(b'0'..=b'9').chain(punctuation).chain([b' '])
}

/// Where a text stands in the order of preference: short before long, then by its bytes.
pub(crate) fn rank(text: &str) -> (usize, Vec<usize>) {
    let place = |byte: u8| preference().position(|other| other == byte).unwrap_or(usize::MAX);
    (text.len(), text.bytes().map(place).collect())
}
