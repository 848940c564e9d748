//! `cargo xtask conformance FILE.jsonl…`: registries' own decision vectors against their profiles.
//!
//! A vector is one JSON object a line: a registry, a record (`policy`), a token's claims, and what the registry's own
//! tests expect. The kinds that there are, one function each, are in `kinds`; the format is described in
//! `tests/vectors/README.md`. A vector that cannot be run is a failure, never skipped.

mod kinds;
mod row;
mod scale;
mod why;

use std::fs;
use std::path::Path;

use trustctl_catalog::CatalogueError;
use trustctl_records::Profile;

use crate::{ChoreError, generate};
use row::Row;

/// Runs every vector of the files and prints what fails, with expected, got and why.
///
/// # Errors
///
/// A profile that does not fit its format, a file that cannot be read or holds no vectors, or any vector that fails.
pub fn run(files: &[&str]) -> Result<(), ChoreError> {
    // Said once, and not by each vector.
    generate::profiles()?;
    let mut outcome = Outcome::default();
    for file in files {
        let path = Path::new(file);
        let text = fs::read_to_string(path).map_err(|error| ChoreError::file(path, error))?;
        outcome.add(file, &text);
    }
    for failure in &outcome.failures {
        println!("{failure}");
    }
    for note in &outcome.notes {
        println!("{note}");
    }
    println!("{} passed, {} failed", outcome.passed, outcome.failures.len());
    match (outcome.passed, outcome.failures.len()) {
        (0, 0) => Err(ChoreError::Found(vec!["there are no vectors in these files".to_owned()])),
        (_, 0) => Ok(()),
        (_, failed) => Err(ChoreError::Vectors(failed)),
    }
}

/// Gives the profile of a registry, or `None` where there is none.
pub type Find<'f, 'p> = dyn Fn(&str) -> Result<Option<&'p Profile>, CatalogueError> + 'f;

/// What became of a file's vectors.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many give what is expected.
    pub passed: usize,
    /// The others: `ID: expected …, got …: why`.
    pub failures: Vec<String>,
    /// Measurements worth showing.
    pub notes: Vec<String>,
}

impl Outcome {
    /// Runs the vectors of one text by the profiles that are built in; `name` is how failures call it.
    pub fn add(&mut self, name: &str, text: &str) {
        self.add_by(name, text, &|registry| Profile::bundled(registry));
    }

    /// The same, by the profiles that `find` knows.
    pub fn add_by<'p>(&mut self, name: &str, text: &str, find: &Find<'_, 'p>) {
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let row = match Row::read(line) {
                Ok(row) => row,
                Err(error) => {
                    self.failures.push(format!("{name}:{}: is no vector: {error}", at + 1));
                    continue;
                }
            };
            match kinds::run(&row, find) {
                Ok(note) => {
                    self.passed += 1;
                    self.notes.extend(note.map(|note| format!("{}: {note}", row.id)));
                }
                Err(why) => self.failures.push(format!("{}: expected {}, {why}", row.id, row.expected())),
            }
        }
    }
}
