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
