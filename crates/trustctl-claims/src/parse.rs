//! From JSON text to claims.
//!
//! What is told from the whole text is told here: its length, a byte order mark, another kind of value.
//! The scanner reads the rest. Limits bound time and memory for any text.

use crate::error::{ClaimsError, JsonKind};
use crate::object::Claims;
use crate::scan;

/// The longest text of claims, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;
/// The deepest nesting, the claims themselves being the first level.
pub const MAX_DEPTH: usize = 16;
/// The most values, at all depths together.
pub const MAX_VALUES: usize = 4096;

impl<'a> Claims<'a> {
    /// Reads one JSON object.
    ///
    /// # Errors
    /// [`ClaimsError`] for anything else, a member that is there twice at any depth, text behind the object, and what exceeds the limits.
    pub fn parse(json: &'a str) -> Result<Claims<'a>, ClaimsError> {
        if json.len() > MAX_BYTES {
            return Err(ClaimsError::TooLong { length: json.len() });
        }
        if json.starts_with('\u{feff}') {
            return Err(ClaimsError::ByteOrderMark);
        }
        if let Some(found) = kind_but_object(json) {
            return Err(ClaimsError::NotAnObject { found });
        }
        scan::object(json).map(Claims::new)
    }
}

/// The kind of value that the text begins with, unless it is an object or nothing JSON knows.
fn kind_but_object(json: &str) -> Option<JsonKind> {
    match json.trim_start_matches([' ', '\t', '\n', '\r']).as_bytes().first()? {
        b'"' => Some(JsonKind::String),
        b'[' => Some(JsonKind::List),
        b'-' | b'0'..=b'9' => Some(JsonKind::Number),
        b't' | b'f' => Some(JsonKind::Bool),
        b'n' => Some(JsonKind::Null),
        _ => None,
    }
}
