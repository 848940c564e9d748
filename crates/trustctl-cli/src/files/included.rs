//! Included files, from the folder of the root file.

use std::path::{Component, Path, PathBuf};

use trustctl_diag::{FileId, Sources};
use trustctl_policy::{IncludedFile, Includes};

use super::{canonical, shown_name, text_of};
use crate::secret::without_tokens_in_place;

/// More files than one policy includes; a pattern such as `**` in the wrong folder ends here.
pub(super) const MOST_FILES: usize = 10_000;
/// How patterns are read: `*` does not cross a slash.
pub(super) const MATCHING: glob::MatchOptions =
    glob::MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: false };

/// What was included, in order.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) files: Vec<(PathBuf, FileId)>,
}

/// The folder of a root file.
pub(super) struct Folder<'a> {
    folder: PathBuf,
    sources: &'a mut Sources,
    taken: &'a mut Taken,
}

impl<'a> Folder<'a> {
    pub(super) fn of(root: &Path, sources: &'a mut Sources, taken: &'a mut Taken) -> Self {
        let folder = root.parent().unwrap_or(Path::new("")).to_owned();
        Self { folder, sources, taken }
    }

    fn paths(&self, pattern: &str) -> Result<Vec<PathBuf>, String> {
        // The reader has refused these; a second look costs nothing, and a way out of the folder much.
        let stays =
            Path::new(pattern).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !stays {
            return Err(format!("`{pattern}` leads out of the folder"));
        }
        let folder = self.folder.to_string_lossy();
        let below = if folder.is_empty() { String::new() } else { format!("{}/", glob::Pattern::escape(&folder)) };
        let found = glob::glob_with(&format!("{below}{pattern}"), MATCHING).map_err(|error| error.msg.to_owned())?;
        let mut paths = Vec::new();
        for path in found {
            let path =
                path.map_err(|error| format!("cannot read `{}`: {}", shown_name(error.path()), error.error()))?;
            if path.is_dir() {
                continue;
            }
            if paths.len() == MOST_FILES {
                return Err(format!("`{pattern}` names more than {MOST_FILES} files"));
            }
            paths.push(path);
        }
        paths.sort();
        Ok(paths)
    }
}

impl Includes for Folder<'_> {
    fn matching(&mut self, pattern: &str) -> Result<Vec<IncludedFile>, String> {
        let top = canonical(if self.folder.as_os_str().is_empty() { Path::new(".") } else { &self.folder });
        let mut files = Vec::new();
        for path in self.paths(pattern)? {
            let name = shown_name(&path);
            let real = canonical(&path);
            // A link that leads elsewhere would put a stranger's file under our bound.
            if !real.starts_with(&top) {
                return Err(format!("`{name}` is a link out of the folder"));
            }
            let text = text_of(&path).map_err(|error| error.to_string())?;
            let file = self.sources.add(name.clone(), without_tokens_in_place(&text));
            self.taken.files.push((real, file));
            files.push(IncludedFile { file, name, text });
        }
        Ok(files)
    }
}
