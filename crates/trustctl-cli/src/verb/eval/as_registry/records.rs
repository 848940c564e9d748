//! Reading the registries' own trust records.

use std::collections::BTreeMap;

use trustctl_diag::{Diagnostic, FileId, Sources};
use trustctl_records::{
    OfRegistry, Profile, RECORD_REFUSED, Record, Settings, Written, read_file_by_registry, read_written,
};

use crate::Outside;
use crate::failure::Failure;
use crate::input::{Input, read_text};
use crate::ruling::{AskedRecord, Origin};
use crate::secret::without_tokens_in_place;

use super::{Arguments, mistaken};

/// More bytes than the records of one package have.
const LARGEST: u64 = 4 * 1024 * 1024;

/// The records that were given.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// By registry, in the order of the files; `None` where no file was named.
    pub(super) records: Option<BTreeMap<&'static str, Vec<(Record, AskedRecord)>>>,
    /// By registry and name, what files say of the operator's settings, and the first that says it.
    pub(super) settings: BTreeMap<(&'static str, String), (Vec<String>, String)>,
}

impl Given {
    /// What a file says of a setting: nothing else than an earlier one.
    fn setting(
        &mut self,
        profile: &'static Profile,
        name: &str,
        values: Vec<String>,
        file: &str,
    ) -> Result<(), Failure> {
        let key = (profile.registry.as_str(), name.to_owned());
        let (first, origin) = self.settings.entry(key).or_insert_with(|| (values.clone(), file.to_owned()));
        if *first == values {
            return Ok(());
        }
        Err(Failure::new(format!("`{name}` has one value in `{origin}` and another in `{file}`"))
            .help("it is the registry's, and has one value for all of its records"))
    }
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
        if let Some(failure) = mistaken::token(&input, &text) {
            return Err(failure);
        }
        let shown = match &input {
            Input::Stdin => input.to_string(),
            Input::File(path) => path.display().to_string(),
        };
        let file = sources.add(shown, without_tokens_in_place(&text));
        _ = given.records.get_or_insert_default();
        match read_one(arguments.publisher.as_deref(), profiles, file, &text) {
            Ok(parts) if parts.is_empty() => {
                return Err(Failure::new(format!("{input} holds no record"))
                    .help("write `REGISTRY:` and its record below, indented"));
            }
            Ok(parts) => {
                for (profile, found, settings) in parts {
                    let asked = asked(profile, found, sources.name(file));
                    let records = given.records.get_or_insert_default();
                    records.entry(&profile.registry).or_default().extend(asked);
                    for name in profile.settings.keys().filter(|name| settings.is_given(name)) {
                        let values = settings.all(name).to_vec();
                        given.setting(profile, name, values, sources.name(file))?;
                    }
                }
            }
            Err(problems) => {
                return Err(mistaken::kind(&input, &text, profiles, &problems)
                    .unwrap_or_else(|| refused(profiles, &input, &problems).problems(sources, problems)));
            }
        }
    }
    Ok(given)
}

/// What one file holds of each registry that is asked.
fn read_one(
    kind: Option<&str>,
    profiles: &[&'static Profile],
    file: FileId,
    text: &str,
) -> Result<Vec<OfRegistry<'static>>, Vec<Diagnostic>> {
    let [profile] = profiles else { return read_file_by_registry(profiles, kind, file, text) };
    read_written(profile, kind, file, text)
        .map(|(records, settings)| vec![(*profile, records, settings)])
        .or_else(|problems| own_part(profile, kind, file, text).unwrap_or(Err(problems)))
}

/// What a file for `--as all` holds of this registry; `None` where it is no such file.
fn own_part(
    profile: &'static Profile,
    kind: Option<&str>,
    file: FileId,
    text: &str,
) -> Option<Result<Vec<OfRegistry<'static>>, Vec<Diagnostic>>> {
    let all: Vec<&'static Profile> = Profile::names().filter_map(|name| Profile::bundled(name).ok()?).collect();
    match read_file_by_registry(&all, kind, file, text) {
        Ok(parts) if parts.is_empty() => None,
        Ok(mut parts) => {
            parts.retain(|(of, ..)| of.registry == profile.registry);
            if parts.is_empty() {
                parts.push((profile, Vec::new(), Settings::of(profile)));
            }
            Some(Ok(parts))
        }
        // Registries' names stand in it, and some record below them is refused.
        Err(problems) => problems.iter().all(|problem| problem.code == RECORD_REFUSED).then_some(Err(problems)),
    }
}

/// Records with where they come from.
fn asked(profile: &'static Profile, records: Vec<Written>, file: &str) -> Vec<(Record, AskedRecord)> {
    let several = records.len() > 1;
    let with_origin = records.into_iter().enumerate().map(|(at, written)| {
        let Written { record, packages, .. } = written;
        let kind = profile.publisher(&record.publisher).map_or(String::new(), |publisher| publisher.title.clone());
        let place = if several { at + 1 } else { 0 };
        (record, AskedRecord { kind, origin: Origin::File { file: file.to_owned(), place }, packages })
    });
    with_origin.collect()
}

fn refused(profiles: &[&'static Profile], input: &Input, problems: &[Diagnostic]) -> Failure {
    let is_refused = problems.iter().any(|problem| problem.code == RECORD_REFUSED);
    Failure::new(match (is_refused, profiles) {
        (true, [only]) => format!("{input} holds what {} would not take as a record", only.title),
        (true, _) => format!("{input} holds what a registry would not take as its record"),
        (false, _) => format!("{input} cannot be read as trust records"),
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
    let message = match profiles {
        [only] => format!("{} has no kind of record `{kind}`", only.title),
        _ => format!("no registry has a kind of record `{kind}`"),
    };
    Err(super::unknown(message, kind, known.into_iter()))
}
