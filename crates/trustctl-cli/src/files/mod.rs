//! From paths on the command line to policies.
//!
//! A path is a file, or a folder that stands for every trust file below it. Which of them are roots is not
//! guessed from names: each is read as one, the includes that happen on the way are written down, and what
//! another file includes is judged with that one alone. A file that is no policy by itself has its root looked
//! for upwards, as far as the repository goes; where there is none, as far as the current folder.

mod above;
mod included;
mod kind;
mod revision;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use trustctl_catalog::Catalogue;
use trustctl_diag::{FileId, Sources};
use trustctl_policy::{Policy, Reading, RootFile, read};

use crate::failure::Failure;
use crate::input::{Input, InputError, read_file};
use crate::secret::{is_token, without_tokens_in_place};

use included::{Folder, Taken};
pub(crate) use kind::are_claims;
pub(crate) use revision::{InRevision, Place};
pub(crate) use walk::is_trust_file;

/// Larger than any policy that people write, and than one made for a million packages.
const LARGEST: u64 = 512 * 1024 * 1024;

/// The policies that the paths on the command line stand for.
#[derive(Debug)]
pub(crate) struct TrustFiles {
    /// Every text that was read, under the name the user knows it by.
    pub(crate) sources: Sources,
    /// The policies, by the name of their root file.
    pub(crate) roots: Vec<Root>,
    /// What could not be read.
    pub(crate) unreadable: Vec<InputError>,
    /// Files that are not read because of their name: `npm.trust.yml`.
    pub(crate) lookalikes: Vec<PathBuf>,
}

/// A policy: a root file and what it includes.
#[derive(Debug)]
pub(crate) struct Root {
    /// The root file.
    pub(crate) file: FileId,
    /// Where it is.
    path: PathBuf,
    /// What came of reading it.
    pub(crate) reading: Reading,
    /// The files it includes.
    pub(crate) included: Vec<FileId>,
    /// Only read because it might include a file that was asked for.
    above: bool,
    /// Not asked for, and found to include a file that was.
    pub(crate) sought: bool,
}

/// A policy without errors.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// Its root file as the user knows it.
    pub(crate) name: String,
    /// Where that is: the whole path, or that from the top of the repository.
    pub(crate) path: PathBuf,
    /// The policy; it may be one that does not load for deciding.
    pub(crate) policy: Arc<Policy>,
}

impl TrustFiles {
    /// Reads what `paths` stand for; without any, the current folder.
    ///
    /// # Errors
    ///
    /// There is no trust file at all.
    pub(crate) fn read(catalogue: &Catalogue, paths: &[PathBuf]) -> Result<Self, Failure> {
        let found = Self::find(catalogue, paths);
        if found.is_empty() { Err(found.nothing(paths)) } else { Ok(found) }
    }

    /// The same where there may be none.
    pub(crate) fn find(catalogue: &Catalogue, paths: &[PathBuf]) -> Self {
        let mut found =
            Self { sources: Sources::default(), roots: Vec::new(), unreadable: Vec::new(), lookalikes: Vec::new() };
        let candidates = found.candidates(paths);
        let mut included = BTreeMap::new();
        found.read_candidates(catalogue, candidates, &mut included);
        above::find(&mut found, catalogue, &mut included);
        let taken_by: BTreeSet<&Path> = included.keys().map(PathBuf::as_path).collect();
        found.roots.retain(|root| !taken_by.contains(root.path.as_path()) && !root.above);
        let Self { sources, roots, .. } = &mut found;
        roots.sort_by(|a, b| sources.name(a.file).cmp(sources.name(b.file)));
        found
    }

    /// Whether nothing was found, and nothing that could not be read.
    pub(crate) fn is_empty(&self) -> bool {
        self.roots.is_empty() && self.unreadable.is_empty()
    }

    /// What has to be known of the files before their policies are looked at, a sentence each.
    pub(crate) fn notes(&self) -> Vec<String> {
        let lookalikes = self.lookalikes.iter().map(|path| shown_name(path));
        let sought = self.roots.iter().filter(|root| root.sought).map(|root| self.sources.name(root.file));
        lookalikes
            .map(|name| format!("{name} is not read: names of trust files end in `.yaml`"))
            .chain(sought.map(|name| format!("{name} was found above the trust file that it includes")))
            .collect()
    }

    /// Every policy under the name of its root file, whether or not it loads for deciding.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or has errors: none is passed over in silence.
    pub(crate) fn policies(self) -> Result<(Sources, Vec<Loaded>), Failure> {
        if let Some(error) = self.unreadable.into_iter().next() {
            return Err(error.into());
        }
        let (mut policies, mut problems, mut broken) = (Vec::new(), Vec::new(), Vec::new());
        for root in self.roots {
            let name = self.sources.name(root.file).to_owned();
            match root.reading.policy {
                Some(policy) => policies.push(Loaded { name, path: root.path, policy: Arc::new(policy) }),
                None => {
                    broken.push(format!("`{name}`"));
                    problems.extend(root.reading.diagnostics);
                }
            }
        }
        if broken.is_empty() {
            return Ok((self.sources, policies));
        }
        let have = if broken.len() == 1 { "has" } else { "have" };
        Err(Failure::new(format!("{} {have} errors", broken.join(", "))).problems(self.sources, problems))
    }

    /// How many trust files there are, included ones counted.
    pub(crate) fn count(&self) -> usize {
        self.roots.iter().map(|root| 1 + root.included.len()).sum()
    }

    /// The files to read, each once, in order.
    fn candidates(&mut self, paths: &[PathBuf]) -> Vec<PathBuf> {
        let here = [PathBuf::from(".")];
        let mut files = Vec::new();
        for path in if paths.is_empty() { &here } else { paths } {
            if path.is_dir() {
                walk::trust_files(path, &mut files, &mut self.lookalikes, &mut self.unreadable);
            } else {
                files.push(path.clone());
            }
        }
        let mut seen = BTreeSet::new();
        files.retain(|file| seen.insert(canonical(file)));
        files
    }

    fn read_candidates(
        &mut self,
        catalogue: &Catalogue,
        files: Vec<PathBuf>,
        included: &mut BTreeMap<PathBuf, FileId>,
    ) {
        let mut texts = Vec::new();
        for path in files {
            match text_of(&path) {
                Ok(text) => texts.push((path, text)),
                Err(error) => self.unreadable.push(error),
            }
        }
        // Only to read fewer files twice: what another file includes is found out whatever the order.
        texts.sort_by_key(|(_, text)| !text.contains("include"));
        for (path, text) in texts {
            if !included.contains_key(&canonical(&path)) {
                self.read_root(catalogue, &path, text, included);
            }
        }
    }

    /// Reads a file as the root of a policy and writes down what it includes.
    fn read_root(
        &mut self,
        catalogue: &Catalogue,
        path: &Path,
        text: String,
        included: &mut BTreeMap<PathBuf, FileId>,
    ) -> usize {
        let name = shown_name(path);
        // What is shown has no token in it; what is read is the text as it stands.
        let file = self.sources.add(name.clone(), without_tokens_in_place(&text));
        let mut taken = Taken::default();
        let mut folder = Folder::of(path, &mut self.sources, &mut taken);
        let root = RootFile { file, name: &name, text: &text };
        let reading = read(catalogue, root, &mut folder);
        included.extend(taken.files.iter().map(|(path, _)| (path.clone(), file)));
        self.roots.push(Root {
            file,
            path: canonical(path),
            reading,
            included: taken.files.into_iter().map(|(_, file)| file).collect(),
            above: false,
            sought: false,
        });
        self.roots.len() - 1
    }

    fn nothing(&self, paths: &[PathBuf]) -> Failure {
        let shown: Vec<_> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
        let place = if shown.is_empty() { "the current folder".to_owned() } else { shown.join(", ") };
        let failure = Failure::new(format!("no trust file in or below {place}"));
        match self.lookalikes.first() {
            Some(near) => failure.help(format!("`{}` is not read: trust files end in `.yaml`", shown_name(near))),
            None => failure
                .help("trust files are named `NAME.trust.yaml` or `trust.yaml`; files that git ignores are left out"),
        }
    }
}

/// The text of a trust file. An empty one is read too: the reader says what is missing in it.
fn text_of(path: &Path) -> Result<String, InputError> {
    if path.as_os_str() == "-" {
        return Err(InputError::Unreadable {
            input: Input::File(path.to_owned()),
            cause: std::io::Error::other(
                "trust files are not read from standard input; their folder is part of their meaning",
            ),
        });
    }
    if path.to_str().is_some_and(is_token) {
        return Err(InputError::IsToken { trust_file: true });
    }
    // Opening a pipe waits for somebody to write; a device may never end.
    if path.metadata().is_ok_and(|it| !it.is_file() && !it.is_dir()) {
        return Err(InputError::Irregular(Input::File(path.to_owned())));
    }
    let text = read_file(path, LARGEST)?;
    kind::check(path, &text)?;
    Ok(text)
}

/// A path that compares: two names of one file are one path.
fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// A path as messages show it: without a leading `./`, with `/` on every system.
pub(crate) fn shown_name(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    let name = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '\\' { name.replace('\\', "/") } else { name.into_owned() }
}
