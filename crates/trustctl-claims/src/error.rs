//! Why a text is not a set of claims.

use std::fmt;

use crate::parse::{MAX_BYTES, MAX_DEPTH, MAX_VALUES};

/// Why a text is not a set of claims.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimsError {
    /// The text is longer than [`MAX_BYTES`].
    #[error("the JSON has {length} bytes, and {MAX_BYTES} are the most")]
    TooLong {
        /// Bytes of the text.
        length: usize,
    },
    /// The text begins with U+FEFF, which RFC 8259 section 8.1 forbids senders to add.
    #[error("the JSON begins with a byte order mark, which it must not have")]
    ByteOrderMark,
    /// The text is JSON of another kind.
    #[error("the JSON is {found}, expected an object")]
    NotAnObject {
        /// What it is.
        found: JsonKind,
    },
    /// Two members of one object have the same name, escapes resolved.
    #[error("the member `{}` is there twice, and which of them counts is anybody's guess", shown(name))]
    Duplicate {
        /// The name, as anybody may have written it; the message shows it escaped and cut short.
        name: String,
    },
    /// Lists and objects are nested deeper than [`MAX_DEPTH`].
    #[error("the JSON is nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// There are more than [`MAX_VALUES`] values, at all depths together.
    #[error("there are more than {MAX_VALUES} values in the JSON")]
    TooManyValues,
    /// A number that is no finite double, which readers of JSON disagree about (RFC 8259 section 6).
    #[error("a number in the JSON is too large for most readers of JSON")]
    NumberOutOfRange,
    /// A string escape that stands for no character: half of a surrogate pair.
    #[error("a string in the JSON has an escape that stands for no character")]
    BadEscape,
    /// The text is not JSON.
    #[error("the JSON is not well-formed: {what} at line {line} column {column}")]
    Malformed {
        /// What is wrong.
        what: String,
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1; 0 where the line had not begun.
        column: usize,
    },
}

/// A name of a stranger's choosing, safe for a log: control characters escaped, cut short.
fn shown(name: &str) -> String {
    const MOST: usize = 80;
    let mut text: String = name.chars().take(MOST).flat_map(char::escape_debug).collect();
    if name.chars().nth(MOST).is_some() {
        text.push('…');
    }
    text
}

/// A kind of JSON value, for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JsonKind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    List,
    /// An object.
    Object,
}

impl fmt::Display for JsonKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            JsonKind::Null => "null",
            JsonKind::Bool => "a boolean",
            JsonKind::Number => "a number",
            JsonKind::String => "a string",
            JsonKind::List => "a list",
            JsonKind::Object => "an object",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_a_message_forges_no_log_line() {
        let name = format!("a\u{1b}[2J\nFAKE{}", "x".repeat(5000));
        let text = ClaimsError::Duplicate { name }.to_string();
        assert!(!text.contains(['\u{1b}', '\n']) && text.len() < 300, "{text}");
    }
}
