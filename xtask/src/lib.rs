//! The project's own chores: what `cargo xtask` does, in a library so that tests can ask the same.
//!
//! Continuous integration runs `cargo xtask ci` and nothing else beside the tests, so that what is green here is
//! green there.

use std::io;
use std::path::{Path, PathBuf};

pub mod ci;
pub mod conformance;
pub mod generate;
pub mod layout;
pub mod pages;
pub mod scaffold;
pub mod schema;

/// Why a chore did not end well.
#[derive(Debug, thiserror::Error)]
pub enum ChoreError {
    /// A file or folder could not be read or written.
    #[error("`{path}`: {cause}")]
    File {
        /// Which.
        path: String,
        /// The system's reason.
        cause: io::Error,
    },
    /// A program could not be started.
    #[error("cannot run `{program}`: {cause}{hint}")]
    Program {
        /// Which.
        program: String,
        /// The system's reason.
        cause: io::Error,
        /// How to come by it, where that is not plain.
        hint: &'static str,
    },
    /// A program said no; it has told why.
    #[error("`{0}` failed")]
    Failed(String),
    /// What was looked for and found, a line each.
    #[error("{}", .0.join("\n"))]
    Found(Vec<String>),
    /// Vectors that do not give what is expected; their summary is told already, as the last line.
    #[error("{0} vectors fail")]
    Vectors(usize),
    /// The catalogue's data files do not fit their format.
    #[error(transparent)]
    Catalogue(#[from] trustctl_catalog::CatalogueError),
    /// Something was not the JSON it should be.
    #[error("unexpected JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl ChoreError {
    pub(crate) fn file(path: &Path, cause: io::Error) -> Self {
        Self::File { path: path.display().to_string(), cause }
    }
}

/// The repository's root.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}
