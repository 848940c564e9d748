//! What a policy accepts: lint rules, findings and witnesses.
//!
//! [`lint`] walks resolved policies and reports [`Finding`]s, each with the place, what could happen, what to write
//! and, where somebody gets in, a [`Witness`]: a whole token that the evaluator was shown and let in. A
//! rule is one file, `rules/<family>/<rule>.rs`, with its documentation, its facts and its check. [`who()`]
//! and [`diff()`] ask the prover (`reach`): it puts a grant's conditions into the catalogue's model of the provider's tokens and
//! solves that exactly, so that a yes is a whole token and a no is a proof. The linter's witnesses come from it as well.

mod diff;
pub mod docs;
mod facts;
mod finding;
mod lint;
mod reach;
mod rule;
mod rules;
mod who;
mod witness;

pub use diff::{Change, Difference, Way, diff};
pub use finding::{Finding, Known};
pub use lint::{LintInput, LintOptions, lint};
pub use reach::{Answer, Reach};
pub use rule::{Example, Family, HEADINGS, Rule};
pub use rules::{rule, rules};
pub use who::{GrantReach, who, who_about};
pub use witness::{Adversary, Witness};
