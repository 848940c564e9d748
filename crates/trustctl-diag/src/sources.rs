//! The files that diagnostics point into.

use std::fmt;

use crate::LineIndex;

/// Bytes `start..end` of one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// The byte after the last; equal to `start` for a point.
    pub end: u32,
}

impl Span {
    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// One of the texts in [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FileId(pub u32);

/// A span of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// Which file.
    pub file: FileId,
    /// Which bytes of it.
    pub span: Span,
}

/// A line and a column, both from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The character in it.
    pub column: u32,
}

/// A place as people and editors write it; `end` is the position after the last character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// Where it begins.
    pub start: Position,
    /// Where it ends.
    pub end: Position,
}

/// Texts with their names, as shown to the user.
#[derive(Debug, Default, Clone)]
pub struct Sources {
    files: Vec<Source>,
}

#[derive(Clone)]
struct Source {
    name: String,
    text: String,
    lines: LineIndex,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("name", &self.name).field("bytes", &self.text.len()).finish()
    }
}

impl Sources {
    /// Adds a text under the name the user knows it by.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let text = text.into();
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(Source { name: name.into(), lines: LineIndex::new(&text), text });
        id
    }

    /// Every file, in the order in which they were added.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..u32::try_from(self.files.len()).unwrap_or(u32::MAX)).map(FileId)
    }

    /// The name of a file; empty for one that is not here.
    pub fn name(&self, file: FileId) -> &str {
        self.source(file).map_or("", |source| source.name.as_str())
    }

    /// The text of a file; empty for one that is not here.
    pub fn text(&self, file: FileId) -> &str {
        self.source(file).map_or("", |source| source.text.as_str())
    }

    /// The lines of a file.
    pub fn lines(&self, file: FileId) -> Option<&LineIndex> {
        self.source(file).map(|source| &source.lines)
    }

    /// The text at a place; empty where the place is not inside its file.
    pub fn at(&self, place: Place) -> &str {
        self.text(place.file).get(place.span.start as usize..place.span.end as usize).unwrap_or("")
    }

    /// The line, without its line end, counted from 1.
    pub fn line_text(&self, file: FileId, line: u32) -> &str {
        let Some(source) = self.source(file) else {
            return "";
        };
        let start = source.lines.start(line).unwrap_or(u32::MAX) as usize;
        let rest = source.text.get(start..).unwrap_or("");
        rest.lines().next().unwrap_or("")
    }

    /// A place in lines and columns.
    pub fn range(&self, place: Place) -> Range {
        Range { start: self.position(place.file, place.span.start), end: self.position(place.file, place.span.end) }
    }

    fn position(&self, file: FileId, offset: u32) -> Position {
        let Some(source) = self.source(file) else {
            return Position { line: 1, column: 1 };
        };
        let line = source.lines.line(offset);
        let start = source.lines.start(line).unwrap_or(0) as usize;
        let before = source.text.get(start..offset as usize).unwrap_or("");
        let column = u32::try_from(before.chars().count()).unwrap_or(u32::MAX);
        Position { line, column: column.saturating_add(1) }
    }

    fn source(&self, file: FileId) -> Option<&Source> {
        self.files.get(file.0 as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let mut sources = Sources::default();
        let file = sources.add("trust.yaml", "a: ä\nbé: x\n");
        let place = Place { file, span: Span { start: 11, end: 12 } };
        assert_eq!(sources.at(place), "x");
        let start = Position { line: 2, column: 5 };
        assert_eq!(sources.range(place).start, start);
        assert_eq!(sources.line_text(file, 2), "bé: x");
    }

    #[test]
    fn a_place_outside_is_empty_not_a_panic() {
        let mut sources = Sources::default();
        let file = sources.add("a", "äö");
        let span = Span { start: 1, end: 99 };
        assert_eq!(sources.at(Place { file, span }), "");
        assert_eq!(sources.range(Place { file, span }).start.line, 1);
        assert_eq!(sources.name(FileId(7)), "");
    }
}
