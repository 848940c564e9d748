//! A record that was imported and exported again decides as it did, and what an export says of a grant is so.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use trustctl_catalog::Catalogue;
use trustctl_catalog::profile::Direction;
use trustctl_diag::FileId;
use trustctl_records::{Export, ExportProblem, ExportWarning, Exported, Imported, Record, read_written};

use crate::imports::import;
use crate::native::Native;
use crate::vectors::{Case, cases, pinned_cases};

/// Rows of each registry that must be compared at least.
const FLOOR: [(&str, usize); 7] =
    [("crates-io", 100), ("jsr", 90), ("npm", 60), ("nuget", 150), ("pub-dev", 55), ("pypi", 120), ("rubygems", 115)];

type Back = Arc<Result<Exported, Vec<ExportProblem>>>;

/// What becomes of an import; each is made once.
fn export(case: &Case, made: &(Imported, Native), publisher: Option<&str>) -> Back {
    static MADE: Mutex<BTreeMap<String, Back>> = Mutex::new(BTreeMap::new());
    let key = format!("{} {:?} {publisher:?} {}", case.profile.registry, case.settings, made.0.text);
    let known = MADE.lock().unwrap().get(&key).cloned();
    known.unwrap_or_else(|| {
        let export = Export { profile: case.profile, settings: &case.settings, package: None, publisher };
        let exported = Arc::new(export.records(Catalogue::bundled().unwrap(), made.1.policy()));
        MADE.lock().unwrap().insert(key, exported.clone());
        exported
    })
}

#[test]
fn a_record_there_and_back_decides_as_before() {
    let mut compared: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in cases().into_iter().filter(|case| !case.has_statements()) {
        let Some(before) = case.explain(case.records.clone()) else { continue };
        let mut back: Vec<Record> = Vec::new();
        let mut texts = Vec::new();
        let mut may_end = false;
        for record in &case.records {
            let Ok(made) = import(&case, record) else { continue };
            match export(&case, &made, None).as_ref() {
                Ok(exported) => {
                    // A grant ends with the time of a first use; the record that it becomes gets a new one.
                    let ends =
                        |warning: &ExportWarning| warning.is == Direction::Wider && warning.claims == ["expires"];
                    may_end |= exported.warnings.iter().any(ends);
                    is_read_again(&case, record, exported);
                    for one in &exported.records {
                        let mut record_back = one.record.clone();
                        record_back.created = record.created;
                        back.push(record_back);
                    }
                }
                Err(problems) => wrong.push(format!("{}: {problems:?}\n{}", case.id, made.0.text)),
            }
            texts.push(made.0.text.clone());
        }
        if texts.is_empty() {
            continue;
        }
        *compared.entry(&case.profile.registry).or_default() += 1;
        let after = case.explain(back.clone()).unwrap();
        let is_told = may_end && !before.ruling.is_allow();
        if before.ruling.is_allow() != after.ruling.is_allow() && !is_told {
            wrong.push(format!(
                "{}: {} before, {} after\n{:?}\n{back:?}\n{}\n{}",
                case.id,
                before.ruling.is_allow(),
                after.ruling.is_allow(),
                case.records,
                case.claims,
                texts.join("\n")
            ));
        }
    }
    eprintln!("compared {compared:?}");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n\n"));
    for (registry, floor) in FLOOR {
        assert!(compared.get(registry).is_some_and(|count| *count >= floor), "{registry}: {compared:?}");
    }
}

/// What is written is what a file of records holds, the package beside it.
fn is_read_again(case: &Case, record: &Record, exported: &Exported) {
    let written: Vec<&Value> = exported.records.iter().map(|one| &one.written).collect();
    let text = serde_json::to_string(&written).unwrap();
    let (read, _) = read_written(case.profile, Some(&record.publisher), FileId(0), &text).unwrap();
    for (read, one) in read.iter().zip(&exported.records) {
        assert_eq!(read.record, one.record, "{}", case.id);
        assert_eq!(read.packages, one.package.iter().cloned().collect::<Vec<_>>(), "{}", case.id);
    }
    assert_eq!(read.len(), exported.records.len(), "{}", case.id);
}

/// Rows with statements of each registry that must be compared at least.
const FLOOR_OF_STATEMENTS: [(&str, usize); 3] = [("buildkite", 70), ("cloudsmith", 60), ("rubygems", 14)];

#[test]
fn statements_there_and_back_give_what_they_gave() {
    let mut compared: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut given, mut wrong) = (0, Vec::new());
    for case in cases().into_iter().chain(pinned_cases()).filter(Case::has_statements) {
        let Some(before) = case.explain(case.records.clone()) else { continue };
        let [record] = case.records.as_slice() else { continue };
        let Ok(made) = import(&case, record) else { continue };
        let imported = &made.0;
        let exported = export(&case, &made, Some(&record.publisher));
        let exported = match exported.as_ref() {
            Ok(exported) => exported,
            Err(problems) => {
                wrong.push(format!("{}: {problems:?}\n{}", case.id, imported.text));
                continue;
            }
        };
        let records: Vec<Record> = exported.records.iter().map(|one| one.record.clone()).collect();
        let Some(after) = case.explain(records.clone()) else { continue };
        *compared.entry(&case.profile.registry).or_default() += 1;
        let (before, after) = (case.given(&before), case.given(&after));
        given += after.len();
        let directions = imported.warnings.iter().map(|one| one.is).chain(exported.warnings.iter().map(|one| one.is));
        let said: Vec<Direction> = directions.collect();
        let is_told = (before.is_subset(&after) || said.contains(&Direction::Narrower))
            && (after.is_subset(&before) || said.contains(&Direction::Wider));
        if !is_told {
            wrong.push(format!(
                "{}: {before:?} before, {after:?} after\n{:?}\n{records:?}\n{}\n{}\n{:?}",
                case.id, case.records, case.claims, imported.text, exported.warnings
            ));
        }
    }
    eprintln!("compared {compared:?}, given {given}");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n\n"));
    for (registry, floor) in FLOOR_OF_STATEMENTS {
        assert!(compared.get(registry).is_some_and(|count| *count >= floor), "{registry}: {compared:?}");
    }
}
