//! Results for people.

pub(crate) mod catalogue;
pub(crate) mod claims;
pub(crate) mod decision;
mod diagnostic;
pub(crate) mod explanation;
pub(crate) mod findings;
mod page;
mod snippet;

use crate::failure::Failure;
use crate::look::{Look, Style, shown, wrap};

use diagnostic::Renderer;

/// What stopped the command: the message, the problems of trust files, what to do.
pub(crate) fn failure(failure: &Failure, look: Look) -> String {
    let mut text = error(&failure.message, failure.help.as_deref(), look);
    if let Some((sources, problems)) = &failure.problems {
        let mut renderer = Renderer::new(sources, look);
        for problem in problems {
            text.push('\n');
            text.push_str(&renderer.diagnostic(problem));
        }
    }
    text
}

/// An error and what to do about it, in lines that begin with these words.
fn error(message: &str, help: Option<&str>, look: Look) -> String {
    let mut text = format!("{}: {}\n", look.paint(Style::Bad, "error"), shown(message));
    let Some(help) = help else { return text };
    let indent = "help: ".len();
    for (at, line) in wrap(&shown(help), look.width.saturating_sub(indent)).iter().enumerate() {
        match at {
            0 => text.push_str(&format!("{}: {line}\n", look.paint(Style::Advice, "help"))),
            _ => text.push_str(&format!("{:indent$}{line}\n", "")),
        }
    }
    text
}
