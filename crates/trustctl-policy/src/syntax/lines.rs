//! Finding words around a place: the line, the value as its author meant it, the dash, the bracket.
//!
//! Only for messages, and only near the place, so that the thousandth message about one very long line
//! costs no more than the first.

use trustctl_diag::Span;

use super::report::{slice, span};

/// How far around a place to look for words: a file may be one line of many megabytes.
const LINE_REACH: usize = 4 << 10;

/// A value as its author meant it: to the end of the line, a comment, a colon, or what closes it.
pub(super) fn value_text(text: &str, start: usize, in_flow: bool) -> &str {
    let line = line_rest(text, start);
    let mut depth = 0_usize;
    let mut previous = 'x';
    let mut end = line.len();
    let mut rest = line.char_indices().peekable();
    while let Some((index, c)) = rest.next() {
        let next = rest.peek().map(|(_, next)| *next);
        let ends = match c {
            '#' => previous == ' ' || previous == '\t',
            ':' => {
                next.is_none_or(|next| next.is_whitespace() || (in_flow && matches!(next, ',' | ']' | '}')))
                    && depth == 0
            }
            ',' => in_flow && depth == 0 && index > 0,
            ']' | '}' => {
                let closes = in_flow && depth == 0;
                depth = depth.saturating_sub(1);
                closes
            }
            '[' | '{' => {
                depth += 1;
                false
            }
            _ => false,
        };
        if ends {
            end = index;
            break;
        }
        previous = c;
    }
    line.get(..end).unwrap_or("").trim_end()
}

/// The text from an offset to the end of its line, or as much of it as any message can use.
pub(super) fn line_rest(text: &str, at: usize) -> &str {
    let reach = (at.saturating_add(LINE_REACH)..).find(|end| *end >= text.len() || text.is_char_boundary(*end));
    let end = reach.unwrap_or(text.len()).min(text.len());
    let rest = text.get(at..end).unwrap_or("");
    rest.split(['\n', '\r']).next().unwrap_or("")
}

/// The start of the line, or of as much of it as [`line_rest`] looks at in the other direction.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    let from = (0..=at.saturating_sub(LINE_REACH)).rev().find(|from| text.is_char_boundary(*from)).unwrap_or(0);
    let before = text.get(from..at).unwrap_or("");
    before.rfind('\n').map_or(from, |index| from + index + 1)
}

/// The dash of a list item without a value that ends at `at`.
pub(super) fn dash_before(text: &str, at: usize) -> Span {
    let start = line_start(text, at);
    let line = slice(text, span(start, at));
    let bare = line.trim_end_matches([' ', '\t']);
    let index = if bare.ends_with('-') { bare.rfind('-') } else { line.find('-') };
    match index {
        Some(index) => span(start + index, start + index + 1),
        None => span(at, at),
    }
}

/// The `|` or `>` line's header of a block of text.
pub(super) fn block_header(text: &str, place: Span) -> Span {
    let before = slice(text, Span { start: 0, end: place.start });
    // The content's span begins after its indentation, so what precedes may hold blank lines.
    let line_end = before.trim_end().len();
    let start = line_start(text, line_end);
    let line = slice(text, span(start, line_end));
    // A comment may stand behind the header; the header is the first `|` or `>` after a blank.
    let header = line
        .char_indices()
        .zip(std::iter::once(' ').chain(line.chars()))
        .find(|((_, c), previous)| matches!(c, '|' | '>') && *previous == ' ');
    match header {
        Some(((index, _), _)) => {
            let word = line.get(index..).unwrap_or("").split(' ').next().unwrap_or("");
            span(start + index, start + index + word.len())
        }
        None => place,
    }
}

/// Where the brackets begin that end directly at `at`, as in `[ab]*`; `at` itself without them.
pub(super) fn bracketed_before(text: &str, at: usize) -> usize {
    let line = line_start(text, at);
    let mut depth = 0_usize;
    for (index, c) in slice(text, span(line, at)).char_indices().rev() {
        match c {
            ']' | '}' => depth += 1,
            '[' | '{' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return if matches!(c, '[' | '{') && index + 1 < at - line { line + index } else { at };
        }
    }
    at
}

/// Where the word begins that holds `at` and begins with `first`.
pub(super) fn word_start(text: &str, at: usize, first: u8) -> Option<usize> {
    if byte_at(text, at) == Some(first) {
        return Some(at);
    }
    let line = line_start(text, at);
    let before = slice(text, span(line, at));
    before.rfind(char::from(first)).map(|index| line + index)
}

pub(super) fn indent(text: &str, start: usize) -> usize {
    let line = line_rest(text, start);
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// The character at an offset; a point at a line's or the text's end.
pub(super) fn char_span(text: &str, at: usize) -> Span {
    let line = line_rest(text, at);
    span(at, at + line.chars().next().map_or(0, char::len_utf8))
}

pub(super) fn byte_at(text: &str, at: usize) -> Option<u8> {
    text.as_bytes().get(at).copied()
}

/// The directive lines of what stands before a document.
pub(super) fn directives(before: &str) -> impl Iterator<Item = Span> {
    let mut start = 0;
    before.split_inclusive('\n').filter_map(move |line| {
        let at = start;
        start += line.len();
        let bare = line.trim_start_matches('\u{feff}');
        let skipped = line.len() - bare.len();
        let bare = bare.trim_end();
        bare.starts_with('%').then(|| span(at + skipped, at + skipped + bare.len()))
    })
}
