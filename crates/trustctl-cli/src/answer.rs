//! What a verb ends in.

/// Exit codes, as grep has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Allowed; nothing found; shown.
    Yes,
    /// Denied; findings at or above the level.
    No,
    /// Usage, unreadable or invalid input, no keys.
    CouldNot,
}

impl Exit {
    /// The process's exit code.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Yes => 0,
            Self::No => 1,
            Self::CouldNot => 2,
        }
    }
}

/// Texts for both streams, and the exit code.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The result.
    pub(crate) stdout: String,
    /// What is said beside it.
    pub(crate) stderr: String,
    /// What it comes to.
    pub(crate) exit: Exit,
}

impl Answer {
    /// A result with nothing beside it.
    pub(crate) fn new(exit: Exit, stdout: String) -> Self {
        Self { stdout, stderr: String::new(), exit }
    }
}
