//! Trust files of a git revision, with what they include there.

mod argument;
mod git;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use trustctl_catalog::Catalogue;
use trustctl_diag::{FileId, Sources};
use trustctl_policy::{IncludedFile, Includes, RootFile, read};

use super::included::{MATCHING, MOST_FILES};
use super::{LARGEST, Root, TrustFiles, kind, walk};
use crate::failure::Failure;
use crate::input::{Input, InputError, decode};
use crate::secret::without_tokens_in_place;

pub(crate) use argument::{Place, RevisionPath};
use git::{Commit, Entry, Kind};

/// What stands at a path in a revision.
#[derive(Debug)]
pub(crate) enum InRevision {
    /// A trust file, or a folder with or without some; the path is from the top of the repository, as those of the roots are.
    There(TrustFiles, PathBuf),
    /// Nothing. There may be such a path from the current folder.
    Nothing {
        /// `REV:./PATH`, if that is there.
        near: Option<String>,
    },
}

impl TrustFiles {
    /// Reads what a path in a revision stands for.
    ///
    /// # Errors
    ///
    /// No git, no repository, no such revision, or a path that is neither a file nor a folder.
    pub(crate) fn read_revision(catalogue: &Catalogue, asked: &RevisionPath) -> Result<InRevision, Failure> {
        let commit = Commit::of(asked)?;
        let path = asked.whole(&commit.prefix)?;
        let entry = if path.is_empty() { None } else { commit.entry(asked, &path)? };
        let mut tree = Tree { commit, asked, listed: BTreeMap::new() };
        let mut found =
            Self { sources: Sources::default(), roots: Vec::new(), unreadable: Vec::new(), lookalikes: Vec::new() };
        let files = match entry {
            Some(entry) if entry.kind == Kind::File => vec![entry],
            Some(Entry { kind: Kind::Folder, .. }) => tree.trust_files(&path, &mut found.lookalikes)?,
            Some(_) => {
                return Err(Failure::new(format!("`{asked}` is a link or another repository"))
                    .help("give the file itself; links are not followed in a revision"));
            }
            None if path.is_empty() => tree.trust_files(&path, &mut found.lookalikes)?,
            None => return Ok(InRevision::Nothing { near: tree.near(&path)? }),
        };
        tree.read_files(catalogue, files, &mut found);
        Ok(InRevision::There(found, PathBuf::from(path)))
    }
}

/// The files of a commit.
struct Tree<'a> {
    commit: Commit,
    asked: &'a RevisionPath,
    /// By folder.
    listed: BTreeMap<String, Vec<Entry>>,
}

impl Tree<'_> {
    /// The files below a folder.
    fn below(&mut self, folder: &str) -> Result<Vec<Entry>, Failure> {
        let is_within = |known: &str| known.is_empty() || known == folder || folder.starts_with(&format!("{known}/"));
        let known = self.listed.iter().find(|(known, _)| is_within(known));
        if let Some((_, entries)) = known {
            let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
            return Ok(entries.iter().filter(|entry| entry.path.starts_with(&prefix)).cloned().collect());
        }
        let entries = self.commit.below(self.asked, folder)?;
        self.listed.insert(folder.to_owned(), entries.clone());
        Ok(entries)
    }

    fn trust_files(&mut self, folder: &str, lookalikes: &mut Vec<PathBuf>) -> Result<Vec<Entry>, Failure> {
        let mut files = self.below(folder)?;
        files.retain(|entry| entry.kind == Kind::File);
        let almost = files.iter().filter(|entry| walk::is_lookalike(Path::new(&entry.path)));
        lookalikes.extend(almost.map(|entry| PathBuf::from(self.name(entry))));
        files.retain(|entry| walk::is_trust_file(Path::new(&entry.path)));
        Ok(files)
    }

    /// `REV:./PATH`, if the path is there from the current folder.
    fn near(&self, path: &str) -> Result<Option<String>, Failure> {
        let prefix = self.commit.prefix.trim_end_matches('/');
        if prefix.is_empty() || path.starts_with(&format!("{prefix}/")) {
            return Ok(None);
        }
        let there = self.commit.entry(self.asked, &format!("{prefix}/{path}"))?;
        Ok(there.map(|_| format!("{}:./{path}", self.asked.revision)))
    }

    /// The name that messages have: `main:teams/npm.trust.yaml`.
    fn name(&self, entry: &Entry) -> String {
        format!("{}:{}", self.asked.revision, entry.path)
    }

    /// Each file as a root, without those that another one includes.
    fn read_files(&mut self, catalogue: &Catalogue, files: Vec<Entry>, found: &mut TrustFiles) {
        let mut texts = Vec::new();
        for entry in files {
            match self.text(&entry) {
                Ok(text) => texts.push((entry, text)),
                Err(error) => found.unreadable.push(error),
            }
        }
        texts.sort_by_key(|(_, text)| !text.contains("include"));
        let mut taken: BTreeSet<Entry> = BTreeSet::new();
        let mut roots = Vec::new();
        for (entry, text) in texts {
            if taken.contains(&entry) {
                continue;
            }
            let name = self.name(&entry);
            let file = found.sources.add(name.clone(), without_tokens_in_place(&text));
            let folder = entry.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
            let mut included = Included { tree: &mut *self, folder, sources: &mut found.sources, files: Vec::new() };
            let reading = read(catalogue, RootFile { file, name: &name, text: &text }, &mut included);
            let files = included.files;
            let root = Root {
                file,
                path: PathBuf::from(&entry.path),
                reading,
                included: files.iter().map(|(_, file)| *file).collect(),
                above: false,
                sought: false,
            };
            taken.extend(files.into_iter().map(|(entry, _)| entry));
            roots.push((entry, root));
        }
        roots.retain(|(entry, _)| !taken.contains(entry));
        roots.sort_by(|(a, _), (b, _)| a.cmp(b));
        found.roots.extend(roots.into_iter().map(|(_, root)| root));
    }

    fn text(&mut self, entry: &Entry) -> Result<String, InputError> {
        let path = PathBuf::from(self.name(entry));
        let input = Input::File(path.clone());
        let bytes = self.commit.bytes(entry, LARGEST);
        let bytes = bytes.map_err(|cause| InputError::Unreadable { input: input.clone(), cause })?;
        let bytes = bytes.ok_or_else(|| InputError::TooLarge { input: input.clone(), limit: LARGEST })?;
        let text = decode(bytes, &input)?;
        kind::check(&path, &text)?;
        Ok(text)
    }
}

/// Files that a root file includes, from its own folder in the same revision.
struct Included<'t, 'a> {
    tree: &'t mut Tree<'a>,
    folder: String,
    sources: &'t mut Sources,
    files: Vec<(Entry, FileId)>,
}

impl Includes for Included<'_, '_> {
    fn matching(&mut self, pattern: &str) -> Result<Vec<IncludedFile>, String> {
        let stays = |part: &Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        if !Path::new(pattern).components().all(|part| stays(&part)) {
            return Err(format!("`{pattern}` leads out of the folder"));
        }
        let plain: Vec<&str> = pattern.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        let glob = glob::Pattern::new(&plain.join("/")).map_err(|error| error.msg.to_owned())?;
        let prefix = if self.folder.is_empty() { String::new() } else { format!("{}/", self.folder) };
        let below = self.tree.below(&self.folder).map_err(|failure| failure.message)?;
        let matches =
            |entry: &Entry| entry.path.strip_prefix(&prefix).is_some_and(|path| glob.matches_with(path, MATCHING));
        let mut files = Vec::new();
        for entry in below.into_iter().filter(|entry| entry.kind != Kind::Module && matches(entry)) {
            let name = self.tree.name(&entry);
            if entry.kind == Kind::Link {
                return Err(format!("`{name}` is a link, and links are not followed in a revision"));
            }
            if files.len() == MOST_FILES {
                return Err(format!("`{pattern}` names more than {MOST_FILES} files"));
            }
            let text = self.tree.text(&entry).map_err(|error| error.to_string())?;
            let file = self.sources.add(name.clone(), without_tokens_in_place(&text));
            self.files.push((entry, file));
            files.push(IncludedFile { file, name, text });
        }
        Ok(files)
    }
}
