//! How far a grant is from allowing a token.

use trustctl_policy::{Condition, Grant, Role};

use crate::condition::{Context, Status};
use crate::value::Pieces;

/// How many places [`Nearness`] counts in: the action, the roles, audience and expiry.
const RANKS: usize = 16;

/// Failures by weight, the heaviest first; the smallest is the nearest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Nearness {
    failures: [u16; RANKS],
}

/// What can fail beside a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Action,
    Condition(Role),
    Audience,
    Expiry,
}

impl Nearness {
    pub(crate) fn count(&mut self, weight: Weight) {
        // The order of `Role` is the order of near misses; a match, so that a new role is given its place.
        let at = match weight {
            Weight::Action => 0,
            Weight::Condition(role) => match role {
                Role::Tenant => 1,
                Role::Repository => 2,
                Role::Workflow => 3,
                Role::Ref => 4,
                Role::Environment => 5,
                Role::Event => 6,
                Role::Runner => 7,
                Role::Actor => 8,
                Role::Run => 9,
                Role::Subject => 10,
                Role::Envelope => 11,
                Role::Other => 12,
            },
            Weight::Audience => 13,
            Weight::Expiry => 14,
        };
        if let Some(count) = self.failures.get_mut(at) {
            *count = count.saturating_add(1);
        }
    }

    /// Counts the conditions of a grant that do not hold.
    pub(crate) fn count_conditions(&mut self, context: &Context<'_>, grant: &Grant) {
        let (reader, mut pieces) = (context.reader(grant), Pieces::default());
        for (_, condition) in context.policy.conditions(grant) {
            if context.check(&reader, condition, &mut pieces).status != Status::Pass {
                self.count(Weight::Condition(role(context, grant, condition)));
            }
        }
    }
}

fn role(context: &Context<'_>, grant: &Grant, condition: &Condition) -> Role {
    context.policy.claim(grant, condition).map_or(Role::Other, |claim| claim.role)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(weights: &[Weight]) -> Nearness {
        let mut nearness = Nearness::default();
        for weight in weights {
            nearness.count(*weight);
        }
        nearness
    }

    #[test]
    fn one_wrong_repository_is_further_off_than_three_lesser_things() {
        let repository = of(&[Weight::Condition(Role::Repository)]);
        let lesser = of(&[Weight::Condition(Role::Ref), Weight::Condition(Role::Environment), Weight::Expiry]);
        assert!(lesser < repository);
        assert!(of(&[]) < lesser);
        assert!(of(&[Weight::Condition(Role::Ref)]) < of(&[Weight::Condition(Role::Ref), Weight::Audience]));
    }
}
