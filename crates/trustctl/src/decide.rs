//! The two ways in: for a verified token, and, under another name and with another answer, for claims that nobody verified.

use trustctl_claims::{Claims, UnixTime};
use trustctl_eval::{Allowed, Decision, DenyReason, Effect, Request, Trace};
use trustctl_token::Verified;

use crate::Policy;

/// Decides a request by a verified token.
///
/// Never fails and never panics; what is unclear is a deny. `now` is the moment of the request: give the same to
/// the verifier.
pub fn decide<'a>(policy: &'a Policy, token: &'a Verified<'_>, request: &Request<'a>, now: UnixTime) -> Decision<'a> {
    policy.evaluator.evaluate(token.claims(), request, now)
}

/// Asks what the decision would be if a verified token had these claims. **Nobody verified them: whoever wrote them
/// could be anybody.**
///
/// For trying out a policy, for tests, for an editor. Never for letting somebody in: what comes out is no
/// [`Decision`] and does not become one.
pub fn simulate<'a>(
    policy: &'a Policy,
    unverified: &'a Claims<'_>,
    request: &Request<'a>,
    now: UnixTime,
) -> Simulation<'a> {
    Simulation { decision: policy.evaluator.evaluate(unverified, request, now) }
}

/// What a decision would be, for claims that nobody verified.
#[derive(Debug, Clone)]
#[must_use]
pub struct Simulation<'a> {
    decision: Decision<'a>,
}

impl<'a> Simulation<'a> {
    /// Always `false`: whatever prints a simulation says so.
    pub const fn verified(&self) -> bool {
        false
    }

    /// What the answer would be.
    pub fn would_be(&self) -> Effect {
        self.decision.effect()
    }

    /// The grants that would allow it.
    pub fn would_be_allowed_by(&self) -> &[Allowed<'a>] {
        self.decision.allowed_by()
    }

    /// Why it would be denied.
    pub fn reason(&self) -> Option<&DenyReason> {
        self.decision.reason()
    }

    /// The whole of it.
    pub fn trace(&self) -> Trace {
        self.decision.trace()
    }
}
