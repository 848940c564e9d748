//! `trustctl lint`: what is wrong with trust files?

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use trustctl_analysis::{Finding, Known, LintInput, LintOptions};
use trustctl_catalog::Catalogue;
use trustctl_claims::UnixTime;
use trustctl_diag::{Label, Place, Severity, Sources};

use crate::answer::{Answer, Exit};
use crate::failure::Failure;
use crate::files::{TrustFiles, shown_name};
use crate::findings::Findings;
use crate::format::{Format, human, json};
use crate::{Looks, Outside};

const NOTES: &str = "\
Examples:
  trustctl lint                              every trust file below the current folder
  trustctl lint npm.trust.yaml teams/        a file, and those below a folder
  trustctl lint --fail-level error           warnings are shown and do not fail
  trustctl explain missing-environment       what a finding means

Exit codes: 0 nothing found at or above the level, 1 findings at or above it, 2 it could not be done: usage, no trust \
file, or one that cannot be read, that is empty, or that holds something else (a token, claims, a file of another name \
and kind). What is wrong inside a trust file is a finding, from a slip of syntax to an unknown claim. A file that \
fails never silences the others.";

/// Find what in trust files would let strangers in, or does not say what it seems to
///
/// Each finding says what could happen, where, how it is known (proved, from the catalogue, or because it looks like a
/// mistake), what to write instead, and where somebody gets in, their token. An included file given alone is judged
/// with the file that includes it, which is looked for upwards: inside the repository (up to the folder with `.git`),
/// or where there is none, up to the current folder.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct Lint {
    /// Trust files, or folders that hold some; without any, those below the current folder that git does not ignore
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    path: Vec<PathBuf>,

    /// How to write the findings
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,

    /// The least severity that makes the exit code 1
    #[arg(long, value_enum, default_value_t, value_name = "LEVEL")]
    fail_level: FailLevel,
}

/// What fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum FailLevel {
    /// Errors only
    Error,
    /// Errors and warnings
    #[default]
    Warning,
    /// Everything
    Info,
    /// Nothing
    Never,
}

impl FailLevel {
    const fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Info),
            Self::Never => None,
        }
    }
}

/// Problems that mean that a file is no trust file at all: nothing in it was judged.
const UNREADABLE: [&str; 3] = ["empty-file", "not-a-trust-file", "file-too-large"];

impl Lint {
    pub(crate) fn run(&self, catalogue: &Catalogue, outside: &Outside<'_>, looks: Looks) -> Result<Answer, Failure> {
        let files = TrustFiles::read(catalogue, &self.path)?;
        let findings = findings(files, outside.now);
        let unread =
            !findings.unreadable.is_empty() || findings.found.iter().any(|finding| UNREADABLE.contains(&finding.rule));
        let exit = match self.fail_level.severity() {
            _ if unread => Exit::CouldNot,
            Some(level) if findings.any_at_least(level) => Exit::No,
            _ => Exit::Yes,
        };
        let text = match self.format {
            Format::Human => human::findings::findings(&findings, looks.stdout),
            Format::Json => json::findings::findings(&findings),
        };
        Ok(Answer::new(exit, text))
    }
}

fn findings(files: TrustFiles, now: i64) -> Findings {
    let checked = files.count();
    let TrustFiles { mut sources, roots, unreadable, lookalikes } = files;
    let mut found: Vec<Finding> = lookalikes.iter().map(|path| wrong_name(&shown_name(path), &mut sources)).collect();
    let mut inputs = Vec::new();
    for root in roots {
        match root.reading.policy {
            Some(policy) => inputs.push(LintInput::new(Arc::new(policy))),
            None => found.extend(root.reading.diagnostics.iter().map(Finding::from_diagnostic)),
        }
    }
    found.extend(trustctl_analysis::lint(&inputs, UnixTime(now), &LintOptions::default()));
    Finding::sort(&mut found);
    Findings { found, checked, unreadable, sources }
}

/// A file that its author takes for a trust file, and that no folder search will ever find.
fn wrong_name(name: &str, sources: &mut Sources) -> Finding {
    let file = sources.add(name, "");
    let right = name.strip_suffix("yml").unwrap_or(name);
    Finding {
        rule: "wrong-file-name",
        severity: Severity::Warning,
        known: Known::Proved,
        message: "the file is not read: names of trust files end in `.yaml`".to_owned(),
        labels: vec![Label { place: Place { file, ..Place::default() }, text: String::new() }],
        help: Some(format!("rename it to `{right}yaml`")),
        witness: None,
    }
}
