//! A strict reader of JSON (RFC 8259), made for what tokens carry.
//!
//! One pass, no lookahead, nothing rescanned. A string is searched eight bytes at a time and borrowed
//! unless it has an escape; a number stays the text it was, once its grammar holds. The scanner alone
//! decides what is accepted; `serde_json` resolves escapes and words the complaint about a text that is
//! not JSON. That the two accept the same texts is a law among the tests.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use crate::error::ClaimsError;
use crate::object::{Member, Object};
use crate::parse::{MAX_DEPTH, MAX_VALUES};
use crate::value::Value;

/// Bytes of text per claim, at least, in the tokens there are; saves growing the list.
const USUAL_MEMBER: usize = 24;
/// The most members that room is made for unseen.
const USUAL_MEMBERS: usize = 64;

/// Reads a text that is one object and nothing else.
///
/// # Errors
/// [`ClaimsError`] for any other text and for what exceeds the limits, those on the text's length excepted.
pub(crate) fn object(json: &str) -> Result<Object<'_>, ClaimsError> {
    let mut scanner = Scanner { text: json, values: 0, refused: None };
    scanner.document().ok_or_else(|| scanner.refused.take().unwrap_or_else(|| malformed(json)))
}

/// What is read and what is left behind it.
///
/// The rest goes from hand to hand rather than through the scanner, so that it stays in registers: each step waits for the one before.
type Read<'a, T> = Option<(T, &'a str)>;

/// `None` from any method refuses the text: for what stands in `refused`, otherwise as no JSON.
struct Scanner<'a> {
    text: &'a str,
    /// Values met so far.
    values: usize,
    refused: Option<ClaimsError>,
}

impl<'a> Scanner<'a> {
    fn document(&mut self) -> Option<Object<'a>> {
        let room = (self.text.len() / USUAL_MEMBER).min(USUAL_MEMBERS);
        let (object, rest) = self.object(token(self.text).strip_prefix("{")?, 1, room)?;
        token(rest).is_empty().then_some(object)
    }

    /// The members of an object at `depth`, behind its brace.
    fn object(&mut self, text: &'a str, depth: usize, room: usize) -> Read<'a, Object<'a>> {
        let mut members = Vec::with_capacity(room);
        let mut rest = token(text);
        if let Some(empty) = rest.strip_prefix("}") {
            return Some((self.sorted(members)?, empty));
        }
        loop {
            let name;
            (name, rest) = self.name(rest.strip_prefix("\"")?)?;
            let value;
            (value, rest) = self.member(token(rest).strip_prefix(":")?, depth)?;
            members.push(Member::new(name, value));
            rest = token(rest);
            match rest.strip_prefix(",") {
                Some(more) => rest = token(more),
                None => return Some((self.sorted(members)?, rest.strip_prefix("}")?)),
            }
        }
    }

    fn sorted(&mut self, members: Vec<Member<'a>>) -> Option<Object<'a>> {
        Object::sorted(members).map_err(|error| self.refused = Some(error)).ok()
    }

    /// The items of a list at `depth`, behind its bracket.
    fn list(&mut self, text: &'a str, depth: usize) -> Read<'a, Vec<Value<'a>>> {
        let mut items = Vec::new();
        let mut rest = text;
        if let Some(empty) = token(rest).strip_prefix("]") {
            return Some((items, empty));
        }
        loop {
            let item;
            (item, rest) = self.member(rest, depth)?;
            items.push(item);
            rest = token(rest);
            match rest.strip_prefix(",") {
                Some(more) => rest = more,
                None => return Some((items, rest.strip_prefix("]")?)),
            }
        }
    }

    /// A value in a list or object at `depth`.
    #[inline]
    fn member(&mut self, text: &'a str, depth: usize) -> Read<'a, Value<'a>> {
        self.values = self.values.saturating_add(1);
        if self.values > MAX_VALUES {
            return self.refuse(ClaimsError::TooManyValues);
        }
        let text = token(text);
        match text.strip_prefix("\"").and_then(plain) {
            Some((string, rest)) => Some((Value::String(Cow::Borrowed(string)), rest)),
            None => self.value(text, depth),
        }
    }

    /// A value that is no plain string.
    fn value(&mut self, text: &'a str, depth: usize) -> Read<'a, Value<'a>> {
        match text.as_bytes() {
            [b'-' | b'0'..=b'9', ..] => self.number(text),
            [b'n', ..] => Some((Value::Null, text.strip_prefix("null")?)),
            [b't', ..] => Some((Value::Bool(true), text.strip_prefix("true")?)),
            [b'f', ..] => Some((Value::Bool(false), text.strip_prefix("false")?)),
            [b'"', ..] => self.string(text),
            [b'{' | b'[', ..] if depth >= MAX_DEPTH => self.refuse(ClaimsError::TooDeep),
            [b'{', ..] => {
                let (object, rest) = self.object(text.strip_prefix("{")?, depth.saturating_add(1), 0)?;
                Some((Value::Object(object), rest))
            }
            [b'[', ..] => {
                let (items, rest) = self.list(text.strip_prefix("[")?, depth.saturating_add(1))?;
                Some((Value::List(items), rest))
            }
            _ => None,
        }
    }

    fn number(&mut self, text: &'a str) -> Read<'a, Value<'a>> {
        let (length, scaled) = number_length(text.as_bytes())?;
        let (number, rest) = text.split_at_checked(length)?;
        // Without an exponent, what is shorter than the largest double's 309 digits is finite.
        if !scaled && length < 300 || number.parse::<f64>().is_ok_and(f64::is_finite) {
            Some((Value::Number(Cow::Borrowed(number)), rest))
        } else {
            self.refuse(ClaimsError::NumberOutOfRange)
        }
    }

    /// A string value with an escape.
    #[cold]
    fn string(&mut self, text: &'a str) -> Read<'a, Value<'a>> {
        let (piece, rest) = escaped(text)?;
        match serde_json::from_str(piece) {
            Ok(string) => Some((Value::String(Cow::Owned(string)), rest)),
            Err(_) if is_escaped_well(piece) => self.refuse(ClaimsError::BadEscape),
            Err(_) => None,
        }
    }

    /// A member's name, behind its quote.
    #[inline]
    fn name(&mut self, text: &'a str) -> Read<'a, Cow<'a, str>> {
        match plain(text) {
            Some((name, rest)) => Some((Cow::Borrowed(name), rest)),
            None => self.name_with_escape(text),
        }
    }

    #[cold]
    fn name_with_escape(&mut self, text: &'a str) -> Read<'a, Cow<'a, str>> {
        let start = self.text.len().checked_sub(text.len())?.checked_sub(1)?;
        let (piece, rest) = escaped(self.text.get(start..)?)?;
        match serde_json::from_str(piece) {
            Ok(name) => Some((Cow::Owned(name), rest)),
            Err(error) if is_escaped_well(piece) => {
                let (line, column) = place(self.text, start);
                // A string has no line breaks, and its quote is the first column of the piece.
                let column = column.saturating_add(error.column()).saturating_sub(1);
                self.refuse(ClaimsError::Malformed { what: complaint(&error), line, column })
            }
            Err(_) => None,
        }
    }

    #[cold]
    fn refuse<T>(&mut self, reason: ClaimsError) -> Option<T> {
        self.refused = Some(reason);
        None
    }
}

/// The text from its first token on.
#[inline]
fn token(text: &str) -> &str {
    match text.as_bytes() {
        [first, ..] if *first > b' ' => text,
        _ => text.trim_start_matches([' ', '\t', '\n', '\r']),
    }
}

/// A string up to its closing quote, behind its opening one, if it has neither escapes nor control characters.
#[inline]
fn plain(text: &str) -> Read<'_, &str> {
    let (string, rest) = text.split_at_checked(plain_length(text.as_bytes()))?;
    Some((string, rest.strip_prefix("\"")?))
}

/// A string with both its quotes and all its escapes, which are still to be checked; none if it has a control character.
fn escaped(text: &str) -> Read<'_, &str> {
    let mut rest = text.as_bytes().strip_prefix(b"\"")?;
    loop {
        match rest.get(plain_length(rest)..)? {
            [b'"', behind @ ..] => return text.split_at_checked(text.len().checked_sub(behind.len())?),
            [b'\\', _, behind @ ..] => rest = behind,
            _ => return None,
        }
    }
}

/// How long the number is that the text begins with (RFC 8259 section 6), and whether it has an exponent.
fn number_length(text: &[u8]) -> Option<(usize, bool)> {
    let rest = match text {
        [b'-', rest @ ..] => rest,
        _ => text,
    };
    let rest = match rest {
        [b'0', rest @ ..] => rest,
        _ => digits(rest)?,
    };
    let rest = match rest {
        [b'.', rest @ ..] => digits(rest)?,
        _ => rest,
    };
    let (rest, scaled) = match rest {
        [b'e' | b'E', b'+' | b'-', rest @ ..] | [b'e' | b'E', rest @ ..] => (digits(rest)?, true),
        _ => (rest, false),
    };
    Some((text.len().checked_sub(rest.len())?, scaled))
}

/// What is behind the digits, of which there must be one.
fn digits(text: &[u8]) -> Option<&[u8]> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    if end == 0 { None } else { text.get(end..) }
}

/// How many bytes stand before the first quote, backslash or control character.
fn plain_length(text: &[u8]) -> usize {
    let mut rest = text;
    let mut length = 0_usize;
    while let Some((chunk, after)) = rest.split_first_chunk() {
        let marks = special_bytes(u64::from_le_bytes(*chunk));
        if marks != 0 {
            return length.wrapping_add((marks.trailing_zeros() / 8) as usize);
        }
        length = length.wrapping_add(8);
        rest = after;
    }
    length.wrapping_add(rest.iter().take_while(|byte| !matches!(byte, 0..b' ' | b'"' | b'\\')).count())
}

/// The top bit of every byte that is a quote, a backslash or below the blank.
///
/// Bits above the lowest may be there without reason, where a subtraction borrowed; the lowest never is.
fn special_bytes(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const TOPS: u64 = ONES << 7;
    const QUOTES: u64 = u64::from_le_bytes([b'"'; 8]);
    const BACKSLASHES: u64 = u64::from_le_bytes([b'\\'; 8]);
    const BLANKS: u64 = u64::from_le_bytes([b' '; 8]);
    let control = word.wrapping_sub(BLANKS);
    let quote = (word ^ QUOTES).wrapping_sub(ONES);
    let backslash = (word ^ BACKSLASHES).wrapping_sub(ONES);
    // Both marks are below 0x80, so one look at the byte's own top bit serves all three.
    (control | quote | backslash) & !word & TOPS
}

/// Whether the escapes of a string are those that JSON has, be the characters they stand for as they may.
fn is_escaped_well(piece: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(piece).is_ok()
}

#[cold]
fn malformed(json: &str) -> ClaimsError {
    // Names as strings: of a name that is none, more can be said.
    match serde_json::from_str::<BTreeMap<String, IgnoredAny>>(json) {
        Err(error) => ClaimsError::Malformed { what: complaint(&error), line: error.line(), column: error.column() },
        // No text is known that comes here. Were there one, it is refused all the same.
        Ok(_) => ClaimsError::Malformed { what: "unexpected text".to_owned(), line: 1, column: 0 },
    }
}

/// What `serde_json` says, without the place at its end, which we write ourselves.
fn complaint(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).unwrap_or(&text).to_owned()
}

/// Line and column, from 1, of the byte behind the first `at`.
fn place(json: &str, at: usize) -> (usize, usize) {
    let before = json.get(..at).unwrap_or(json);
    let line_start = before.rfind('\n').map_or(0, |end| end.saturating_add(1));
    (before.matches('\n').count().saturating_add(1), before.len().saturating_sub(line_start).saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_special_byte_is_found_wherever_it_stands() {
        for special in (0..b' ').chain([b'"', b'\\']) {
            for plain in [b' ', b'!', b'#', b'[', b']', b'a', 0x7f, 0x80, 0xa2, 0xdc, 0xff] {
                for at in 0..40 {
                    let mut text = [plain; 40];
                    assert_eq!(plain_length(&text), 40);
                    text[at] = special;
                    assert_eq!(plain_length(&text), at, "{special} in {plain}");
                    assert_eq!(plain_length(text.get(..=at).unwrap()), at);
                }
            }
        }
    }
}
