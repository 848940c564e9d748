//! Text in indented, wrapped lines.

use std::fmt::Display;

use crate::look::{Look, Style, shown, wrap};

/// Columns that text beside a term needs to be read at ease.
const LEAST_TEXT: usize = 20;
/// How much deeper text below its term stands.
const BELOW: usize = 4;

/// Text in the making.
#[derive(Debug)]
pub(super) struct Page {
    look: Look,
    text: String,
}

impl Page {
    pub(super) fn new(look: Look) -> Self {
        Self { look, text: String::new() }
    }

    pub(super) fn look(&self) -> Look {
        self.look
    }

    /// A line as it stands.
    pub(super) fn line(&mut self, line: impl Display) {
        let line = line.to_string();
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// `left`, and `right` at the right edge, or below where it does not fit. The columns are those of the texts without
    /// their styles.
    pub(super) fn beside(&mut self, left: &str, left_columns: usize, right: &str, right_columns: usize) {
        let gap = self.look.width.saturating_sub(left_columns + right_columns);
        if gap >= 2 && right_columns > 0 {
            self.line(format_args!("{left}{:gap$}{right}", ""));
            return;
        }
        self.line(left);
        if right_columns > 0 {
            self.line(format_args!("  {right}"));
        }
    }

    /// An empty line, unless there is one already.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A heading, after an empty line.
    pub(super) fn heading(&mut self, heading: &str) {
        self.gap();
        // A heading's blanks may be a column's.
        let heading = shown(heading);
        let fits = heading.chars().count() <= self.look.width;
        let lines = if fits { vec![heading.into_owned()] } else { wrap(&heading, self.look.width) };
        for line in lines {
            let line = self.look.paint(Style::Strong, line);
            self.line(line);
        }
    }

    /// Wrapped text, every line indented.
    pub(super) fn paragraph(&mut self, indent: usize, text: &str) {
        self.term(indent, "", 0, None, text);
    }

    /// Faint wrapped text, every line indented.
    pub(super) fn aside(&mut self, indent: usize, text: &str) {
        for line in wrap(&shown(text), self.look.width.saturating_sub(indent).max(20)) {
            let line = self.look.paint(Style::Faint, line);
            self.line(format_args!("{:indent$}{line}", ""));
        }
    }

    /// A term in a column of `column` characters and wrapped text beside it: below it, where the page is too narrow
    /// for both.
    pub(super) fn term(&mut self, indent: usize, term: &str, column: usize, style: Option<Style>, text: &str) {
        let (term, text) = (shown(term), shown(text));
        let columns = term.chars().count();
        // A term that fills its column keeps a distance, so that the two never read as one word.
        let pad = if columns > 0 && columns >= column && column > 0 { 2 } else { column.saturating_sub(columns) };
        let left = indent + columns + pad;
        if columns > 0 && self.look.width < left + LEAST_TEXT && left + text.chars().count() > self.look.width {
            match style {
                Some(style) => self.line(format_args!("{:indent$}{}", "", self.look.paint(style, &term))),
                None => self.line(format_args!("{:indent$}{term}", "")),
            }
            self.paragraph(indent + BELOW, &text);
            return;
        }
        let lines = wrap(&text, self.look.width.saturating_sub(left).max(LEAST_TEXT));
        for (at, line) in lines.iter().enumerate() {
            if at > 0 || columns == 0 {
                self.line(format_args!("{:width$}{line}", "", width = indent + column));
                continue;
            }
            match style {
                Some(style) => {
                    let term = self.look.paint(style, &term);
                    self.line(format_args!("{:indent$}{term}{:pad$}{line}", "", ""));
                }
                None => self.line(format_args!("{:indent$}{term}{:pad$}{line}", "", "")),
            }
        }
    }

    /// As [`Self::term`], behind a word of ASCII that keeps its plain style.
    pub(super) fn labelled(
        &mut self,
        (indent, label): (usize, &str),
        (from, term): (usize, &str),
        column: usize,
        style: Option<Style>,
        text: &str,
    ) {
        let start = self.text.len() + indent;
        self.term(from, term, column, style, text);
        // The line begins with blanks, up to the term.
        self.text.replace_range(start..start + label.len().min(from.saturating_sub(indent)), label);
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_never_touches_its_text() {
        let mut page = Page::new(Look::PLAIN);
        page.term(0, "project-id", 10, None, "string");
        let mut narrow = Page::new(Look { width: 40, ..Look::PLAIN });
        narrow.term(2, "repository_owner_id", 24, None, "set by the provider, fixes the tenant");
        narrow.heading("required by itself, unless a grant lists values");
        let below = "  repository_owner_id\n      set by the provider, fixes the\n      tenant\n";
        assert_eq!(page.finish(), "project-id  string\n");
        assert_eq!(narrow.finish(), format!("{below}\nrequired by itself, unless a grant lists\nvalues\n"));
    }

    #[test]
    fn terms_stand_in_a_column() {
        let mut page = Page::new(Look { width: 40, ..Look::PLAIN });
        page.term(2, "cause", 9, None, "publish.yml is the workflow that was called, not started");
        page.heading("next");
        page.gap();
        page.gap();
        page.paragraph(2, "a\u{1b}b");
        let text =
            "  cause    publish.yml is the workflow\n           that was called, not started\n\nnext\n\n  a\\u{1b}b\n";
        assert_eq!(page.finish(), text);
    }
}
