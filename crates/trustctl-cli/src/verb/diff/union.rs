//! Several policies against several: what one side lets in and the other does not, all its policies together.
//!
//! The engine compares one policy with one. A grant that went from one file to another is found again in the other one: what a
//! policy lets in beyond its counterpart is held against every other policy of that side, and only what none of them lets in
//! is left. Where two of them let it in together and neither alone, it is told as unclear, never as nothing.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use trustctl_analysis::{Answer, Change, Difference, diff};
use trustctl_claims::UnixTime;
use trustctl_eval::Evaluator;
use trustctl_policy::{Grant, Holder, Policy};

use crate::comparison::{Changed, Side, SidePolicy, Way};
use crate::failure::Failure;
use crate::refusal;

/// A policy whose only grant ended long ago: what a side without trust files is.
const NOBODY: &str = "\
trust: 1
registry: { kind: generic, audience: https://nobody.example }
providers: { nobody: { issuer: https://nobody.example, tenants: ours, claims: { sub: string } } }
grants: [{ packages: [nobody], actions: [publish], provider: nobody, when: { sub: nobody }, expires: 1970-01-02 }]
";

/// What is newly allowed, and what no longer is.
pub(super) fn compare(base: &Side, head: &Side, now: i64) -> Result<(Vec<Changed>, Vec<Changed>), Failure> {
    let nobody = trustctl_policy::read_text("nobody", NOBODY).policy;
    let nobody = nobody.ok_or_else(|| Failure::new("a policy that lets nobody in cannot be read"))?;
    let mut compare = Compare {
        base: Policies::of(base),
        head: Policies::of(head),
        nobody: Arc::new(nobody),
        now: UnixTime(now),
        known: BTreeMap::new(),
    };
    let pairs = pairs(base, head);
    let (mut allowed, mut denied) = (Vec::new(), Vec::new());
    for at in 0..head.policies.len() {
        let counterpart = pairs.iter().find(|pair| pair.1 == at).map(|pair| pair.0);
        allowed.extend(compare.beyond(Way::Allowed, at, counterpart));
    }
    for at in 0..base.policies.len() {
        let counterpart = pairs.iter().find(|pair| pair.0 == at).map(|pair| pair.1);
        denied.extend(compare.beyond(Way::Denied, at, counterpart));
    }
    Ok((allowed, denied))
}

/// Policies that probably are the same one: of the same name, or the only ones left.
pub(super) fn pairs(base: &Side, head: &Side) -> Vec<(usize, usize)> {
    let of_name = |(at, policy): (usize, &SidePolicy)| {
        let same = head.policies.iter().position(|other| other.below == policy.below);
        same.map(|other| (at, other))
    };
    let mut pairs: Vec<(usize, usize)> = base.policies.iter().enumerate().filter_map(of_name).collect();
    let mut one = (0..base.policies.len()).filter(|at| pairs.iter().all(|pair| pair.0 != *at));
    let mut other = (0..head.policies.len()).filter(|at| pairs.iter().all(|pair| pair.1 != *at));
    if let ((Some(one), None), (Some(other), None)) = ((one.next(), one.next()), (other.next(), other.next())) {
        pairs.push((one, other));
    }
    pairs
}

struct Compare {
    base: Policies,
    head: Policies,
    nobody: Arc<Policy>,
    now: UnixTime,
    /// By place in BASE and in HEAD; nothing stands for nobody.
    known: BTreeMap<(Option<usize>, Option<usize>), Difference>,
}

impl Compare {
    /// What a policy lets in that none of the other side's does.
    fn beyond(&mut self, way: Way, own: usize, counterpart: Option<usize>) -> Vec<Changed> {
        let changes = self.changes(way, own, counterpart).to_vec();
        changes.into_iter().filter_map(|change| self.left(way, own, counterpart, change)).collect()
    }

    /// What is left of a change once all of the other side's policies are asked.
    fn left(&mut self, way: Way, own: usize, counterpart: Option<usize>, mut change: Change) -> Option<Changed> {
        let others: Vec<usize> = (0..self.theirs(way).all.len()).filter(|at| Some(*at) != counterpart).collect();
        let mut witnesses = vec![change.answer.clone()];
        for other in others {
            if !self.theirs(way).may_hold(other, self.ours(way).policy(own)?, &change) {
                continue;
            }
            let beyond: Vec<Change> =
                self.changes(way, own, Some(other)).iter().filter(|it| it.grant == change.grant).cloned().collect();
            change = narrowed(change, &beyond)?;
            witnesses.extend(beyond.into_iter().map(|beyond| beyond.answer));
        }
        let theirs = self.theirs(way).evaluators();
        let refused = |answer: &Answer| match answer {
            Answer::Yes(witness) => {
                change.from.is_none_or(|from| witness.at >= from) && refusal::refuse(&theirs, witness)
            }
            _ => false,
        };
        let is_yes = |answer: &Answer| matches!(answer, Answer::Yes(_));
        change.answer = match witnesses.iter().find(|answer| refused(answer)) {
            Some(answer) => answer.clone(),
            None if is_yes(&change.answer) => {
                Answer::Unknown("every token that was found gets in by another trust file of the other side".to_owned())
            }
            None => change.answer,
        };
        let refusal = match &change.answer {
            Answer::Yes(witness) => refusal::of(&theirs, witness),
            _ => None,
        };
        Some(Changed { policy: own, change, refusal })
    }

    /// What one policy lets in beyond one other.
    fn changes(&mut self, way: Way, own: usize, other: Option<usize>) -> &[Change] {
        let pair = match way {
            Way::Allowed => (other, Some(own)),
            Way::Denied => (Some(own), other),
        };
        let base = pair.0.and_then(|at| self.base.policy(at)).unwrap_or(&self.nobody);
        let head = pair.1.and_then(|at| self.head.policy(at)).unwrap_or(&self.nobody);
        let found = self.known.entry(pair).or_insert_with(|| diff(base, head, self.now));
        match way {
            Way::Allowed => &found.allowed,
            Way::Denied => &found.denied,
        }
    }

    fn ours(&self, way: Way) -> &Policies {
        if way == Way::Allowed { &self.head } else { &self.base }
    }

    fn theirs(&self, way: Way) -> &Policies {
        if way == Way::Allowed { &self.base } else { &self.head }
    }
}

/// The part of a change that is one beyond another policy too.
fn narrowed(mut change: Change, beyond: &[Change]) -> Option<Change> {
    let shares = |other: &Change| {
        change.actions.is_empty() || change.actions.iter().any(|action| other.actions.contains(action))
    };
    let same: Vec<&Change> = beyond.iter().filter(|other| shares(other)).collect();
    let is_beyond = |name: &String| same.iter().any(|other| other.names.contains(name));
    change.names.retain(is_beyond);
    if change.names.is_empty() {
        return None;
    }
    // It begins when the last of those that let it in has ended; `None` is before any time.
    let begins = same.iter().filter(|other| change.names.iter().any(|name| other.names.contains(name)));
    change.from = change.from.max(begins.map(|other| other.from).min().flatten());
    Some(change)
}

/// The policies of a side.
struct Policies {
    all: Vec<Arc<Policy>>,
    evaluators: OnceCell<Vec<Evaluator>>,
    /// By policy: names by registry.
    names: Vec<OnceCell<HashSet<(String, Holder, String)>>>,
}

impl Policies {
    fn of(side: &Side) -> Self {
        let all: Vec<Arc<Policy>> = side.policies.iter().map(|of| Arc::clone(&of.policy)).collect();
        Self { names: all.iter().map(|_| OnceCell::new()).collect(), all, evaluators: OnceCell::new() }
    }

    fn policy(&self, at: usize) -> Option<&Arc<Policy>> {
        self.all.get(at)
    }

    fn evaluators(&self) -> Vec<&Evaluator> {
        let all = self.evaluators.get_or_init(|| self.all.iter().map(|it| Evaluator::new(Arc::clone(it))).collect());
        all.iter().collect()
    }

    /// Whether the policy has grants for one of the names.
    fn may_hold(&self, at: usize, of: &Policy, change: &Change) -> bool {
        let (Some(policy), Some(names), Some(grant)) = (self.all.get(at), self.names.get(at), of.grant(change.grant))
        else {
            return false;
        };
        let registry = of.registry(grant.registry).map_or("", |registry| registry.name.as_str());
        let names = names.get_or_init(|| {
            let of_grant = |grant: &Grant| {
                let registry = policy.registry(grant.registry).map_or("", |registry| registry.name.as_str());
                let holder = grant.holder;
                let names = policy.names(grant);
                names.map(|name| (registry.to_owned(), holder, name.to_owned())).collect::<Vec<_>>()
            };
            policy.grants().flat_map(|(_, grant)| of_grant(grant)).collect()
        });
        change.names.iter().any(|name| names.contains(&(registry.to_owned(), grant.holder, name.clone())))
    }
}
