//! Subjects that somebody has put together of parts of their choice.
//!
//! There are too many rows of parts to try each. First every part but the first counts as free of the others, which lets more
//! subjects be than there are: no hit is a proof. A hit reads as one or more rows, each of which is then a shape of its own and
//! solved exactly.

use std::sync::Arc;

use trustctl_pattern::{Language, Pattern, Piece, readings};

use super::shape::Customised;

/// Rows that are tried before the answer is that it is not known.
pub(super) const MOST_ROWS: usize = 32;

/// Parts that a row has at most.
const MOST_PARTS: usize = 6;

impl Customised {
    /// For each part that can come first where this is asked: the part, and behind it whatever can follow, one variable.
    pub(super) fn firsts(&self, asked: &Language) -> impl Iterator<Item = (&[Piece], Language)> {
        let can_begin = |key: &&Arc<[Piece]>| asked.may_begin(&literal(key));
        self.keys.iter().filter(can_begin).map(|key| (key.as_ref(), self.rest()))
    }

    /// Everything that can follow the first part, and more: each further part counts as free of the others.
    fn rest(&self) -> Language {
        self.all
            .get_or_init(|| {
                let beginnings: Vec<String> = self.keys.iter().map(|key| escaped(&literal(key))).collect();
                let between = escaped(&self.between);
                let part = format!("{between}(?:{})[^{between}]*", beginnings.join("|"));
                Pattern::regex(&format!("(?:{part})*")).map_or_else(|_| Language::all(), |pattern| pattern.language())
            })
            .clone()
    }

    /// The rows of parts that a subject can be read as, as templates.
    pub(super) fn rows(&self, subject: &str) -> Vec<Arc<[Piece]>> {
        let mut rows = Vec::new();
        let mut open: Vec<(&str, Vec<usize>)> = vec![(subject, Vec::new())];
        while let Some((rest, row)) = open.pop() {
            for (at, key) in self.keys.iter().enumerate() {
                if row.contains(&at) || row.len() == MOST_PARTS || !rest.starts_with(&literal(key)) {
                    continue;
                }
                let longer: Vec<usize> = row.iter().copied().chain([at]).collect();
                rows.push(longer.clone());
                let next = rest.match_indices(self.between.as_str()).map(|(at, text)| at + text.len());
                open.extend(next.filter_map(|at| rest.get(at..)).map(|rest| (rest, longer.clone())));
                if rows.len() > MOST_ROWS * MOST_PARTS {
                    return Vec::new();
                }
            }
        }
        rows.sort();
        rows.dedup();
        let is_read_so = |row: &Arc<[Piece]>| readings(subject, row, |_, _| true).is_none_or(|found| !found.is_empty());
        rows.iter().filter_map(|row| self.row(row)).filter(is_read_so).collect()
    }

    fn row(&self, row: &[usize]) -> Option<Arc<[Piece]>> {
        let mut template = Vec::new();
        for key in row.iter().map(|at| self.keys.get(*at)) {
            if !template.is_empty() {
                template.push(Piece::Text(self.between.clone()));
            }
            template.extend(key?.iter().cloned());
        }
        Some(Arc::from(template))
    }
}

/// Everything that could be read as the row.
pub(super) fn all_of(row: &[Piece]) -> Language {
    let regex: String = row
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => escaped(text),
            Piece::Variable(_) => ".*".to_owned(),
        })
        .collect();
    Pattern::regex(&regex).map_or_else(|_| Language::none(), |pattern| pattern.language())
}

/// What a part begins with.
pub(super) fn literal(key: &[Piece]) -> String {
    match key.first() {
        Some(Piece::Text(text)) => text.clone(),
        _ => String::new(),
    }
}

/// The text in a regular expression.
pub(super) fn escaped(text: &str) -> String {
    let is_special = |c: char| r"\.+*?()|[]{}^$#&~".contains(c);
    text.chars().map(|c| if is_special(c) { format!("\\{c}") } else { c.to_string() }).collect()
}
