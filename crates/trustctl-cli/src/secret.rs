//! Keeping tokens out of every output.
//!
//! People give a token where a trust file belongs, or leave one inside; a CI log that repeats it has leaked a
//! credential. What looks like a JSON Web Token is blotted out of texts before they are drawn, cut or wrapped, and
//! once more out of everything that is written.

use std::borrow::Cow;
use std::ops::Range;

/// What stands in a token's place; shorter than any token that is looked for, and none itself.
const BLOT: &str = "eyJ[a token]";
/// Characters of a header at least: shorter ones hold no algorithm.
const LEAST_HEADER: usize = 10;
/// Characters from which a header alone, such as that of a token cut short, counts.
const LEAST_ALONE: usize = 20;

/// `text` without tokens, whatever stands around them.
pub(crate) fn without_tokens(text: &str) -> Cow<'_, str> {
    blotted(text, |_| BLOT.to_owned())
}

/// `text` with every token replaced by as many bytes, so that spans still fit.
pub(crate) fn without_tokens_in_place(text: &str) -> Cow<'_, str> {
    blotted(text, |bytes| format!("{BLOT:bytes$}"))
}

/// Whether the whole of `text` is a token: bare, broken into lines, in quotes, or in an `Authorization` header.
pub(crate) fn is_token(text: &str) -> bool {
    let mut rest = text.trim();
    for prefix in ["authorization:", "bearer"] {
        if let Some((head, tail)) = rest.split_at_checked(prefix.len())
            && head.eq_ignore_ascii_case(prefix)
        {
            rest = tail.trim_start();
        }
    }
    if !rest.trim_start_matches(['"', '\'']).starts_with("eyJ") {
        return false;
    }
    let bare: String = rest.chars().filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\'')).collect();
    next(&bare, 0).is_some_and(|found| found.len() == bare.len() && bare.contains('.'))
}

fn blotted(text: &str, blot: impl Fn(usize) -> String) -> Cow<'_, str> {
    let mut clean = String::new();
    let mut done = 0;
    while let Some(found) = next(text, done) {
        clean.push_str(text.get(done..found.start).unwrap_or(""));
        clean.push_str(&blot(found.len()));
        done = found.end;
        while let Some(more) = continued(text, done) {
            clean.push_str(text.get(done..more.start).unwrap_or(""));
            clean.push_str(&"*".repeat(more.len()));
            done = more.end;
        }
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    clean.push_str(text.get(done..).unwrap_or(""));
    Cow::Owned(clean)
}

/// The next token: `eyJ` (`{"` in base64url), and two segments or more between dots.
fn next(text: &str, from: usize) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        let start = at + text.get(at..)?.find("eyJ")?;
        let header = start + segment(text, start);
        let mut end = header;
        while text.get(end..).is_some_and(|rest| rest.starts_with('.')) {
            end += 1 + segment(text, end + 1);
        }
        // What follows a letter can be the end of an escape (`\neyJ`); alone, it is the middle of a word.
        let inside = text.get(..start).and_then(|before| before.chars().next_back()).is_some_and(char::is_alphanumeric);
        let alone = header - start >= LEAST_ALONE && !inside;
        if header - start >= LEAST_HEADER && end > header + 1 || alone {
            return Some(start..end);
        }
        at = header.max(start + 3);
    }
}

/// The next line, where a token before it ends its own and it holds nothing but characters that tokens have: what a
/// mail program or an editor has folded.
fn continued(text: &str, from: usize) -> Option<Range<usize>> {
    let rest = text.get(from..)?;
    let next = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n'))?.trim_start_matches([' ', '\t']);
    let line = next.lines().next()?.trim_end().trim_end_matches(['"', '\'']);
    if self::next(line, 0).is_some_and(|token| token.start == 0) {
        return None;
    }
    let start = text.len() - next.len();
    let fits = |b: u8| segment_has(b) || b == b'.';
    (!line.is_empty() && line.bytes().all(fits)).then(|| start..start + line.len())
}

/// Bytes of base64, of either alphabet, from `at` on.
fn segment(text: &str, at: usize) -> usize {
    text.as_bytes().get(at..).map_or(0, |rest| rest.iter().take_while(|b| segment_has(**b)).count())
}

const fn segment_has(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'+' | b'/' | b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2NpIn0.c2lnbmF0dXJl";

    #[test]
    fn a_token_is_found_wherever_it_stands() {
        for (before, after) in [
            ("", ""),
            ("value: ", " # ours"),
            ("{\"value\":\"", "\"}"),
            ("Authorization: Bearer ", "\r\n"),
            ("\\n", "\\n"),
            ("https://x.example/?token=", "&b"),
            ("\u{e9}", "\u{e9}"),
        ] {
            let text = format!("{before}{TOKEN}{after} {TOKEN}{after}");
            let clean = without_tokens(&text);
            assert_eq!(clean, format!("{before}{BLOT}{after} {BLOT}{after}"));
            let same = without_tokens_in_place(&text);
            assert_eq!((same.len(), same.contains("c2ln")), (text.len(), false));
            assert!(matches!(without_tokens(&clean), Cow::Borrowed(_)));
        }
        assert_eq!(without_tokens("`eyJhbGciOiJSUzI1NiJ9\u{2026}`"), format!("`{BLOT}\u{2026}`"));
        assert_eq!(without_tokens("eyJhbGciOiJub25lIn0.e30."), BLOT);
    }

    #[test]
    fn a_folded_token_is_gone_whole() {
        let text =
            "value: >\n  eyJhbGciOiJSUzI1NiIs\r\n  InR5cCI6IkpXVCJ9.eyJpc3Mi\n  OiJhIn0.c2lnbmF0\n  dXJl\nname: x\n";
        let same = without_tokens_in_place(text);
        assert_eq!(same.len(), text.len());
        assert_eq!(same.lines().count(), text.lines().count());
        assert!(!same.contains("IkpX") && !same.contains("c2ln") && !same.contains("dXJl"), "{same}");
        assert!(same.ends_with("\nname: x\n"));
        assert!(without_tokens(&format!("{TOKEN}\nname: x\n")).ends_with("]\nname: x\n"));
    }

    #[test]
    fn other_words_stay() {
        for text in ["", "eyJ", "monkeyJam.example.com", "keyJanitor", "eyJ.a.b", "e30.e30.c2ln", BLOT] {
            assert!(matches!(without_tokens(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn a_file_that_is_a_token_is_known() {
        for text in [
            format!("{TOKEN}\n"),
            format!("Bearer {TOKEN}"),
            format!("authorization: bearer {TOKEN}\r\n"),
            format!("\"{TOKEN}\""),
            TOKEN.replace('.', "\n."),
        ] {
            assert!(is_token(&text), "{text}");
        }
        for text in [format!("token: {TOKEN}"), "trust: 1\n".to_owned(), String::new()] {
            assert!(!is_token(&text), "{text}");
        }
    }
}
