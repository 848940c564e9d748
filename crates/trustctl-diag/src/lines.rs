//! Byte offsets to lines, without keeping the text.

/// Where each line of a text begins; four bytes a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineIndex {
    /// Offset of the first byte of every line but the first.
    starts: Box<[u32]>,
}

impl LineIndex {
    /// Reads the line ends (`\n`, also as part of `\r\n`) of `text`.
    pub fn new(text: &str) -> Self {
        let starts = text.bytes().zip(1_u32..).filter_map(|(byte, next)| (byte == b'\n').then_some(next)).collect();
        Self { starts }
    }

    /// The line, from 1, that holds the byte at `offset`.
    pub fn line(&self, offset: u32) -> u32 {
        let before = self.starts.partition_point(|start| *start <= offset);
        u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// The offset of the first byte of `line`, counted from 1.
    pub fn start(&self, line: u32) -> Option<u32> {
        match line {
            0 => None,
            1 => Some(0),
            _ => self.starts.get(line as usize - 2).copied(),
        }
    }

    /// How many lines there are; a text without a line end is one.
    pub fn count(&self) -> usize {
        self.starts.len() + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_from_one() {
        let lines = LineIndex::new("a\nbb\r\n\nc");
        let of = |offset| lines.line(offset);
        assert_eq!([of(0), of(1), of(2), of(5), of(6), of(7)], [1, 1, 2, 2, 3, 4]);
        assert_eq!(lines.count(), 4);
        assert_eq!(lines.start(4), Some(7));
        assert_eq!(lines.start(5), None);
        assert_eq!(lines.start(0), None);
    }

    #[test]
    fn an_empty_text_is_one_line() {
        assert_eq!(LineIndex::new("").line(0), 1);
        assert_eq!(LineIndex::new("").count(), 1);
    }
}
