//! `REV:PATH`, as git writes it.

use std::path::PathBuf;

use crate::failure::Failure;

/// What the two sides of a comparison are given as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// A file or a folder.
    Disk(PathBuf),
    /// A file or a folder in a revision.
    Revision(RevisionPath),
}

/// A path in a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RevisionPath {
    /// As git knows it: a branch, a tag, a commit.
    pub(crate) revision: String,
    /// From the top of the repository, or with `./` or `../` from the current folder; nothing for the whole.
    pub(crate) path: String,
}

impl Place {
    /// Reads an argument. Whatever has a colon is a path in a revision, even where a file of that name lies about: one that
    /// a pull request brings along must not take the place of what it is compared with.
    ///
    /// # Errors
    ///
    /// A revision that is none.
    pub(crate) fn of(argument: &str) -> Result<Self, Failure> {
        let Some((revision, path)) = argument.split_once(':').filter(|_| !is_plainly_a_path(argument)) else {
            return Ok(Self::Disk(PathBuf::from(argument)));
        };
        if revision.is_empty() {
            return Err(Failure::new(format!("`{argument}` names no revision"))
                .help(format!("write one before the colon, such as `HEAD:{path}`, or `./{argument}` for a file")));
        }
        // It would be read as an option.
        if revision.starts_with('-') {
            return Err(Failure::new(format!("`{revision}` is no revision: none begins with `-`")));
        }
        Ok(Self::Revision(RevisionPath { revision: revision.to_owned(), path: path.to_owned() }))
    }
}

/// `./a:b`, `../a:b`, `/a:b`, and on Windows `C:\a` and `C:/a`.
fn is_plainly_a_path(argument: &str) -> bool {
    let has_drive = || {
        let mut start = argument.chars();
        start.next().is_some_and(|c| c.is_ascii_alphabetic())
            && start.next() == Some(':')
            && start.next().is_some_and(|c| c == '\\' || c == '/')
    };
    argument.starts_with(['/', '\\'])
        || argument.starts_with("./")
        || argument.starts_with("../")
        || cfg!(windows) && has_drive()
}

impl RevisionPath {
    /// The path from the top of the repository, without `.` and `..`; `prefix` is the current folder's.
    ///
    /// # Errors
    ///
    /// It leads out of the repository.
    pub(super) fn whole(&self, prefix: &str) -> Result<String, Failure> {
        let is_near = |path: &str| matches!(path, "." | "..") || path.starts_with("./") || path.starts_with("../");
        let mut parts: Vec<&str> = if is_near(&self.path) { prefix.split('/').collect() } else { Vec::new() };
        parts.retain(|part| !part.is_empty());
        for part in self.path.split('/') {
            match part {
                "" | "." => {}
                ".." if parts.pop().is_none() => {
                    return Err(Failure::new(format!("`{self}` leads out of the repository")));
                }
                ".." => {}
                part => parts.push(part),
            }
        }
        Ok(parts.join("/"))
    }
}

impl std::fmt::Display for RevisionPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.revision, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revision(argument: &str) -> Option<(String, String)> {
        match Place::of(argument) {
            Ok(Place::Revision(RevisionPath { revision, path })) => Some((revision, path)),
            Ok(Place::Disk(path)) => {
                assert_eq!(path, PathBuf::from(argument));
                None
            }
            Err(failure) => panic!("{}", failure.message),
        }
    }

    #[test]
    fn what_has_a_colon_is_in_a_revision() {
        let is = |revision: &str, path: &str| Some((revision.to_owned(), path.to_owned()));
        assert_eq!(revision("main:npm.trust.yaml"), is("main", "npm.trust.yaml"));
        assert_eq!(revision("HEAD~3:"), is("HEAD~3", ""));
        assert_eq!(revision("origin/main:./a:b"), is("origin/main", "./a:b"));
        for path in ["npm.trust.yaml", "./main:npm.trust.yaml", "../a:b", "/a:b", ""] {
            assert_eq!(revision(path), None, "{path}");
        }
        for wrong in [":npm.trust.yaml", "-n:npm.trust.yaml", "--upload-pack=x:y"] {
            assert!(Place::of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_path_stays_in_the_repository() {
        let whole = |path: &str| {
            let path = RevisionPath { revision: "main".to_owned(), path: path.to_owned() };
            path.whole("teams/web/").ok()
        };
        for (path, expected) in [
            ("", Some("")),
            ("a/b", Some("a/b")),
            ("a//./b/", Some("a/b")),
            ("./a", Some("teams/web/a")),
            (".", Some("teams/web")),
            ("..", Some("teams")),
            ("../../a", Some("a")),
            ("../../..", None),
            ("a/../..", None),
            (".a", Some(".a")),
        ] {
            assert_eq!(whole(path).as_deref(), expected, "{path}");
        }
    }
}
