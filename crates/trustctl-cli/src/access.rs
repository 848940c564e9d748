//! What `trustctl who` found out: the one value that every format writes.

use std::sync::Arc;

use trustctl_analysis::{Adversary, Answer, GrantReach, Reach};
use trustctl_diag::Sources;
use trustctl_policy::{ConditionId, Grant, GrantId, Holder, Origin, Policy};

/// Who gets in by the grants of some policies.
#[derive(Debug)]
pub(crate) struct Access {
    /// Every policy with its grants, in the order of their root files.
    pub(crate) policies: Vec<PolicyAccess>,
    /// The package that was asked about; all, if none was.
    pub(crate) package: Option<String>,
    /// A package of the policies whose name is nearly that one, where none has it.
    pub(crate) near: Option<String>,
    /// The time that it is about, in seconds since 1970.
    pub(crate) at: i64,
    /// The time the command ran, to put `at` in words.
    pub(crate) now: i64,
    /// What has to be known of the files, a sentence each.
    pub(crate) notes: Vec<String>,
    /// The trust files.
    pub(crate) sources: Sources,
}

/// One policy's grants.
#[derive(Debug)]
pub(crate) struct PolicyAccess {
    /// Its root file.
    pub(crate) name: String,
    /// The policy; it may be one that does not load for deciding.
    pub(crate) policy: Arc<Policy>,
    /// Its grants, or those for the package that was asked about, in the order of the files.
    pub(crate) grants: Vec<GrantReach>,
}

impl Access {
    /// Every grant that was asked about, with its policy.
    pub(crate) fn grants(&self) -> impl Iterator<Item = (&Policy, &GrantReach)> {
        self.policies.iter().flat_map(|of| of.grants.iter().map(|grant| (of.policy.as_ref(), grant)))
    }
}

/// Where an adversary stands among all, the strongest first.
pub(crate) fn strength(adversary: Adversary) -> usize {
    Adversary::ALL.iter().position(|other| *other == adversary).unwrap_or(Adversary::ALL.len())
}

/// How much a grant lets in, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Openness {
    /// This adversary, and perhaps weaker ones.
    Lets(Adversary),
    /// Nobody for certain, and of somebody it could not be decided.
    Unclear,
    /// Nobody but whom it names.
    Nobody,
}

/// The worst that the answers say; adversaries stand with the strongest first.
pub(crate) fn openness(reach: &[Reach]) -> Openness {
    let lets = reach.iter().find(|reach| matches!(reach.answer, Some(Answer::Yes(_))));
    let unclear = reach.iter().any(|reach| matches!(reach.answer, Some(Answer::Unknown(_))));
    match lets {
        Some(reach) => Openness::Lets(reach.adversary),
        None if unclear => Openness::Unclear,
        None => Openness::Nobody,
    }
}

/// Whether the answers are the same, whatever the tokens that show them.
pub(crate) fn alike(one: &[Reach], other: &[Reach]) -> bool {
    let same = |(one, other): (&Reach, &Reach)| {
        let answers = match (&one.answer, &other.answer) {
            (Some(Answer::Unknown(one)), Some(Answer::Unknown(other))) => one == other,
            (Some(one), Some(other)) => std::mem::discriminant(one) == std::mem::discriminant(other),
            (one, other) => one.is_none() && other.is_none(),
        };
        one.adversary == other.adversary && answers
    };
    one.len() == other.len() && one.iter().zip(other).all(same)
}

/// Whether both are rows of one table of packages.
pub(crate) fn same_table(policy: &Policy, one: GrantId, other: GrantId) -> bool {
    let (Some(one), Some(other)) = (policy.grant(one), policy.grant(other)) else { return false };
    let shared = |grant| -> Vec<ConditionId> {
        let common = policy.conditions(grant).filter(|(_, condition)| condition.origin != Origin::Row);
        common.map(|(id, _)| id).collect()
    };
    let has_own = |grant| policy.conditions(grant).any(|(_, condition)| condition.origin == Origin::Row);
    let frame = |grant: &Grant| (grant.registry, grant.provider, grant.holder, grant.place.file, grant.expires_at());
    let (common, theirs) = (shared(one), shared(other));
    // Conditions that two grants share are stored once for a table, and never for two grants of their own.
    let shares = !common.is_empty() || (has_own(one) && has_own(other));
    one.place != other.place
        && shares
        && common == theirs
        && frame(one) == frame(other)
        && policy.grant_name(one) == policy.grant_name(other)
}

/// The file that the grant stands in, and its line.
pub(crate) fn place<'p>(policy: &'p Policy, grant: &Grant) -> (&'p str, u32) {
    let file = policy.files().iter().find(|file| file.id == grant.place.file);
    file.map_or(("", 1), |file| (file.name.as_str(), file.lines.line(grant.place.span.start)))
}

/// What the grant lets do: `publish`, `act as`.
pub(crate) fn doing(policy: &Policy, grant: &Grant) -> String {
    match grant.holder {
        Holder::Packages => {
            let actions: Vec<&str> = policy.actions(grant).map(|action| action.name.as_str()).collect();
            actions.join(", ")
        }
        Holder::Accounts => "act as".to_owned(),
    }
}
