//! `trustctl diff`: what does a change let in?

mod side;
mod union;

use clap::{Args, ValueEnum};
use trustctl_catalog::Catalogue;

use crate::answer::{Answer, Exit};
use crate::comparison::{Comparison, Outcome, Side};
use crate::failure::Failure;
use crate::format::{Format, human, json, markdown};
use crate::moment::{self, At};
use crate::{Looks, Outside};

const NOTES: &str = "\
Examples:
  trustctl diff HEAD:npm.trust.yaml npm.trust.yaml     what do my edits let in?
  trustctl diff origin/main: .                         and all trust files of the repository?
  trustctl diff v1.0:./teams v1.1:./teams              a folder in two revisions
  trustctl diff old.trust.yaml new.trust.yaml          two files
  trustctl diff origin/main: . --format markdown       a comment for a pull request

BASE and HEAD are trust files, folders that hold some, or REV:PATH in git: PATH is from the top of the repository, with ./ or ../ \
from the current folder, and nothing for the whole. What a file in a revision includes is read from that revision. An argument \
with a colon is always a revision; write ./NAME for a file whose name has one. All policies of a side count together, so a grant \
that went to another file, another place or under another provider's name changes nothing.

A PATH that is not in its revision, or a folder without trust files, lets nobody in: it is compared so, and the output says so. \
A file that is not on the disk is an error.

Each change comes with a token that gets in on one side and is refused on the other, whose it is, and what the other side asks \
for. `from` says when it begins, where something has to end first. What could not be decided is told, and counts as widened. \
Tokens that the model of a provider leaves out (`trustctl who` lists which) are not compared.

Exit codes: 0 nothing that fails, 1 access widened (or what --fail-on says), 2 it could not be compared: usage, no git, no such \
revision or file, one that cannot be read or has errors.";

/// Show what a change to trust files newly allows and newly denies
///
/// Compares what two policies mean, not how they are written: for each grant and package, who gets in with HEAD and did not with
/// BASE, and the other way round, each with a token that shows it.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct Diff {
    /// What was: a trust file, a folder, or REV:PATH in git
    #[arg(value_name = "BASE")]
    base: String,

    /// What is to be, likewise
    #[arg(value_name = "HEAD")]
    head: String,

    /// What makes the exit code 1
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    fail_on: FailOn,

    /// The time from which on to compare: now, or RFC 3339 such as 2026-11-20T12:00:00Z
    #[arg(long, value_name = "TIME", default_value = "now", value_parser = moment::without_issued)]
    at: At,

    /// How to write the answer
    #[arg(long, value_enum, default_value_t)]
    format: DiffFormat,
}

/// What fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum FailOn {
    /// Something is newly allowed, or it could not be decided whether it is
    #[default]
    Widened,
    /// Something is newly allowed or newly denied
    Changed,
    /// Nothing
    Never,
}

/// How a comparison is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum DiffFormat {
    /// For people: colour and line drawing on a terminal, plain ASCII in a pipe
    #[default]
    Human,
    /// For programs: one JSON object with `"version": 1`
    Json,
    /// For a pull request: a comment in GitHub's and GitLab's Markdown
    Markdown,
}

impl Diff {
    /// How a failure is told.
    pub(crate) const fn format(&self) -> Format {
        match self.format {
            DiffFormat::Json => Format::Json,
            DiffFormat::Human | DiffFormat::Markdown => Format::Human,
        }
    }

    pub(crate) fn run(&self, catalogue: &Catalogue, outside: &Outside<'_>, looks: Looks) -> Result<Answer, Failure> {
        // The newer side first: its errors are the ones that can still be mended.
        let head = side::read(catalogue, &self.head)?;
        let base = side::read(catalogue, &self.base)?;
        if base.side.policies.is_empty() && head.side.policies.is_empty() {
            return Err(Failure::new(format!(
                "there is no trust file in `{}`, and none in `{}`",
                self.base, self.head
            ))
            .help("trust files are named `NAME.trust.yaml` or `trust.yaml`"));
        }
        let at = self.at.or(outside.now);
        let (allowed, denied) = union::compare(&base.side, &head.side, at)?;
        let mut notes: Vec<String> = base.notes.into_iter().chain(head.notes).collect();
        notes.extend(alone(&base.side, &head.side));
        let comparison = Comparison { base: base.side, head: head.side, allowed, denied, notes, at, now: outside.now };
        let text = match self.format {
            DiffFormat::Human => human::diff::diff(&comparison, looks.stdout),
            DiffFormat::Json => json::diff::diff(&comparison),
            DiffFormat::Markdown => markdown::diff(&comparison),
        };
        Ok(Answer::new(self.exit(comparison.outcome()), text))
    }

    const fn exit(&self, outcome: Outcome) -> Exit {
        match (self.fail_on, outcome) {
            (FailOn::Never, _) | (_, Outcome::Same) | (FailOn::Widened, Outcome::Narrowed) => Exit::Yes,
            (FailOn::Widened, Outcome::Widened | Outcome::PerhapsWidened) | (FailOn::Changed, _) => Exit::No,
        }
    }
}

/// Trust files that only one side has, where both have some.
fn alone(base: &Side, head: &Side) -> Vec<String> {
    if base.policies.is_empty() || head.policies.is_empty() {
        return Vec::new();
    }
    let pairs = union::pairs(base, head);
    let gone = base.policies.iter().enumerate().filter(|(at, _)| pairs.iter().all(|pair| pair.0 != *at));
    let new = head.policies.iter().enumerate().filter(|(at, _)| pairs.iter().all(|pair| pair.1 != *at));
    gone.map(|(_, of)| format!("{} has no counterpart in `{}`", of.name, head.given))
        .chain(new.map(|(_, of)| format!("{} has no counterpart in `{}`", of.name, base.given)))
        .collect()
}
