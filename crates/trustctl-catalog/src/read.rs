//! From the text of the data files to the typed model.
//!
//! `provider` and `registry` hold the written form (serde, unknown keys refused) and turn it into the model.
//! Whatever can be said of a file without compiling a regular expression is checked here, so that a catalogue
//! that exists is consistent; the tests of the crate check the rest.

mod claim;
pub(crate) mod profile;
mod provider;
mod registry;

use serde::de::DeserializeOwned;
use serde_saphyr::{DuplicateKeyPolicy, MergeKeyPolicy, UserMessageFormatter};

use crate::{Catalogue, CatalogueError, DataFile};

pub(crate) fn catalogue(providers: &[DataFile<'_>], registries: &[DataFile<'_>]) -> Result<Catalogue, CatalogueError> {
    let mut catalogue = Catalogue { version: String::new(), providers: Vec::new(), registries: Vec::new() };
    for file in providers {
        let provider = provider::read(file)?;
        refuse_second(file, &provider.kind, catalogue.providers.iter().map(|known| &known.kind))?;
        catalogue.providers.push(provider);
    }
    for file in registries {
        let registry = registry::read(file)?;
        refuse_second(file, &registry.kind, catalogue.registries.iter().map(|known| &known.kind))?;
        catalogue.registries.push(registry);
    }
    catalogue.providers.sort_by(|a, b| a.kind.cmp(&b.kind));
    catalogue.registries.sort_by(|a, b| a.kind.cmp(&b.kind));
    check_pairs(&catalogue, registries)?;
    catalogue.version = version(&catalogue, providers, registries);
    Ok(catalogue)
}

/// What a registry requires of a provider's tokens is about claims that the provider has.
fn check_pairs(catalogue: &Catalogue, files: &[DataFile<'_>]) -> Result<(), CatalogueError> {
    for registry in &catalogue.registries {
        let is_its = |file: &&DataFile<'_>| {
            file.name.rsplit('/').next().and_then(|name| name.strip_suffix(".yaml")) == Some(&registry.kind)
        };
        let place = Place { file: files.iter().find(is_its).map_or(registry.kind.as_str(), |file| file.name) };
        for (kind, requirements) in &registry.requires {
            let field = format!("requires.{kind}");
            let provider = catalogue.provider(kind).ok_or_else(|| place.error(&*field, "is no provider"))?;
            for requirement in requirements {
                let known = provider.claims.contains_key(&requirement.claim);
                place.check(known, &field, || format!("`{}` is no claim of this provider", requirement.claim))?;
            }
        }
    }
    Ok(())
}

/// Says where in a file a value stands, so that every check can name it.
pub(crate) struct Place<'a> {
    file: &'a str,
}

impl Place<'_> {
    /// An error at `field`.
    pub(crate) fn error(&self, field: impl Into<String>, problem: impl Into<String>) -> CatalogueError {
        CatalogueError::Field { file: self.file.to_owned(), field: field.into(), problem: problem.into() }
    }

    /// An error at `field` unless `holds`.
    pub(crate) fn check(
        &self,
        holds: bool,
        field: &str,
        problem: impl FnOnce() -> String,
    ) -> Result<(), CatalogueError> {
        if holds { Ok(()) } else { Err(self.error(field, problem())) }
    }

    /// What every file has: its kind is its name, its texts say something, its facts have source and date.
    pub(crate) fn check_head(&self, head: &Head<'_>) -> Result<(), CatalogueError> {
        let stem = self.file.rsplit('/').next().and_then(|name| name.strip_suffix(".yaml"));
        self.check(stem == Some(head.kind), "kind", || format!("`{}` is not the file's name", head.kind))?;
        self.check(!head.title.trim().is_empty(), "title", || "is empty".into())?;
        self.check(!head.about.trim().is_empty(), "about", || "is empty".into())?;
        self.check(!head.sources.is_empty(), "sources", || "facts need a source".into())?;
        self.check(is_date(head.checked), "checked", || format!("`{}` is not a date like 2026-11-20", head.checked))
    }
}

/// The fields that providers and registries have in common.
pub(crate) struct Head<'a> {
    pub(crate) kind: &'a str,
    pub(crate) title: &'a str,
    pub(crate) about: &'a str,
    pub(crate) sources: &'a [String],
    pub(crate) checked: &'a str,
}

/// The written form of `file` and the place to report from.
pub(crate) fn parse<'a, T: DeserializeOwned>(file: &DataFile<'a>) -> Result<(T, Place<'a>), CatalogueError> {
    let options = serde_saphyr::options! {
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        emit_comments: false,
        with_snippet: false,
    };
    match serde_saphyr::from_str_with_options(file.text, options) {
        Ok(written) => Ok((written, Place { file: file.name })),
        Err(error) => {
            let (line, column) = error.location().map_or((0, 0), |at| (at.line(), at.column()));
            let problem = error.render_with_formatter(&UserMessageFormatter);
            // The place is said once, by `CatalogueError`.
            let place = format!(" at line {line}, column {column}");
            let problem = problem.strip_suffix(&place).unwrap_or(&problem).to_owned();
            Err(CatalogueError::Form { file: file.name.to_owned(), line, column, problem })
        }
    }
}

fn refuse_second<'a>(
    file: &DataFile<'_>,
    kind: &str,
    mut known: impl Iterator<Item = &'a String>,
) -> Result<(), CatalogueError> {
    if known.any(|other| other == kind) {
        return Err(CatalogueError::Twice { file: file.name.to_owned(), kind: kind.to_owned() });
    }
    Ok(())
}

fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(
            |(at, byte)| {
                if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() }
            },
        )
}

/// Year and month of the newest fact, and FNV-1a over the crate's version and every file's name and text in their
/// order: the version names a state, it protects nothing.
fn version(catalogue: &Catalogue, providers: &[DataFile<'_>], registries: &[DataFile<'_>]) -> String {
    let dates = catalogue.providers.iter().map(|p| &p.checked).chain(catalogue.registries.iter().map(|r| &r.checked));
    let newest = dates.max().map_or("0000-00", String::as_str);
    let mut month = newest.split('-').take(2);
    let (year, month) = (month.next().unwrap_or_default(), month.next().unwrap_or_default());

    let mut files: Vec<&DataFile<'_>> = providers.iter().chain(registries).collect();
    files.sort_by_key(|file| file.name);
    let mut digest: u32 = 0x811c_9dc5;
    let texts = files.iter().flat_map(|file| [file.name, file.text]);
    for text in std::iter::once(env!("CARGO_PKG_VERSION")).chain(texts) {
        // A zero byte after each text keeps two texts from sharing a border.
        for byte in text.bytes().chain([0]) {
            digest = (digest ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
    format!("{year}.{month}-{digest:08x}")
}
