//! The catalogue's regular expressions, each compiled once.
//!
//! A linter reads thousands of small files with the same catalogue; compiling its grammars anew for each would take most
//! of its time. What comes out is the same with and without this store.

use std::collections::BTreeMap;
use std::sync::RwLock;

use trustctl_pattern::{Pattern, PatternError};

static KNOWN: RwLock<BTreeMap<String, Pattern>> = RwLock::new(BTreeMap::new());

/// Expressions that are kept; a catalogue has a few hundred.
const MOST: usize = 2_000;

/// The compiled form of a regular expression of the catalogue. Text of a user's never comes here.
pub(crate) fn pattern(text: &str) -> Result<Pattern, PatternError> {
    if let Ok(known) = KNOWN.read()
        && let Some(pattern) = known.get(text)
    {
        return Ok(pattern.clone());
    }
    let pattern = Pattern::regex(text)?;
    if let Ok(mut known) = KNOWN.write()
        && known.len() < MOST
    {
        known.insert(text.to_owned(), pattern.clone());
    }
    Ok(pattern)
}
