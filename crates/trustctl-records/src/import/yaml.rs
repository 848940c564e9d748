//! Scalars of a trust file, in quotes where they would mean something else without.

use std::borrow::Cow;

/// A scalar as a trust file writes it.
pub(super) fn scalar(text: &str) -> Cow<'_, str> {
    if is_plain(text) { Cow::Borrowed(text) } else { Cow::Owned(quoted(text)) }
}

/// Scalars between brackets.
pub(super) fn list<'t>(texts: impl IntoIterator<Item = &'t String>) -> String {
    let texts: Vec<Cow<'_, str>> = texts.into_iter().map(|text| scalar(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// Whether YAML reads it as this very text, also between braces.
fn is_plain(text: &str) -> bool {
    let begins = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/');
    let goes_on = |c: char| begins(c) || matches!(c, '-' | '+' | '@' | ':');
    let is_null = text.eq_ignore_ascii_case("null");
    text.starts_with(begins) && text.chars().all(goes_on) && !text.ends_with(':') && text != "..." && !is_null
}

/// Between double quotes; JSON's escapes are YAML's as well.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::scalar;

    #[test]
    fn texts_that_yaml_would_read_otherwise_are_in_quotes() {
        for text in
            ["acme/widgets", ".gitlab-ci.yml", "acme@1/widgets@2", "https://gitlab.com", "on", "2027-01-31", "v1+x"]
        {
            assert_eq!(scalar(text), text);
        }
        for text in
            ["@acme/widgets", "", "a b", "a: b", "a #b", "*", "null", "a:", "-", "...", "{version}", "a\"b", "é", "a,b"]
        {
            let written = scalar(text);
            assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
        }
    }
}
