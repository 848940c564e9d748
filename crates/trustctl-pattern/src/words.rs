//! A finite set of texts: a sorted list, and a tree of their bytes where it is walked beside automata.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::automaton::DEAD;
use crate::syntax::PRINTABLE;

/// The root; 0 is dead, as everywhere.
const ROOT: u32 = 1;

/// The texts. Those outside printable ASCII are in no language and left out.
pub(crate) struct Words {
    /// Sorted, each once.
    list: Vec<String>,
    /// Built when it is first walked: most questions about finite sets need the list alone.
    tree: OnceLock<Tree>,
}

#[derive(Default)]
struct Tree {
    edges: BTreeMap<(u32, u8), u32>,
    accepting: BTreeSet<u32>,
}

impl Words {
    pub(crate) fn new(words: impl IntoIterator<Item = String>) -> Self {
        let mut list: Vec<String> =
            words.into_iter().filter(|word| word.bytes().all(|byte| PRINTABLE.contains(&byte))).collect();
        list.sort_unstable();
        list.dedup();
        Self { list, tree: OnceLock::new() }
    }

    pub(crate) fn list(&self) -> &[String] {
        &self.list
    }

    pub(crate) fn contains(&self, text: &str) -> bool {
        self.list.binary_search_by(|word| word.as_str().cmp(text)).is_ok()
    }

    fn tree(&self) -> &Tree {
        self.tree.get_or_init(|| Tree::new(&self.list))
    }

    pub(crate) fn start(&self) -> u32 {
        if self.list.is_empty() { DEAD } else { ROOT }
    }

    pub(crate) fn step(&self, state: u32, byte: u8) -> u32 {
        self.tree().edges.get(&(state, byte)).copied().unwrap_or(DEAD)
    }

    pub(crate) fn is_accepting(&self, state: u32) -> bool {
        self.tree().accepting.contains(&state)
    }

    /// Bytes that occur are classes of their own, all others are one.
    pub(crate) fn classes(&self) -> [u8; 256] {
        let mut classes = [0; 256];
        for byte in self.list.iter().flat_map(|word| word.bytes()) {
            if let Some(class) = classes.get_mut(usize::from(byte)) {
                *class = byte;
            }
        }
        classes
    }
}

impl Tree {
    fn new(words: &[String]) -> Self {
        let mut tree = Self::default();
        let mut next = ROOT + 1;
        for word in words {
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
}
