//! From an argument to the policies that it stands for.

use std::path::{Path, PathBuf};

use trustctl_catalog::Catalogue;
use trustctl_diag::Sources;

use crate::comparison::{Side, SidePolicy};
use crate::failure::Failure;
use crate::files::{InRevision, Place, TrustFiles, shown_name};

/// A side, and what has to be said of it.
pub(super) struct Read {
    pub(super) side: Side,
    pub(super) notes: Vec<String>,
}

/// Reads a side. `REV:PATH` that is not there, or a folder without trust files, is a side that lets nobody in, and a note says so.
pub(super) fn read(catalogue: &Catalogue, given: &str) -> Result<Read, Failure> {
    let mut notes = Vec::new();
    let (files, whole) = match Place::of(given)? {
        Place::Disk(path) => on_disk(catalogue, path),
        Place::Revision(path) => match TrustFiles::read_revision(catalogue, &path)? {
            InRevision::There(files, whole) => (files, whole),
            InRevision::Nothing { near: Some(near) } => {
                return Err(Failure::new(format!(
                    "`{given}` does not exist; paths are from the top of the repository"
                ))
                .help(format!("did you mean `{near}`?")));
            }
            InRevision::Nothing { near: None } => {
                notes.push(format!("`{given}` does not exist, so it lets nobody in"));
                return Ok(Read { side: side(given, Vec::new(), Sources::default()), notes });
            }
        },
    };
    if files.is_empty() {
        notes.push(format!("there is no trust file in or below `{given}`, so it lets nobody in"));
    }
    notes.extend(files.notes());
    let (sources, loaded) = files.policies()?;
    let policies: Vec<SidePolicy> = loaded
        .into_iter()
        .map(|loaded| SidePolicy {
            below: loaded.path.strip_prefix(&whole).map_or_else(|_| loaded.name.clone(), shown_name),
            name: loaded.name,
            policy: loaded.policy,
        })
        .collect();
    for of in policies.iter().filter(|of| !of.policy.refusals().is_empty()) {
        notes.push(format!("{} does not load for deciding; it is compared as it is written", of.name));
    }
    Ok(Read { side: side(given, policies, sources), notes })
}

fn on_disk(catalogue: &Catalogue, path: PathBuf) -> (TrustFiles, PathBuf) {
    let whole = path.canonicalize().unwrap_or_else(|_| path.clone());
    let path = if path == Path::new("") { PathBuf::from(".") } else { path };
    (TrustFiles::find(catalogue, &[path]), whole)
}

fn side(given: &str, policies: Vec<SidePolicy>, sources: Sources) -> Side {
    Side { given: given.to_owned(), policies, sources }
}
