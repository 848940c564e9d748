//! All data files together, each read when something of it is first asked for.
//!
//! A command that asks about one provider and one registry reads two files, however many there are. What must be
//! known of all at once is cheap: the kinds are the files' names, the version is a digest of their texts, and the
//! issuers are read from their own stretch of each file.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::{CatalogueError, DataFile, Issuer, Provider, Registry, bundle, read};

/// All providers and registries this version of trustctl knows.
///
/// A file that does not fit the format is as good as absent, which denies; [`Catalogue::check`] says why.
#[derive(Debug)]
pub struct Catalogue {
    /// Changes whenever any data file does; decisions name it: `2026.11-0123abcd`, the month in which a fact was
    /// last checked and a digest of all files and of this crate's version.
    pub version: String,
    providers: Files<Provider>,
    registries: Files<Registry>,
    /// Every form of every provider, with the provider's kind.
    issuers: OnceLock<Vec<(String, Issuer)>>,
}

impl Catalogue {
    /// The catalogue that is built in.
    ///
    /// # Errors
    ///
    /// Two files of one kind; the tests of this crate prove that there are none, and that every file can be read.
    pub fn bundled() -> Result<&'static Self, CatalogueError> {
        static BUNDLED: OnceLock<Result<Catalogue, CatalogueError>> = OnceLock::new();
        let new =
            || Catalogue::new(entries(bundle::PROVIDERS, Cow::Borrowed), entries(bundle::REGISTRIES, Cow::Borrowed));
        BUNDLED.get_or_init(new).as_ref().map_err(Clone::clone)
    }

    /// A catalogue from the texts of its files, in any order, all of them read.
    ///
    /// # Errors
    ///
    /// The first file that does not fit the format, with the field or the line.
    pub fn read(providers: &[DataFile<'_>], registries: &[DataFile<'_>]) -> Result<Self, CatalogueError> {
        let own = |text: &str| Cow::Owned(text.to_owned());
        let catalogue = Self::new(entries(providers, own), entries(registries, own))?;
        catalogue.check()?;
        Ok(catalogue)
    }

    fn new(providers: Vec<Entry<Provider>>, registries: Vec<Entry<Registry>>) -> Result<Self, CatalogueError> {
        let providers = Files::new(providers, read::provider::read)?;
        let registries = Files::new(registries, read::registry::read)?;
        let files = providers.files().chain(registries.files());
        Ok(Self { version: read::version(files), providers, registries, issuers: OnceLock::new() })
    }

    /// Reads every file, and compares what they say of each other.
    ///
    /// # Errors
    ///
    /// The first file that does not fit the format, with the field or the line.
    pub fn check(&self) -> Result<(), CatalogueError> {
        self.providers.check()?;
        self.registries.check()?;
        for (file, registry) in self.registries.files().zip(self.registries()) {
            read::check_pairs(&file, registry, self)?;
        }
        Ok(())
    }

    /// Every provider, sorted by kind.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.providers.all()
    }

    /// Every registry, sorted by kind.
    pub fn registries(&self) -> impl Iterator<Item = &Registry> {
        self.registries.all()
    }

    /// The names of all providers, sorted; no file is read for them.
    pub fn provider_kinds(&self) -> impl Iterator<Item = &str> {
        self.providers.entries.iter().map(Entry::kind)
    }

    /// The names of all registries, sorted; no file is read for them.
    pub fn registry_kinds(&self) -> impl Iterator<Item = &str> {
        self.registries.entries.iter().map(Entry::kind)
    }

    /// The provider a trust file calls `kind`.
    pub fn provider(&self, kind: &str) -> Option<&Provider> {
        self.providers.get(kind)
    }

    /// The registry a trust file calls `kind`.
    pub fn registry(&self, kind: &str) -> Option<&Registry> {
        self.registries.get(kind)
    }

    /// Every form of issuer there is, with its provider's kind; no more of a provider is read for it.
    pub fn issuers(&self) -> impl Iterator<Item = (&str, &Issuer)> {
        let read = || {
            let forms = |entry: &Entry<Provider>| {
                // One that does not fit the format is found by `check`.
                let forms = read::provider::issuers(&entry.file()).unwrap_or_default();
                let kind = entry.kind().to_owned();
                forms.into_iter().map(move |form| (kind.clone(), form))
            };
            self.providers.entries.iter().flat_map(forms).collect()
        };
        self.issuers.get_or_init(read).iter().map(|(kind, form)| (kind.as_str(), form))
    }

    /// The form without fields whose issuer is exactly `issuer`, with its provider's kind. No other entry, and no
    /// filled-in template, may be taken for it: `https://accounts.google.com` is no GitLab host.
    pub fn fixed_issuer(&self, issuer: &str) -> Option<(&str, &Issuer)> {
        self.issuers().find(|(_, form)| form.fields.is_empty() && form.template == issuer)
    }
}

/// The data files of one folder.
#[derive(Debug)]
struct Files<T> {
    /// By kind, sorted.
    entries: Vec<Entry<T>>,
    read: fn(&DataFile<'_>) -> Result<T, CatalogueError>,
}

impl<T> Files<T> {
    fn new(
        mut entries: Vec<Entry<T>>,
        read: fn(&DataFile<'_>) -> Result<T, CatalogueError>,
    ) -> Result<Self, CatalogueError> {
        entries.sort_by(|a, b| a.kind().cmp(b.kind()));
        for pair in entries.windows(2) {
            if let [one, other] = pair
                && one.kind() == other.kind()
            {
                return Err(CatalogueError::Twice { file: other.name.to_string(), kind: other.kind().to_owned() });
            }
        }
        Ok(Self { entries, read })
    }

    fn files(&self) -> impl Iterator<Item = DataFile<'_>> {
        self.entries.iter().map(Entry::file)
    }

    fn get(&self, kind: &str) -> Option<&T> {
        let at = self.entries.binary_search_by(|entry| entry.kind().cmp(kind)).ok()?;
        self.read(self.entries.get(at)?).as_ref().ok()
    }

    fn all(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().filter_map(|entry| self.read(entry).as_ref().ok())
    }

    fn check(&self) -> Result<(), CatalogueError> {
        self.entries.iter().try_for_each(|entry| self.read(entry).as_ref().map(|_| ()).map_err(Clone::clone))
    }

    fn read<'s>(&self, entry: &'s Entry<T>) -> &'s Result<T, CatalogueError> {
        entry.read.get_or_init(|| (self.read)(&entry.file()))
    }
}

/// One data file, and what was read from it.
#[derive(Debug)]
struct Entry<T> {
    name: Cow<'static, str>,
    text: Cow<'static, str>,
    read: OnceLock<Result<T, CatalogueError>>,
}

impl<T> Entry<T> {
    fn kind(&self) -> &str {
        read::stem(&self.name)
    }

    fn file(&self) -> DataFile<'_> {
        DataFile { name: &self.name, text: &self.text }
    }
}

fn entries<'a, T>(files: &[DataFile<'a>], text: impl Fn(&'a str) -> Cow<'static, str>) -> Vec<Entry<T>> {
    let entry = |file: &DataFile<'a>| Entry { name: text(file.name), text: text(file.text), read: OnceLock::new() };
    files.iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_read_is_absent_and_hides_no_other() {
        let file = |name, text| DataFile { name, text };
        let custom = include_str!("../providers/custom.yaml");
        let files = [file("providers/custom.yaml", custom), file("providers/broken.yaml", "issuers: [")];
        let catalogue = Catalogue::new(entries(&files, Cow::Borrowed), Vec::new()).unwrap();
        assert!(catalogue.provider("broken").is_none() && catalogue.provider("custom").is_some());
        assert_eq!(catalogue.providers().count(), 1);
        assert!(catalogue.provider_kinds().eq(["broken", "custom"]));
        assert_eq!(catalogue.issuers().count(), 0);
        let error = catalogue.check().unwrap_err().to_string();
        assert!(error.starts_with("`providers/broken.yaml`, line "), "{error}");
    }
}
