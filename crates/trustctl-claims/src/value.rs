//! One value of a claim, as the JSON text has it.

use std::borrow::Cow;
use std::fmt;

use crate::error::JsonKind;
use crate::object::Object;

/// One value of a claim.
///
/// [`fmt::Display`] writes it as JSON, members sorted by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, spelt as in the text: `42`, `42.0` and `4.2e1` stay three texts.
    Number(Cow<'a, str>),
    /// A string, escapes resolved.
    String(Cow<'a, str>),
    /// An array.
    List(Vec<Value<'a>>),
    /// An object.
    Object(Object<'a>),
}

impl<'a> Value<'a> {
    /// Whether a claim of this value counts as absent: null, `""` and `[]` do, like a claim that is missing.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        match self {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::List(items) => items.is_empty(),
            Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
        }
    }

    /// The JSON kind of the value.
    #[must_use]
    pub fn kind(&self) -> JsonKind {
        match self {
            Value::Null => JsonKind::Null,
            Value::Bool(_) => JsonKind::Bool,
            Value::Number(_) => JsonKind::Number,
            Value::String(_) => JsonKind::String,
            Value::List(_) => JsonKind::List,
            Value::Object(_) => JsonKind::Object,
        }
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The digits of an integer, of any size, in the only spelling it has: `0|-?[1-9][0-9]*`.
    ///
    /// A number written otherwise (`42.0`, `4e1`, `-0`) is no integer, so two texts are the same integer exactly when they are equal.
    #[must_use]
    pub fn as_integer(&self) -> Option<&str> {
        match self {
            Value::Number(text) if is_integer(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value of a boolean; the string `"true"` is none.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The members of a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Value<'a>]> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The members of an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The value below this one that the segments of a JSON Pointer lead to (RFC 6901, escapes already resolved).
    ///
    /// In an object a segment is a member's name; in a list it is an index, `0|[1-9][0-9]*`. No segments lead to the value itself.
    #[must_use]
    pub fn pointer<S: AsRef<str>>(&self, segments: &[S]) -> Option<&Value<'a>> {
        segments.iter().try_fold(self, |value, segment| value.step(segment.as_ref()))
    }

    fn step(&self, segment: &str) -> Option<&Value<'a>> {
        match self {
            Value::Object(object) => object.named(segment),
            Value::List(items) if is_integer(segment) => items.get(segment.parse::<usize>().ok()?),
            _ => None,
        }
    }

    /// The same value with nothing borrowed from the text.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Bool(value) => Value::Bool(value),
            Value::Number(text) => Value::Number(Cow::Owned(text.into_owned())),
            Value::String(text) => Value::String(Cow::Owned(text.into_owned())),
            Value::List(items) => Value::List(items.into_iter().map(Value::into_owned).collect()),
            Value::Object(object) => Value::Object(object.into_owned()),
        }
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Bool(value) => value.fmt(f),
            Value::Number(text) => f.write_str(text),
            Value::String(text) => write_string(text, f),
            Value::List(items) => {
                f.write_str("[")?;
                for (at, item) in items.iter().enumerate() {
                    f.write_str(if at == 0 { "" } else { "," })?;
                    item.fmt(f)?;
                }
                f.write_str("]")
            }
            Value::Object(object) => object.fmt(f),
        }
    }
}

/// Writes a string as JSON.
pub(crate) fn write_string(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(&serde_json::to_string(text).map_err(|_| fmt::Error)?)
}

fn is_integer(text: &str) -> bool {
    match text.strip_prefix('-').unwrap_or(text).as_bytes() {
        [b'0'] => !text.starts_with('-'),
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_has_one_spelling() {
        for text in ["0", "7", "-7", "42", "123456789012345678901234567890"] {
            assert!(is_integer(text), "{text}");
        }
        for text in ["", "-", "-0", "00", "042", "+1", "42.0", "4e1", "4E1", "0x1", " 1", "1 ", "１"] {
            assert!(!is_integer(text), "{text}");
        }
    }

    #[test]
    fn absence_is_defined_here_and_only_here() {
        assert!(Value::Null.is_absent());
        assert!(Value::String("".into()).is_absent());
        assert!(Value::List(vec![]).is_absent());
        for value in
            [Value::Bool(false), Value::Number("0".into()), Value::String(" ".into()), Value::List(vec![Value::Null])]
        {
            assert!(!value.is_absent(), "{value}");
        }
    }
}
