//! What can be wrong before anything is decided.

use std::collections::BTreeMap;
use std::fmt;

use trustctl_diag::{Diagnostic, FileId, LineIndex, Place, Severity};
use trustctl_token::RulesError;

/// A policy that does not load, with everything that is wrong with it.
#[derive(Debug, Clone, thiserror::Error)]
pub struct PolicyError {
    problems: Vec<PolicyProblem>,
}

/// One thing that is wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyProblem {
    /// Stable name of the kind of problem: `unknown-key`.
    pub code: &'static str,
    /// The name of the file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl PolicyError {
    pub(crate) fn new(diagnostics: Vec<Diagnostic>, names: &FileNames) -> Self {
        let mut problems: Vec<PolicyProblem> =
            diagnostics.into_iter().map(|diagnostic| problem(diagnostic, names)).collect();
        if problems.is_empty() {
            // Cannot happen: what has no policy has a reason. Were it to, the policy still must not load.
            problems
                .push(problem(Diagnostic::error("unreadable", Place::default(), "the policy does not load"), names));
        }
        Self { problems }
    }

    /// All of them, by file and line; never empty.
    pub fn problems(&self) -> &[PolicyProblem] {
        &self.problems
    }
}

fn problem(diagnostic: Diagnostic, names: &FileNames) -> PolicyProblem {
    debug_assert_eq!(diagnostic.severity, Severity::Error);
    let (file, line) = names.line(diagnostic.place().unwrap_or_default());
    PolicyProblem { code: diagnostic.code, file, line, message: diagnostic.message, help: diagnostic.help }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.problems.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { "\n" })?;
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for PolicyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} [{}]", self.file, self.line, self.message, self.code)?;
        match &self.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

/// Why no verifier can be made for a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifierError {
    /// Without keys every token of the issuer would be refused, and nobody would know why.
    #[error("there are no keys for the issuer `{issuer}`, which the policy trusts")]
    NoKeys {
        /// The issuer.
        issuer: String,
    },
    /// The policy's issuers and audiences make no rules.
    #[error(transparent)]
    Rules(#[from] RulesError),
}

/// The files of a policy, for pointing into them.
#[derive(Debug, Default)]
pub(crate) struct FileNames {
    files: BTreeMap<FileId, (String, LineIndex)>,
}

impl FileNames {
    pub(crate) fn add(&mut self, file: FileId, name: &str, text: &str) {
        self.files.insert(file, (name.to_owned(), LineIndex::new(text)));
    }

    fn line(&self, place: Place) -> (String, u32) {
        match self.files.get(&place.file) {
            Some((name, lines)) => (name.clone(), lines.line(place.span.start)),
            None => (String::new(), 1),
        }
    }
}
