//! A syntax tree made into a deterministic automaton, within bounds of memory and time.
//!
//! State 0 is dead everywhere in this crate: nothing read from there is ever accepted.

use std::collections::BTreeSet;

use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use regex_automata::{Anchored, MatchKind};
use regex_syntax::hir::{Hir, Look};

use crate::PatternError;
use crate::syntax::PRINTABLE;

/// The state from which nothing is accepted.
pub(crate) const DEAD: u32 = 0;

/// Memory of one automaton, and of the work of making it deterministic: 8 MiB.
const MAX_BYTES: usize = 8 << 20;

/// Memory of the non-deterministic automaton, which counted repetitions multiply.
const MAX_NFA_BYTES: usize = 512 << 10;

/// Table entries (states × classes of bytes). What real patterns need is in the hundreds of states;
/// each entry costs time to compute, and this is what bounds it.
const MAX_ENTRIES: usize = 1 << 15;

/// Bytes of state sets kept while making it deterministic, times classes of bytes: the other bound on time.
const MAX_SET_WORK: usize = 1 << 20;

/// A deterministic automaton over bytes; accepts whole texts of printable ASCII.
pub(crate) struct Automaton {
    dfa: dense::DFA<Vec<u32>>,
    start: StateID,
}

/// A text on its way through an automaton.
pub(crate) struct Walk<'t> {
    /// `None` once dead or at the end.
    state: Option<StateID>,
    rest: &'t [u8],
    length: usize,
}

impl Automaton {
    /// Builds the automaton that accepts exactly the texts of the tree.
    pub(crate) fn build(body: Hir) -> Result<Self, PatternError> {
        let anchored = Hir::concat(vec![Hir::look(Look::Start), body, Hir::look(Look::End)]);
        let nfa = thompson::Compiler::new()
            .configure(
                thompson::Config::new()
                    .utf8(false)
                    .shrink(false)
                    .which_captures(WhichCaptures::None)
                    .nfa_size_limit(Some(MAX_NFA_BYTES)),
            )
            .build_from_hir(&anchored)
            .map_err(|_| too_complex("its repetitions multiply beyond bounds"))?;
        let dfa = dense::Builder::new()
            .configure(config(&nfa))
            .build_from_nfa(&nfa)
            .map_err(|_| too_complex("its automaton is too large"))?;
        let start = dfa
            .start_state(&start::Config::new().anchored(Anchored::Yes))
            .map_err(|_| too_complex("its automaton has no start"))?;
        Ok(Self { dfa, start })
    }

    /// Memory held, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.dfa.memory_usage()
    }

    pub(crate) fn accepts_text(&self, bytes: impl IntoIterator<Item = u8>) -> bool {
        self.run(self.start, bytes).is_some_and(|state| self.is_accepting(state))
    }

    /// Reads on to the next place where the text read so far is accepted and `next` stands behind it.
    pub(crate) fn next_end(&self, walk: &mut Walk<'_>, next: &[u8]) -> Option<usize> {
        while let Some(state) = walk.state.take() {
            // Only where the first byte of `next` is can the rest of it be.
            let gap = next.first().map_or(Some(0), |first| walk.rest.iter().position(|byte| byte == first))?;
            let (read, behind) = walk.rest.split_at_checked(gap)?;
            let here = self.run(state, read.iter().copied())?;
            if let Some((byte, rest)) = behind.split_first() {
                walk.rest = rest;
                walk.state = self.run(here, [*byte]);
            }
            if behind.starts_with(next) && self.is_accepting(here) {
                return Some(walk.length - behind.len());
            }
        }
        None
    }

    /// The start of a walk over a text.
    pub(crate) fn walk<'t>(&self, text: &'t str) -> Walk<'t> {
        Walk { state: Some(self.start), rest: text.as_bytes(), length: text.len() }
    }

    /// The state after the bytes, `None` once dead.
    ///
    /// Most bytes lead back to where they were read (`[a-z]+`). They are passed over by comparing, so that no
    /// look-up waits for the one before it, which is what reading an automaton costs otherwise.
    pub(crate) fn run(&self, mut state: StateID, bytes: impl IntoIterator<Item = u8>) -> Option<StateID> {
        let mut bytes = bytes.into_iter();
        while let Some(next) = bytes.by_ref().map(|byte| self.dfa.next_state(state, byte)).find(|next| *next != state) {
            state = next;
            if self.dfa.is_dead_state(state) {
                break;
            }
        }
        (!self.dfa.is_dead_state(state)).then_some(state)
    }

    pub(crate) fn start(&self) -> StateID {
        self.start
    }

    /// Whether the text read so far is accepted as a whole.
    pub(crate) fn is_accepting(&self, state: StateID) -> bool {
        self.dfa.is_match_state(self.dfa.next_eoi_state(state))
    }

    /// The class of a byte: bytes of one class lead from every state to the same state.
    pub(crate) fn class(&self, byte: u8) -> u8 {
        self.dfa.byte_classes().get(byte)
    }
}

impl Automaton {
    /// The longest text that every accepted text starts with; empty if none is accepted.
    pub(crate) fn literal_prefix(&self) -> String {
        let mut prefix = String::new();
        let mut state = self.start;
        // A state from which something is accepted has a way on or accepts itself, so this ends: with
        // a single way on and nothing accepted, no state is met twice.
        while !self.is_accepting(state) {
            let mut ways = PRINTABLE.filter_map(|byte| Some((byte, self.run(state, [byte])?)));
            let mut live = ways.by_ref().filter(|&(_, next)| self.is_live(next));
            match (live.next(), live.next()) {
                (Some((byte, next)), None) => {
                    prefix.push(char::from(byte));
                    state = next;
                }
                (None, _) => return String::new(),
                (Some(_), Some(_)) => break,
            }
        }
        prefix
    }

    /// Everything that is accepted, where that is at most `most` texts; `None` where it is more, or takes long to tell.
    pub(crate) fn few(&self, most: usize) -> Option<Vec<String>> {
        const MOST_STEPS: usize = 2_000;
        let (mut words, mut steps) = (Vec::new(), 0usize);
        let mut open = vec![(self.start, String::new())];
        while let Some((state, word)) = open.pop() {
            steps += 1;
            if steps > MOST_STEPS || open.len() > MOST_STEPS {
                return None;
            }
            let ways = PRINTABLE.filter_map(|byte| Some((byte, self.run(state, [byte])?)));
            open.extend(ways.map(|(byte, next)| {
                let mut longer = word.clone();
                longer.push(char::from(byte));
                (next, longer)
            }));
            if self.is_accepting(state) {
                words.push(word);
                if words.len() > most {
                    return None;
                }
            }
        }
        Some(words)
    }

    /// Whether something is accepted from here.
    fn is_live(&self, state: StateID) -> bool {
        let mut seen = BTreeSet::from([state]);
        let mut open = vec![state];
        while let Some(state) = open.pop() {
            if self.is_accepting(state) {
                return true;
            }
            let ways = PRINTABLE.filter_map(|byte| self.run(state, [byte]));
            open.extend(ways.filter(|&next| seen.insert(next)));
        }
        false
    }
}

fn config(nfa: &NFA) -> dense::Config {
    let classes = nfa.byte_classes().alphabet_len();
    let entry_bytes = size_of::<u32>();
    let stride = 1usize << nfa.byte_classes().stride2();
    // Fixed costs of the library's tables (start states, class map, scratch space per NFA state) come on top.
    let table = (MAX_ENTRIES / classes).saturating_mul(stride).saturating_mul(entry_bytes) + 4096;
    let scratch = nfa.states().len().saturating_mul(64) + 4096;
    let sets = MAX_SET_WORK / classes + scratch;
    dense::Config::new()
        .accelerate(false)
        .minimize(false)
        .match_kind(MatchKind::All)
        .start_kind(StartKind::Anchored)
        .byte_classes(true)
        .dfa_size_limit(Some(table.min(MAX_BYTES)))
        .determinize_size_limit(Some(sets.min(MAX_BYTES)))
}

fn too_complex(limit: &str) -> PatternError {
    PatternError::TooComplex { limit: limit.to_owned() }
}
