//! A diagnostic with the text it points at, drawn by `miette`.

use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use textwrap::{WordSeparator, WordSplitter};
use trustctl_diag::{Diagnostic, FileId, Label, Severity, Sources, Span};

use super::excerpt::Excerpt;
use crate::look::{Look, shown};
use crate::positions::Positions;

/// Draws diagnostics of one set of sources.
pub(super) struct Renderer<'s> {
    positions: Positions<'s>,
    handler: GraphicalReportHandler,
    /// What stands where a line is cut.
    cut: &'static str,
}

/// What is drawn: a diagnostic or a finding.
pub(super) struct Shape<'a> {
    pub(super) code: String,
    pub(super) severity: Severity,
    pub(super) message: &'a str,
    pub(super) labels: &'a [Label],
    pub(super) help: Option<&'a str>,
}

impl<'s> Renderer<'s> {
    pub(super) fn new(sources: &'s Sources, look: Look) -> Self {
        let theme = match (look.unicode, look.colour) {
            (false, _) => GraphicalTheme::none(),
            (true, false) => GraphicalTheme::unicode_nocolor(),
            (true, true) => GraphicalTheme::unicode(),
        };
        // What is to be copied (an address, a name, a matcher) is never broken at its hyphens and slashes.
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(look.width)
            .with_links(false)
            .with_context_lines(1)
            .with_word_separator(WordSeparator::AsciiSpace)
            .with_word_splitter(WordSplitter::NoHyphenation);
        Self { positions: Positions::new(sources), handler, cut: if look.unicode { "\u{2026}" } else { "..." } }
    }

    pub(super) fn diagnostic(&self, diagnostic: &Diagnostic) -> String {
        self.draw(&Shape {
            code: diagnostic.code.to_owned(),
            severity: diagnostic.severity,
            message: &diagnostic.message,
            labels: &diagnostic.labels,
            help: diagnostic.help.as_deref(),
        })
    }

    pub(super) fn draw(&self, shape: &Shape<'_>) -> String {
        // One picture a file: the primary place's first, then the others as notes of it.
        let mut files: Vec<FileId> = shape.labels.iter().map(|label| label.place.file).collect();
        let mut seen = Vec::new();
        files.retain(|file| {
            !seen.contains(file) && {
                seen.push(*file);
                true
            }
        });
        let mut pictures = files.iter().map(|file| self.picture(shape, *file));
        let primary = pictures.next();
        let mut picture = primary.unwrap_or_else(|| Picture::bare(shape));
        picture.related = pictures
            .map(|mut related| {
                related.code = None;
                related.help = None;
                related.severity = Severity::Info;
                // The first of its labels says what is there, so it is the heading and need not be repeated.
                related.message = match related.labels.first().and_then(LabeledSpan::label) {
                    Some(text) => text.to_owned(),
                    None => "see also".to_owned(),
                };
                related
            })
            .collect();
        picture.code = Some(format!("{}: {}", shape.severity, shape.code));
        picture.help = shape.help.map(|help| shown(help).into_owned());
        let mut text = String::new();
        // Writing to a string cannot fail; a picture that cannot be drawn is still told in words.
        if self.handler.render_report(&mut text, &picture).is_err() {
            text = format!("{}: {}\n", shape.severity, shown(shape.message));
        }
        tidy(&text)
    }

    fn picture(&self, shape: &Shape<'_>, file: FileId) -> Picture {
        // A file whose text is not there, or holds none, has nothing to draw, so it is named in words.
        let sources = self.positions.sources();
        if sources.text(file).is_empty() {
            let bare = Picture::bare(shape);
            let message = format!("{}: {}", shown(sources.name(file)), bare.message);
            return Picture { message, ..bare };
        }
        let labels: Vec<&Label> = shape.labels.iter().filter(|label| label.place.file == file).collect();
        let spans: Vec<Span> = labels.iter().map(|label| label.place.span).collect();
        let (source, places) = Excerpt::new(&self.positions, file, &spans, self.cut);
        let labels = labels.iter().zip(places).enumerate().map(|(at, (label, (start, length)))| {
            let text = (!label.text.is_empty()).then(|| shown(&label.text).into_owned());
            match at {
                0 => LabeledSpan::new_primary_with_span(text, (start, length)),
                _ => LabeledSpan::new(text, start, length),
            }
        });
        Picture { labels: labels.collect(), source: Some(source), ..Picture::bare(shape) }
    }
}

/// Lines without blanks at their end, one empty line at most between them, none at either edge.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for line in text.lines().map(str::trim_end) {
        if !line.is_empty() || (!tidy.is_empty() && !tidy.ends_with("\n\n")) {
            // `miette`'s word over the picture of a further file is none of our levels.
            tidy.push_str(if line == "Advice:" { "see also:" } else { line });
            tidy.push('\n');
        }
    }
    let end = tidy.trim_end().len();
    tidy.truncate(end);
    tidy.push('\n');
    tidy
}

/// What `miette` asks of a diagnostic.
struct Picture {
    code: Option<String>,
    severity: Severity,
    message: String,
    help: Option<String>,
    source: Option<Excerpt>,
    labels: Vec<LabeledSpan>,
    related: Vec<Picture>,
}

impl Picture {
    fn bare(shape: &Shape<'_>) -> Self {
        Self {
            code: None,
            severity: shape.severity,
            message: shown(shape.message).into_owned(),
            help: None,
            source: None,
            labels: Vec::new(),
            related: Vec::new(),
        }
    }
}

impl miette::Diagnostic for Picture {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty())
            .then(|| Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = LabeledSpan>>)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        let related = self.related.iter().map(|picture| picture as &dyn miette::Diagnostic);
        (!self.related.is_empty()).then(|| Box::new(related) as Box<dyn Iterator<Item = &'a dyn miette::Diagnostic>>)
    }
}

impl std::error::Error for Picture {}

impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trustctl_diag::{Place, Span};

    fn sources() -> (Sources, FileId, FileId) {
        let mut sources = Sources::default();
        let root = sources.add("trust.yaml", "trust: 1\r\nregistry: npm\r\ngrants: \u{1b}[2J\r\n");
        let team = sources.add("teams/a.yaml", "trust: 1\ngrants: []\n");
        (sources, root, team)
    }

    fn place(file: FileId, start: u32, end: u32) -> Place {
        Place { file, span: Span { start, end } }
    }

    #[test]
    fn draws_every_file_and_nothing_that_steers_the_terminal() {
        let (sources, root, team) = sources();
        let problem = Diagnostic::error("empty-list", place(root, 25, 31), "`grants` is empty")
            .here("nothing here\u{1b}[1m")
            .also(place(team, 9, 15), "nor here")
            .help("write a grant");
        let plain = Renderer::new(&sources, Look::PLAIN).diagnostic(&problem);
        assert!(plain.is_ascii(), "{plain}");
        assert!(!plain.contains('\u{1b}') && !plain.contains('\r'), "{plain:?}");
        for part in [
            "error: empty-list\n",
            "`grants` is empty",
            "trust.yaml:3:1",
            "nothing here",
            "teams/a.yaml:2:1",
            "see also:\n  > nor here",
            "write a grant",
        ] {
            assert!(plain.contains(part), "{part} is not in\n{plain}");
        }
        let terminal = Renderer::new(&sources, Look::terminal(Some(80), false)).diagnostic(&problem);
        assert!(terminal.contains("\u{1b}[31m") && !terminal.contains("\u{1b}[2J"), "{terminal}");
    }

    #[test]
    fn a_place_outside_its_text_is_still_told() {
        let (sources, root, _) = sources();
        for place in [place(root, 9_999, 10_000), place(FileId(9), 0, 1), place(root, 7, 3)] {
            let problem = Diagnostic::error("x", place, "something is wrong");
            assert!(Renderer::new(&sources, Look::PLAIN).diagnostic(&problem).contains("something is wrong"));
        }
    }
}
