//! Sets of texts and questions about them: is there one, is one set inside another, do two overlap.
//!
//! A language is a formula over automata. Nothing is computed when languages are combined; a question
//! walks the automata of the formula side by side, so a union of hundreds stays a row of small
//! automata and is never made deterministic as one. Each question has a budget, and one that meets it
//! is answered with [`Answer::Unknown`], never with a guess.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use regex_automata::util::primitives::StateID;
use regex_syntax::hir::Hir;

use crate::automaton::{Automaton, DEAD};
use crate::search::{self, Limit, Machine, State};
use crate::syntax::{self, PRINTABLE};
use crate::words::Words;
use crate::{Pattern, PatternError};

/// The answer to a question about all texts of a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is so: a proof.
    Yes,
    /// It is not so, as the least text shows: shortest, then letters before digits before punctuation.
    No(String),
    /// The search met a limit. Treat it as the worse of the two.
    Unknown(Limit),
}

impl Answer {
    /// Whether it is proved.
    #[must_use]
    pub fn is_yes(&self) -> bool {
        *self == Self::Yes
    }

    /// The text that refutes it, if there is one.
    #[must_use]
    pub fn witness(&self) -> Option<&str> {
        match self {
            Self::No(text) => Some(text),
            Self::Yes | Self::Unknown(_) => None,
        }
    }
}

/// A set of texts over printable ASCII, the empty text included among the candidates.
///
/// ```
/// use trustctl_pattern::{Answer, Language, Pattern};
///
/// let tags = Pattern::glob("v*")?.language();
/// let candidates = Pattern::glob("*-rc*")?.language();
/// let releases = tags.intersect(&candidates.complement());
/// assert!(releases.contains("v1.0.0") && !releases.contains("v1.0.0-rc1"));
/// assert_eq!(releases.shortest(), Ok(Some("v".to_owned())));
/// # Ok::<(), trustctl_pattern::PatternError>(())
/// ```
#[derive(Clone)]
pub struct Language {
    /// Shared: languages are copied far more often than they are combined.
    leaves: Arc<Vec<Leaf>>,
    /// The formula, operands before their operator; flat, so that no nesting can exhaust the stack.
    formula: Arc<Vec<Op>>,
}

#[derive(Clone)]
pub(crate) enum Leaf {
    Automaton(Arc<Automaton>),
    Words(Arc<Words>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Op {
    Leaf(usize),
    And(usize),
    Or(usize),
    Not,
}

/// One part of a text that is put together: see [`Language::concat`].
#[derive(Debug, Clone, Copy)]
pub enum LanguagePart<'a> {
    /// This text, printable ASCII.
    Literal(&'a str),
    /// Any text that the pattern matches.
    Pattern(&'a Pattern),
}

impl Language {
    fn new(leaves: Vec<Leaf>, formula: Vec<Op>) -> Self {
        Self { leaves: Arc::new(leaves), formula: Arc::new(formula) }
    }

    pub(crate) fn leaf(leaf: Leaf) -> Self {
        Self::new(vec![leaf], vec![Op::Leaf(0)])
    }

    /// Every text of printable ASCII.
    #[must_use]
    pub fn all() -> Self {
        Self::new(Vec::new(), vec![Op::And(0)])
    }

    /// No text.
    #[must_use]
    pub fn none() -> Self {
        Self::new(Vec::new(), vec![Op::Or(0)])
    }

    /// Exactly these texts, however many; those outside printable ASCII are left out.
    ///
    /// ```
    /// use trustctl_pattern::Language;
    ///
    /// assert!(Language::words(["push", "release"]).contains("push"));
    /// ```
    #[must_use]
    pub fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        Self::list(words.into_iter().map(str::to_owned))
    }

    fn list(words: impl IntoIterator<Item = String>) -> Self {
        Self::leaf(Leaf::Words(Arc::new(Words::new(words))))
    }

    /// The texts in it, sorted, where it was made of texts alone: of [`words`](Self::words), an exact pattern, or
    /// a set that has only some of those.
    ///
    /// ```
    /// use trustctl_pattern::{Language, Pattern};
    ///
    /// let refs = Language::words(["refs/heads/main", "refs/tags/v1"]);
    /// let tags = refs.intersect(&Pattern::glob("refs/tags/*")?.language());
    /// assert_eq!(tags.finite(), Some(&["refs/tags/v1".to_owned()][..]));
    /// # Ok::<(), trustctl_pattern::PatternError>(())
    /// ```
    #[must_use]
    pub fn finite(&self) -> Option<&[String]> {
        match (self.leaves.as_slice(), self.formula.as_slice()) {
            ([Leaf::Words(words)], [Op::Leaf(0)]) => Some(words.list()),
            (_, [Op::Or(0)]) => Some(&[]),
            _ => None,
        }
    }

    /// Whether it is [`all`](Self::all), as it was made.
    pub(crate) fn is_all(&self) -> bool {
        *self.formula == [Op::And(0)]
    }

    /// The texts made of one text of each part, in a row.
    ///
    /// # Errors
    ///
    /// A literal outside printable ASCII, a search with `^` or `$`, an automaton over the limits.
    ///
    /// ```
    /// use trustctl_pattern::{Language, LanguagePart, Pattern};
    ///
    /// let version = Pattern::regex("[0-9.]+")?;
    /// let tags = Language::concat(&[LanguagePart::Literal("v"), LanguagePart::Pattern(&version)])?;
    /// assert!(tags.contains("v1.4") && !tags.contains("1.4"));
    /// # Ok::<(), trustctl_pattern::PatternError>(())
    /// ```
    pub fn concat(parts: &[LanguagePart<'_>]) -> Result<Self, PatternError> {
        let parts = parts.iter().map(|part| match part {
            LanguagePart::Literal(text) => syntax::literal(text),
            LanguagePart::Pattern(pattern) => pattern.part(),
        });
        let automaton = Automaton::build(Hir::concat(parts.collect::<Result<_, _>>()?))?;
        Ok(Self::leaf(Leaf::Automaton(Arc::new(automaton))))
    }

    /// The texts in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        match (self.finite(), other.finite()) {
            (Some(own), Some(theirs)) => Self::list(own.iter().chain(theirs).cloned()),
            _ if self.is_all() || other.is_all() => Self::all(),
            _ => self.combine(other, Op::Or),
        }
    }

    /// The texts in both.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        // A finite set stays a list of texts, about which every question is cheap.
        match (self.finite(), other.finite()) {
            _ if other.is_all() => self.clone(),
            _ if self.is_all() => other.clone(),
            (Some(words), _) => Self::list(words.iter().filter(|word| other.contains(word)).cloned()),
            (_, Some(words)) => Self::list(words.iter().filter(|word| self.contains(word)).cloned()),
            _ => self.combine(other, Op::And),
        }
    }

    /// The texts of printable ASCII that are not in it.
    #[must_use]
    pub fn complement(&self) -> Self {
        let mut result = self.clone();
        let formula = Arc::make_mut(&mut result.formula);
        if formula.pop_if(|last| *last == Op::Not).is_none() {
            formula.push(Op::Not);
        }
        result
    }

    /// The texts in this one and not in the other.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.intersect(&other.complement())
    }

    /// One byte for each class that no automaton tells apart, the most readable of each, in that order.
    pub(crate) fn symbols(&self) -> Vec<u8> {
        Self::common_symbols(&[self])
    }

    /// The same for several languages that are walked side by side.
    pub(crate) fn common_symbols(languages: &[&Self]) -> Vec<u8> {
        let mut groups: Vec<Vec<u8>> = vec![search::preference().collect()];
        for leaf in languages.iter().flat_map(|language| language.leaves.iter()) {
            let class: Box<dyn Fn(u8) -> u8> = match leaf {
                Leaf::Automaton(automaton) => Box::new(|byte| automaton.class(byte)),
                Leaf::Words(words) => {
                    let classes = words.classes();
                    Box::new(move |byte| classes.get(usize::from(byte)).copied().unwrap_or(0))
                }
            };
            groups = groups.into_iter().flat_map(|group| split(group, &class)).collect();
        }
        let mut firsts: Vec<u8> = groups.iter().filter_map(|group| group.first().copied()).collect();
        firsts.sort_by_key(|&byte| search::preference().position(|other| other == byte));
        firsts
    }

    fn combine(&self, other: &Self, op: impl Fn(usize) -> Op) -> Self {
        let mut result = self.clone();
        // `a ∪ b ∪ c` becomes one operator over three, not two over two.
        let (leaves, formula) = (Arc::make_mut(&mut result.leaves), Arc::make_mut(&mut result.formula));
        let left = formula.pop_if(|last| matches!(*last, Op::And(n) | Op::Or(n) if *last == op(n)));
        let operands = match left {
            Some(Op::And(operands) | Op::Or(operands)) => operands,
            _ => 1,
        };
        let offset = leaves.len();
        leaves.extend(other.leaves.iter().cloned());
        formula.extend(other.formula.iter().map(|&op| match op {
            Op::Leaf(index) => Op::Leaf(index + offset),
            other => other,
        }));
        formula.push(op(operands + 1));
        result
    }

    /// Whether the text is in it.
    #[must_use]
    pub fn contains(&self, text: &str) -> bool {
        text.bytes().all(|byte| PRINTABLE.contains(&byte))
            && self.evaluate(|leaf| self.leaves.get(leaf).map(|leaf| leaf.contains(text))) == Some(true)
    }

    /// Whether a text in it may begin with this one; false only where none does.
    #[must_use]
    pub fn may_begin(&self, text: &str) -> bool {
        match self.finite() {
            Some(words) => words.iter().any(|word| word.starts_with(text)),
            None => {
                let product = Product::of(self);
                product.read(&product.start(), text).is_some()
            }
        }
    }

    /// The least text in it: shortest, then letters before digits before punctuation; `None` if it is empty.
    ///
    /// # Errors
    ///
    /// The limit that the search met.
    pub fn shortest(&self) -> Result<Option<String>, Limit> {
        if let Some(words) = self.finite() {
            return Ok(words.iter().min_by_key(|word| search::rank(word)).cloned());
        }
        search::shortest(&Product::new(self))
    }

    /// Whether it holds no text; refuted by one that it holds.
    ///
    /// ```
    /// use trustctl_pattern::{Answer, Pattern};
    ///
    /// assert_eq!(Pattern::regex("[a&&b]")?.language().is_empty(), Answer::Yes);
    /// assert_eq!(Pattern::regex("[0-9]{3}")?.language().is_empty(), Answer::No("000".to_owned()));
    /// # Ok::<(), trustctl_pattern::PatternError>(())
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> Answer {
        match self.shortest() {
            Ok(None) => Answer::Yes,
            Ok(Some(text)) => Answer::No(text),
            Err(limit) => Answer::Unknown(limit),
        }
    }

    /// The formula in three values; `None` is undecided.
    fn evaluate(&self, leaf: impl Fn(usize) -> Option<bool>) -> Option<bool> {
        let mut stack: Vec<Option<bool>> = Vec::new();
        for &op in self.formula.iter() {
            let value = match op {
                Op::Leaf(index) => leaf(index),
                Op::Not => stack.pop().flatten().map(|value| !value),
                Op::And(operands) => fold(&mut stack, operands, false),
                Op::Or(operands) => fold(&mut stack, operands, true),
            };
            stack.push(value);
        }
        stack.pop().flatten()
    }

    /// Whether every text in it is in the other; refuted by one that is not.
    #[must_use]
    pub fn is_subset_of(&self, other: &Self) -> Answer {
        self.difference(other).is_empty()
    }
}

/// Whether no text is in both; refuted by one that is.
///
/// ```
/// use trustctl_pattern::{Answer, Pattern, disjoint};
///
/// let core = Pattern::glob("core-v*")?.language();
/// let short = Pattern::glob("*-v1")?.language();
/// assert_eq!(disjoint(&core, &short), Answer::No("core-v1".to_owned()));
/// # Ok::<(), trustctl_pattern::PatternError>(())
/// ```
#[must_use]
pub fn disjoint(a: &Language, b: &Language) -> Answer {
    a.intersect(b).is_empty()
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Language").field("automata", &self.leaves.len()).finish_non_exhaustive()
    }
}

/// The automata of a language, walked side by side.
pub(crate) struct Product<'l> {
    language: &'l Language,
    symbols: Vec<u8>,
}

impl<'l> Product<'l> {
    pub(crate) fn new(language: &'l Language) -> Self {
        Self { language, symbols: language.symbols() }
    }

    /// The same without the bytes to try, for who knows them.
    pub(crate) fn of(language: &'l Language) -> Self {
        Self { language, symbols: Vec::new() }
    }

    /// How many numbers a state has.
    pub(crate) fn cells(&self) -> usize {
        self.language.leaves.len()
    }

    /// The state after one more byte; `None` where nothing is accepted from there.
    pub(crate) fn read_byte(&self, state: &[u32], byte: u8) -> Option<State> {
        Some(self.step(state, byte)).filter(|state| self.is_alive(state))
    }

    /// The state after a text; `None` where nothing is accepted from there.
    pub(crate) fn read(&self, state: &[u32], text: &str) -> Option<State> {
        text.bytes().try_fold(state.into(), |state: State, byte| self.read_byte(&state, byte))
    }

    /// Every state that some text leads to and from which something may be accepted.
    pub(crate) fn reachable(&self, most: usize) -> Result<Vec<State>, Limit> {
        let symbols = self.language.symbols();
        let mut all: Vec<State> = Some(self.start()).filter(|state| self.is_alive(state)).into_iter().collect();
        let mut seen: HashSet<State> = all.iter().cloned().collect();
        let mut at = 0;
        while let Some(state) = all.get(at).cloned() {
            at += 1;
            let next = symbols.iter().filter_map(|&byte| self.read_byte(&state, byte));
            all.extend(next.filter(|next| seen.insert(next.clone())));
            if all.len() > most {
                return Err(Limit::States);
            }
        }
        Ok(all)
    }

    pub(crate) fn start(&self) -> State {
        self.language.leaves.iter().map(Leaf::start).collect()
    }

    pub(crate) fn step(&self, state: &[u32], byte: u8) -> State {
        self.language.leaves.iter().zip(state).map(|(leaf, &state)| leaf.step(state, byte)).collect()
    }

    pub(crate) fn is_accepting(&self, state: &[u32]) -> bool {
        let leaf = |index: usize| {
            let accepting =
                self.language.leaves.get(index).zip(state.get(index)).is_some_and(|(l, &s)| l.is_accepting(s));
            Some(accepting)
        };
        self.language.evaluate(leaf) == Some(true)
    }

    /// Whether anything read from here may still be accepted: false only where that is certain.
    pub(crate) fn is_alive(&self, state: &[u32]) -> bool {
        let leaf = |index: usize| {
            if state.get(index) == Some(&DEAD) { Some(false) } else { None }
        };
        self.language.evaluate(leaf) != Some(false)
    }
}

/// `decisive` if any of the operands is, undecided if any is that, its opposite otherwise.
fn fold(stack: &mut Vec<Option<bool>>, operands: usize, decisive: bool) -> Option<bool> {
    let mut result = Some(!decisive);
    for operand in stack.drain(stack.len().saturating_sub(operands)..) {
        result = match (result, operand) {
            (Some(value), _) | (_, Some(value)) if value == decisive => Some(decisive),
            (None, _) | (_, None) => None,
            _ => Some(!decisive),
        };
    }
    result
}

impl Machine for Product<'_> {
    fn start(&self, states: &mut Vec<State>) {
        states.push(self.start());
    }

    fn step(&self, state: &[u32], byte: u8, states: &mut Vec<State>) {
        let next = self.step(state, byte);
        if self.is_alive(&next) {
            states.push(next);
        }
    }

    fn is_accepting(&self, state: &[u32]) -> bool {
        self.is_accepting(state)
    }

    fn symbols(&self) -> &[u8] {
        &self.symbols
    }

    fn width(&self) -> usize {
        self.language.leaves.len().max(1)
    }
}

impl Leaf {
    fn contains(&self, text: &str) -> bool {
        match self {
            Self::Automaton(automaton) => automaton.accepts_text(text.bytes()),
            Self::Words(words) => words.contains(text),
        }
    }

    fn start(&self) -> u32 {
        match self {
            Self::Automaton(automaton) => automaton.start().as_u32(),
            Self::Words(words) => words.start(),
        }
    }

    fn step(&self, state: u32, byte: u8) -> u32 {
        match self {
            _ if state == DEAD => DEAD,
            Self::Automaton(automaton) => usize::try_from(state)
                .ok()
                .and_then(|state| StateID::new(state).ok())
                .and_then(|state| automaton.run(state, [byte]))
                .map_or(DEAD, |state| state.as_u32()),
            Self::Words(words) => words.step(state, byte),
        }
    }

    fn is_accepting(&self, state: u32) -> bool {
        match self {
            Self::Automaton(automaton) => usize::try_from(state)
                .ok()
                .and_then(|state| StateID::new(state).ok())
                .is_some_and(|state| automaton.is_accepting(state)),
            Self::Words(words) => words.is_accepting(state),
        }
    }
}

fn split(group: Vec<u8>, class: impl Fn(u8) -> u8) -> Vec<Vec<u8>> {
    let mut parts: Vec<(u8, Vec<u8>)> = Vec::new();
    for byte in group {
        let of = class(byte);
        match parts.iter_mut().find(|(class, _)| *class == of) {
            Some((_, part)) => part.push(byte),
            None => parts.push((of, vec![byte])),
        }
    }
    parts.into_iter().map(|(_, part)| part).collect()
}
