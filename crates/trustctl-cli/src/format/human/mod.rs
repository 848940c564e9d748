//! Results for people.

pub(crate) mod catalogue;
pub(crate) mod claims;
pub(crate) mod decision;
mod diagnostic;
pub(crate) mod diff;
mod excerpt;
pub(crate) mod exchange;
pub(crate) mod explanation;
pub(crate) mod findings;
mod page;
pub(crate) mod ruling;
pub(crate) mod rulings;
mod snippet;
pub(crate) mod who;
mod witness;

use std::collections::BTreeMap;

use trustctl_diag::{FileId, Place, Sources};

use crate::failure::Failure;
use crate::look::{Look, Style, shown, wrap};

use diagnostic::Renderer;

/// What stopped the command: the message, the problems of trust files, what to do.
pub(crate) fn failure(failure: &Failure, look: Look) -> String {
    let mut text = error(&failure.message, failure.help.as_deref(), look);
    if let Some((sources, problems)) = &failure.problems {
        let renderer = Renderer::new(sources, look);
        let mut quota = Quota::default();
        for problem in problems.iter().filter(|problem| quota.takes(problem.place())) {
            text.push('\n');
            text.push_str(&renderer.diagnostic(problem));
        }
        text.push_str(&quota.rest(sources, "`trustctl lint --format json` has all"));
    }
    text
}

/// How many problems of a file people are shown: nobody reads on, and a file can hold as many as it has bytes.
const MOST_OF_A_FILE: usize = 200;

/// Which problems are shown, file by file.
#[derive(Debug, Default)]
struct Quota {
    seen: BTreeMap<FileId, usize>,
}

impl Quota {
    /// Counts a problem; false where its file has had enough.
    fn takes(&mut self, place: Option<Place>) -> bool {
        let seen = self.seen.entry(place.unwrap_or_default().file).or_default();
        *seen += 1;
        *seen <= MOST_OF_A_FILE
    }

    /// A line for each file of which more was counted than shown.
    fn rest(&self, sources: &Sources, where_all_are: &str) -> String {
        let over = self.seen.iter().filter(|(_, seen)| **seen > MOST_OF_A_FILE);
        let line = |(file, seen): (&FileId, &usize)| {
            format!("and {} more in {} ({where_all_are})\n", seen - MOST_OF_A_FILE, shown(sources.name(*file)))
        };
        over.map(line).collect()
    }
}

/// An error and what to do about it, in lines that begin with these words.
pub(crate) fn error(message: &str, help: Option<&str>, look: Look) -> String {
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
