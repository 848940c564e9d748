//! What a lint rule is.
//!
//! A rule is one file that invokes [`declare_rule!`]: its documentation as doc comment, with fixed headings and
//! executed examples, its facts, and a `check` function beside it. The build script lists the files; docs
//! pages, `trustctl explain` and the list of rules are made from them.

use trustctl_diag::Severity;

use crate::Known;
use crate::facts::GrantFacts;
use crate::lint::{Findings, PolicyContext};

/// A lint rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name, which stays: `missing-tenant-claim`.
    pub name: &'static str,
    /// What it is about.
    pub family: Family,
    /// How bad its findings are, unless its documentation names a case.
    pub severity: Severity,
    /// How its findings are known.
    pub known: Known,
    /// The version of trustctl that first had it.
    pub since: &'static str,
    /// What it finds, in one line without a full stop.
    pub summary: &'static str,
    /// Its doc comment.
    pub(crate) docs: &'static str,
    pub(crate) check: Check,
}

/// What a rule looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Check {
    /// One effective grant at a time.
    Grant(fn(&GrantFacts<'_>, &mut Findings<'_>)),
    /// The whole policy at once.
    Policy(fn(&PolicyContext<'_>, &mut Findings<'_>)),
}

/// What rules are about; each is a folder of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Whose token it is.
    Identity,
    /// What the token was made for.
    Audience,
    /// Which workflow, environment and machine it comes from.
    Workflow,
    /// What started the run.
    Event,
    /// Where tokens come from.
    Provider,
    /// What is granted.
    Grants,
    /// How long it holds.
    Lifetime,
}

impl Family {
    /// Every family, in the order of the documentation.
    pub const ALL: [Self; 7] =
        [Self::Identity, Self::Workflow, Self::Event, Self::Audience, Self::Provider, Self::Grants, Self::Lifetime];

    /// The word for it, also the name of its folder.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Audience => "audience",
            Self::Workflow => "workflow",
            Self::Event => "event",
            Self::Provider => "provider",
            Self::Grants => "grants",
            Self::Lifetime => "lifetime",
        }
    }

    /// What its rules are about.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Identity => "whose token it is",
            Self::Audience => "what the token was made for",
            Self::Workflow => "which workflow, environment and machine it comes from",
            Self::Event => "what started the run",
            Self::Provider => "where tokens come from",
            Self::Grants => "what is granted",
            Self::Lifetime => "how long it holds",
        }
    }
}

/// A trust file in a rule's documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Whether the rule finds something in it.
    pub bad: bool,
    /// The trust file.
    pub text: String,
}

/// The headings of a rule's documentation, in their order.
pub const HEADINGS: [&str; 7] = [
    "What it finds",
    "Why it is dangerous",
    "Who can use it",
    "Example (bad)",
    "Use instead (good)",
    "Exceptions",
    "Sources",
];

impl Rule {
    /// What the rule means, as Markdown: a title, its facts and the fixed headings.
    pub fn documentation(&self) -> String {
        format!(
            "# `{}`\n\n{}.\n\n*{}* · {} · {} · since {}\n\n{}\n",
            self.name,
            capitalised(self.summary),
            self.severity,
            self.known,
            self.family.word(),
            self.since,
            self.body().trim()
        )
    }

    /// The trust files of its documentation.
    pub fn examples(&self) -> Vec<Example> {
        let (mut examples, mut heading, mut block) = (Vec::new(), String::new(), None::<String>);
        for line in self.body().lines() {
            match (&mut block, line.strip_prefix("## ")) {
                (Some(text), _) if line == "```" => {
                    examples.push(Example { bad: heading.ends_with("(bad)"), text: std::mem::take(text) });
                    block = None;
                }
                (Some(text), _) => {
                    text.push_str(line);
                    text.push('\n');
                }
                (None, Some(title)) => title.clone_into(&mut heading),
                (None, None) if line == "```yaml" => block = Some(String::new()),
                (None, None) => {}
            }
        }
        examples
    }

    /// The doc comment without the space that stands before every line of one.
    fn body(&self) -> String {
        self.docs.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Declares the rule of a file as `RULE`. The doc comment is its documentation.
macro_rules! declare_rule {
    (
        $(#[doc = $doc:literal])*
        $name:literal {
            family: $family:ident,
            severity: $severity:ident,
            known: $known:ident,
            since: $since:literal,
            summary: $summary:literal,
            check: $check:ident($function:expr),
        }
    ) => {
        $(#[doc = $doc])*
        pub(crate) static RULE: crate::Rule = crate::Rule {
            name: $name,
            family: crate::Family::$family,
            severity: trustctl_diag::Severity::$severity,
            known: crate::Known::$known,
            since: $since,
            summary: $summary,
            docs: concat!($($doc, "\n"),*),
            check: crate::rule::Check::$check($function),
        };
    };
}
pub(crate) use declare_rule;
