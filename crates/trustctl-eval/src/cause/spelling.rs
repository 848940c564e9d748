//! Values that differ in what the eye slides over.

use super::Failed;

/// Case, blanks, `.yaml` for `.yml`, a path for a file name, a whole ref for a branch.
pub(super) fn almost_the_same(failed: &Failed<'_, '_>) -> Option<String> {
    let found = failed.text()?;
    failed.literals().into_iter().find_map(|literal| difference(literal, &found)).map(str::to_owned)
}

fn difference(literal: &str, found: &str) -> Option<&'static str> {
    if literal == found {
        return None;
    }
    if literal.trim() == found.trim() {
        return Some("they differ in blanks at an end");
    }
    if literal.eq_ignore_ascii_case(found) {
        return Some("they differ in upper and lower case only, and values are compared exactly");
    }
    let stem = |text: &str| text.strip_suffix(".yaml").or_else(|| text.strip_suffix(".yml")).map(str::to_owned);
    if stem(literal).is_some() && stem(literal) == stem(found) {
        return Some("one ends in `.yml`, the other in `.yaml`");
    }
    if literal.rsplit('/').next() == Some(found) {
        return Some("the policy has a path, and the claim is only its last part");
    }
    if found.rsplit('/').next() == Some(literal) && found.starts_with("refs/") {
        return Some("the claim is a whole ref, and the policy has only its name");
    }
    if !found.is_ascii() {
        return Some("the token's value has characters outside ASCII");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn small_differences_are_named() {
        for (literal, found, word) in [
            ("publish.yml", "publish.yaml", ".yaml"),
            ("Acme/Widgets", "acme/widgets", "case"),
            ("npm", "npm ", "blanks"),
            (".github/workflows/publish.yml", "publish.yml", "path"),
            ("main", "refs/heads/main", "whole ref"),
            ("acme", "\u{430}cme", "ASCII"),
        ] {
            assert!(difference(literal, found).unwrap().contains(word), "{literal} {found}");
        }
        assert_eq!(difference("publish.yml", "ci.yml"), None);
        assert_eq!(difference("same", "same"), None);
    }
}
