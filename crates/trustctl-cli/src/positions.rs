//! Lines and columns of many places, in time that does not grow with the length of a line.
//!
//! A column counts characters, so finding one reads the line up to it. A file of one long line with a finding
//! every few bytes would be read once a finding; marks along the text, made once a file, end that.

use std::cell::RefCell;
use std::collections::HashMap;

use trustctl_diag::{FileId, Place, Position, Range, Sources};

/// Bytes between two marks.
const STEP: usize = 1024;

/// Places of some sources as people and editors write them.
#[derive(Debug)]
pub(crate) struct Positions<'s> {
    sources: &'s Sources,
    /// Characters before every `STEP`th byte.
    marks: RefCell<HashMap<FileId, Vec<usize>>>,
}

impl<'s> Positions<'s> {
    pub(crate) fn new(sources: &'s Sources) -> Self {
        Self { sources, marks: RefCell::new(HashMap::new()) }
    }

    pub(crate) fn sources(&self) -> &'s Sources {
        self.sources
    }

    /// A place in lines and columns, as [`Sources::range`] has it.
    pub(crate) fn range(&self, place: Place) -> Range {
        Range { start: self.position(place.file, place.span.start), end: self.position(place.file, place.span.end) }
    }

    fn position(&self, file: FileId, offset: u32) -> Position {
        let Some(lines) = self.sources.lines(file) else { return Position { line: 1, column: 1 } };
        let line = lines.line(offset);
        let start = lines.start(line).unwrap_or(0) as usize;
        let text = self.sources.text(file);
        // Outside the text, or inside a character, there is no column.
        let inside = text.is_char_boundary(offset as usize);
        let before = if inside { self.characters(file, text, offset as usize) } else { 0 };
        let column = before.saturating_sub(if inside { self.characters(file, text, start) } else { 0 });
        Position { line, column: u32::try_from(column).unwrap_or(u32::MAX).saturating_add(1) }
    }

    /// How many characters begin before the offset.
    fn characters(&self, file: FileId, text: &str, offset: usize) -> usize {
        let begins = |byte: &&u8| !matches!(**byte, 0x80..=0xbf);
        let count = |bytes: &[u8]| bytes.iter().filter(begins).count();
        let mut all = self.marks.borrow_mut();
        let marks = all.entry(file).or_insert_with(|| {
            let mut before = 0;
            let chunks = text.as_bytes().chunks(STEP);
            let after = chunks.map(|chunk| {
                before += count(chunk);
                before
            });
            std::iter::once(0).chain(after).collect()
        });
        let mark = offset / STEP;
        let rest = text.as_bytes().get(mark * STEP..offset).unwrap_or(&[]);
        marks.get(mark).copied().unwrap_or(0) + count(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trustctl_diag::Span;

    #[test]
    fn every_place_is_where_the_sources_say() {
        let mut sources = Sources::default();
        let text = format!("a: \u{e4}\r\nb: {}\n{}\nend", "\u{1f980}x".repeat(1500), "\u{e9}".repeat(700));
        let file = sources.add("trust.yaml", text.as_str());
        let positions = Positions::new(&sources);
        let bytes = u32::try_from(text.len()).unwrap_or(0);
        for (start, end) in (0..bytes + 3).step_by(7).zip((0..bytes + 3).rev().step_by(7)) {
            let place = Place { file, span: Span { start, end } };
            assert_eq!(positions.range(place), sources.range(place), "{start}..{end}");
        }
        let nowhere = Place { file: FileId(9), span: Span::default() };
        assert_eq!(positions.range(nowhere), sources.range(nowhere));
    }
}
