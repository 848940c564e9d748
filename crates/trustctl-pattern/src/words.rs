//! A finite set of texts as an automaton: a tree of their bytes, which is small however many there are.

use std::collections::BTreeMap;

use crate::automaton::DEAD;
use crate::syntax::PRINTABLE;

/// The root; 0 is dead, as everywhere.
const ROOT: u32 = 1;

/// The texts, as a tree. Texts outside printable ASCII are in no language and left out.
#[derive(Default)]
pub(crate) struct Words {
    edges: BTreeMap<(u32, u8), u32>,
    accepting: std::collections::BTreeSet<u32>,
}

impl Words {
    pub(crate) fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut tree = Self::default();
        let mut next = ROOT + 1;
        for word in words.into_iter().filter(|word| word.bytes().all(|byte| PRINTABLE.contains(&byte))) {
            let mut state = ROOT;
            for byte in word.bytes() {
                state = *tree.edges.entry((state, byte)).or_insert_with(|| {
                    let new = next;
                    next = next.saturating_add(1);
                    new
                });
            }
            tree.accepting.insert(state);
        }
        tree
    }

    pub(crate) fn start(&self) -> u32 {
        if self.accepting.is_empty() { DEAD } else { ROOT }
    }

    pub(crate) fn step(&self, state: u32, byte: u8) -> u32 {
        self.edges.get(&(state, byte)).copied().unwrap_or(DEAD)
    }

    pub(crate) fn is_accepting(&self, state: u32) -> bool {
        self.accepting.contains(&state)
    }

    /// Bytes that occur are classes of their own, all others are one.
    pub(crate) fn classes(&self) -> [u8; 256] {
        let mut classes = [0; 256];
        for &(_, byte) in self.edges.keys() {
            if let Some(class) = classes.get_mut(usize::from(byte)) {
                *class = byte;
            }
        }
        classes
    }
}
