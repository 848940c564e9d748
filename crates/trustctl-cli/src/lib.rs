//! The command `trustctl`, as a library so that tests and chores can call it.
//!
//! A verb (`verb/`) reads what it is given, asks the crates below, and ends in a report: a plain value that the
//! formats (`format/`) write. Clock, terminal, environment and standard streams come from outside, as [`Outside`].

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::{self, Read, Write};

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};

mod access;
mod answer;
mod comparison;
mod failure;
mod files;
mod findings;
mod format;
mod input;
mod look;
mod moment;
mod output;
mod positions;
mod recognise;
mod refusal;
mod registries;
mod request;
mod ruling;
mod secret;
mod token_text;
mod verb;
mod verdict;
mod wider;
mod words;

pub use format::json::schemas;

use answer::{Answer, Exit};
use failure::Failure;
use format::Format;
use look::Look;

/// What the command knows of the world.
pub struct Outside<'a> {
    /// Seconds since 1970.
    pub now: i64,
    /// Standard input.
    pub stdin: &'a mut dyn Read,
    /// Standard output.
    pub stdout: &'a mut dyn Write,
    /// Standard error.
    pub stderr: &'a mut dyn Write,
    /// Whether a person reads standard output.
    pub stdout_is_terminal: bool,
    /// Whether a person reads standard error.
    pub stderr_is_terminal: bool,
    /// Whether the environment asks for no colour.
    pub no_colour: bool,
    /// Columns of the terminal, where known.
    pub columns: Option<usize>,
}

/// Runs the command with its arguments, the program's name first, and returns its exit code: 0 for yes, 1 for
/// no, 2 where it could not do what it was asked.
pub fn run(arguments: impl IntoIterator<Item = OsString>, mut outside: Outside<'_>) -> u8 {
    let command = match verb::Command::try_parse_from(arguments) {
        Ok(command) => command,
        // Help and version are errors to clap as well; it knows which stream and which code each has.
        Err(usage) => {
            let code = u8::try_from(usage.exit_code()).unwrap_or(2);
            let said = usage.render().to_string();
            // A token on the command line is repeated by no message either.
            if let Cow::Owned(said) = secret::without_tokens(&said) {
                let answer = Answer { stdout: String::new(), stderr: said, exit: Exit::CouldNot };
                return write(&answer, outside).code();
            }
            if asks_for_format(&usage) {
                let failure = Failure::new("this verb has no --format: it writes for people")
                    .help("`eval`, `lint`, `who` and `diff` have `--format json`");
                let look = look(outside.stderr_is_terminal, &outside);
                return write(&failure.answer(Format::Human, look), outside).code();
            }
            return if quiet_pipe(usage.print()).is_ok() { code } else { 2 };
        }
    };
    let looks = Looks {
        stdout: look(outside.stdout_is_terminal, &outside),
        stderr: look(outside.stderr_is_terminal, &outside),
    };
    let answer = command.run(&mut outside, looks);
    write(&answer, outside).code()
}

/// Whether `--format` was given to a verb that has none.
fn asks_for_format(usage: &clap::Error) -> bool {
    let argument = usage.get(ContextKind::InvalidArg);
    usage.kind() == ErrorKind::UnknownArgument
        && matches!(argument, Some(ContextValue::String(argument)) if argument == "--format")
}

/// The command's arguments, as completions and manuals need them.
pub fn command() -> clap::Command {
    <verb::Command as clap::CommandFactory>::command()
}

/// How each stream looks.
#[derive(Debug, Clone, Copy)]
struct Looks {
    stdout: Look,
    stderr: Look,
}

fn look(is_terminal: bool, outside: &Outside<'_>) -> Look {
    if is_terminal { Look::terminal(outside.columns, outside.no_colour) } else { Look::PLAIN }
}

/// Writes the answer out. A reader that closes the pipe has what it wanted: silence, and the answer's own exit
/// code, so that `trustctl eval … | head` never turns a deny into a success.
fn write(answer: &Answer, outside: Outside<'_>) -> Exit {
    let Outside { stdout, stderr, .. } = outside;
    // Texts were cleaned before they were drawn; this holds whatever forgets to.
    let (result, beside) = (secret::without_tokens(&answer.stdout), secret::without_tokens(&answer.stderr));
    let told = quiet_pipe(stderr.write_all(beside.as_bytes()).and_then(|()| stderr.flush()));
    let written = quiet_pipe(stdout.write_all(result.as_bytes()).and_then(|()| stdout.flush()));
    match (written, told) {
        (Ok(()), Ok(())) => answer.exit,
        (Err(cause), _) => {
            // Where this fails too there is nobody left to tell.
            _ = writeln!(stderr, "error: cannot write the result: {cause}");
            Exit::CouldNot
        }
        (Ok(()), Err(_)) => Exit::CouldNot,
    }
}

fn quiet_pipe(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
