//! What git is asked: which commit, which files, their bytes.
//!
//! Git itself is asked, since a repository may keep its objects in any of its ways. Every argument is an option of ours, a hash
//! that git said, or stands behind one that ends the options; nothing passes a shell.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

use super::RevisionPath;
use crate::failure::Failure;

/// A commit of the repository that the current folder is in.
#[derive(Debug)]
pub(super) struct Commit {
    hash: String,
    /// The current folder from the top of the repository, with a slash at its end.
    pub(super) prefix: String,
    objects: Option<Objects>,
}

/// A file of a commit. Two whose names look the same, because they are not UTF-8, still differ by their hashes or are the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// From the top of the repository.
    pub(super) path: String,
    pub(super) kind: Kind,
    hash: String,
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    File,
    Link,
    Folder,
    /// Another repository.
    Module,
}

/// One run of git that answers for many files.
#[derive(Debug)]
struct Objects {
    child: Child,
    asked: ChildStdin,
    said: BufReader<ChildStdout>,
}

impl Commit {
    /// The commit that a revision names.
    pub(super) fn of(asked: &RevisionPath) -> Result<Self, Failure> {
        let prefix = git(asked, &["rev-parse", "--show-prefix"])?;
        if !prefix.status.success() {
            return Err(failed(asked, "the current folder is in no git repository", &prefix));
        }
        let commit = format!("{}^{{commit}}", asked.revision);
        let found = git(asked, &["rev-parse", "--verify", "--quiet", &commit])?;
        let hash = String::from_utf8_lossy(&found.stdout).trim().to_owned();
        if !found.status.success() || !is_hash(&hash) {
            let failure = failed(asked, &format!("there is no revision `{}`", asked.revision), &found);
            return Err(failure.help(
                "fetch it first; a shallow clone lacks the others (`fetch-depth: 0` of actions/checkout gets them)",
            ));
        }
        let prefix = String::from_utf8_lossy(&prefix.stdout).trim_end_matches(['\r', '\n']).to_owned();
        Ok(Self { hash, prefix, objects: None })
    }

    /// What stands at a path; `None` if nothing does.
    pub(super) fn entry(&self, asked: &RevisionPath, path: &str) -> Result<Option<Entry>, Failure> {
        let listed = self.listed(asked, &["ls-tree", "-z", "--full-tree"], path)?;
        Ok(listed.into_iter().find(|entry| entry.path == path))
    }

    /// The files below a folder, sorted; nothing for the whole.
    pub(super) fn below(&self, asked: &RevisionPath, folder: &str) -> Result<Vec<Entry>, Failure> {
        let path = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut listed = self.listed(asked, &["ls-tree", "-r", "-z", "--full-tree"], &path)?;
        listed.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(listed)
    }

    fn listed(&self, asked: &RevisionPath, command: &[&str], path: &str) -> Result<Vec<Entry>, Failure> {
        let mut arguments = vec!["--literal-pathspecs"];
        arguments.extend(command);
        arguments.push(&self.hash);
        arguments.push("--");
        arguments.extend(Some(path).filter(|path| !path.is_empty()));
        let listed = git(asked, &arguments)?;
        if !listed.status.success() {
            return Err(failed(asked, "its files cannot be listed", &listed));
        }
        let entries = listed.stdout.split(|byte| *byte == 0).filter(|line| !line.is_empty());
        entries.map(entry).collect::<Option<_>>().ok_or_else(|| {
            Failure::new(format!("cannot read `{asked}`: git lists its files in a form that is not known"))
        })
    }

    /// A file's bytes, at most `limit`; `None` if it has more.
    pub(super) fn bytes(&mut self, entry: &Entry, limit: u64) -> io::Result<Option<Vec<u8>>> {
        let objects = match &mut self.objects {
            Some(objects) => objects,
            none => none.insert(Objects::start()?),
        };
        let answer = objects.bytes(&entry.hash, limit)?;
        if answer.is_none() {
            // The rest of it is still to be said; whoever asks on starts anew.
            self.objects = None;
        }
        Ok(answer)
    }
}

impl Objects {
    fn start() -> io::Result<Self> {
        let mut child = Command::new("git")
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (Some(asked), Some(said)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("git cannot be talked to"));
        };
        Ok(Self { child, asked, said: BufReader::new(said) })
    }

    fn bytes(&mut self, hash: &str, limit: u64) -> io::Result<Option<Vec<u8>>> {
        writeln!(self.asked, "{hash}")?;
        self.asked.flush()?;
        let mut head = String::new();
        self.said.read_line(&mut head)?;
        let words: Vec<&str> = head.split_whitespace().collect();
        let [_, "blob", size] = words.as_slice() else {
            return Err(io::Error::other(format!("git has no file `{hash}`: {}", head.trim())));
        };
        let size: u64 = size.parse().map_err(io::Error::other)?;
        if size > limit {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        (&mut self.said).take(size + 1).read_to_end(&mut bytes)?;
        // A line end follows the bytes.
        if bytes.pop() != Some(b'\n') || bytes.len() as u64 != size {
            return Err(io::Error::other("git stopped in the middle of a file"));
        }
        Ok(Some(bytes))
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn git(asked: &RevisionPath, arguments: &[&str]) -> Result<Output, Failure> {
    // Messages are passed on, so they are asked for in English, as all the others are.
    let run = Command::new("git").args(arguments).env("LC_ALL", "C").stdin(Stdio::null()).output();
    run.map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => Failure::new(format!("cannot read `{asked}`: there is no command `git`"))
            .help("install git, or compare files and folders"),
        _ => Failure::new(format!("cannot read `{asked}`: git cannot be run: {cause}")),
    })
}

/// What did not work, with git's own words if it has any.
fn failed(asked: &RevisionPath, what: &str, output: &Output) -> Failure {
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().map(|line| line.trim_start_matches("fatal: ").trim()).find(|line| !line.is_empty());
    match said {
        Some(said) if !said.contains("not a git repository") => {
            Failure::new(format!("cannot read `{asked}`: {what} (git says: {said})"))
        }
        _ => Failure::new(format!("cannot read `{asked}`: {what}")),
    }
}

/// `MODE KIND HASH<tab>PATH`
fn entry(line: &[u8]) -> Option<Entry> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let (head, path) = line.split_at_checked(tab)?;
    let mut words = std::str::from_utf8(head).ok()?.split_whitespace();
    let (mode, kind, hash) = (words.next()?, words.next()?, words.next()?);
    let kind = match (mode, kind) {
        ("120000", "blob") => Kind::Link,
        (_, "blob") => Kind::File,
        (_, "tree") => Kind::Folder,
        (_, "commit") => Kind::Module,
        _ => return None,
    };
    // It is read by its hash, so a name that is not UTF-8 is only shown otherwise.
    let path = String::from_utf8_lossy(path.get(1..)?).into_owned();
    is_hash(hash).then(|| Entry { path, kind, hash: hash.to_owned() })
}

fn is_hash(text: &str) -> bool {
    text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_tree() {
        let hash = "0123456789abcdef0123456789abcdef01234567";
        let read = |line: String| entry(line.as_bytes()).map(|entry| (entry.kind, entry.path));
        assert_eq!(read(format!("100644 blob {hash}\ta b\tc.yaml")), Some((Kind::File, "a b\tc.yaml".to_owned())));
        assert_eq!(read(format!("120000 blob {hash}\ta")), Some((Kind::Link, "a".to_owned())));
        assert_eq!(read(format!("160000 commit {hash}\ta")), Some((Kind::Module, "a".to_owned())));
        assert_eq!(read(format!("040000 tree {hash}\ta")), Some((Kind::Folder, "a".to_owned())));
        for wrong in ["", "100644 blob", "100644 blob --help\ta", "100644 tag 01234567\ta"] {
            assert_eq!(read(wrong.to_owned()), None, "{wrong}");
        }
    }
}
