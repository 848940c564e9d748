//! Names and versions of a registry.

use std::borrow::Cow;

use trustctl_catalog::{NameRule, NormalForm};
use trustctl_pattern::{Pattern, PatternError};

use crate::known;

/// The grammar and the normal form of a registry's names, compiled.
#[derive(Debug, Clone)]
pub struct NameGrammar {
    pattern: Pattern,
    longest: usize,
    normal_form: NormalForm,
    about: String,
}

/// Why a name is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameProblem {
    /// Not of the grammar.
    Grammar,
    /// Longer than allowed.
    TooLong,
    /// Not in normal form; this is.
    NotNormal(String),
}

impl NameGrammar {
    /// Compiles a catalogue rule.
    ///
    /// # Errors
    ///
    /// The rule's pattern does not compile, which a test of the catalogue rules out for bundled data.
    pub fn new(rule: &NameRule) -> Result<Self, PatternError> {
        Ok(Self {
            pattern: known::pattern(&rule.pattern)?,
            longest: rule.longest,
            normal_form: rule.normal_form,
            about: rule.about.clone(),
        })
    }

    /// Whether `name` is of the grammar and in normal form.
    ///
    /// # Errors
    ///
    /// The first reason why not.
    pub fn check(&self, name: &str) -> Result<(), NameProblem> {
        if name.len() > self.longest {
            return Err(NameProblem::TooLong);
        }
        match self.normal(name) {
            Cow::Owned(normal) if normal != name => {
                if self.pattern.is_match(&normal) {
                    Err(NameProblem::NotNormal(normal))
                } else {
                    Err(NameProblem::Grammar)
                }
            }
            _ if self.pattern.is_match(name) => Ok(()),
            _ => Err(NameProblem::Grammar),
        }
    }

    /// `name` in normal form, whether or not it is of the grammar; borrowed where it cannot change.
    pub fn normal<'n>(&self, name: &'n str) -> Cow<'n, str> {
        let unchanged = match self.normal_form {
            NormalForm::Exact => true,
            NormalForm::Lower => !name.bytes().any(|b| b.is_ascii_uppercase()),
            NormalForm::Pep503 => {
                !name.bytes().any(|b| b.is_ascii_uppercase() || b == b'_' || b == b'.') && !name.contains("--")
            }
        };
        if unchanged { Cow::Borrowed(name) } else { Cow::Owned(self.normal_form.apply(name)) }
    }

    /// The language of names in normal form.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// Longest name in bytes.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// The grammar in words.
    pub fn about(&self) -> &str {
        &self.about
    }
}
