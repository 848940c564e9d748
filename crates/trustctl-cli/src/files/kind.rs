//! Whether a text is meant as a trust file at all.
//!
//! What is wrong inside a trust file is a finding, from a slip of syntax to an unknown claim. A file of another kind
//! is told once, as a whole, and nothing of it is shown.

use std::path::Path;

use super::is_trust_file;
use crate::input::{Input, InputError, nearest};
use crate::secret::is_token;

/// Keys that a trust file can begin with.
const KEYS: [&str; 7] = ["trust", "dialect", "registry", "registries", "providers", "grants", "include"];
/// More bytes than any set of claims has.
const MOST_CLAIMS: usize = 1024 * 1024;

/// Refuses a text of another kind.
pub(super) fn check(path: &Path, text: &str) -> Result<(), InputError> {
    let input = || Input::File(path.to_owned());
    if is_token(text) {
        return Err(InputError::Token(input()));
    }
    if are_claims(text) {
        return Err(InputError::Claims(input()));
    }
    if !is_trust_file(path) && !begins_like_one(text) {
        return Err(InputError::OtherKind(input()));
    }
    Ok(())
}

/// A JSON object with `iss`, and `aud` or `sub`.
pub(crate) fn are_claims(text: &str) -> bool {
    if text.len() > MOST_CLAIMS || !text.trim_start().starts_with('{') {
        return false;
    }
    let Ok(members) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text) else { return false };
    members.contains_key("iss") && (members.contains_key("aud") || members.contains_key("sub"))
}

/// Whether the first line that says something begins with a trust file's key, or nearly; an empty text does, since
/// the reader says what is missing in it.
fn begins_like_one(text: &str) -> bool {
    let says = |line: &&str| !line.is_empty() && !line.starts_with(['#', '%']) && *line != "---";
    let mut lines = text.lines().map(|line| line.trim_matches([' ', '\t', '\r', '{', '"', '\''])).filter(says);
    let Some(first) = lines.next() else { return true };
    let word = first.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').next().unwrap_or("");
    nearest(word, KEYS.into_iter()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, text: &str) -> &'static str {
        match check(Path::new(name), text) {
            Ok(()) => "trust file",
            Err(InputError::Token(_)) => "token",
            Err(InputError::Claims(_)) => "claims",
            Err(_) => "other",
        }
    }

    #[test]
    fn what_a_file_is_meant_as() {
        for text in ["trust: 1\n", "# ours\n---\ntrsut 1", "{\"trust\": 1}", "{\n  trust: 1 }", "", "grants:\n- a\n"] {
            assert_eq!(kind("policy.yaml", text), "trust file", "{text}");
        }
        for text in ["# Title\n\nSome prose.\ntrust: 1\n", "name: CI\non: push\n", "{\"name\": \"left-pad\"}", "<html>"]
        {
            assert_eq!(kind("README.md", text), "other", "{text}");
            assert_eq!(kind("npm.trust.yaml", text), "trust file", "{text}");
        }
        let claims = r#"{"iss": "https://ci.example", "sub": "a"}"#;
        assert_eq!(kind("npm.trust.yaml", claims), "claims");
        assert_eq!(kind("npm.trust.yaml", r#"{"iss": "https://ci.example"}"#), "trust file");
        assert_eq!(kind("npm.trust.yaml", "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln\n"), "token");
    }
}
