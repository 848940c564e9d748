//! The regular expressions of profiles, each compiled once.
//!
//! A profile holds texts, for the catalogue knows no patterns; a file of many records asks the same few of each value.

use std::collections::BTreeMap;
use std::sync::Mutex;

use trustctl_pattern::Pattern;

/// A profile's regular expression of a whole value; `None` where it cannot be read. Only for texts of profiles: what is
/// compiled is kept as long as the process runs, so a record's own text must never come here.
pub(crate) fn compiled(text: &str) -> Option<Pattern> {
    static COMPILED: Mutex<BTreeMap<String, Option<Pattern>>> = Mutex::new(BTreeMap::new());
    let compile = || Pattern::regex(text).ok();
    // A lock that a panic poisoned only costs time.
    let Ok(mut known) = COMPILED.lock() else { return compile() };
    if let Some(pattern) = known.get(text) {
        return pattern.clone();
    }
    let pattern = compile();
    known.insert(text.to_owned(), pattern.clone());
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_compiled_once() {
        let one = compiled("[a-z]{3}").unwrap();
        let other = compiled("[a-z]{3}").unwrap();
        // Clones share their text, and what is compiled again has its own.
        assert_eq!(one.source().as_ptr(), other.source().as_ptr());
        assert!(compiled("[").is_none() && compiled("[").is_none());
    }
}
