//! What statements come to for a translator: the ways in, each a list of tests, and what keeps out all the same.

use super::value::Scalar;

/// A way in.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    /// Whose tokens; `None` where the record says it.
    pub(crate) issuer: Option<String>,
    /// All of them hold.
    pub(crate) tests: Vec<Test>,
    /// None of these holds whole.
    pub(crate) but: Vec<Vec<Test>>,
    /// What it gives by name: scopes or service accounts.
    pub(crate) gives: Vec<String>,
}

/// A test of one claim.
#[derive(Debug, Clone)]
pub(crate) struct Test {
    /// The claim.
    pub(crate) claim: String,
    /// What of it.
    pub(crate) asks: TestOf,
}

/// What is tested of a claim that is there.
#[derive(Debug, Clone)]
pub(crate) enum TestOf {
    /// It is one of these.
    In(Vec<Scalar>),
    /// It is none of these.
    NotIn(Vec<Scalar>),
    /// It is a text of one of these forms; or no text at all, where `others_pass`.
    Matches {
        /// The forms.
        forms: Vec<Form>,
        /// Whether what is no text passes.
        others_pass: bool,
    },
}

/// A form of texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// This text.
    Text(String),
    /// It begins with this.
    Prefix(String),
    /// A glob in which `*` and `?` take every character.
    Glob(String),
    /// A regular expression of Ruby's, found anywhere.
    Search(String),
}

impl Form {
    /// A glob as the plainest form that says the same.
    pub(super) fn of_glob(glob: &str) -> Self {
        let plain = |text: &str| !text.contains(['*', '?']);
        match glob.strip_suffix('*') {
            _ if plain(glob) => Self::Text(glob.to_owned()),
            Some(prefix) if plain(prefix) => Self::Prefix(prefix.to_owned()),
            _ => Self::Glob(glob.to_owned()),
        }
    }
}
