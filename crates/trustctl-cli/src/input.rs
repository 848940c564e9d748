//! Files and standard input, as text.
//!
//! Each way in which a file can fail to be text has its own answer: missing, a folder, empty, not UTF-8,
//! UTF-16, too large. A leading byte order mark is dropped; line ends stay as they are.

use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::secret::is_token;

/// Where a text comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    /// `-`.
    Stdin,
    /// A path.
    File(PathBuf),
}

impl From<&str> for Input {
    fn from(text: &str) -> Self {
        match text {
            "-" => Self::Stdin,
            path => Self::File(path.into()),
        }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("standard input"),
            Self::File(path) => write!(f, "`{}`", path.display()),
        }
    }
}

/// Why a text could not be read.
#[derive(Debug, Error)]
pub(crate) enum InputError {
    /// Nothing there.
    #[error("{input} does not exist")]
    Missing {
        /// What was asked for.
        input: Input,
        /// What is there and nearly has the name.
        near: Option<PathBuf>,
    },
    /// A folder.
    #[error("{0} is a folder; a file is needed here")]
    Folder(Input),
    /// A pipe, a socket or a device.
    #[error("{0} is a pipe or a device; a trust file is a regular file")]
    Irregular(Input),
    /// The argument is what the file should hold.
    #[error("this is a token itself; {}", if *trust_file { "give the name of a trust file" } else { "give a file that holds it, or `-`" })]
    IsToken {
        /// Whether a trust file was asked for.
        trust_file: bool,
    },
    /// No bytes, or blanks only.
    #[error("{0} is empty")]
    Empty(Input),
    /// Some other encoding.
    #[error("{input} is not UTF-8 text: the byte at offset {offset} does not fit")]
    NotUtf8 {
        /// What was read.
        input: Input,
        /// Bytes that are UTF-8 before it.
        offset: usize,
    },
    /// What PowerShell's `>` writes by default.
    #[error("{0} is UTF-16 text; UTF-8 is needed")]
    Utf16(Input),
    /// More bytes than such a file ever has.
    #[error("{input} is larger than {limit} bytes")]
    TooLarge {
        /// What was read.
        input: Input,
        /// How much is allowed.
        limit: u64,
    },
    /// A token, which belongs to `--token`.
    #[error("{0} holds a token, not a trust file")]
    Token(Input),
    /// Claims, which belong to `--claims`.
    #[error("{0} looks like a token's claims, not a trust file")]
    Claims(Input),
    /// A file of some other kind, by name and by how it begins.
    #[error("{0} is no trust file: it begins with none of a trust file's keys")]
    OtherKind(Input),
    /// Anything else the system says.
    #[error("cannot read {input}: {cause}")]
    Unreadable {
        /// What was asked for.
        input: Input,
        /// The system's own words.
        cause: io::Error,
    },
}

impl InputError {
    /// What to do about it.
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::Missing { near: Some(near), .. } => Some(format!("did you mean `{}`?", near.display())),
            Self::IsToken { .. } => Some(
                "arguments are seen by every process and kept in the shell's history: regard this token as known to others"
                    .to_owned(),
            ),
            Self::Irregular(_) => Some("save it to a file: its folder is part of its meaning".to_owned()),
            Self::Utf16(_) => {
                Some("save it as UTF-8; in PowerShell, `COMMAND | Set-Content -Encoding utf8 FILE`".to_owned())
            }
            Self::Claims(_) => Some("claims nobody signed are judged with `trustctl eval --claims FILE`".to_owned()),
            Self::OtherKind(_) => Some("a trust file begins with `trust: 1`, `registry:` and `grants:`".to_owned()),
            Self::Token(_) => Some(
                "give it with `trustctl eval --token FILE`, or look at it with `trustctl token FILE`; it is a credential, \
                 so keep it out of repositories"
                    .to_owned(),
            ),
            _ => None,
        }
    }
}

/// Reads the whole of `input`, at most `limit` bytes, with something in it.
pub(crate) fn read_text(input: &Input, stdin: &mut dyn Read, limit: u64) -> Result<String, InputError> {
    let text = match input {
        Input::Stdin => decode(read_bytes(input, stdin, limit)?, input)?,
        Input::File(path) => read_file(path, limit)?,
    };
    if text.trim_ascii().is_empty() {
        return Err(InputError::Empty(input.clone()));
    }
    Ok(text)
}

/// Reads a file, which may be empty. It may be a pipe too, as shells make them of `<(COMMAND)`.
pub(crate) fn read_file(path: &Path, limit: u64) -> Result<String, InputError> {
    if path.to_str().is_some_and(is_token) {
        return Err(InputError::IsToken { trust_file: false });
    }
    let input = Input::File(path.to_owned());
    let failed = |cause: io::Error| match cause.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            InputError::Missing { near: near(path), input: input.clone() }
        }
        _ => InputError::Unreadable { input: input.clone(), cause },
    };
    if std::fs::metadata(path).map_err(failed)?.is_dir() {
        return Err(InputError::Folder(input));
    }
    let mut file = std::fs::File::open(path).map_err(failed)?;
    decode(read_bytes(&input, &mut file, limit)?, &input)
}

fn read_bytes(input: &Input, from: &mut dyn Read, limit: u64) -> Result<Vec<u8>, InputError> {
    let mut bytes = Vec::new();
    from.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|cause| InputError::Unreadable { input: input.clone(), cause })?;
    if bytes.len() as u64 > limit {
        return Err(InputError::TooLarge { input: input.clone(), limit });
    }
    Ok(bytes)
}

/// Bytes as text, without a byte order mark.
pub(crate) fn decode(bytes: Vec<u8>, input: &Input) -> Result<String, InputError> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(InputError::Utf16(input.clone()));
    }
    let text = String::from_utf8(bytes)
        .map_err(|error| InputError::NotUtf8 { input: input.clone(), offset: error.utf8_error().valid_up_to() })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// The entry beside `path` whose name is nearest to its own.
pub(crate) fn near(path: &Path) -> Option<PathBuf> {
    let folder = path.parent()?;
    let listed = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let name = path.file_name()?.to_string_lossy();
    let names = std::fs::read_dir(listed).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let best = nearest(&name, names.collect::<Vec<_>>().iter().map(String::as_str))?.to_owned();
    Some(folder.join(best))
}

/// The candidate that `name` is probably a slip of; of equals, the first in order.
pub(crate) fn nearest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let most = (name.chars().count() / 3).clamp(1, 3);
    candidates
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String, String> {
        read_text(&Input::Stdin, &mut &*bytes, 16).map_err(|error| error.to_string())
    }

    #[test]
    fn every_kind_of_bytes_has_an_answer() {
        assert_eq!(read(b"a: 1\r\n").as_deref(), Ok("a: 1\r\n"));
        assert_eq!(read(b"\xef\xbb\xbfa").as_deref(), Ok("a"));
        assert_eq!(read(b"").unwrap_err(), "standard input is empty");
        assert_eq!(read(b" \r\n").unwrap_err(), "standard input is empty");
        assert_eq!(read(b"ab\xff").unwrap_err(), "standard input is not UTF-8 text: the byte at offset 2 does not fit");
        assert_eq!(read(b"\xff\xfea\0").unwrap_err(), "standard input is UTF-16 text; UTF-8 is needed");
        assert_eq!(read(&[b'a'; 17]).unwrap_err(), "standard input is larger than 16 bytes");
        assert!(read(&[b'a'; 16]).is_ok());
    }

    #[test]
    fn a_slip_finds_its_neighbour() {
        let near = |name| nearest(name, ["lint", "eval", "explain"].into_iter());
        assert_eq!(near("lnit"), Some("lint"));
        assert_eq!(near("evl"), Some("eval"));
        assert_eq!(near("publish"), None);
    }
}
