//! Foreign text inside Markdown.

use crate::look::shown;

/// Characters of one piece of foreign text; names of packages and paths are shorter.
const MOST_CHARACTERS: usize = 300;

/// `text` as a code span: shown as it is, whatever it holds.
///
/// A span ends at as many backticks as it begins with, so it begins with more than the text has in a row. Line ends are written
/// as escapes, so that nothing begins a line.
pub(super) fn code(text: &str) -> String {
    let text = plain(text);
    let ticks = "`".repeat(longest_run(&text) + 1);
    // A blank at both ends is taken off by who reads it; one at one end, or in a row of nothing else, is kept.
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) || text.is_empty() { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// Lines in a fence longer than any in them.
pub(super) fn fence(lines: &[String]) -> Vec<String> {
    let lines: Vec<String> = lines.iter().map(|line| plain(line)).collect();
    let ticks = "`".repeat(lines.iter().map(|line| longest_run(line)).max().unwrap_or(0).max(2) + 1);
    std::iter::once(format!("{ticks}text")).chain(lines).chain([ticks.clone()]).collect()
}

/// One line without anything that is not seen, cut where it is long.
fn plain(text: &str) -> String {
    let text = shown(text);
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or("")),
        None => text.into_owned(),
    }
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_holds_whatever_it_is_given() {
        assert_eq!(code("npm.trust.yaml"), "`npm.trust.yaml`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`a"), "`` `a ``");
        assert_eq!(code(""), "`  `");
        assert_eq!(code("a\n\n# @everyone <img>"), "`a\\u{a}\\u{a}# @everyone <img>`");
        assert!(code(&"x".repeat(1_000)).len() < 320);
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        let lines = ["a  ````".to_owned(), "```\n</details>".to_owned()];
        assert_eq!(fence(&lines), ["`````text", "a  ````", "```\\u{a}</details>", "`````"]);
        assert_eq!(fence(&["a".to_owned()]), ["```text", "a", "```"]);
    }
}
