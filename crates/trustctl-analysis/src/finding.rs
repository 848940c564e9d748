//! What the linter has to say.

use std::fmt;

use trustctl_diag::{Diagnostic, Label, Place, Severity};

use crate::Rule;
use crate::facts::GrantFacts;
use crate::reach;
use crate::witness::{Adversary, Witness};

/// One thing that a rule or the reader found.
///
/// The message stands alone on one line and says what could happen; the labels say where; the help says what to
/// write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Name of the rule, or code of the language error.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// How it is known.
    pub known: Known,
    /// What is wrong: lower case, no full stop, the user's text in backticks.
    pub message: String,
    /// Where; the first one is the primary place.
    pub labels: Vec<Label>,
    /// What to write.
    pub help: Option<String>,
    /// Who gets in, confirmed by the evaluator.
    pub witness: Option<Witness>,
}

/// How a finding is known, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Known {
    /// It follows from the policy: a proof, or a witness that the evaluator let in.
    Proved,
    /// It follows from the policy and from what the catalogue says of the provider or the registry.
    Catalogue,
    /// It looks like a mistake.
    Heuristic,
}

impl Finding {
    /// A language error of the reader, as a finding.
    pub fn from_diagnostic(diagnostic: &Diagnostic) -> Self {
        Self {
            rule: diagnostic.code,
            severity: diagnostic.severity,
            known: Known::Proved,
            message: diagnostic.message.clone(),
            labels: diagnostic.labels.clone(),
            help: diagnostic.help.clone(),
            witness: None,
        }
    }

    /// The primary place; `None` only for a finding about no text at all.
    pub fn place(&self) -> Option<Place> {
        self.labels.first().map(|label| label.place)
    }

    /// Puts findings in the order of every output (file, place, rule) and keeps one of those that are the same.
    pub fn sort(findings: &mut Vec<Self>) {
        findings.sort_by(|a, b| (a.place(), a.rule, &a.message).cmp(&(b.place(), b.rule, &b.message)));
        findings.dedup();
    }
}

impl Known {
    /// The word used in every output: `proved`, `catalogue` or `heuristic`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Catalogue => "catalogue",
            Self::Heuristic => "heuristic",
        }
    }

    /// What the word means, in one sentence.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Proved => {
                "it follows from the trust file; where somebody gets in, the evaluator was shown their token and let it in"
            }
            Self::Catalogue => {
                "it follows from the trust file and from what the catalogue says of the provider and the registry"
            }
            Self::Heuristic => "it looks like a mistake; there are good reasons to write it, which the exceptions name",
        }
    }
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A finding in the making; the rule's name, severity and basis are added by whoever runs the rule.
pub(crate) struct Report<'g> {
    place: Place,
    message: String,
    here: String,
    also: Vec<Label>,
    help: Option<String>,
    severity: Option<Severity>,
    witness: Option<Box<dyn FnOnce() -> Option<Witness> + 'g>>,
}

impl<'g> Report<'g> {
    pub(crate) fn at(place: Place, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { place, message, here: String::new(), also: Vec::new(), help: None, severity: None, witness: None }
    }

    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// Text under the primary place.
    pub(crate) fn here(mut self, text: impl Into<String>) -> Self {
        self.here = text.into();
        self
    }

    /// A further place.
    pub(crate) fn also(mut self, place: Place, text: impl Into<String>) -> Self {
        self.also.push(Label { place, text: text.into() });
        self
    }

    /// What to write.
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Another severity than the rule's, for the cases its documentation names.
    pub(crate) fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// A token of the first of these adversaries that can have one, with these values, that the grant lets in: looked for only if
    /// the finding is shown.
    pub(crate) fn lets_in(
        mut self,
        grant: &'g GrantFacts<'_>,
        adversaries: &'static [Adversary],
        values: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let values: Vec<(String, String)> = values.into_iter().collect();
        self.witness = Some(Box::new(move || reach::find(grant, adversaries, &values)));
        self
    }

    pub(crate) fn into_finding(self, rule: &Rule) -> Finding {
        let mut labels = vec![Label { place: self.place, text: self.here }];
        labels.extend(self.also);
        let witness = self.witness.map(|find| find());
        let known = match &witness {
            // Nothing was proved of a token that was looked for and not found.
            Some(None) if rule.known == Known::Proved => Known::Catalogue,
            _ => rule.known,
        };
        Finding {
            rule: rule.name,
            severity: self.severity.unwrap_or(rule.severity),
            known,
            message: self.message,
            labels,
            help: self.help,
            witness: witness.flatten(),
        }
    }
}
