//! What cannot be seen: control characters, blanks that are none, text that runs backwards.
//!
//! A reviewer approves what the screen shows; a character that the screen does not show is how two
//! files that look alike grant different things. So none stands anywhere in a trust file, comments
//! included; what a value really needs can be written as an escape, and is then refused there.

use trustctl_diag::Span;

use super::report::{Report, span};

/// What the scan of a whole text found.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    /// Places of the first problems, in order.
    pub spans: Vec<Span>,
    /// Whether there is a tab anywhere; where it stands decides whether it is wrong.
    pub tabs: bool,
}

impl Hidden {
    /// Whether something hidden stands inside `span`.
    pub(super) fn within(&self, span: Span) -> bool {
        let from = self.spans.partition_point(|hidden| hidden.start < span.start);
        self.spans.get(from).is_some_and(|hidden| hidden.start < span.end)
    }
}

/// Looks at every character of the text, and tells what must not be there.
pub(super) fn scan(text: &str, report: &mut Report) -> Hidden {
    let mut hidden = Hidden::default();
    let bytes = text.as_bytes();
    let mut base = 0;
    for chunk in bytes.chunks(64) {
        // No early exit: this way the compiler makes vector code of it.
        let plain =
            chunk.iter().fold(true, |plain, byte| plain & ((*byte >= b' ') | (*byte == b'\n')) & (*byte < 0x7f));
        if !plain {
            for (index, byte) in chunk.iter().enumerate() {
                match byte {
                    b'\n' | b' '..=0x7e | 0x80..=0xbf => {}
                    b'\t' => hidden.tabs = true,
                    b'\r' if bytes.get(base + index + 1) == Some(&b'\n') => {}
                    _ => judge(text, base + index, &mut hidden, report),
                }
            }
        }
        base += chunk.len();
    }
    hidden
}

fn judge(text: &str, at: usize, hidden: &mut Hidden, report: &mut Report) {
    let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else {
        return;
    };
    if !is_hidden(c) || (c == '\u{feff}' && at == 0) {
        return;
    }
    // An emoji's own variation selector: what it follows is no letter of a name.
    if matches!(c, '\u{fe0e}' | '\u{fe0f}') {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        if before.is_some_and(|before| !before.is_ascii() && !is_hidden(before)) {
            return;
        }
    }
    let place = span(at, at + c.len_utf8());
    if !report.full() {
        hidden.spans.push(place);
    }
    report.error("hidden-character", place, || {
        let what = name(c);
        let code = u32::from(c);
        let help = match c {
            '\r' => "end lines with a line feed, or with carriage return and line feed".to_owned(),
            _ if c.is_whitespace() => "write an ordinary blank, or remove it".to_owned(),
            _ => "remove it; if it came with pasted text, type the text anew".to_owned(),
        };
        (format!("{what} here: U+{code:04X}"), help)
    });
}

/// Whether a character is one that a reader cannot see or would take for another: C0 and C1 controls, blanks
/// other than the ordinary one, default-ignorable and format characters, bidirectional controls.
/// Tab, line feed and carriage return too: callers that allow them ask first.
/// (Unicode 17, `DerivedCoreProperties.txt` `Default_Ignorable_Code_Point`, `PropList.txt` `White_Space`.)
pub(super) fn is_hidden(c: char) -> bool {
    match c {
        ' '..='~' => false,
        '\0'..='\u{a0}' | '\u{ad}' => true,
        '\u{a1}'..='\u{34e}' => false,
        _ => matches!(
            c,
            '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{1680}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{2000}'..='\u{200f}'
                | '\u{2028}'..='\u{202f}'
                | '\u{205f}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3000}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        ),
    }
}

/// What a hidden character is, in words.
pub(super) fn name(c: char) -> &'static str {
    match c {
        '\t' => "a tab",
        '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => "a line break of another kind",
        '\r' => "a carriage return alone",
        '\0'..='\u{9f}' => "a control character",
        '\u{ad}' => "a soft hyphen",
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "a control character for the direction of text"
        }
        '\u{feff}' => "a byte order mark inside the text",
        '\u{200b}'..='\u{200d}' | '\u{2060}' => "a character of no width",
        c if c.is_whitespace() => "a blank of another kind",
        _ => "an invisible character",
    }
}
