//! Why the command could not do what it was asked: exit code 2, in words or as JSON.

use trustctl_diag::{Diagnostic, Sources};

use crate::answer::{Answer, Exit};
use crate::format::{self, Format};
use crate::input::InputError;
use crate::look::Look;

/// One thing that stopped the command.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What, in one line.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) help: Option<String>,
    /// Problems in trust files, with the texts they point into.
    pub(crate) problems: Option<(Sources, Vec<Diagnostic>)>,
}

impl Failure {
    /// A failure with nothing but its message.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, problems: None }
    }

    /// The same with what to do about it.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with the problems of trust files that it comes from.
    pub(crate) fn problems(mut self, sources: Sources, problems: Vec<Diagnostic>) -> Self {
        self.problems = Some((sources, problems));
        self
    }

    /// As the user asked to be told: words go to standard error, JSON to standard output, where its reader waits.
    pub(crate) fn answer(&self, format: Format, stderr: Look) -> Answer {
        match format {
            Format::Human => {
                Answer { stdout: String::new(), stderr: format::human::failure(self, stderr), exit: Exit::CouldNot }
            }
            Format::Json => Answer::new(Exit::CouldNot, format::json::failure(self)),
        }
    }
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        Self { help: error.help(), ..Self::new(error.to_string()) }
    }
}
