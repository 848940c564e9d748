//! The trust files below a folder, as git sees it.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use crate::input::{Input, InputError};

/// Whether a file of this name is taken from a folder.
pub(crate) fn is_trust_file(path: &Path) -> bool {
    named(path, "yaml")
}

/// Whether only its ending keeps a file of this name from being taken.
pub(super) fn is_lookalike(path: &Path) -> bool {
    named(path, "yml")
}

/// Adds the trust files below `folder`, sorted, and those that only their ending keeps from being one.
///
/// Hidden folders are looked into, since `.github` is one; `.git` is not, and links are not followed.
pub(super) fn trust_files(
    folder: &Path,
    files: &mut Vec<PathBuf>,
    lookalikes: &mut Vec<PathBuf>,
    errors: &mut Vec<InputError>,
) {
    let walk = WalkBuilder::new(folder)
        .hidden(false)
        .ignore(false)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .sort_by_file_path(Path::cmp)
        .build();
    for entry in walk {
        match entry {
            Ok(entry) if !entry.file_type().is_some_and(|kind| kind.is_file()) => {}
            Ok(entry) if is_trust_file(entry.path()) => files.push(entry.into_path()),
            Ok(entry) if is_lookalike(entry.path()) => lookalikes.push(entry.into_path()),
            Ok(_) => {}
            Err(error) => errors.push(InputError::Unreadable {
                input: Input::File(folder.to_owned()),
                cause: error.into_io_error().unwrap_or_else(|| std::io::Error::other("cannot be listed")),
            }),
        }
    }
}

/// `trust.EXTENSION` or `NAME.trust.EXTENSION`.
fn named(path: &Path, extension: &str) -> bool {
    let stem = path
        .file_name()
        .and_then(|name| name.to_str())
        .and_then(|name| name.strip_suffix(extension)?.strip_suffix('.'));
    stem.is_some_and(|stem| stem == "trust" || stem.ends_with(".trust"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_trust_files() {
        for yes in ["trust.yaml", "a/npm.trust.yaml", ".trust.yaml"] {
            assert!(is_trust_file(Path::new(yes)), "{yes}");
        }
        for no in [
            "trust.yml",
            "trusts.yaml",
            "mistrust.yaml",
            "npm.trust.yaml.bak",
            "trustyaml",
            "TRUST.YAML",
            "npm-trust.yaml",
        ] {
            assert!(!is_trust_file(Path::new(no)), "{no}");
        }
        assert!(named(Path::new("npm.trust.yml"), "yml"));
    }
}
