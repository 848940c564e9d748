//! Reading the registries' own trust records.

use std::collections::BTreeMap;

use serde_json::Value;
use trustctl_diag::{FileId, Sources};
use trustctl_records::{Profile, Record, read_file};

use crate::Outside;
use crate::failure::Failure;
use crate::input::{Input, read_text};
use crate::ruling::{AskedRecord, Origin};
use crate::secret::without_tokens_in_place;

use super::Arguments;

/// More bytes than the records of one package have.
const LARGEST: u64 = 4 * 1024 * 1024;

/// The records that were given, by registry; `None` where none were.
pub(super) type Given = Option<BTreeMap<&'static str, Vec<(Record, AskedRecord)>>>;

/// Reads every file that was named.
pub(super) fn read(
    arguments: &Arguments,
    profiles: &[&'static Profile],
    outside: &mut Outside<'_>,
) -> Result<Given, Failure> {
    if let Some(kind) = &arguments.publisher {
        known_kind(kind, profiles)?;
    }
    if arguments.record.is_empty() {
        return Ok(None);
    }
    let mut sources = Sources::default();
    let mut all = BTreeMap::new();
    for file in &arguments.record {
        let input = Input::from(file.as_str());
        let text = read_text(&input, outside.stdin, LARGEST)?;
        let name = match &input {
            Input::Stdin => input.to_string(),
            Input::File(path) => path.display().to_string(),
        };
        let id = sources.add(name, without_tokens_in_place(&text));
        let mut reader = Reader { publisher: arguments.publisher.as_deref(), sources: &mut sources, all: &mut all };
        match profiles {
            [profile] => reader.one(profile, id, &text)?,
            _ => reader.by_registry(profiles, id, &text)?,
        }
    }
    Ok(Some(all))
}

fn known_kind(kind: &str, profiles: &[&'static Profile]) -> Result<(), Failure> {
    let kinds = || profiles.iter().flat_map(|profile| profile.publishers.keys());
    if kinds().any(|known| known == kind) {
        return Ok(());
    }
    let mut known: Vec<&str> = kinds().map(String::as_str).collect();
    known.sort_unstable();
    known.dedup();
    let of = match profiles {
        [only] => format!("kind of record at {}", only.title),
        _ => "kind of record".to_owned(),
    };
    Err(super::unknown(&of, kind, known.into_iter()))
}

struct Reader<'r> {
    publisher: Option<&'r str>,
    sources: &'r mut Sources,
    all: &'r mut BTreeMap<&'static str, Vec<(Record, AskedRecord)>>,
}

impl Reader<'_> {
    /// A file of one registry's records.
    fn one(&mut self, profile: &'static Profile, file: FileId, text: &str) -> Result<(), Failure> {
        let records = read_file(profile, self.publisher, file, text).map_err(|problems| {
            refused(profile, self.sources, file).problems(std::mem::take(self.sources), problems)
        })?;
        self.take(profile, file, records);
        Ok(())
    }

    /// A file of several registries' records: `{"pypi": …, "npm": […]}`.
    fn by_registry(&mut self, profiles: &[&'static Profile], file: FileId, text: &str) -> Result<(), Failure> {
        let name = self.sources.name(file).to_owned();
        let value: Value =
            serde_json::from_str(text).map_err(|error| Failure::new(format!("`{name}` is no JSON: {error}")))?;
        let Value::Object(members) = value else {
            return Err(Failure::new(format!("`{name}` does not say whose records these are"))
                .help("with `--as all`, a file holds `{\"pypi\": RECORD, \"npm\": [RECORD, …]}`"));
        };
        for (registry, records) in members {
            let Some(profile) = profiles.iter().find(|profile| profile.registry == registry) else {
                return Err(super::unknown(
                    "registry",
                    &registry,
                    profiles.iter().map(|profile| profile.registry.as_str()),
                ));
            };
            self.one(profile, file, &records.to_string())?;
        }
        Ok(())
    }

    fn take(&mut self, profile: &'static Profile, file: FileId, records: Vec<Record>) {
        let several = records.len() > 1;
        let name = self.sources.name(file).to_owned();
        let asked = records.into_iter().enumerate().map(|(at, record)| {
            let kind = profile.publisher(&record.publisher).map_or(String::new(), |publisher| publisher.title.clone());
            let place = if several { at + 1 } else { 0 };
            (record, AskedRecord { kind, origin: Origin::File { file: name.clone(), place } })
        });
        self.all.entry(&profile.registry).or_default().extend(asked);
    }
}

fn refused(profile: &Profile, sources: &Sources, file: FileId) -> Failure {
    Failure::new(format!("`{}` holds what {} would not take as a record", sources.name(file), profile.title))
}
