//! Literals that look like patterns: the reader refuses them and says what they would mean.
//!
//! A bare `v*` that is taken as a literal accepts nothing, one that is taken as a pattern accepts more
//! than its writer may have meant; so it is neither. Ordinary values must pass: `dependabot[bot]`,
//! `v1.2.3`, `C++`, `{5a0c3f1f-…}` hold the same characters.

use std::ops::Range;

use crate::Pattern;

/// What a text that looks like a pattern would be, were it one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reading {
    /// A glob.
    Glob,
    /// A regular expression.
    Regex,
    /// A template with holes such as `{version}`.
    Template,
}

/// Why a text looks like a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspicion {
    /// What it would be.
    pub reading: Reading,
    /// The bytes of the text that gave it away.
    pub span: Range<usize>,
    text: String,
}

impl Suspicion {
    /// The matcher to write if the pattern is meant, as it stands in a trust file (without the quotes that
    /// its characters may need): `{ glob: … }`, `{ regex: … }` with useless anchors taken off, `{ template: … }`.
    #[must_use]
    pub fn matcher(&self) -> String {
        let key = match self.reading {
            Reading::Glob => "glob",
            Reading::Regex => "regex",
            Reading::Template => "template",
        };
        format!("{{ {key}: '{}' }}", self.pattern_text().replace('\'', "''"))
    }

    /// The pattern it would be, to show what that would accept; `None` for a template and for what is no
    /// well-formed pattern either.
    #[must_use]
    pub fn pattern(&self) -> Option<Pattern> {
        match self.reading {
            Reading::Glob => Pattern::glob(&self.text).ok(),
            Reading::Regex => Pattern::regex(self.pattern_text()).ok(),
            Reading::Template => None,
        }
    }

    fn pattern_text(&self) -> &str {
        let text = self.text.as_str();
        match self.reading {
            Reading::Regex => {
                let text = text.strip_prefix('^').unwrap_or(text);
                text.strip_suffix('$').filter(|rest| !rest.ends_with('\\')).unwrap_or(text)
            }
            Reading::Glob | Reading::Template => text,
        }
    }
}

/// Whether a bare value looks like a pattern, and like which.
///
/// ```
/// use trustctl_pattern::{Reading, looks_like_pattern};
///
/// let suspicion = looks_like_pattern("^refs/tags/v.*$").unwrap();
/// assert_eq!(suspicion.reading, Reading::Regex);
/// assert_eq!(suspicion.matcher(), "{ regex: 'refs/tags/v.*' }");
/// assert!(suspicion.pattern().unwrap().is_match("refs/tags/v1"));
///
/// assert_eq!(looks_like_pattern("dependabot[bot]"), None);
/// ```
#[must_use]
pub fn looks_like_pattern(text: &str) -> Option<Suspicion> {
    let found = |reading, span| Some(Suspicion { reading, span, text: text.to_owned() });
    if let Some(span) = regex_sign(text) {
        return found(Reading::Regex, span);
    }
    if let Some(span) = hole(text) {
        return found(Reading::Template, span);
    }
    let at = text.find(['*', '?'])?;
    found(Reading::Glob, at..at + 1)
}

/// What only a regex has: `^…`, `…$`, `.*`, `.+`, `\d`, `(a|b)`, `[a-z]`, `[^/]`, `a{2}`.
fn regex_sign(text: &str) -> Option<Range<usize>> {
    if text.starts_with('^') {
        return Some(0..1);
    }
    if text.ends_with('$') {
        return Some(text.len() - 1..text.len());
    }
    text.char_indices().find_map(|(at, character)| {
        let rest = text.get(at..)?;
        let length = match character {
            '.' if rest.starts_with(".*") || rest.starts_with(".+") => 2,
            '\\' if rest.get(1..)?.starts_with(is_escaped) => 2,
            '(' => choice(rest)?,
            '[' => class(rest)?,
            '{' if at > 0 => count(rest)?,
            _ => return None,
        };
        Some(at..at + length)
    })
}

fn is_escaped(character: char) -> bool {
    matches!(character, 'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'b' | 'B' | 'A' | 'z') || character.is_ascii_punctuation()
}

/// `(a|b)`; not `(linux | mac)`, which people write in names.
fn choice(text: &str) -> Option<usize> {
    let end = text.find(')')?;
    let inner = text.get(1..end)?;
    (inner.contains('|') && !inner.contains(" |") && !inner.contains("| ")).then_some(end + 1)
}

/// `[^…]`, and brackets that hold a range and nothing that is a word: `[a-z]`, `[0-9._]`; not `[bot]`.
fn class(text: &str) -> Option<usize> {
    let end = text.find(']')?;
    let mut inner = text.get(1..end)?;
    if inner.starts_with('^') {
        return Some(end + 1);
    }
    let mut ranges = 0;
    while let Some(first) = inner.chars().next() {
        let mut after = inner.chars().skip(1);
        let last = if after.next() == Some('-') { after.next() } else { None };
        let length = match last {
            Some(last) if is_range(first, last) => {
                ranges += 1;
                3
            }
            _ if matches!(first, '.' | '_' | '-' | '/') => 1,
            _ => return None,
        };
        inner = inner.get(length..)?;
    }
    (ranges > 0).then_some(end + 1)
}

fn is_range(first: char, last: char) -> bool {
    let alike = |of: fn(&char) -> bool| of(&first) && of(&last);
    first < last && (alike(char::is_ascii_digit) || alike(char::is_ascii_lowercase) || alike(char::is_ascii_uppercase))
}

/// `{2}`, `{2,}`, `{2,3}` behind something.
fn count(text: &str) -> Option<usize> {
    let end = text.find('}')?;
    let inner = text.get(1..end)?;
    let (min, max) = inner.split_once(',').unwrap_or((inner, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (!min.is_empty() && digits(min) && digits(max)).then_some(end + 1)
}

/// `{version}`, `{package.name}`; not `{5a0c3f1f-…}`.
fn hole(text: &str) -> Option<Range<usize>> {
    text.char_indices().find_map(|(at, character)| {
        let rest = if character == '{' {
            text.get(at + 1..)?
        } else {
            return None;
        };
        let end = rest.find('}')?;
        let name = rest.get(..end)?;
        let is_name = name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'.' | b'_'));
        is_name.then_some(at..at + end + 2)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_noticed() {
        for (text, reading, sign) in [
            ("v*", Reading::Glob, "*"),
            ("refs/tags/v?", Reading::Glob, "?"),
            ("*", Reading::Glob, "*"),
            ("acme/.*", Reading::Regex, ".*"),
            ("acme/.+", Reading::Regex, ".+"),
            ("^main", Reading::Regex, "^"),
            ("main$", Reading::Regex, "$"),
            ("^(main|next)$", Reading::Regex, "^"),
            ("(main|next)", Reading::Regex, "(main|next)"),
            (r"v\d", Reading::Regex, r"\d"),
            (r"acme\.io", Reading::Regex, r"\."),
            ("v[0-9]", Reading::Regex, "[0-9]"),
            ("v[0-9._]", Reading::Regex, "[0-9._]"),
            ("acme/[^/]", Reading::Regex, "[^/]"),
            ("[A-Za-z0-9]{2,8}", Reading::Regex, "[A-Za-z0-9]"),
            ("x{2,}", Reading::Regex, "{2,}"),
            ("v{version}", Reading::Template, "{version}"),
            ("{package.name}-v", Reading::Template, "{package.name}"),
        ] {
            let suspicion = looks_like_pattern(text).unwrap_or_else(|| panic!("{text} passes"));
            assert_eq!((suspicion.reading, text.get(suspicion.span.clone()).unwrap()), (reading, sign), "{text}");
        }
    }

    #[test]
    fn ordinary_values_pass() {
        for text in [
            "",
            "dependabot[bot]",
            "v1.2.3",
            "refs/heads/main",
            "@scope/name",
            "npm:host.name",
            "feature/x+y",
            "C++",
            "acme/widgets",
            "42",
            "true",
            "https://ci.corp.example/org",
            "1.2.3+build.5",
            "v2.0.0-rc.1",
            "Release (prod)",
            "CI (linux | mac)",
            "{5a0c3f1f-1c1f-4b52-9a0c-3f1f0a3a9f11}",
            "build [pre-release]",
            "[a]",
            "a|b",
            "x.y.z",
            "repo:acme/widgets:ref:refs/heads/main",
            "a^b",
            "US$ prices",
            "C:\\x",
            "acme@1234567/widgets@556677",
            "größe",
            ".github/workflows/x.yml@refs/heads/main",
            "{}",
            "{1}",
            "a{}",
            "(",
            "[",
            "{",
            "\\",
            "project_path:acme/x:ref_type:tag",
        ] {
            assert_eq!(looks_like_pattern(text), None, "{text}");
        }
    }

    #[test]
    fn the_matcher_to_write_is_quoted() {
        assert_eq!(looks_like_pattern("it's *").unwrap().matcher(), "{ glob: 'it''s *' }");
        assert_eq!(looks_like_pattern(r"^cost\$").unwrap().matcher(), r"{ regex: 'cost\$' }");
        assert_eq!(looks_like_pattern("v{version}").unwrap().matcher(), "{ template: 'v{version}' }");
        assert_eq!(looks_like_pattern("v{version}").unwrap().pattern(), None);
        assert!(looks_like_pattern("v*").unwrap().pattern().unwrap().is_match("v1"));
    }
}
