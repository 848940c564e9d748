//! The lines of a file that a picture shows, long ones cut to what stands around the labels.
//!
//! A picture repeats its lines, so a file of one long line with many findings would be repeated once a finding.
//! An excerpt is small whatever the file, keeps the file's own line numbers and columns, and cuts at `…`.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use trustctl_diag::{FileId, Place, Span};

use crate::look::{shown, shown_in_place};
use crate::positions::Positions;

/// Columns kept on either side of a label.
const AROUND: usize = 200;
/// Bytes of a line that is shown whole wherever its label stands.
const WHOLE: usize = 2 * AROUND;
/// Lines between two labels that are shown rather than left out.
const BETWEEN: u32 = 8;
/// Lines of a label that are all marked; of a longer one only the first is.
const MOST_LINES: u32 = 24;

/// Some lines of a file.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    text: String,
    rows: Vec<Row>,
    /// Where each label begins in `text`, with its column in the file, from 0.
    columns: Vec<(usize, usize)>,
}

/// A line, or what is left of it.
#[derive(Debug)]
struct Row {
    /// Its number in the file, from 0.
    line: u32,
    /// Where it begins in the excerpt.
    start: usize,
    /// After its line end.
    end: usize,
}

/// A stretch of the file that the excerpt has.
struct Piece {
    of: usize,
    end: usize,
    at: usize,
}

impl Excerpt {
    /// The lines that `spans` stand in and those beside them, and for each span its offset and length there.
    pub(super) fn new(
        positions: &Positions<'_>,
        file: FileId,
        spans: &[Span],
        cut: &str,
    ) -> (Self, Vec<(usize, usize)>) {
        let sources = positions.sources();
        let whole = sources.text(file);
        let mut excerpt = Self {
            name: shown(sources.name(file)).into_owned(),
            text: String::new(),
            rows: Vec::new(),
            columns: Vec::new(),
        };
        let Some(lines) = sources.lines(file) else { return (excerpt, Vec::new()) };
        let line_end = |line: u32| lines.start(line + 1).map_or(whole.len(), |next| next as usize);
        let spans: Vec<(usize, usize)> = spans
            .iter()
            .map(|span| {
                let start = boundary(whole, span.start as usize);
                let end = boundary(whole, span.end as usize).max(start);
                let first = lines.line(small(start));
                let last = lines.line(small(end.saturating_sub(1).max(start)));
                (
                    start,
                    if last - first < MOST_LINES { end } else { end.min(line_end(first).saturating_sub(1)).max(start) },
                )
            })
            .collect();
        let mut wanted: Vec<u32> = Vec::new();
        let count = lines.count() - usize::from(whole.ends_with('\n'));
        let last_line = u32::try_from(count).unwrap_or(u32::MAX);
        for (start, end) in &spans {
            let first = lines.line(small(*start)).saturating_sub(1).max(1);
            let last = lines.line(small(end.saturating_sub(1).max(*start)));
            wanted.extend(first..=last.max((last + 1).min(last_line)));
        }
        wanted.sort_unstable();
        wanted.dedup();
        let gaps: Vec<u32> = wanted
            .iter()
            .zip(wanted.iter().skip(1))
            .filter(|(one, next)| *next - *one <= BETWEEN + 1)
            .flat_map(|(one, next)| one + 1..*next)
            .collect();
        wanted.extend(gaps);
        wanted.sort_unstable();
        let mut pieces = Vec::new();
        for line in wanted {
            let start = lines.start(line).map_or(whole.len(), |start| start as usize);
            let text = whole.get(start..line_end(line)).unwrap_or("").trim_end_matches(['\n', '\r']);
            excerpt.row(line - 1, start, text, &spans, cut, &mut pieces);
        }
        let places = spans.iter().map(|(start, end)| {
            let at = moved(&pieces, *start);
            (at, moved(&pieces, *end).saturating_sub(at))
        });
        let places: Vec<(usize, usize)> = places.collect();
        for ((start, _), (at, _)) in spans.iter().zip(&places) {
            let span = Span { start: small(*start), end: small(*start) };
            let column = positions.range(Place { file, span }).start.column.saturating_sub(1);
            excerpt.columns.push((*at, column as usize));
        }
        (excerpt, places)
    }

    /// Adds a line: all of a short one, what stands around its labels of a long one.
    fn row(&mut self, line: u32, of: usize, text: &str, spans: &[(usize, usize)], cut: &str, pieces: &mut Vec<Piece>) {
        let row = self.text.len();
        let mut kept: Vec<(usize, usize)> = Vec::new();
        if text.len() <= WHOLE {
            kept.push((0, text.len()));
        } else {
            let here = spans.iter().filter(|(start, end)| *start <= of + text.len() && *end >= of);
            kept.extend(here.map(|(start, end)| {
                let start = start.saturating_sub(of);
                let end = end.saturating_sub(of).min(after(text, start, AROUND));
                (before(text, start, AROUND), after(text, end, AROUND))
            }));
            if kept.is_empty() {
                kept.push((0, after(text, 0, AROUND)));
            }
            kept.sort_unstable();
        }
        let mut done = 0;
        for (at, (start, end)) in kept.into_iter().enumerate() {
            let start = start.max(done);
            if start > done {
                self.text.push_str(cut);
            }
            // The first piece is kept though it is empty: an empty line has a place too.
            if start < end || at == 0 {
                pieces.push(Piece { of: of + start, end: of + end, at: self.text.len() });
                self.text.push_str(&shown_in_place(text.get(start..end).unwrap_or("")));
                done = end;
            }
        }
        if done < text.len() {
            self.text.push_str(cut);
        }
        self.text.push('\n');
        self.rows.push(Row { line, start: row, end: self.text.len() });
    }

    /// The row that holds a byte of the excerpt.
    fn row_at(&self, offset: usize) -> usize {
        self.rows.partition_point(|row| row.start <= offset).saturating_sub(1)
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let (mut first, mut last) = (self.row_at(start), self.row_at(end.saturating_sub(1).max(start)));
        // What is not the next line of the file is not beside it.
        let follows = |one: usize, next: usize| match (self.rows.get(one), self.rows.get(next)) {
            (Some(one), Some(next)) => one.line + 1 == next.line,
            _ => false,
        };
        for _ in 0..lines_before {
            first -= usize::from(first > 0 && follows(first - 1, first));
        }
        for _ in 0..lines_after {
            last += usize::from(follows(last, last + 1));
        }
        let (top, bottom) = self.rows.get(first).zip(self.rows.get(last)).ok_or(MietteError::OutOfBounds)?;
        let column = self.columns.iter().find(|(at, _)| *at == start).map_or(0, |(_, column)| *column);
        let (from, column) = if lines_before == 0 { (start, column) } else { (top.start, 0) };
        let data = self.text.as_bytes().get(from..bottom.end.max(from)).ok_or(MietteError::OutOfBounds)?;
        // `miette` draws two labels in one picture where the count of the first one's lines reaches the second.
        let count = (bottom.line - top.line + 1 + BETWEEN) as usize;
        let shown = (from, data.len()).into();
        Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), data, shown, top.line as usize, column, count)))
    }
}

/// Where an offset of the file stands in the excerpt.
fn moved(pieces: &[Piece], offset: usize) -> usize {
    let at = pieces.partition_point(|piece| piece.of <= offset).saturating_sub(1);
    pieces.get(at).map_or(0, |piece| piece.at + offset.clamp(piece.of, piece.end) - piece.of)
}

/// The nearest offset that is inside the text and begins a character.
fn boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn before(text: &str, offset: usize, columns: usize) -> usize {
    let left = text.get(..offset).unwrap_or("");
    left.char_indices().rev().take(columns).last().map_or(offset, |(at, _)| at)
}

fn after(text: &str, offset: usize, columns: usize) -> usize {
    let right = text.get(offset..).unwrap_or("");
    right.char_indices().nth(columns).map_or(text.len(), |(at, _)| offset + at)
}

fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use trustctl_diag::Sources;

    fn excerpt(text: &str, spans: &[(u32, u32)]) -> (Excerpt, Vec<String>) {
        let mut sources = Sources::default();
        let file = sources.add("trust.yaml", text);
        let spans: Vec<Span> = spans.iter().map(|(start, end)| Span { start: *start, end: *end }).collect();
        let (excerpt, places) = Excerpt::new(&Positions::new(&sources), file, &spans, "\u{2026}");
        let marked = places.iter().map(|(at, length)| excerpt.text.get(*at..at + length).unwrap_or("?").to_owned());
        let marked = marked.collect();
        (excerpt, marked)
    }

    #[test]
    fn a_long_line_is_cut_around_its_labels() {
        let text =
            format!("trust: 1\n{}here{}there{}\nend\n", "\u{e4}".repeat(5000), "b".repeat(3000), "c".repeat(900));
        let (cut, marked) = excerpt(&text, &[(10_009, 10_013), (13_013, 13_018)]);
        assert_eq!(marked, ["here", "there"]);
        let rows: Vec<&str> = cut.text.lines().collect();
        let around = |c: &str| c.repeat(AROUND);
        let middle = format!(
            "\u{2026}{}here{}\u{2026}{}there{}\u{2026}",
            around("\u{e4}"),
            around("b"),
            around("b"),
            around("c")
        );
        assert_eq!(rows, ["trust: 1", &middle, "end"]);
        assert_eq!(cut.columns.iter().map(|(_, column)| *column).collect::<Vec<_>>(), [5000, 8004]);
    }

    #[test]
    fn short_lines_are_whole_and_far_ones_left_out() {
        let text = "a: 1\r\nb: 2\n".repeat(50);
        let (near, marked) = excerpt(&text, &[(0, 1), (33, 34)]);
        assert_eq!(marked, ["a", "a"]);
        assert_eq!(near.text.lines().count(), 8);
        let (far, _) = excerpt(&text, &[(0, 1), (330, 331)]);
        assert_eq!(far.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [0, 1, 59, 60, 61]);
        let (long, marked) = excerpt(&text, &[(0, 550)]);
        assert_eq!((long.rows.len(), marked), (2, vec!["a: 1".to_owned()]));
    }

    #[test]
    fn a_span_outside_the_text_is_none_to_fear() {
        for (text, span) in [("", (0, 0)), ("a", (9, 12)), ("\u{e9}", (1, 99)), ("a\n", (2, 2)), ("a\nb", (3, 1))] {
            let (excerpt, marked) = excerpt(text, &[span]);
            assert_eq!(marked.len(), 1);
            let place = excerpt.columns.first().map_or(0, |(at, _)| *at);
            assert!(excerpt.read_span(&(place, 0).into(), 1, 1).is_ok(), "{text:?}");
        }
    }
}
