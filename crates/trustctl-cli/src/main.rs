//! The command `trustctl`: the one place that reads the clock, the terminal and the environment.

use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use trustctl_cli::{Outside, run};

fn main() -> ExitCode {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .unwrap_or(0);
    let outside = Outside {
        now,
        stdin: &mut io::stdin().lock(),
        stdout: &mut io::stdout().lock(),
        stderr: &mut io::stderr().lock(),
        stdout_is_terminal: io::stdout().is_terminal(),
        stderr_is_terminal: io::stderr().is_terminal(),
        // https://no-color.org: present and not empty, whatever its value.
        no_colour: std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb"),
        columns: terminal_size::terminal_size().map(|(terminal_size::Width(columns), _)| usize::from(columns)),
    };
    ExitCode::from(run(std::env::args_os(), outside))
}
