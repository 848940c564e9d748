//! Why the other side of a comparison refuses a token that this side lets in.

use trustctl_analysis::Witness;
use trustctl_claims::Claims;
use trustctl_eval::{Decision, DenyReason, Evaluator, GrantTrace, Line, Request, Shown, Status, Target, What};

/// Conditions that are told.
const MOST_SAID: usize = 3;

/// What the nearest grant asks for and the token lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The grant's `FILE:LINE`; `None` where there is none that could.
    pub(crate) at: Option<String>,
    /// What is missing.
    pub(crate) clauses: Vec<Clause>,
    /// How many more there are.
    pub(crate) more: usize,
}

/// One thing that a token lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Clause {
    /// A condition, as a trust file says it, and what the token has.
    Asks(String, Found),
    /// Words, and a value behind them.
    Says(&'static str, Option<String>),
}

/// What a token has in the place of what is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing.
    Nothing,
    /// A value.
    Value(String),
    /// A value of another type.
    OtherType(String),
}

impl Refusal {
    fn of(clause: Clause) -> Self {
        Self { at: None, clauses: vec![clause], more: 0 }
    }

    /// In words; `quote` marks what comes from files and tokens.
    pub(crate) fn words(&self, asks: &str, quote: &dyn Fn(&str) -> String) -> String {
        let mut clauses: Vec<String> = self.clauses.iter().map(|clause| clause.words(asks, quote)).collect();
        if self.more > 0 {
            clauses.push(format!("{} more", self.more));
        }
        let clauses = clauses.join("; ");
        match &self.at {
            Some(at) => format!("{} {clauses}", quote(at)),
            None => clauses,
        }
    }
}

impl Clause {
    fn words(&self, asks: &str, quote: &dyn Fn(&str) -> String) -> String {
        match self {
            Self::Asks(condition, Found::Nothing) => format!("{asks} {}, the token has none", quote(condition)),
            Self::Asks(condition, Found::Value(found)) => {
                format!("{asks} {}, the token says {}", quote(condition), quote(found))
            }
            Self::Asks(condition, Found::OtherType(found)) => {
                format!("{asks} {}, the token has {} of another type", quote(condition), quote(found))
            }
            Self::Says(words, Some(value)) => format!("{words} {}", quote(value)),
            Self::Says(words, None) => (*words).to_owned(),
        }
    }
}

/// What a policy says of a witness.
fn decide<'a>(evaluator: &'a Evaluator, claims: &'a Claims<'_>, witness: &'a Witness) -> Decision<'a> {
    let name = witness.resource.as_str();
    let target = match &witness.action {
        Some(action) => Target::Package { name, version: witness.version.as_deref(), action },
        None => Target::Account { name },
    };
    evaluator.evaluate(claims, &Request { registry: &witness.registry, target }, witness.at)
}

/// Why those policies refuse the witness: the one that comes nearest to taking it says most.
pub(crate) fn of(others: &[&Evaluator], witness: &Witness) -> Option<Refusal> {
    let claims = Claims::parse(&witness.claims).ok()?;
    let decisions: Vec<Decision<'_>> = others.iter().map(|other| decide(other, &claims, witness)).collect();
    let nearest = decisions.iter().max_by_key(|decision| decision.reason().cloned());
    let Some(decision) = nearest else {
        return Some(Refusal::of(Clause::Says("no trust file", None)));
    };
    // Where no grant is for it, looking for names that come near would take long and say nothing.
    match decision.reason()? {
        DenyReason::UnknownIssuer | DenyReason::NoGrant | DenyReason::UnknownAction | DenyReason::UnknownRegistry => {
            Some(Refusal::of(Clause::Says("no grant for such tokens and", Some(witness.resource.clone()))))
        }
        reason => {
            let trace = decision.trace();
            let Some(grant) = trace.grants.first() else {
                return Some(Refusal::of(Clause::Says(reason.about(), None)));
            };
            let failed: Vec<&Line> = grant.failed().collect();
            Some(Refusal {
                at: Some(grant.at.clone()),
                clauses: failed.iter().take(MOST_SAID).map(|line| clause(line, grant)).collect(),
                more: failed.len().saturating_sub(MOST_SAID),
            })
        }
    }
}

/// What is asked and what the token has.
fn clause(line: &Line, grant: &GrantTrace) -> Clause {
    let found = || match (line.status, &line.found) {
        (Status::Missing, _) | (_, Shown::Absent) => Found::Nothing,
        (Status::WrongType, Shown::Value(value)) => Found::OtherType(value.clone()),
        (_, Shown::Value(value)) => Found::Value(value.clone()),
    };
    match line.what {
        What::Action => Clause::Says("does not allow to", Some(line.found.to_string())),
        What::Expiry => Clause::Says("takes tokens only", Some(line.expected.clone())),
        What::Version => Clause::Says("has templates that bind different versions:", Some(line.found.to_string())),
        What::Issuer => Clause::Says("takes the tokens of", Some(grant.provider.clone())),
        What::Audience => Clause::Asks(format!("audience: {}", line.expected), found()),
        What::Condition { .. } => Clause::Asks(format!("{}: {}", line.claim, line.expected), found()),
    }
}

/// Whether every one of them refuses the witness.
pub(crate) fn refuse(others: &[&Evaluator], witness: &Witness) -> bool {
    let Ok(claims) = Claims::parse(&witness.claims) else { return false };
    others.iter().all(|other| !decide(other, &claims, witness).is_allow())
}
