//! All texts of a group, walked at once: the least values with which each is as asked.
//!
//! Variables are read one after the other. A text whose variables come in the order of reading is followed from its start.
//! Where one comes out of order (or twice), the text is cut there: what follows runs by itself, from a state that is guessed at
//! the start and that the stretch before it must have reached in the end.

use std::collections::HashSet;

use super::Piece;
use super::narrow::{Narrowed, Open};
use crate::Language;
use crate::language::Product;
use crate::search::{Limit, MAX_CELLS, MAX_STATES, MAX_STEPS, State};

/// States from which stretches may start, all together.
const MOST_GUESSES: usize = 20_000;

/// The least values of the group's variables; `None` where there are none.
pub(super) fn least(narrowed: &Narrowed<'_>, group: &[usize]) -> Result<Option<Vec<(usize, String)>>, Limit> {
    let order = order(narrowed, group);
    let is_about = |open: &&Open<'_>| open.variables().any(|variable| group.contains(&variable));
    let parts: Vec<&Open<'_>> = narrowed.open.iter().filter(is_about).collect();
    let walk = Walk::new(narrowed, &order, &parts);
    let found = walk.search()?;
    Ok(found.map(|words| order.into_iter().zip(words).collect()))
}

/// The order of reading: as they stand in the texts, the longest first.
fn order(narrowed: &Narrowed<'_>, group: &[usize]) -> Vec<usize> {
    let mut parts: Vec<&Open<'_>> = narrowed.open.iter().collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.variables().count()));
    let mut order = Vec::with_capacity(group.len());
    for variable in parts.iter().flat_map(|part| part.variables()).chain(group.iter().copied()) {
        let is_open = group.contains(&variable) && narrowed.value(variable).is_none();
        if is_open && !order.contains(&variable) {
            order.push(variable);
        }
    }
    order
}

/// A stretch of a text whose variables come in the order of reading.
struct Run {
    /// Which text.
    part: usize,
    /// Where its state begins in a combined state.
    at: usize,
    /// The place of each of its variables in the order of reading, and the text before it.
    reads: Vec<(usize, String)>,
    /// Where the state that it started from is kept, if it did not start from the start of the text.
    guess: Option<usize>,
    /// What happens behind its last variable.
    end: End,
}

/// What must hold where a run ends.
enum End {
    /// The text ends with this, and is accepted.
    Text(String),
    /// The next run of the text started from this state.
    Guess(usize),
}

struct Walk<'n> {
    /// In the order of reading. The state of the one that is read begins behind the place.
    domains: Vec<Product<'n>>,
    parts: Vec<Product<'n>>,
    runs: Vec<Run>,
    /// The bytes to try at each place.
    symbols: Vec<Vec<u8>>,
    /// Numbers in a combined state: the place, the state of its variable, those of the runs, and what they started from.
    width: usize,
}

/// Where the state of the variable that is read begins.
const DOMAIN: usize = 1;

impl<'n> Walk<'n> {
    fn new(narrowed: &'n Narrowed<'_>, order: &[usize], open: &[&'n Open<'_>]) -> Self {
        let languages: Vec<&'n Language> =
            order.iter().filter_map(|&variable| narrowed.domains.get(variable)).collect();
        let domains: Vec<Product<'n>> = languages.iter().map(|language| Product::of(language)).collect();
        let parts: Vec<Product<'n>> = open.iter().map(|open| Product::of(&open.language)).collect();
        let mut width = DOMAIN + domains.iter().map(Product::cells).max().unwrap_or(0);
        let mut runs = Vec::new();
        for (part, (product, open)) in parts.iter().zip(open).enumerate() {
            cut_into_runs(part, &open.template, order, product.cells(), &mut width, &mut runs);
        }
        let symbols = languages.iter().enumerate().map(|(place, domain)| {
            let here = runs.iter().filter(|run: &&Run| run.reads.iter().any(|(at, _)| *at == place));
            let of_runs = here.filter_map(|run| Some(&open.get(run.part)?.language));
            Language::common_symbols(&of_runs.chain([*domain]).collect::<Vec<_>>())
        });
        Self { symbols: symbols.collect(), domains, parts, runs, width }
    }

    /// The least values, in the order of reading.
    fn search(&self) -> Result<Option<Vec<String>>, Limit> {
        let mut seen: HashSet<State> = HashSet::new();
        let mut steps: Vec<Step> = Vec::new();
        let (mut taken, mut level) = (0usize, Vec::new());
        for state in self.starts()? {
            level.push((steps.len(), state.clone()));
            seen.insert(state);
            steps.push(Step::Start);
        }
        while !level.is_empty() {
            // Where a variable can end, the next one begins without a byte more.
            let mut at = 0;
            while let Some((from, state)) = level.get(at).cloned() {
                at += 1;
                if self.place(&state) == self.domains.len() {
                    return Ok(Some(spell(&steps, from)));
                }
                if let Some(next) = self.next_variable(&state).filter(|next| seen.insert(next.clone())) {
                    level.push((steps.len(), next));
                    steps.push(Step::Next { from });
                }
            }
            let mut longer = Vec::new();
            for (from, state) in &level {
                for &byte in self.symbols.get(self.place(state)).map_or(&[][..], Vec::as_slice) {
                    taken = taken.saturating_add(self.width);
                    if taken > MAX_STEPS {
                        return Err(Limit::Steps);
                    }
                    if let Some(next) = self.read(state, byte).filter(|next| seen.insert(next.clone())) {
                        longer.push((steps.len(), next));
                        steps.push(Step::Read { from: *from, byte });
                    }
                }
                if seen.len() > MAX_STATES {
                    return Err(Limit::States);
                }
                if seen.len().saturating_mul(self.width) > MAX_CELLS {
                    return Err(Limit::Memory);
                }
            }
            level = longer;
        }
        Ok(None)
    }

    fn place(&self, state: &[u32]) -> usize {
        state.first().and_then(|&place| usize::try_from(place).ok()).unwrap_or(self.domains.len())
    }

    /// The combined states before the first byte: one for each row of guesses.
    fn starts(&self) -> Result<Vec<State>, Limit> {
        let mut states = vec![vec![0u32; self.width]];
        for run in &self.runs {
            let Some(product) = self.parts.get(run.part) else { continue };
            let from = if run.guess.is_some() { product.reachable(MOST_GUESSES)? } else { vec![product.start()] };
            let before = run.reads.first().map_or("", |(_, text)| text);
            let mut more = Vec::new();
            for (guess, started) in from.iter().filter_map(|guess| Some((guess, product.read(guess, before)?))) {
                for state in &states {
                    let mut state = state.clone();
                    put(&mut state, run.at, &started);
                    if let Some(at) = run.guess {
                        put(&mut state, at, guess);
                    }
                    more.push(state);
                }
            }
            states = more;
            if states.len() > MOST_GUESSES {
                return Err(Limit::States);
            }
        }
        for state in &mut states {
            self.begin(0, state);
        }
        Ok(states.into_iter().map(Vec::into_boxed_slice).collect())
    }

    /// Puts the variable at that place where it begins.
    fn begin(&self, place: usize, state: &mut [u32]) {
        if let Some(first) = state.first_mut() {
            *first = u32::try_from(place).unwrap_or(u32::MAX);
        }
        let widest = self.domains.iter().map(Product::cells).max().unwrap_or(0);
        put(state, DOMAIN, &vec![0; widest]);
        if let Some(domain) = self.domains.get(place) {
            put(state, DOMAIN, &domain.start());
        }
    }

    /// The state after one more byte of the variable; `None` where nothing is accepted from there.
    fn read(&self, state: &State, byte: u8) -> Option<State> {
        let place = self.place(state);
        let mut next = state.clone();
        let domain = self.domains.get(place)?;
        put(&mut next, DOMAIN, &domain.read_byte(part_of(state, DOMAIN, domain.cells()), byte)?);
        for run in self.runs.iter().filter(|run| run.reads.iter().any(|(at, _)| *at == place)) {
            let product = self.parts.get(run.part)?;
            put(&mut next, run.at, &product.read_byte(part_of(state, run.at, product.cells()), byte)?);
        }
        Some(next)
    }

    /// The state with the next variable begun; `None` where this one cannot end here.
    fn next_variable(&self, state: &State) -> Option<State> {
        let place = self.place(state);
        let domain = self.domains.get(place)?;
        if !domain.is_accepting(part_of(state, DOMAIN, domain.cells())) {
            return None;
        }
        let mut next = state.clone();
        for run in &self.runs {
            let Some(at) = run.reads.iter().position(|(at, _)| *at == place) else { continue };
            let product = self.parts.get(run.part)?;
            let here = part_of(state, run.at, product.cells());
            match (run.reads.get(at + 1), &run.end) {
                (Some((_, text)), _) => put(&mut next, run.at, &product.read(here, text)?),
                (None, End::Text(text)) if product.is_accepting(&product.read(here, text)?) => {}
                (None, End::Guess(guess)) if here == part_of(state, *guess, product.cells()) => {}
                (None, _) => return None,
            }
        }
        // A run that is over tells states apart no longer.
        for run in &self.runs {
            if run.reads.last().is_some_and(|(at, _)| *at == place) {
                let cells = self.parts.get(run.part).map_or(0, Product::cells);
                put(&mut next, run.at, &vec![0; cells]);
            }
        }
        self.begin(place + 1, &mut next);
        Some(next)
    }
}

/// Cuts a template where its variables do not come in the order of reading.
fn cut_into_runs(
    part: usize,
    template: &[Piece],
    order: &[usize],
    cells: usize,
    width: &mut usize,
    runs: &mut Vec<Run>,
) {
    let (first, mut text, mut last) = (runs.len(), String::new(), None);
    let mut room = || {
        let at = *width;
        *width += cells;
        at
    };
    for piece in template {
        let variable = match piece {
            Piece::Text(piece) => {
                text.push_str(piece);
                continue;
            }
            Piece::Variable(variable) => variable,
        };
        let place = order.iter().position(|other| other == variable).unwrap_or(order.len());
        let read = (place, std::mem::take(&mut text));
        let goes_on = last.is_some_and(|last| last < place);
        last = Some(place);
        if goes_on && let Some(run) = runs.last_mut() {
            run.reads.push(read);
            continue;
        }
        let (at, is_first) = (room(), runs.len() == first);
        let guess = (!is_first).then(&mut room);
        if let (Some(guess), Some(before)) = (guess, runs.last_mut()) {
            before.end = End::Guess(guess);
        }
        runs.push(Run { part, at, reads: vec![read], guess, end: End::Text(String::new()) });
    }
    if let Some(run) = runs.last_mut().filter(|run| run.part == part) {
        run.end = End::Text(text);
    }
}

fn part_of(state: &[u32], at: usize, cells: usize) -> &[u32] {
    state.get(at..at + cells).unwrap_or(&[])
}

fn put(state: &mut [u32], at: usize, cells: &[u32]) {
    for (cell, value) in state.iter_mut().skip(at).zip(cells) {
        *cell = *value;
    }
}

/// The words that led to a combined state.
fn spell(steps: &[Step], last: usize) -> Vec<String> {
    let (mut words, mut word, mut at) = (Vec::new(), Vec::new(), last);
    let mut turn = |word: &mut Vec<char>| {
        word.reverse();
        words.push(word.drain(..).collect::<String>());
    };
    let mut is_behind = true;
    while let Some(step) = steps.get(at) {
        match step {
            Step::Start => break,
            Step::Read { from, byte } => {
                word.push(char::from(*byte));
                at = *from;
            }
            Step::Next { from } => {
                // The step behind the last variable ends nothing that was read.
                if !std::mem::take(&mut is_behind) {
                    turn(&mut word);
                }
                at = *from;
            }
        }
    }
    turn(&mut word);
    words.reverse();
    words
}

/// What led to a combined state.
enum Step {
    Start,
    Read { from: usize, byte: u8 },
    Next { from: usize },
}
