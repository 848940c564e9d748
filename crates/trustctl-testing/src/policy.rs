//! A policy of a suite: its root block, the included ones, and whether reading them gives what their comments say.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use trustctl_analysis::{Finding, LintInput, LintOptions, lint};
use trustctl_catalog::Catalogue;
use trustctl_claims::UnixTime;
use trustctl_diag::{FileId, Sources};
use trustctl_policy::{IncludedFile, Includes, Policy, RootFile};

use crate::assertion::{self, Expected, Found, Kind, Stripped};
use crate::block::File;
use crate::decide::NOW;

/// What came of a policy's blocks.
pub(crate) struct Outcome {
    /// `None` where it has errors.
    pub(crate) policy: Option<Arc<Policy>>,
    /// How many diagnostics, refusals and findings were expected.
    pub(crate) asserted: usize,
}

struct Text {
    name: String,
    text: String,
    expected: Vec<Expected>,
    lines: Vec<usize>,
    /// Line of the block, for what stands at no line of it.
    line: usize,
}

/// Reads a root and its included files; problems come with the line of the Markdown file.
pub(crate) fn read(
    root: &File<'_>,
    included: &[File<'_>],
    repository: &Path,
    problems: &mut Vec<(usize, String)>,
) -> Outcome {
    let mut texts = Vec::new();
    for file in std::iter::once(root).chain(included) {
        match text(file, repository) {
            Ok(text) => texts.push(text),
            Err(problem) => {
                problems.push(problem);
                return Outcome { policy: None, asserted: 0 };
            }
        }
    }
    let mut sources = Sources::default();
    let ids: Vec<FileId> = texts.iter().map(|text| sources.add(text.name.as_str(), text.text.as_str())).collect();
    let (Ok(catalogue), Some(first), Some(id)) = (Catalogue::bundled(), texts.first(), ids.first()) else {
        problems.push((root.fence.line, "the catalogue does not read".to_owned()));
        return Outcome { policy: None, asserted: 0 };
    };
    let mut folder = Folder {
        files: texts.iter().zip(&ids).skip(1).map(|(text, id)| (*id, text.name.clone(), text.text.clone())).collect(),
        taken: Vec::new(),
    };
    let reading =
        trustctl_policy::read(catalogue, RootFile { file: *id, name: &first.name, text: &first.text }, &mut folder);
    for (at, text) in texts.iter().enumerate().skip(1) {
        if reading.policy.is_some() && !folder.taken.contains(&at) {
            problems.push((text.line, format!("no `include` names `{}`", text.name)));
        }
    }
    let policy = reading.policy.map(Arc::new);
    let mut found: Vec<(FileId, Found)> = reading
        .diagnostics
        .iter()
        .filter_map(|diagnostic| at(&sources, Kind::Error, &Finding::from_diagnostic(diagnostic)))
        .collect();
    if let Some(policy) = &policy {
        found.extend(
            policy
                .refusals()
                .iter()
                .filter_map(|diagnostic| at(&sources, Kind::Refused, &Finding::from_diagnostic(diagnostic))),
        );
        if root.lint {
            let findings = lint(&[LintInput::new(Arc::clone(policy))], UnixTime(NOW), &LintOptions::default());
            found.extend(findings.iter().filter_map(|finding| at(&sources, Kind::Lint, finding)));
        }
    }
    let mut asserted = 0;
    for (text, id) in texts.iter().zip(&ids) {
        let (here, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|(file, _)| file == id);
        found = others;
        asserted += text.expected.len();
        text.check(here.into_iter().map(|(_, found)| found).collect(), root.lint, problems);
    }
    Outcome { policy, asserted }
}

impl Text {
    fn check(&self, found: Vec<Found>, lints: bool, problems: &mut Vec<(usize, String)>) {
        let (unmet, unexpected) = assertion::compare(&self.expected, found);
        for expected in unmet {
            let text = expected.text.map_or(String::new(), |text| format!(" \"{text}\""));
            let hint = if expected.kind == Kind::Lint && !lints { " (the block does not say `lint`)" } else { "" };
            problems.push((
                expected.at,
                format!("nothing is {}: [{}]{text} here{hint}", expected.kind.word(), expected.code),
            ));
        }
        for found in unexpected {
            let line = found.line.checked_sub(1).and_then(|at| self.lines.get(at)).copied().unwrap_or(self.line);
            let text = self.text.lines().nth(found.line.saturating_sub(1)).unwrap_or("");
            problems.push((
                line,
                format!("{}\n      at line {} of `{}`: {}", found.shown(), found.line, self.name, text.trim()),
            ));
        }
    }
}

fn text(file: &File<'_>, repository: &Path) -> Result<Text, (usize, String)> {
    let line = file.fence.line;
    let stripped = match &file.path {
        None => assertion::strip(&file.fence.lines, line + 1)?,
        Some(path) => from_repository(path, line, repository)?,
    };
    let mut text = unescape(&stripped.text).map_err(|problem| (line, problem))?;
    if file.crlf {
        text = text.replace('\n', "\r\n");
    }
    if file.bom {
        text.insert(0, '\u{feff}');
    }
    Ok(Text { name: file.name.clone(), text, expected: stripped.expected, lines: stripped.lines, line })
}

/// A file of the repository with the assertions in it; whatever is said of its lines is said of the block.
fn from_repository(path: &str, line: usize, repository: &Path) -> Result<Stripped, (usize, String)> {
    let text = fs::read_to_string(repository.join(path))
        .map_err(|error| (line, format!("`{path}` cannot be read: {error}")))?;
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut stripped =
        assertion::strip(&lines, 1).map_err(|(at, problem)| (line, format!("{path}:{at}: {problem}")))?;
    stripped.lines.iter_mut().for_each(|at| *at = line);
    stripped.expected.iter_mut().for_each(|expected| expected.at = line);
    Ok(stripped)
}

/// `{{U+200B}}` is that character: nobody sees it in a Markdown file.
fn unescape(text: &str) -> Result<String, String> {
    let mut parts = text.split("{{U+");
    let mut whole = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let (code, rest) = part.split_once("}}").ok_or("`{{U+` is not closed")?;
        let character = u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
        whole.push(character.ok_or_else(|| format!("`{code}` is no character"))?);
        whole.push_str(rest);
    }
    Ok(whole)
}

fn at(sources: &Sources, kind: Kind, finding: &Finding) -> Option<(FileId, Found)> {
    let place = finding.place()?;
    let line = sources.range(place).start.line as usize;
    Some((place.file, Found::new(kind, line, finding)))
}

/// The included blocks as a folder.
struct Folder {
    files: Vec<(FileId, String, String)>,
    /// Places in the list of texts, the root being the first.
    taken: Vec<usize>,
}

impl Includes for Folder {
    fn matching(&mut self, pattern: &str) -> Result<Vec<IncludedFile>, String> {
        let pattern = glob::Pattern::new(pattern).map_err(|error| error.msg.to_owned())?;
        let options = glob::MatchOptions {
            case_sensitive: true,
            require_literal_separator: true,
            require_literal_leading_dot: false,
        };
        let mut found = Vec::new();
        for ((file, name, text), at) in self.files.iter().zip(1..) {
            if pattern.matches_with(name, options) {
                self.taken.push(at);
                found.push(IncludedFile { file: *file, name: name.clone(), text: text.clone() });
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }
}
