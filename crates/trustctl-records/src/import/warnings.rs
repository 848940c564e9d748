//! What an import says of records, each thing once with all the records that it is about.

use std::collections::{BTreeMap, BTreeSet};

use trustctl_catalog::profile::Direction;
use trustctl_diag::Place;

use super::ImportWarning;
use crate::said::Loss;

/// Gathers warnings. Adding one takes time with the logarithm of their number, for a file may hold many records.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    list: Vec<ImportWarning>,
    at: BTreeMap<(Direction, String), usize>,
    said: BTreeSet<(usize, Place)>,
}

impl Warnings {
    pub(super) fn add(&mut self, loss: &Loss, record: Place) {
        let Loss { is, claims, about } = loss;
        let at = *self.at.entry((*is, about.clone())).or_insert(self.list.len());
        if !self.said.insert((at, record)) {
            return;
        }
        match self.list.get_mut(at) {
            Some(warning) => warning.records.push(record),
            None => self.list.push(ImportWarning {
                is: *is,
                claims: claims.clone(),
                about: about.clone(),
                records: vec![record],
            }),
        }
    }

    /// In the order in which they were first said.
    pub(super) fn list(&self) -> &[ImportWarning] {
        &self.list
    }

    pub(super) fn into_list(self) -> Vec<ImportWarning> {
        self.list
    }
}

#[cfg(test)]
mod tests {
    use trustctl_diag::{FileId, Span};

    use super::*;

    #[test]
    fn each_thing_is_said_once_with_each_record_once() {
        let place = |start: u32| Place { file: FileId(0), span: Span { start, end: start } };
        let loss = |about: &str| Loss { is: Direction::Wider, claims: Vec::new(), about: about.to_owned() };
        let mut warnings = Warnings::default();
        // So many that looking through all of them for each would never end.
        for _ in 0..2 {
            for record in 0..20_000 {
                warnings.add(&loss("of all"), place(record));
                warnings.add(&loss(&format!("of {record}")), place(record));
            }
        }
        let list = warnings.into_list();
        assert_eq!(list.len(), 20_001);
        assert_eq!((list[0].about.as_str(), list[0].records.len()), ("of all", 20_000));
        assert_eq!((list[2].about.as_str(), list[2].records.as_slice()), ("of 1", [place(1)].as_slice()));
    }
}
