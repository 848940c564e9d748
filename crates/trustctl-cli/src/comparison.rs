//! What `trustctl diff` found out: the one value that every format writes.

use std::sync::Arc;

use trustctl_analysis::{Adversary, Answer, Change};
use trustctl_diag::Sources;
use trustctl_policy::{Grant, Policy};

use crate::access::{doing, same_table};
use crate::refusal::Refusal;
use crate::words::adversary;

/// Two sides, and what the one lets in that the other does not.
#[derive(Debug)]
pub(crate) struct Comparison {
    /// What was.
    pub(crate) base: Side,
    /// What is to be.
    pub(crate) head: Side,
    /// What HEAD lets in and BASE does not, in the order of HEAD.
    pub(crate) allowed: Vec<Changed>,
    /// What BASE lets in and HEAD does not, in the order of BASE.
    pub(crate) denied: Vec<Changed>,
    /// What has to be known to read it, a sentence each.
    pub(crate) notes: Vec<String>,
    /// The time from which on they were compared, in seconds since 1970.
    pub(crate) at: i64,
    /// The time the command ran.
    pub(crate) now: i64,
}

/// One of the two.
#[derive(Debug)]
pub(crate) struct Side {
    /// As it was given.
    pub(crate) given: String,
    /// Its policies; none where there is no trust file.
    pub(crate) policies: Vec<SidePolicy>,
    /// Its trust files.
    pub(crate) sources: Sources,
}

/// A policy of a side.
#[derive(Debug)]
pub(crate) struct SidePolicy {
    /// Its root file as the user knows it.
    pub(crate) name: String,
    /// The same from the side's own folder; empty where the side is that file.
    pub(crate) below: String,
    /// What it says.
    pub(crate) policy: Arc<Policy>,
}

/// A grant that lets in what the other side does not.
#[derive(Debug)]
pub(crate) struct Changed {
    /// Which of its side's policies it is of.
    pub(crate) policy: usize,
    /// What.
    pub(crate) change: Change,
    /// Why the other side refuses the token, where there is one.
    pub(crate) refusal: Option<Refusal>,
}

/// What it comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The same tokens get in.
    Same,
    /// Others get in.
    Widened,
    /// It could not be decided whether others get in.
    PerhapsWidened,
    /// Nobody gets in who did not, and somebody no longer.
    Narrowed,
}

impl Outcome {
    /// In words.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Same => "nothing changed",
            Self::Widened => "access widens",
            Self::PerhapsWidened => "access may widen",
            Self::Narrowed => "access narrows",
        }
    }
}

impl Comparison {
    /// What it comes to. Whatever could not be decided counts as a change.
    pub(crate) fn outcome(&self) -> Outcome {
        let is_sure = |changed: &Changed| matches!(changed.change.answer, Answer::Yes(_));
        match (self.allowed.is_empty(), self.denied.is_empty()) {
            (true, true) => Outcome::Same,
            (true, false) => Outcome::Narrowed,
            (false, _) if self.allowed.iter().any(is_sure) => Outcome::Widened,
            (false, _) => Outcome::PerhapsWidened,
        }
    }
}

impl Side {
    /// The policy that a change is of.
    pub(crate) fn policy(&self, changed: &Changed) -> Option<&Policy> {
        self.policies.get(changed.policy).map(|of| of.policy.as_ref())
    }

    /// The grant that a change is of.
    pub(crate) fn granted(&self, changed: &Changed) -> Option<(&Policy, &Grant)> {
        let policy = self.policy(changed)?;
        Some((policy, policy.grant(changed.change.grant)?))
    }

    /// Changes, rows of one table that changed alike in one.
    pub(crate) fn folded<'c>(&self, all: &'c [Changed]) -> Vec<Folded<'c>> {
        let mut folded: Vec<Folded<'c>> = Vec::new();
        for changed in all {
            let same = folded.last_mut().filter(|last| self.alike(last.first, changed));
            match same {
                Some(last) => last.more += 1,
                None => folded.push(Folded { first: changed, more: 0 }),
            }
        }
        folded
    }

    fn alike(&self, one: &Changed, other: &Changed) -> bool {
        let who = |changed: &Changed| match &changed.change.answer {
            Answer::Yes(witness) => Some(witness.adversary),
            _ => None,
        };
        let clauses = |changed: &Changed| changed.refusal.as_ref().map(|refusal| refusal.clauses.clone());
        let is_of_table =
            self.policy(one).is_some_and(|policy| same_table(policy, one.change.grant, other.change.grant));
        one.policy == other.policy
            && is_of_table
            && one.change.actions == other.change.actions
            && one.change.from == other.change.from
            && who(one) == who(other)
            && clauses(one) == clauses(other)
    }
}

/// Which of the two directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// What HEAD lets in beyond BASE.
    Allowed,
    /// What BASE lets in beyond HEAD.
    Denied,
}

impl Way {
    /// Its changes, and the side that they are of.
    pub(crate) fn of(self, comparison: &Comparison) -> (&Side, &[Changed]) {
        match self {
            Self::Allowed => (&comparison.head, &comparison.allowed),
            Self::Denied => (&comparison.base, &comparison.denied),
        }
    }

    /// `newly allowed`.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Allowed => "newly allowed",
            Self::Denied => "no longer allowed",
        }
    }

    /// Whose token it is, in a sentence without names.
    pub(crate) fn who(self, who: Adversary) -> String {
        match (who, self) {
            (Adversary::Named, Self::Allowed) => "only whom the grant names gets in, with such a token".to_owned(),
            (Adversary::Named, Self::Denied) => "whom the grant named no longer gets in, with such a token".to_owned(),
            (who, Self::Allowed) => format!("{} gets in: {}", adversary(who), who.about()),
            (who, Self::Denied) => format!("{} no longer gets in: {}", adversary(who), who.about()),
        }
    }

    /// What the other side has to do with it: a word, and the verb for what its grant asks.
    pub(crate) const fn other(self) -> (&'static str, &'static str) {
        match self {
            Self::Allowed => ("before:", "asked for"),
            Self::Denied => ("now:", "asks for"),
        }
    }
}

/// A change, and those of its table that are like it.
#[derive(Debug)]
pub(crate) struct Folded<'c> {
    /// The first of them.
    pub(crate) first: &'c Changed,
    /// How many more there are.
    pub(crate) more: usize,
}

/// Names of a change that are listed.
const MOST_NAMES: usize = 6;

impl Folded<'_> {
    /// What is granted, `quote` marking what comes from the file: `publish @acme/widgets at npm`.
    pub(crate) fn what(&self, side: &Side, quote: &dyn Fn(&str) -> String) -> String {
        let change = &self.first.change;
        let Some((policy, grant)) = side.granted(self.first) else { return String::new() };
        let registry = policy.registry(grant.registry).map_or("", |registry| registry.name.as_str());
        let doing = if change.actions.is_empty() { doing(policy, grant) } else { change.actions.join(", ") };
        let names: Vec<String> = change.names.iter().take(MOST_NAMES).map(|name| quote(name)).collect();
        let mut what = format!("{doing} {}", names.join(", "));
        for (more, of) in [(change.names.len().saturating_sub(MOST_NAMES), ""), (self.more, " row")] {
            let s = if more == 1 || of.is_empty() { "" } else { "s" };
            if more > 0 {
                what.push_str(&format!(" and {more} more{of}{s}"));
            }
        }
        format!("{what} at {}", quote(registry))
    }

    /// `FILE:LINE` of the grant.
    pub(crate) fn at(&self, side: &Side) -> String {
        side.granted(self.first).map_or_else(String::new, |(policy, grant)| policy.file_and_line(grant.place))
    }
}
