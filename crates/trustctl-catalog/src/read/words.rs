//! What is wrong with a data file's form, in words for whoever writes one.

use std::borrow::Cow;

use serde_saphyr::{Error, MessageFormatter, UserMessageFormatter};

/// Says what should stand there, where the reader's own words are those of its parser.
pub(super) struct Words;

impl MessageFormatter for Words {
    fn format_message<'a>(&self, error: &'a Error) -> Cow<'a, str> {
        match error {
            Error::Unexpected { expected: "sequence start", .. } => {
                "a list is expected here, `[…]` or lines that begin with `-`".into()
            }
            Error::Unexpected { expected: "mapping start", .. } => "`name: value` pairs are expected here".into(),
            Error::Unexpected { expected: "string scalar", .. } => "a text is expected here".into(),
            Error::InvalidScalar { ty, .. } if ty.starts_with(['u', 'i']) => "a whole number is expected here".into(),
            Error::SerdeUnknownField { field, expected, .. } => {
                format!("there is no `{field}` here; there may be {}", listed(expected)).into()
            }
            Error::SerdeUnknownVariant { variant, expected, .. } => {
                format!("`{variant}` is none of {}", listed(expected)).into()
            }
            Error::SerdeMissingField { field, .. } => format!("`{field}` is missing").into(),
            other => UserMessageFormatter.format_message(other),
        }
    }
}

/// Names in backticks, between commas.
pub(super) fn listed<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    names.into_iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}
