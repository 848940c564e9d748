//! From the text of the data files to the typed model.
//!
//! `provider` and `registry` hold the written form (serde, unknown keys refused) and turn it into the model.
//! Whatever can be said of a file without compiling a regular expression is checked here, so that a catalogue
//! that exists is consistent; the tests of the crate check the rest.

mod claim;
pub(crate) mod profile;
pub(crate) mod provider;
pub(crate) mod registry;
mod words;

use serde::de::DeserializeOwned;
use serde_saphyr::{DuplicateKeyPolicy, MergeKeyPolicy};

use crate::{Catalogue, CatalogueError, DataFile, Registry};

/// What a registry requires of a provider's tokens is about claims that the provider has.
pub(crate) fn check_pairs(
    file: &DataFile<'_>,
    registry: &Registry,
    catalogue: &Catalogue,
) -> Result<(), CatalogueError> {
    let place = Place { file: file.name };
    for (kind, requirements) in &registry.requires {
        let field = format!("requires.{kind}");
        let provider = catalogue.provider(kind).ok_or_else(|| place.error(&*field, "is no provider"))?;
        for requirement in requirements {
            let known = provider.claims.contains_key(&requirement.claim);
            place.check(known, &field, || format!("`{}` is no claim of this provider", requirement.claim))?;
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
        self.check(stem(self.file) == head.kind, head.key, || format!("`{}` is not the file's name", head.kind))?;
        self.check(!head.title.trim().is_empty(), "title", || "is empty".into())?;
        self.check(!head.about.trim().is_empty(), "about", || "is empty".into())?;
        self.check(!head.sources.is_empty(), "sources", || "facts need a source".into())?;
        self.check(is_date(head.checked), "checked", || format!("`{}` is not a date like 2026-11-20", head.checked))
    }
}

/// The fields that all files have in common.
pub(crate) struct Head<'a> {
    /// How the file calls its kind: `kind`, or `registry` in a profile.
    pub(crate) key: &'a str,
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
            let problem = error.render_with_formatter(&words::Words);
            // The place is said once, by `CatalogueError`.
            let place = format!(" at line {line}, column {column}");
            let problem = problem.strip_suffix(&place).unwrap_or(&problem).to_owned();
            Err(CatalogueError::Form { file: file.name.to_owned(), line, column, problem })
        }
    }
}

/// The stretch of a file that begins with the top-level key `key`: up to the next line that is neither indented nor a
/// list's, a comment or blank. Empty where the file has no such key.
pub(crate) fn stretch<'a>(text: &'a str, key: &str) -> &'a str {
    let key = format!("\n{key}:");
    let first = key.strip_prefix('\n').is_some_and(|key| text.starts_with(key));
    let begin = if first { Some(0) } else { text.find(&key).map(|at| at + 1) };
    let rest = begin.and_then(|at| text.get(at..)).unwrap_or_default();
    let mut lines = rest.split_inclusive('\n');
    let first = lines.next().map_or(0, str::len);
    let inside = |line: &&str| line.starts_with([' ', '-', '#', '\n', '\r']);
    let length = first + lines.take_while(inside).map(str::len).sum::<usize>();
    rest.get(..length).unwrap_or_default()
}

/// What a file's name says that it defines: `gitlab` of `providers/gitlab.yaml`.
pub(crate) fn stem(name: &str) -> &str {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.strip_suffix(".yaml").unwrap_or(name)
}

/// A day as in `2026-11-20`; how long its month is, is not looked at.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, digits: usize| match part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()) {
        true => part.parse::<u16>().ok(),
        false => None,
    };
    let &[year, month, day] = parts.as_slice() else { return false };
    let is_in = |part, last| number(part, 2).is_some_and(|number| (1..=last).contains(&number));
    number(year, 4).is_some() && is_in(month, 12) && is_in(day, 31)
}

/// Lower case words joined by `-`.
fn is_name(text: &str) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    text.split('-').all(is_word)
}

/// Year and month of the newest fact, and FNV-1a over the crate's version and every file's name and text in their
/// order, eight bytes at a time: the version names a state, it protects nothing.
pub(crate) fn version<'a>(files: impl Iterator<Item = DataFile<'a>>) -> String {
    let mut files: Vec<DataFile<'_>> = files.collect();
    files.sort_by_key(|file| file.name);
    let date = |file: &DataFile<'a>| stretch(file.text, "checked").split_once(':').map(|(_, date)| date.trim());
    let newest = files.iter().filter_map(date).max().unwrap_or("0000-00");
    let mut month = newest.split('-');
    let (year, month) = (month.next().unwrap_or_default(), month.next().unwrap_or_default());

    let mut digest: u64 = 0xcbf2_9ce4_8422_2325;
    let texts = files.iter().flat_map(|file| [file.name, file.text]);
    for text in std::iter::once(env!("CARGO_PKG_VERSION")).chain(texts) {
        let (words, rest) = text.as_bytes().as_chunks::<8>();
        let mut last = [0; 8];
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        // The length keeps two texts from sharing a border.
        let ends = [u64::from_le_bytes(last), u64::try_from(text.len()).unwrap_or(u64::MAX)];
        for word in words.iter().map(|word| u64::from_le_bytes(*word)).chain(ends) {
            digest = (digest ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(29);
        }
    }
    let digest = (digest ^ (digest >> 32)) & 0xffff_ffff;
    format!("{year}.{month}-{digest:08x}")
}

#[cfg(test)]
mod tests {
    use super::{is_date, stretch};

    #[test]
    fn a_date_is_a_day_of_the_calendar() {
        assert!(is_date("2026-11-20") && is_date("0001-01-31"));
        for text in
            ["2026-13-01", "2026-00-10", "2026-01-32", "2026-1-1", "26-11-20", "2026-11-20 ", "today", "2026-+1-01"]
        {
            assert!(!is_date(text), "{text}");
        }
    }

    #[test]
    fn a_stretch_is_a_top_level_key_with_all_below_it() {
        let text = "kind: a\nissuers:\n  - template: x\n    kind: y\n# a comment\n\n- template: z\naudience:\n  kind: z\nend: 1";
        assert_eq!(stretch(text, "issuers"), "issuers:\n  - template: x\n    kind: y\n# a comment\n\n- template: z\n");
        assert_eq!(stretch(text, "kind"), "kind: a\n");
        assert_eq!(stretch(text, "audience"), "audience:\n  kind: z\n");
        assert_eq!(stretch(text, "end"), "end: 1");
        for absent in ["template", "issuer", "z", ""] {
            assert_eq!(stretch(text, absent), "", "{absent}");
        }
    }
}
