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
    let mut text = format!("{}: {}\n", look.paint(Style::Bad, "error"), shown(&failure.message));
    if let Some(help) = &failure.help {
        let indent = "help: ".len();
        let lines = wrap(&shown(help), look.width.saturating_sub(indent));
        for (at, line) in lines.iter().enumerate() {
            match at {
                0 => text.push_str(&format!("{}: {line}\n", look.paint(Style::Advice, "help"))),
                _ => text.push_str(&format!("{:indent$}{line}\n", "")),
            }
        }
    }
    if let Some((sources, problems)) = &failure.problems {
        let mut renderer = Renderer::new(sources, look);
        for problem in problems {
            text.push('\n');
            text.push_str(&renderer.diagnostic(problem));
        }
    }
    text
}
