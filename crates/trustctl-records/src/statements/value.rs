//! Scalars of a record against values of claims, types kept: a text is no number, and `"true"` is not `true`.

use serde_json::Value as Json;
use trustctl_claims::Value;

/// A scalar that an author wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scalar {
    Null,
    Boolean(bool),
    /// As JSON writes it.
    Number(String),
    Text(String),
}

/// How a claim's value stands to a scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sameness {
    Same,
    /// Two spellings of one number, `42` and `42.0`: whether a registry takes them for equal is not known.
    Perhaps,
    Different,
}

impl Scalar {
    /// `None` for a list or an object.
    pub(super) fn read(value: &Json) -> Option<Self> {
        match value {
            Json::Null => Some(Self::Null),
            Json::Bool(value) => Some(Self::Boolean(*value)),
            Json::Number(number) => Some(Self::Number(number.to_string())),
            Json::String(text) => Some(Self::Text(text.clone())),
            Json::Array(_) | Json::Object(_) => None,
        }
    }

    /// Compares it with a claim's value, in which a null is a value.
    pub(super) fn compare(&self, value: &Value<'_>) -> Sameness {
        let same = match (self, value) {
            (Self::Null, Value::Null) => true,
            (Self::Boolean(one), Value::Bool(other)) => one == other,
            (Self::Text(one), Value::String(other)) => one == other,
            (Self::Number(one), Value::Number(other)) if one == other => true,
            (Self::Number(one), Value::Number(other)) => match (one.parse::<f64>(), other.parse::<f64>()) {
                // Two whole numbers that are spelt differently are different, however large.
                (Ok(one_number), Ok(other_number))
                    if one_number == other_number && !(is_whole(one) && is_whole(other)) =>
                {
                    return Sameness::Perhaps;
                }
                _ => false,
            },
            _ => false,
        };
        if same { Sameness::Same } else { Sameness::Different }
    }

    /// As a reader sees it: a text as it is, everything else as JSON writes it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Boolean(value) => value.to_string(),
            Self::Number(text) | Self::Text(text) => text.clone(),
        }
    }
}

fn is_whole(number: &str) -> bool {
    number.strip_prefix('-').unwrap_or(number).bytes().all(|byte| byte.is_ascii_digit())
}

/// What a JSON value is, for a message.
pub(super) fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "`null`",
        Json::Bool(_) => "`true` or `false`",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn types_are_kept() {
        let compare = |one: Json, other: Value<'_>| Scalar::read(&one).unwrap().compare(&other);
        assert_eq!(compare(json!("42"), Value::Number("42".into())), Sameness::Different);
        assert_eq!(compare(json!(42), Value::String("42".into())), Sameness::Different);
        assert_eq!(compare(json!(true), Value::String("true".into())), Sameness::Different);
        assert_eq!(compare(json!(null), Value::String("".into())), Sameness::Different);
        assert_eq!(compare(json!(null), Value::Null), Sameness::Same);
        assert_eq!(compare(json!(42), Value::Number("42".into())), Sameness::Same);
        assert_eq!(compare(json!(42), Value::Number("42.0".into())), Sameness::Perhaps);
        assert_eq!(compare(json!(42), Value::Number("4.2e1".into())), Sameness::Perhaps);
        assert_eq!(compare(json!(42), Value::Number("43".into())), Sameness::Different);
    }

    #[test]
    fn large_whole_numbers_are_not_rounded_into_one() {
        let one = Scalar::read(&json!(9_007_199_254_740_993_i64)).unwrap();
        assert_eq!(one.compare(&Value::Number("9007199254740992".into())), Sameness::Different);
    }
}
