//! Who can get in: a grant against everybody who could hold a token, decided.
//!
//! The provider's model says which tokens there are; the grant's conditions are put into it as a system of texts, one for
//! each shape of token and each adversary, which `trustctl-pattern` solves exactly. A solution is a whole token: it is checked
//! against the adversary by plain comparison and handed to the evaluator before anybody sees it. No solution in any shape is a
//! proof for the model.

mod asked;
mod bound;
mod customised;
mod named;
mod question;
mod shape;
mod subtract;
mod system;
mod token;

use trustctl_catalog::Tenants;

use crate::facts::GrantFacts;
use crate::witness::{Adversary, Witness};

pub(crate) use asked::{imprint_of, meets};
pub(crate) use question::Question;
pub(crate) use subtract::Conditions;

/// Whether an adversary can satisfy a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// They can, with this token, which the evaluator let in.
    Yes(Box<Witness>),
    /// No token of theirs that the model generates gets in: a proof.
    No,
    /// It could not be decided, for this reason. Treat it as a yes.
    Unknown(String),
}

/// One adversary's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Who.
    pub adversary: Adversary,
    /// Whether they get in; `None` where a stronger adversary already does, so that nobody need ask.
    pub answer: Option<Answer>,
}

/// A token with these values that the grant lets in, of the first of the adversaries that can have one.
pub(crate) fn find(grant: &GrantFacts<'_>, adversaries: &[Adversary], values: &[(String, String)]) -> Option<Witness> {
    let question = Question::with(grant, values)?;
    adversaries.iter().find_map(|adversary| match question.one(*adversary)? {
        Answer::Yes(witness) => Some(*witness),
        Answer::No | Answer::Unknown(_) => None,
    })
}

/// Whether strangers have tokens of the grant's issuer.
fn tenants(grant: &GrantFacts<'_>) -> Tenants {
    grant.provider.provider.tenants
}
