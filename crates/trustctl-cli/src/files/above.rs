//! The root of a file that is no policy by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::Metadata;
use std::path::{Path, PathBuf};

use trustctl_catalog::Catalogue;
use trustctl_diag::FileId;

use super::{TrustFiles, is_trust_file, text_of};

/// Folders looked at above a file.
const MOST_FOLDERS: usize = 64;

/// Reads the trust files above every file that does not stand alone, as far as [`top`] lets it, and keeps those
/// that include one.
pub(super) fn find(found: &mut TrustFiles, catalogue: &Catalogue, included: &mut BTreeMap<PathBuf, FileId>) {
    let incomplete = found.roots.iter().filter(|root| root.reading.policy.is_none()).map(|root| root.path.clone());
    let asked: Vec<PathBuf> = incomplete.filter(|path| !included.contains_key(path)).collect();
    let mut seen: BTreeSet<PathBuf> = found.roots.iter().map(|root| root.path.clone()).collect();
    for path in &asked {
        let Some(top) = top(path) else { continue };
        for folder in path.ancestors().skip(1).take(MOST_FOLDERS) {
            for candidate in trust_files_in(folder) {
                if included.contains_key(path) || !seen.insert(candidate.clone()) {
                    continue;
                }
                // A file that cannot be read was not asked for, so it is not the user's trouble now.
                let Ok(text) = text_of(&candidate) else { continue };
                if !text.contains("include") {
                    continue;
                }
                let at = found.read_root(catalogue, &near_name(&candidate), text, included);
                if let Some(root) = found.roots.get_mut(at) {
                    root.above = true;
                }
            }
            if included.contains_key(path) || folder == top {
                break;
            }
        }
    }
    for path in &asked {
        let by = included.get(path);
        for root in found.roots.iter_mut().filter(|root| Some(&root.file) == by) {
            root.above = false;
            root.sought = true;
        }
    }
}

/// The last folder that is looked into above a file: the repository's, or else the current one where the file is
/// below it. Beyond that, in `/tmp` for one, anybody can have put a trust file.
fn top(path: &Path) -> Option<PathBuf> {
    let repository = path.ancestors().skip(1).take(MOST_FOLDERS).find(|folder| is_repository(folder, path));
    match repository {
        Some(folder) => Some(folder.to_owned()),
        None => here().filter(|here| path.starts_with(here)),
    }
}

/// Whether the folder has a `.git` that belongs to whom the file belongs to, as git asks it of its own.
fn is_repository(folder: &Path, file: &Path) -> bool {
    let (Ok(git), Ok(file)) = (folder.join(".git").metadata(), file.metadata()) else { return false };
    same_owner(&git, &file)
}

#[cfg(unix)]
fn same_owner(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.uid() == other.uid()
}

#[cfg(not(unix))]
fn same_owner(_: &Metadata, _: &Metadata) -> bool {
    true
}

fn here() -> Option<PathBuf> {
    std::env::current_dir().and_then(|here| here.canonicalize()).ok()
}

fn trust_files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_trust_file(path)).collect();
    files.sort();
    files
}

/// A whole path as seen from the current folder: `teams/a.trust.yaml`, `../trust.yaml`.
fn near_name(path: &Path) -> PathBuf {
    let Some(here) = here() else { return path.to_owned() };
    let mut up = PathBuf::new();
    for folder in here.ancestors() {
        if let Ok(rest) = path.strip_prefix(folder) {
            return up.join(rest);
        }
        up.push("..");
    }
    path.to_owned()
}
