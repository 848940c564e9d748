//! Regular expressions as Ruby reads them, for the matcher that there is here.
//!
//! Most of what authors write means the same in both. What does not is translated (`\Z`, `\h`) or refused, never read in
//! another sense: a refused pattern is one that nobody can say anything about, and such a record refuses the token.
//! Source: Onigmo's syntax as Ruby's documentation of `Regexp` has it, compared 2026-11-20.

use std::borrow::Cow;

use trustctl_pattern::Pattern;

/// Most bytes of an expression, as many as the matcher takes: a longer one is refused before it is walked through.
const LONGEST: usize = 512;

/// A matcher that finds what Ruby's `Regexp.new(text).match?` finds, in printable ASCII.
///
/// # Errors
///
/// Why there is none, as a part of a sentence.
pub(super) fn compile(text: &str) -> Result<Pattern, String> {
    let text = translate(text)?;
    Pattern::search(&text).map_err(|error| error.to_string())
}

/// Whether the matcher can judge a text at all.
pub(super) fn is_judged(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// The same expression in the syntax that is read here.
///
/// # Errors
///
/// Why there is none, as a part of a sentence.
pub(crate) fn translate(text: &str) -> Result<Cow<'_, str>, String> {
    if text.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    let mut written = String::new();
    let mut rest = text.char_indices().peekable();
    let mut classes = 0_usize;
    // Where a bracket would be a character of the class that was just opened, as it is in both.
    let mut fresh = None;
    let mut quantified = false;
    // Whether a `{n}` ended right before.
    let mut counted_once = false;
    while let Some((at, c)) = rest.next() {
        let after = text.get(at + c.len_utf8()..).unwrap_or_default();
        let was_quantified = std::mem::take(&mut quantified);
        let was_counted_once = std::mem::take(&mut counted_once);
        match c {
            '\\' => {
                let Some((_, escaped)) = rest.next() else {
                    return Err("it ends in a `\\`".to_owned());
                };
                match escaped {
                    // In a text on one line, before its last line end is its end.
                    'Z' if classes == 0 => written.push_str(r"\z"),
                    'h' => written.push_str("[0-9a-fA-F]"),
                    'H' if classes == 0 => written.push_str("[^0-9a-fA-F]"),
                    'x' | 'u' | 'U' if after.get(1..).is_some_and(|after| escaped == 'U' || after.starts_with('{')) => {
                        return Err(format!("`\\{escaped}` is read in another way there"));
                    }
                    _ => written.extend(['\\', escaped]),
                }
                continue;
            }
            '[' => {
                classes += 1;
                fresh = Some(at + 1 + usize::from(after.starts_with('^')));
            }
            ']' if classes > 0 && fresh != Some(at) => classes -= 1,
            '-' if classes > 0 && after.starts_with('-') => return Err(other("--")),
            '~' if classes > 0 && after.starts_with('~') => return Err(other("~~")),
            '(' if classes == 0 && after.starts_with("?P") => return Err(other("(?P")),
            '+' if classes == 0 && was_quantified => return Err(other("a possessive `+`")),
            '?' if classes == 0 && was_counted_once => return Err(other("`?` after a count")),
            '{' if classes == 0 => {
                let Some((count, _)) = after.split_once('}').filter(|(count, _)| is_count(count)) else {
                    return Err("it has a `{` that begins no count".to_owned());
                };
                written.push('{');
                written.push_str(count);
                written.push('}');
                for _ in 0..=count.len() {
                    rest.next();
                }
                quantified = true;
                counted_once = !count.contains(',');
                continue;
            }
            '*' | '+' | '?' if classes == 0 => quantified = true,
            _ => {}
        }
        written.push(c);
    }
    Ok(if written == text { Cow::Borrowed(text) } else { Cow::Owned(written) })
}

fn other(what: &str) -> String {
    format!("`{}` means something else there", what.trim_matches('`'))
}

/// `3`, `3,`, `,3` or `3,5`.
fn is_count(text: &str) -> bool {
    let (least, most) = text.split_once(',').unwrap_or((text, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    is_number(least) && is_number(most) && !(least.is_empty() && most.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_found_anywhere_and_anchors_are_the_texts() {
        for (pattern, text, expected) in [
            (r"\A[v].{3}e.*", "value", true),
            (r"\A[v].{3}e.*", "a value", false),
            ("acme/widgets", "evil/acme/widgets-fork", true),
            (r"\Aacme/widgets\Z", "acme/widgets", true),
            (r"\Aacme/widgets\Z", "acme/widgets2", false),
            (r"\A\h{7}\z", "04de355", true),
            (r"\A\h{7}\z", "04de35g", false),
            (r"\A[\h-]+\z", "04de-355", true),
            (r"\A\H\z", "g", true),
            (r"\A[]x]\z", "]", true),
            (r"\A[^]x]\z", "]", false),
            (r"\A\\[]a]\z", r"\]", true),
            (r"\A[[:alpha:]]+\z", "abc", true),
            (r"\A[a-z&&[^b]]\z", "b", false),
            (r"\A(?<owner>acme)/(?:a|b)\z", "acme/b", true),
            ("^main$", "main", true),
            ("a--b", "a--b", true),
            (r"\Aa{2,3}?\z", "aaa", true),
            (r"\Aa\{2}?\z", "a{2", true),
            ("", "anything", true),
        ] {
            let compiled = compile(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
            assert_eq!(compiled.is_match(text), expected, "{pattern} in {text}");
        }
    }

    #[test]
    fn what_means_something_else_in_ruby_is_refused() {
        for pattern in [
            "a++b",
            "a*+b",
            "a?+b",
            "a{2}+",
            "a{2}?",
            "(?P<x>a)",
            "[+--b]",
            "[a~~b]",
            r"\x{41}",
            r"\U00000041",
            "a{ 3 }",
            "a{x}",
            "a{,}",
            "(?>a)",
            "(?i)a",
            "(?#x)a",
            "(?~a)",
            r"\bmain",
            r"(a)\1",
            r"\k<a>",
            "(?=a)",
            "(?<!a)",
            r"\p{Alpha}",
            r"\R",
            r"\X",
            r"\G",
            r"a\K",
            "(",
            "[a",
            "*",
            "a\\",
            "é",
            "a\nb",
        ] {
            assert!(compile(pattern).is_err(), "{pattern} is taken");
        }
    }

    #[test]
    fn size_is_bounded() {
        // Refused before it is read: what is too long is not walked through.
        let long = translate(&"}?".repeat(200_000)).unwrap_err();
        assert!(long.contains("longer than"), "{long}");
        assert!(translate(&"}?".repeat(LONGEST / 2)).is_ok());
        assert!(compile(&"a".repeat(5000)).is_err());
        assert!(compile("(a{1000}){1000}").is_err());
    }
}
