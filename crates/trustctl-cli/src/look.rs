//! How text looks where it goes: a terminal gets colour, line drawing and its own width; a pipe gets plain
//! ASCII, 80 columns.
//!
//! Whatever comes from a file or a token passes [`shown`] before it reaches a terminal, so that a claim cannot
//! move the cursor or hide text.

use std::borrow::Cow;
use std::fmt::{self, Display};

use crate::secret::without_tokens;

/// Columns where nothing says how wide the output is.
const COLUMNS: usize = 80;
/// Wider lines are hard to read, however wide the terminal.
const MOST_COLUMNS: usize = 120;
/// Narrower than this nothing can be laid out.
const LEAST_COLUMNS: usize = 40;

/// What the output can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    /// Whether to colour.
    pub(crate) colour: bool,
    /// Whether to draw with more than ASCII.
    pub(crate) unicode: bool,
    /// Columns of a line.
    pub(crate) width: usize,
}

impl Look {
    /// Plain ASCII, 80 columns.
    pub(crate) const PLAIN: Self = Self { colour: false, unicode: false, width: COLUMNS };

    /// The look of a terminal, of this many columns where that is known.
    pub(crate) fn terminal(columns: Option<usize>, no_colour: bool) -> Self {
        Self { colour: !no_colour, unicode: true, width: columns.unwrap_or(COLUMNS).clamp(LEAST_COLUMNS, MOST_COLUMNS) }
    }

    /// `text` in the style, where there is colour.
    pub(crate) fn paint<T: Display>(self, style: Style, text: T) -> Painted<T> {
        Painted { style: self.colour.then_some(style), text }
    }
}

/// The few styles there are: each has one meaning in every verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Headings and names.
    Strong,
    /// What is beside the point.
    Faint,
    /// Yes.
    Good,
    /// No.
    Bad,
    /// Take care.
    Care,
    /// What to do.
    Advice,
}

impl Style {
    /// Select Graphic Rendition codes (ECMA-48), of the sixteen that every theme maps.
    const fn codes(self) -> &'static str {
        match self {
            Self::Strong => "1",
            Self::Faint => "2",
            Self::Good => "1;32",
            Self::Bad => "1;31",
            Self::Care => "33",
            Self::Advice => "36",
        }
    }
}

/// Text with a style, or without.
pub(crate) struct Painted<T> {
    style: Option<Style>,
    text: T,
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.style {
            Some(style) => write!(f, "\u{1b}[{}m{}\u{1b}[0m", style.codes(), self.text),
            None => self.text.fmt(f),
        }
    }
}

/// `text` without tokens, and with control, direction and invisible characters written as escapes.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    let text = without_tokens(text);
    if !text.chars().any(is_hidden) {
        return text;
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_hidden(c) {
            safe.extend(c.escape_unicode());
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// `text` with each hidden character replaced by visible ones of as many bytes, so that spans still fit; line
/// ends and tabs stay.
pub(crate) fn shown_in_place(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match (c, c.len_utf8()) {
            ('\n' | '\t', _) => safe.push(c),
            ('\r', _) => safe.push(' '),
            _ if !is_hidden(c) => safe.push(c),
            (_, 1) => safe.push('?'),
            (_, 2) => safe.push('\u{b7}'),
            (_, 3) => safe.push('\u{fffd}'),
            _ => safe.push_str("\u{fffd}?"),
        }
    }
    safe
}

/// Characters that act on a terminal or on the order of text, or show nothing.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// `text` broken at blanks into lines of at most `width` columns; a longer word stands alone.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_whitespace() {
        let columns = word.chars().count();
        if used > 0 && used + 1 + columns > width {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += columns;
        }
    }
    lines
}

/// `text` with blanks in words of more than `width` columns, before `@` or else after `/`, so that [`wrap`] breaks them
/// where a reader would.
pub(crate) fn breakable(text: &str, width: usize) -> Cow<'_, str> {
    let is_long = |word: &str| word.chars().count() > width;
    if !text.split(' ').any(is_long) {
        return Cow::Borrowed(text);
    }
    let mut words: Vec<Cow<'_, str>> = Vec::new();
    for word in text.split(' ') {
        if !is_long(word) {
            words.push(Cow::Borrowed(word));
            continue;
        }
        let at = word.rfind('@').filter(|at| *at > 0).unwrap_or(word.len());
        let (before, after) = word.split_at(at);
        for part in [before, after].into_iter().filter(|part| !part.is_empty()) {
            words.push(if is_long(part) { Cow::Owned(broken_at_slashes(part, width)) } else { Cow::Borrowed(part) });
        }
    }
    Cow::Owned(words.join(" "))
}

/// A path with blanks after those slashes that end a full line.
fn broken_at_slashes(path: &str, width: usize) -> String {
    let (mut broken, mut columns) = (String::new(), 0);
    for piece in path.split_inclusive('/') {
        let more = piece.chars().count();
        if columns > 0 && columns + more > width {
            broken.push(' ');
            columns = 0;
        }
        broken.push_str(piece);
        columns += more;
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_break_where_a_reader_would() {
        let wrapped = |text, width| wrap(&breakable(text, width), width);
        assert_eq!(wrapped("a/b/c.yml@refs/tags/v1 (ref)", 14), ["a/b/c.yml", "@refs/tags/v1", "(ref)"]);
        assert_eq!(wrapped("https://a.example/b/c", 20), ["https://a.example/b/", "c"]);
        assert_eq!(wrapped("a/b@c d", 20), ["a/b@c d"]);
        assert_eq!(wrapped("extraordinary@", 5), ["extraordinary", "@"]);
    }

    #[test]
    fn a_claim_cannot_steer_the_terminal() {
        assert_eq!(shown("main"), "main");
        assert_eq!(shown("a\u{1b}[2Jb\u{202e}c"), "a\\u{1b}[2Jb\\u{202e}c");
        let text = "a\u{1b}\u{85}\u{200b}\u{e0001}\r\nb";
        let safe = shown_in_place(text);
        assert_eq!(safe.len(), text.len());
        assert_eq!(safe, "a?\u{b7}\u{fffd}\u{fffd}? \nb");
    }

    #[test]
    fn wraps_at_blanks() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("extraordinary x", 5), ["extraordinary", "x"]);
        assert_eq!(wrap("", 5), [""]);
    }

    #[test]
    fn paints_only_with_colour() {
        let terminal = Look::terminal(Some(300), false);
        assert_eq!(terminal.width, 120);
        assert_eq!(terminal.paint(Style::Bad, "deny").to_string(), "\u{1b}[1;31mdeny\u{1b}[0m");
        assert_eq!(Look::PLAIN.paint(Style::Bad, "deny").to_string(), "deny");
        assert_eq!(Look::terminal(None, true).paint(Style::Bad, "deny").to_string(), "deny");
    }
}
