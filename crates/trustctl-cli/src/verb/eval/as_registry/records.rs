//! Reading the registries' own trust records.

use std::collections::BTreeMap;

use trustctl_diag::{Diagnostic, FileId, Sources};
use trustctl_records::{Profile, Record, Settings, read_file_by_registry, read_file_with_settings};

use crate::Outside;
use crate::failure::Failure;
use crate::input::{Input, read_text};
use crate::ruling::{AskedRecord, Origin};
use crate::secret::{is_token, without_tokens_in_place};

use super::Arguments;

/// More bytes than the records of one package have.
const LARGEST: u64 = 4 * 1024 * 1024;

/// The records that were given.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// By registry, in the order of the files; `None` where no file was named.
    pub(super) records: Option<BTreeMap<&'static str, Vec<(Record, AskedRecord)>>>,
    /// By registry and name, what files say of the operator's settings.
    pub(super) settings: BTreeMap<(&'static str, String), Vec<String>>,
}

/// Reads every file that was named.
pub(super) fn read(
    arguments: &Arguments,
    profiles: &[&'static Profile],
    outside: &mut Outside<'_>,
) -> Result<Given, Failure> {
    if let Some(kind) = &arguments.publisher {
        known_kind(kind, profiles)?;
    }
    let mut given = Given::default();
    let mut sources = Sources::default();
    for name in &arguments.record {
        let input = Input::from(name.as_str());
        let text = read_text(&input, outside.stdin, LARGEST)?;
        if is_token(&text) {
            return Err(
                Failure::new(format!("{input} holds a token, not a trust record")).help("give it with `--token FILE`")
            );
        }
        let shown = match &input {
            Input::Stdin => input.to_string(),
            Input::File(path) => path.display().to_string(),
        };
        let file = sources.add(shown, without_tokens_in_place(&text));
        match read_one(arguments.publisher.as_deref(), profiles, file, &text) {
            Ok(parts) => {
                for (profile, records, settings) in parts {
                    given.take(profile, sources.name(file), records, &settings);
                }
            }
            Err(problems) => return Err(refused(profiles, &input).problems(sources, problems)),
        }
    }
    Ok(given)
}

/// What one file holds of each registry.
fn read_one(
    kind: Option<&str>,
    profiles: &[&'static Profile],
    file: FileId,
    text: &str,
) -> Result<Vec<(&'static Profile, Vec<Record>, Settings)>, Vec<Diagnostic>> {
    match profiles {
        [profile] => read_file_with_settings(profile, kind, file, text)
            .map(|(records, settings)| vec![(*profile, records, settings)]),
        _ => read_file_by_registry(profiles, kind, file, text),
    }
}

impl Given {
    fn take(&mut self, profile: &'static Profile, file: &str, records: Vec<Record>, settings: &Settings) {
        let defaults = Settings::of(profile);
        for name in profile.settings.keys().filter(|name| settings.all(name) != defaults.all(name)) {
            self.settings.insert((&profile.registry, name.clone()), settings.all(name).to_vec());
        }
        let several = records.len() > 1;
        let asked = records.into_iter().enumerate().map(|(at, record)| {
            let kind = profile.publisher(&record.publisher).map_or(String::new(), |publisher| publisher.title.clone());
            let place = if several { at + 1 } else { 0 };
            (record, AskedRecord { kind, origin: Origin::File { file: file.to_owned(), place } })
        });
        self.records.get_or_insert_default().entry(&profile.registry).or_default().extend(asked);
    }
}

fn refused(profiles: &[&'static Profile], input: &Input) -> Failure {
    Failure::new(match profiles {
        [only] => format!("{input} holds what {} would not take as a record", only.title),
        _ => format!("{input} holds what no registry would take as its record"),
    })
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
