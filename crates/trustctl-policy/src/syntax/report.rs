//! What a reading has to tell: capped, in the order of places, the user's text made fit to show.

use std::fmt::Write as _;

use trustctl_diag::{Diagnostic, FileId, Place, Span};

use super::chars;

/// Most problems told of one file; after so many the file is not what its author thinks it is.
pub(super) const MAX_PROBLEMS: usize = 1_000;

/// Most characters of the user's text in one message.
const SHOWN: usize = 80;

/// Diagnostics of one file in the making.
#[derive(Debug)]
pub(super) struct Report {
    file: FileId,
    told: Vec<Diagnostic>,
    left_out: usize,
}

impl Report {
    pub(super) fn new(file: FileId) -> Self {
        Self { file, told: Vec::new(), left_out: 0 }
    }

    /// An empty one for the same file.
    pub(super) fn sibling(&self) -> Self {
        Self::new(self.file)
    }

    pub(super) fn place(&self, span: Span) -> Place {
        Place { file: self.file, span }
    }

    /// Whether a further diagnostic would only be counted: saves making it.
    pub(super) fn full(&self) -> bool {
        self.told.len() >= MAX_PROBLEMS
    }

    pub(super) fn add(&mut self, diagnostic: Diagnostic) {
        if self.full() {
            self.left_out += 1;
        } else {
            self.told.push(diagnostic);
        }
    }

    /// Adds an error, made only when it will be told.
    pub(super) fn error(&mut self, code: &'static str, span: Span, make: impl FnOnce() -> (String, String)) {
        if self.full() {
            self.left_out += 1;
        } else {
            let (message, help) = make();
            self.told.push(Diagnostic::error(code, self.place(span), message).help(help));
        }
    }

    /// How many are told so far: the index of the next.
    pub(super) fn len(&self) -> usize {
        self.told.len()
    }

    /// Gives the diagnostic at `index` a better help.
    pub(super) fn amend(&mut self, index: usize, help: String) {
        if let Some(diagnostic) = self.told.get_mut(index) {
            diagnostic.help = Some(help);
        }
    }

    /// Takes the latest diagnostic back if it is this one: what comes next says it better.
    pub(super) fn retract(&mut self, code: &'static str, span: Span) {
        let place = self.place(span);
        self.told.pop_if(|last| last.code == code && last.place() == Some(place));
    }

    /// Takes over what another one has.
    pub(super) fn append(&mut self, other: Self) {
        self.told.extend(other.told);
        self.left_out += other.left_out;
    }

    /// Hands everything over in the order of the places, at most [`MAX_PROBLEMS`] and a note.
    pub(super) fn finish(mut self, text: &str, diagnostics: &mut Vec<Diagnostic>) {
        // A later pass reads masked text, where a character may have been cut into letters.
        for label in self.told.iter_mut().flat_map(|diagnostic| &mut diagnostic.labels) {
            label.place.span = whole_characters(text, label.place.span);
        }
        self.told.sort_by_key(|diagnostic| diagnostic.place());
        let left_out = self.left_out + self.told.len().saturating_sub(MAX_PROBLEMS);
        self.told.truncate(MAX_PROBLEMS);
        let end = self.told.last().and_then(Diagnostic::place);
        diagnostics.append(&mut self.told);
        if left_out > 0 {
            let place = end.unwrap_or_else(|| self.place(span(text.len(), text.len())));
            let message = format!("{left_out} more problems of this file are not shown");
            diagnostics.push(
                Diagnostic::error("too-many-problems", place, message)
                    .help(format!("mend the first {MAX_PROBLEMS}, then look again")),
            );
        }
    }
}

/// The smallest span of whole characters of the text that holds this one.
fn whole_characters(text: &str, at: Span) -> Span {
    let (mut start, mut end) = (at.start as usize, at.end as usize);
    while !text.is_char_boundary(start) {
        start = start.saturating_sub(1).min(text.len());
    }
    while !text.is_char_boundary(end) {
        end = end.saturating_add(1).min(text.len());
    }
    span(start, end)
}

/// A span from offsets; texts are far below 4 GiB.
pub(super) fn span(start: usize, end: usize) -> Span {
    let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
    Span { start: offset(start), end: offset(end) }
}

/// The text of a span; empty where there is none.
pub(super) fn slice(text: &str, span: Span) -> &str {
    text.get(span.start as usize..span.end as usize).unwrap_or("")
}

/// The user's text for a message: one line, nothing invisible, not long; without its backticks.
pub(super) fn shown(text: &str) -> String {
    let mut out = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == SHOWN {
            out.push('…');
            break;
        }
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if chars::is_hidden(c) => {
                let _infallible = write!(out, "\\u{{{:04X}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// The text as a quoted YAML scalar of one line: single quotes where double ones would need escapes.
pub(super) fn quoted(text: &str) -> String {
    if text.contains(['"', '\\']) { single_quoted(text) } else { format!("\"{}\"", shown(text)) }
}

/// The text between single quotes, where only they need doubling.
pub(super) fn single_quoted(text: &str) -> String {
    format!("'{}'", shown(&text.replace('\'', "''")))
}
