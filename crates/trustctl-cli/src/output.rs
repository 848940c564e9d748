//! Writing a result to a file: whole or not at all, and never over another one unasked.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use tempfile::{Builder, NamedTempFile};

use crate::failure::Failure;
use crate::secret::is_token;

/// Where a result goes.
#[derive(Debug, Args)]
pub(crate) struct Output {
    /// Write to this file in place of standard output: whole or not at all
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    output: Option<PathBuf>,

    /// Write over the file where there is one
    #[arg(long, requires = "output")]
    overwrite: bool,
}

impl Output {
    /// The file, where there is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.output.as_deref()
    }

    /// Writes to the file, and gives back what is left for standard output.
    ///
    /// # Errors
    ///
    /// A file that is there already, or cannot be written; then it is as it was.
    pub(crate) fn write(&self, text: String) -> Result<String, Failure> {
        let Some(path) = &self.output else { return Ok(text) };
        self.check(path)?;
        self.save(path, &text)
            .map_err(|cause| match cause.kind() {
                io::ErrorKind::AlreadyExists => exists(path),
                _ => Failure::new(format!("cannot write `{}`: {cause}", path.display())),
            })
            .map(|()| String::new())
    }

    /// What can be told before anything is written.
    fn check(&self, path: &Path) -> Result<(), Failure> {
        if path.to_str().is_some_and(is_token) {
            return Err(Failure::new("the name of the output file is a token").help("regard it as known to others"));
        }
        // Whoever made the link says what is written over, and that may be somebody else.
        if fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
            return Err(Failure::new(format!("`{}` is a link, and nothing was written", path.display()))
                .help("name the file itself that it leads to"));
        }
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => {
                Err(Failure::new(format!("`{}` is a folder", path.display())).help("say the name of a file in it"))
            }
            Ok(found) if !found.is_file() => Err(Failure::new(format!("`{}` is no regular file", path.display()))
                .help("leave `--output` out, and the result goes to standard output")),
            Ok(_) if !self.overwrite => Err(exists(path)),
            _ => Ok(()),
        }
    }

    fn save(&self, path: &Path, text: &str) -> io::Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = beside(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        if self.overwrite {
            if let Ok(found) = fs::metadata(path) {
                file.as_file().set_permissions(found.permissions())?;
            }
            file.persist(path)?;
        } else {
            file.persist_noclobber(path)?;
        }
        Ok(())
    }
}

/// A file in the folder, which goes again unless it takes its name.
fn beside(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".trustctl-");
    if let Some(permissions) = for_everybody() {
        builder.permissions(permissions);
    }
    builder.tempfile_in(folder)
}

/// What a new file is open to, before the user's own mask; files that are made for a while are their owner's alone.
#[cfg(unix)]
fn for_everybody() -> Option<Permissions> {
    Some(std::os::unix::fs::PermissionsExt::from_mode(0o666))
}

#[cfg(not(unix))]
fn for_everybody() -> Option<Permissions> {
    None
}

fn exists(path: &Path) -> Failure {
    Failure::new(format!("`{}` is there already, and nothing was written", path.display()))
        .help("`--overwrite` writes over it")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(path: &Path, overwrite: bool) -> Output {
        Output { output: Some(path.to_owned()), overwrite }
    }

    #[test]
    fn a_file_is_written_whole_and_over_another_only_when_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("npm.trust.yaml");
        assert_eq!(output(&path, false).write("one".to_owned()).unwrap(), "");
        let refused = output(&path, false).write("two".to_owned()).unwrap_err();
        assert!(refused.message.contains("is there already"), "{refused:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        output(&path, true).write("two".to_owned()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        // Nothing else is left in the folder.
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_no_file_is_not_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("nowhere").join("a.json");
        for (path, said) in [(folder.path(), "is a folder"), (inside.as_path(), "cannot write")] {
            let refused = output(path, true).write("one".to_owned()).unwrap_err();
            assert!(refused.message.contains(said), "{refused:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_refused_and_permissions_stay() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("b"));
        output(&path, false).write("one".to_owned()).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        for overwrite in [false, true] {
            let refused = output(&link, overwrite).write("two".to_owned()).unwrap_err();
            assert!(refused.message.contains("is a link"), "{refused:?}");
        }
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        // Neither is one that leads nowhere yet.
        let dangling = folder.path().join("c");
        std::os::unix::fs::symlink(folder.path().join("d"), &dangling).unwrap();
        assert!(output(&dangling, true).write("two".to_owned()).is_err());
        output(&path, true).write("two".to_owned()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
