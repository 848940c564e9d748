//! A Markdown file from end to end.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use trustctl_policy::Policy;

use crate::block::{self, Block};
use crate::claims::Draft;
use crate::markdown::{self, Section};
use crate::{decide, policy};

/// A Markdown file of tests.
#[derive(Debug, Clone, Copy)]
pub struct Suite<'s> {
    /// The file's name, for messages.
    pub name: &'s str,
    /// Its text.
    pub text: &'s str,
    /// The folder that `path=` of a block begins in.
    pub repository: &'s Path,
    /// Only cases whose headings hold this text.
    pub filter: Option<&'s str>,
}

/// What came of a suite.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Trust files read.
    pub policies: usize,
    /// Diagnostics, refusals and findings that were expected, and decisions.
    pub assertions: usize,
    /// What is wrong, as `FILE:LINE: heading: …`.
    pub failures: Vec<String>,
}

impl Outcome {
    /// All failures as one text; `None` where there is none.
    ///
    /// A suite that asserts nothing at all has one: its blocks are not what their author thinks.
    pub fn report(&self) -> Option<String> {
        let mut text = String::new();
        for failure in &self.failures {
            let _ = writeln!(text, "{failure}\n");
        }
        if self.policies == 0 && self.failures.is_empty() {
            text.push_str("the suite has no trust file\n");
        }
        (!text.is_empty()).then_some(text)
    }
}

impl Suite<'_> {
    /// Runs every case.
    pub fn run(&self) -> Outcome {
        let mut runner = Runner { suite: self, outcome: Outcome::default(), above: Vec::new() };
        match markdown::sections(self.text) {
            Ok(sections) => sections.iter().for_each(|section| runner.section(section)),
            Err(line) => runner.fail(line, "", "the block is never closed"),
        }
        runner.outcome
    }
}

struct Runner<'s> {
    suite: &'s Suite<'s>,
    outcome: Outcome,
    /// The headings that the present one stands below, and itself.
    above: Vec<Scope>,
}

/// What a heading's blocks give to the headings below.
struct Scope {
    level: usize,
    title: String,
    claims: BTreeMap<String, Draft>,
    policy: Option<Read>,
}

#[derive(Clone)]
enum Read {
    Loads(Arc<Policy>),
    Refused(Arc<Policy>),
    Wrong,
}

impl Runner<'_> {
    fn section(&mut self, section: &Section) {
        while self.above.last().is_some_and(|scope| scope.level >= section.level && section.level > 0) {
            self.above.pop();
        }
        self.above.push(Scope {
            level: section.level,
            title: section.title.clone(),
            claims: BTreeMap::new(),
            policy: None,
        });
        let headings: Vec<&str> =
            self.above.iter().map(|scope| scope.title.as_str()).filter(|title| !title.is_empty()).collect();
        let headings = headings.join(" / ");
        let wanted = self.suite.filter.is_none_or(|filter| headings.contains(filter));
        let mut blocks = Vec::new();
        for fence in &section.blocks {
            match block::of(fence) {
                Ok(block) => blocks.push(block),
                Err(problem) => self.fail(fence.line, &headings, &problem),
            }
        }
        let mut blocks = blocks.into_iter().peekable();
        while let Some(block) = blocks.next() {
            match block {
                Block::Prose => {}
                Block::Root(root) => {
                    let mut included = Vec::new();
                    while let Some(Block::Included(_)) = blocks.peek() {
                        if let Some(Block::Included(file)) = blocks.next() {
                            included.push(file);
                        }
                    }
                    let mut problems = Vec::new();
                    let read = policy::read(&root, &included, self.suite.repository, &mut problems);
                    if wanted {
                        self.outcome.policies += 1;
                        self.outcome.assertions += read.asserted;
                        self.fail_all(problems, &headings);
                    }
                    let read = match read.policy {
                        Some(policy) if policy.refusals().is_empty() => Read::Loads(policy),
                        Some(policy) => Read::Refused(policy),
                        None => Read::Wrong,
                    };
                    self.above.last_mut().into_iter().for_each(|scope| scope.policy = Some(read.clone()));
                }
                Block::Included(file) => {
                    self.fail(file.fence.line, &headings, "an included file stands right behind its root")
                }
                Block::Claims(block) => {
                    let draft = Draft::read(&block, |name| self.claims(name));
                    match (draft, self.above.last_mut()) {
                        (Ok(draft), Some(scope)) => drop(scope.claims.insert(block.name.clone(), draft)),
                        (Err(problem), _) => self.fail(block.fence.line, &headings, &problem),
                        (Ok(_), None) => {}
                    }
                }
                Block::Decide { fence, refused } => {
                    if !wanted {
                        continue;
                    }
                    let policy = self.above.iter().rev().find_map(|scope| scope.policy.clone());
                    let policy = match (policy, refused) {
                        (Some(Read::Loads(policy)), false) | (Some(Read::Refused(policy)), true) => policy,
                        (Some(Read::Loads(_)), true) => {
                            self.fail(fence.line, &headings, "the policy loads for deciding: leave `refused` out");
                            continue;
                        }
                        (Some(Read::Refused(_)), false) => {
                            self.fail(
                                fence.line,
                                &headings,
                                "the policy does not load for deciding; `decide refused` asks it all the same",
                            );
                            continue;
                        }
                        (Some(Read::Wrong), _) => {
                            self.fail(fence.line, &headings, "the policy has errors, so it decides nothing");
                            continue;
                        }
                        (None, _) => {
                            self.fail(fence.line, &headings, "there is no policy to decide by");
                            continue;
                        }
                    };
                    let mut problems = Vec::new();
                    self.outcome.assertions +=
                        decide::run(&fence.lines, fence.line + 1, &policy, &|name| self.claims(name), &mut problems);
                    self.fail_all(problems, &headings);
                }
            }
        }
    }

    fn claims(&self, name: &str) -> Option<&Draft> {
        self.above.iter().rev().find_map(|scope| scope.claims.get(name))
    }

    fn fail(&mut self, line: usize, headings: &str, problem: &str) {
        let name = self.suite.name;
        self.outcome.failures.push(format!("{name}:{line}: {headings}\n      {problem}"));
    }

    fn fail_all(&mut self, problems: Vec<(usize, String)>, headings: &str) {
        for (line, problem) in problems {
            self.fail(line, headings, &problem);
        }
    }
}
