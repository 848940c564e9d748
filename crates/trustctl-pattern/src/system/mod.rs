//! Texts put together of shared parts: is there a value for each part so that all texts are as asked?
//!
//! A token's claims are such texts: `repository` is OWNER/NAME and `sub` is `repo:OWNER/NAME:ref:REF` of the same
//! owner, name and ref. A [`System`] has variables, each with the language of its values, and parts, each a template over
//! the variables with the language that its text must be in. The answer is exact: an assignment, a proof that there is
//! none, or the limit that was met.
//!
//! How: values that follow are filled in first (`narrow`); what is left falls apart into groups of variables that share no
//! text; a group is decided by walking the automata of all its texts at once (`walk`).

mod narrow;
mod readings;
mod walk;

use std::sync::Arc;

use crate::{Language, Limit};

use narrow::Narrowed;
pub use readings::readings;

/// A free part of texts.
#[derive(Debug, Clone)]
pub struct Variable {
    /// The values that it can have.
    pub language: Language,
    /// Values to take where they are possible, the best first.
    pub preferred: Arc<[String]>,
}

/// One stretch of a [`SystemPart`]'s template.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// This text, printable ASCII.
    Text(String),
    /// The value of the variable with this index.
    Variable(usize),
}

/// A text of which something is asked.
#[derive(Debug, Clone)]
pub struct SystemPart {
    /// What it is put together of. A variable may stand in it more than once.
    pub template: Vec<Piece>,
    /// What it must be.
    pub language: Language,
}

/// Variables, and texts over them.
///
/// ```
/// use trustctl_pattern::{Language, Pattern, Piece, System, SystemPart, Variable};
///
/// let name = Variable { language: Pattern::regex("[a-z-]+")?.language(), preferred: ["evil".into()].into() };
/// let repository = vec![Piece::Variable(0), Piece::Text("/".into()), Piece::Variable(1)];
/// let asked = Pattern::regex("acme.*/app")?.language();
/// let stranger = asked.difference(&Pattern::regex("acme/.*")?.language());
/// let system = System {
///     variables: vec![name.clone(), name],
///     parts: vec![SystemPart { template: repository, language: stranger }],
/// };
/// assert_eq!(system.solve(), Ok(Some(vec!["acmea".to_owned(), "app".to_owned()])));
/// # Ok::<(), trustctl_pattern::PatternError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct System {
    /// The variables.
    pub variables: Vec<Variable>,
    /// What is asked of texts over them.
    pub parts: Vec<SystemPart>,
}

impl System {
    /// Values for all variables with which every text is as asked; `None` where there are none, which is a proof.
    ///
    /// Of several answers it is the one that takes the most preferred values, asked for in the order of the variables;
    /// where none of those is possible, the shortest, then the first in the order letters, digits, punctuation. The same
    /// system has the same answer.
    ///
    /// # Errors
    ///
    /// The limit that the search met.
    pub fn solve(&self) -> Result<Option<Vec<String>>, Limit> {
        let Some(mut work) = Narrowed::new(self) else { return Ok(None) };
        if !work.choose_alone(&self.variables)? {
            return Ok(None);
        }
        for group in work.groups() {
            match self.solve_group(&work, &group)? {
                Some(solved) => work = solved,
                None => return Ok(None),
            }
        }
        Ok(work.values().filter(|values| self.holds(values)))
    }

    /// Whether there may be a solution; false where literals alone say that there is none.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        Narrowed::new(self).is_some()
    }

    /// Whether the values, one for each variable, are a solution: by plain comparison.
    #[must_use]
    pub fn holds(&self, values: &[String]) -> bool {
        let is_its = |(variable, value): (&Variable, &String)| variable.language.contains(value);
        values.len() == self.variables.len()
            && self.variables.iter().zip(values).all(is_its)
            && self.parts.iter().all(|part| part.text(values).is_some_and(|text| part.language.contains(&text)))
    }

    /// Values for the variables of one group, which share no text with the others.
    fn solve_group<'s>(&self, work: &Narrowed<'s>, group: &[usize]) -> Result<Option<Narrowed<'s>>, Limit> {
        let mut best: Option<Narrowed> = None;
        for &variable in group {
            let words = self.variables.get(variable).map_or(&[][..], |variable| &*variable.preferred);
            for word in words {
                let base = best.as_ref().unwrap_or(work);
                if base.value(variable).is_some() {
                    break;
                }
                let Some(tried) = base.with(variable, word) else { continue };
                if tried.is_settled(group) || walk::least(&tried, group)?.is_some() {
                    best = Some(tried);
                    break;
                }
            }
        }
        let base = best.unwrap_or_else(|| work.clone());
        if base.is_settled(group) {
            return Ok(Some(base));
        }
        let Some(values) = walk::least(&base, group)? else { return Ok(None) };
        Ok(values.iter().try_fold(base, |base, (variable, value)| base.with(*variable, value)))
    }
}

impl SystemPart {
    /// Its text with these values.
    fn text(&self, values: &[String]) -> Option<String> {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => Some(text.clone()),
            Piece::Variable(variable) => values.get(*variable).cloned(),
        };
        self.template.iter().map(piece).collect()
    }
}
