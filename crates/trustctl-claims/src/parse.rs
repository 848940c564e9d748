//! From JSON text to claims.
//!
//! `serde_json` checks the syntax and hands out each member's value as the piece of text it is; what
//! the piece means is read off its first byte. So numbers keep their digits and strings without an
//! escape are borrowed. Limits bound time and memory for any text; a nested value is scanned once
//! for each level above it, of which there are few.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::de::StrRead;
use serde_json::value::RawValue;

use crate::error::{ClaimsError, JsonKind};
use crate::object::{Claims, Object};
use crate::value::Value;

/// The longest text of claims, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;
/// The deepest nesting, the claims themselves being the first level.
pub const MAX_DEPTH: usize = 16;
/// The most values, at all depths together.
pub const MAX_VALUES: usize = 4096;

/// What most tokens stay below; saves growing the list.
const USUAL_MEMBERS: usize = 40;

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
        Reader { values: 0, refused: None }.object(json, 1).map(Claims::new)
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

struct Reader {
    /// Values met so far.
    values: usize,
    /// Why reading stopped, where JSON was not the reason: `serde_json` carries no errors but its own.
    refused: Option<ClaimsError>,
}

impl Reader {
    fn object<'a>(&mut self, json: &'a str, depth: usize) -> Result<Object<'a>, ClaimsError> {
        let members = self.read(json, |reader, json| json.deserialize_map(Members { reader, depth }))?;
        Object::sorted(members)
    }

    fn list<'a>(&mut self, json: &'a str, depth: usize) -> Result<Vec<Value<'a>>, ClaimsError> {
        self.read(json, |reader, json| json.deserialize_seq(Items { reader, depth }))
    }

    fn read<'a, T>(
        &mut self,
        json: &'a str,
        read: impl FnOnce(&mut Reader, &mut serde_json::Deserializer<StrRead<'a>>) -> serde_json::Result<T>,
    ) -> Result<T, ClaimsError> {
        let mut json = serde_json::Deserializer::from_str(json);
        let result = read(self, &mut json).and_then(|value| json.end().map(|()| value));
        result.map_err(|error| self.refused.take().unwrap_or_else(|| malformed(&error)))
    }

    /// Reads a member of a list or object, counted; a refusal waits in `refused`.
    fn member<'a, E: serde::de::Error>(&mut self, piece: &'a RawValue, depth: usize) -> Result<Value<'a>, E> {
        self.values = self.values.saturating_add(1);
        let value =
            if self.values > MAX_VALUES { Err(ClaimsError::TooManyValues) } else { self.value(piece.get(), depth) };
        value.map_err(|error| {
            self.refused = Some(error);
            E::custom("refused")
        })
    }

    /// Reads a value whose syntax `serde_json` has checked, in a list or object at `depth`.
    fn value<'a>(&mut self, piece: &'a str, depth: usize) -> Result<Value<'a>, ClaimsError> {
        match piece.as_bytes() {
            [b'"', ..] => string(piece),
            [b'n', ..] => Ok(Value::Null),
            [b't', ..] => Ok(Value::Bool(true)),
            [b'f', ..] => Ok(Value::Bool(false)),
            [b'{' | b'[', ..] if depth >= MAX_DEPTH => Err(ClaimsError::TooDeep),
            [b'{', ..] => self.object(piece, depth.saturating_add(1)).map(Value::Object),
            [b'[', ..] => self.list(piece, depth.saturating_add(1)).map(Value::List),
            _ => number(piece),
        }
    }
}

fn string(piece: &str) -> Result<Value<'_>, ClaimsError> {
    match piece.strip_prefix('"').and_then(|piece| piece.strip_suffix('"')) {
        Some(text) if !text.as_bytes().contains(&b'\\') => Ok(Value::String(Cow::Borrowed(text))),
        // The syntax was checked, the pairing of surrogates was not.
        _ => {
            serde_json::from_str(piece).map(|text| Value::String(Cow::Owned(text))).map_err(|_| ClaimsError::BadEscape)
        }
    }
}

fn number(piece: &str) -> Result<Value<'_>, ClaimsError> {
    let short_integer = piece.len() < 300 && !piece.bytes().any(|byte| matches!(byte, b'e' | b'E'));
    if short_integer || piece.parse::<f64>().is_ok_and(f64::is_finite) {
        Ok(Value::Number(Cow::Borrowed(piece)))
    } else {
        Err(ClaimsError::NumberOutOfRange)
    }
}

fn malformed(error: &serde_json::Error) -> ClaimsError {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    // serde_json ends its messages with the place, which we write ourselves.
    let what = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text).to_owned();
    ClaimsError::Malformed { what, line, column }
}

/// Collects an object's members.
struct Members<'r> {
    reader: &'r mut Reader,
    depth: usize,
}

impl<'a> Visitor<'a> for Members<'_> {
    type Value = Vec<(Cow<'a, str>, Value<'a>)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::with_capacity(if self.depth == 1 { USUAL_MEMBERS } else { 0 });
        while let Some(name) = map.next_key_seed(Name)? {
            let piece = map.next_value::<&'a RawValue>()?;
            members.push((name, self.reader.member(piece, self.depth)?));
        }
        Ok(members)
    }
}

/// Collects a list's members.
struct Items<'r> {
    reader: &'r mut Reader,
    depth: usize,
}

impl<'a> Visitor<'a> for Items<'_> {
    type Value = Vec<Value<'a>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(piece) = list.next_element::<&'a RawValue>()? {
            items.push(self.reader.member(piece, self.depth)?);
        }
        Ok(items)
    }
}

/// Reads a member's name, borrowed where it has no escape.
struct Name;

impl<'a> DeserializeSeed<'a> for Name {
    type Value = Cow<'a, str>;

    fn deserialize<D: Deserializer<'a>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for Name {
    type Value = Cow<'a, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'a str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}
