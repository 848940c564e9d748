//! Grants by file and provider, rows of a table that answer alike folded into one.

use std::collections::BTreeMap;

use trustctl_analysis::{Adversary, GrantReach};
use trustctl_policy::{FileId, Policy, ProviderId};

use crate::access::{Access, Openness, alike, doing, openness, place, same_table, strength};
use crate::words::{counted, few};

/// Lines of the whole picture; who lets somebody in comes first.
const MOST_ROWS: usize = 200;
/// Sections that each name their columns.
pub(super) const MOST_PICTURES: usize = 4;
/// Rows of a section that stand apart although nobody gets in by any.
const MOST_APART: usize = 24;
/// Names of a grant that are listed.
const MOST_NAMES: usize = 3;

/// The grants of one file for the tokens of one provider.
pub(super) struct Section<'a> {
    pub(super) file: &'a str,
    pub(super) provider: &'a str,
    /// The provider's kind.
    kind: &'a str,
    pub(super) registries: Vec<&'a str>,
    /// Who is asked about, the strongest first.
    pub(super) columns: Vec<Adversary>,
    pub(super) rows: Vec<Row<'a>>,
    /// Rows that are left out.
    pub(super) left_out: Vec<Row<'a>>,
}

/// A grant, and those of its table, or in a long file behind it, that answer alike.
pub(super) struct Row<'a> {
    pub(super) policy: &'a Policy,
    /// The first one's answers.
    pub(super) reach: &'a GrantReach,
    pub(super) line: u32,
    /// How many more there are.
    pub(super) more: usize,
    /// Whether they are rows of one table.
    is_one_table: bool,
}

impl Row<'_> {
    /// What is granted: `publish @acme/widgets and 2 more`.
    pub(super) fn label(&self, section: &Section<'_>) -> String {
        let Some(grant) = self.policy.grant(self.reach.grant) else { return String::new() };
        let names = few(self.policy.names(grant), MOST_NAMES);
        let mut label = format!("{} {names}", doing(self.policy, grant));
        if section.registries.len() > 1
            && let Some(registry) = self.policy.registry(grant.registry)
        {
            label.push_str(&format!(" at {}", registry.name));
        }
        let what = if self.is_one_table { "more row" } else { "more grant" };
        if self.more > 0 {
            label.push_str(&format!(", and {}", counted(self.more, what)));
        }
        label
    }
}

/// What the picture shows and what not.
pub(super) struct Sections<'a> {
    pub(super) shown: Vec<Section<'a>>,
    /// Grants of sections of which nothing is shown: by none of them does anybody get in, unless by all that are shown too.
    pub(super) left_out: usize,
}

/// The sections in the order in which their first grants stand.
pub(super) fn of(access: &Access) -> Sections<'_> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for of in &access.policies {
        let policy = of.policy.as_ref();
        let mut known: BTreeMap<(FileId, ProviderId), usize> = BTreeMap::new();
        for reach in &of.grants {
            let Some(grant) = policy.grant(reach.grant) else { continue };
            let (file, line) = place(policy, grant);
            let at = *known.entry((grant.place.file, grant.provider)).or_insert_with(|| {
                let provider = policy.provider(grant.provider);
                sections.push(Section {
                    file,
                    provider: provider.map_or("", |provider| &provider.name),
                    kind: provider.map_or("", |provider| &provider.kind),
                    registries: Vec::new(),
                    columns: Vec::new(),
                    rows: Vec::new(),
                    left_out: Vec::new(),
                });
                sections.len() - 1
            });
            let Some(section) = sections.get_mut(at) else { continue };
            let registry = policy.registry(grant.registry).map_or("", |registry| registry.name.as_str());
            if !section.registries.contains(&registry) {
                section.registries.push(registry);
            }
            for asked in &reach.reach {
                if !section.columns.contains(&asked.adversary) {
                    section.columns.push(asked.adversary);
                }
            }
            section.add(policy, reach, line);
        }
    }
    for section in &mut sections {
        section.fold();
        section.columns.sort_by_key(|column| strength(*column));
    }
    if sections.len() > MOST_PICTURES {
        share_columns(&mut sections);
    }
    cut(&mut sections);
    let (shown, hidden): (Vec<Section<'_>>, Vec<Section<'_>>) =
        sections.into_iter().partition(|section| !section.rows.is_empty());
    let left_out = hidden.iter().flat_map(|section| &section.left_out).map(|row| 1 + row.more).sum();
    Sections { shown, left_out }
}

/// Gives all sections of one kind of provider the same columns, so that they need be named once.
fn share_columns(sections: &mut [Section<'_>]) {
    let mut all: BTreeMap<&str, Vec<Adversary>> = BTreeMap::new();
    for section in sections.iter() {
        let columns = all.entry(section.kind).or_default();
        columns.extend(&section.columns);
        columns.sort_by_key(|column| strength(*column));
        columns.dedup();
    }
    for section in sections {
        if let Some(columns) = all.get(section.kind) {
            section.columns.clone_from(columns);
        }
    }
}

impl<'a> Section<'a> {
    fn add(&mut self, policy: &'a Policy, reach: &'a GrantReach, line: u32) {
        // A table's rows stand together, but those that answer otherwise may stand between them.
        let of_table = self.rows.iter_mut().rev().take_while(|row| same_table(policy, row.reach.grant, reach.grant));
        for row in of_table {
            if alike(&row.reach.reach, &reach.reach) {
                row.more += 1;
                return;
            }
        }
        self.rows.push(Row { policy, reach, line, more: 0, is_one_table: true });
    }
}

impl Section<'_> {
    /// Folds neighbours by which nobody gets in, where there are too many to be looked at.
    fn fold(&mut self) {
        if self.rows.len() <= MOST_APART {
            return;
        }
        let mut folded: Vec<Row<'_>> = Vec::new();
        for row in std::mem::take(&mut self.rows) {
            let same = folded.last_mut().filter(|last| {
                let is_nobody = openness(&row.reach.reach) == Openness::Nobody && !row.reach.reach.is_empty();
                is_nobody && alike(&last.reach.reach, &row.reach.reach)
            });
            match same {
                Some(last) => {
                    last.more += 1 + row.more;
                    last.is_one_table = false;
                }
                None => folded.push(row),
            }
        }
        self.rows = folded;
    }
}

/// Leaves out rows over the bound: first those by which nobody gets in.
fn cut(sections: &mut [Section<'_>]) {
    let mut all: Vec<(Openness, usize, usize)> = Vec::new();
    for (at, section) in sections.iter().enumerate() {
        all.extend(section.rows.iter().enumerate().map(|(row, of)| (openness(&of.reach.reach), at, row)));
    }
    if all.len() <= MOST_ROWS {
        return;
    }
    all.sort_unstable();
    let mut kept: Vec<Vec<usize>> = vec![Vec::new(); sections.len()];
    for (_, section, row) in all.into_iter().take(MOST_ROWS) {
        if let Some(rows) = kept.get_mut(section) {
            rows.push(row);
        }
    }
    for (section, mut kept) in sections.iter_mut().zip(kept) {
        kept.sort_unstable();
        let rows = std::mem::take(&mut section.rows);
        for (at, row) in rows.into_iter().enumerate() {
            let to = if kept.binary_search(&at).is_ok() { &mut section.rows } else { &mut section.left_out };
            to.push(row);
        }
    }
}
