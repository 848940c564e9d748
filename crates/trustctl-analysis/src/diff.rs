//! What one policy lets in that another does not: what `trustctl diff` shows.
//!
//! Each grant of the one is asked, for each of its packages and actions, whether it lets in a token that none of the other's
//! grants does. Grants that stand in both are recognised by their conditions and never looked at again, so comparing costs
//! what has changed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use trustctl_catalog::Catalogue;
use trustctl_claims::{Claims, UnixTime};
use trustctl_eval::{Request, Target};
use trustctl_policy::{Audience, Grant, GrantId, Holder, Policy};

use crate::LintOptions;
use crate::lint::PolicyContext;
use crate::reach::{Answer, Conditions, Question};
use crate::witness::Witness;

/// What is newly allowed and what no longer is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// By grants of the second policy, in their order.
    pub allowed: Vec<Change>,
    /// By grants of the first policy, in their order.
    pub denied: Vec<Change>,
}

/// A grant that lets in what the other policy does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The grant, of the policy that lets it in.
    pub grant: GrantId,
    /// The packages or accounts for which it is so, sorted.
    pub names: Vec<String>,
    /// The actions for which it is so; none for accounts.
    pub actions: Vec<String>,
    /// Set where it is so only from then on, when a grant of the other policy has ended.
    pub from: Option<UnixTime>,
    /// A token that shows it ([`Answer::Yes`]), or why it could not be decided.
    pub answer: Answer,
}

/// Which way access changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Nothing is allowed that was not, and nothing denied.
    Same,
    /// Something is newly allowed.
    Widened,
    /// Nothing is newly allowed, and something no longer.
    Narrowed,
}

impl Difference {
    /// Which way access changed. What could not be decided counts as changed.
    pub fn way(&self) -> Way {
        match (self.allowed.is_empty(), self.denied.is_empty()) {
            (false, _) => Way::Widened,
            (true, false) => Way::Narrowed,
            (true, true) => Way::Same,
        }
    }
}

/// What `head` lets in that `base` does not, and the other way round, from `now` on.
pub fn diff(base: &Arc<Policy>, head: &Arc<Policy>, now: UnixTime) -> Difference {
    let (base, head) = (Side::new(base, now), Side::new(head, now));
    Difference { allowed: head.beyond(&base), denied: base.beyond(&head) }
}

/// One of the two policies.
struct Side<'a> {
    cx: PolicyContext<'a>,
    /// Grants by registry, holder and name.
    by_name: HashMap<(&'a str, Holder, &'a str), Vec<GrantId>>,
    /// By grant: everything that decides whose token it takes, as text.
    prints: Vec<String>,
}

impl<'a> Side<'a> {
    fn new(policy: &'a Arc<Policy>, now: UnixTime) -> Self {
        let cx = PolicyContext::new(policy, Catalogue::bundled().ok(), now, LintOptions::default());
        let mut by_name: HashMap<_, Vec<GrantId>> = HashMap::new();
        for (id, grant) in policy.grants() {
            let Some(registry) = policy.registry(grant.registry) else { continue };
            for name in policy.names(grant) {
                by_name.entry((registry.name.as_str(), grant.holder, name)).or_default().push(id);
            }
        }
        let prints = policy.grants().map(|(id, grant)| imprint(&cx, id, grant)).collect();
        Self { cx, by_name, prints }
    }

    fn imprint(&self, id: GrantId) -> &str {
        self.prints.get(id.0 as usize).map_or("", String::as_str)
    }

    /// The grants that let in what the other side does not.
    fn beyond(&self, other: &Side<'_>) -> Vec<Change> {
        self.cx.policy.grants().flat_map(|(id, grant)| self.grant_beyond(id, grant, other)).collect()
    }

    fn grant_beyond(&self, id: GrantId, grant: &Grant, other: &Side<'_>) -> Vec<Change> {
        let policy = self.cx.policy;
        let Some(registry) = policy.registry(grant.registry) else { return Vec::new() };
        let ends = grant.expires_at().unwrap_or(i64::MAX);
        if ends <= self.cx.now.0 {
            return Vec::new();
        }
        let actions: Vec<Option<&str>> = match grant.holder {
            Holder::Accounts => vec![None],
            Holder::Packages => policy.actions(grant).map(|action| Some(action.name.as_str())).collect(),
        };
        // Names and actions of which the same is asked.
        let mut cells: BTreeMap<Vec<GrantId>, Vec<(&str, Option<&str>)>> = BTreeMap::new();
        for name in policy.names(grant) {
            let others = other.by_name.get(&(registry.name.as_str(), grant.holder, name));
            for &action in &actions {
                let there = |other_id: &GrantId| other.takes(*other_id, action, self.cx.now.0);
                let others: Vec<GrantId> = others.into_iter().flatten().copied().filter(there).collect();
                let is_in_both = others
                    .iter()
                    .any(|theirs| other.imprint(*theirs) == self.imprint(id) && other.ends(*theirs) >= ends);
                if !is_in_both {
                    cells.entry(others).or_default().push((name, action));
                }
            }
        }
        let mut changes: Vec<Change> = Vec::new();
        for (others, cells) in cells {
            // A template makes a package's conditions its own.
            let each = if self.has_templates(grant) || others.iter().any(|id| other.id_has_templates(*id)) {
                cells.iter().map(|cell| vec![*cell]).collect()
            } else {
                vec![cells.clone()]
            };
            for cells in each {
                changes.extend(self.change(id, &others, &cells, other));
            }
        }
        changes
    }

    /// What the grant lets in beyond those of the other side, for cells of which the same is asked.
    fn change(
        &self,
        id: GrantId,
        others: &[GrantId],
        cells: &[(&str, Option<&str>)],
        other: &Side<'_>,
    ) -> Option<Change> {
        let (name, action) = cells.first()?;
        let grant = self.cx.policy.grant(id)?;
        let now = self.cx.now;
        let ends = grant.expires_at().unwrap_or(i64::MAX);
        let mut answer = self.asked_at(id, others, (name, *action), other, now);
        let mut from = None;
        if answer == Some(Answer::No) {
            // Later there may be fewer of the others, and never more: the last moment shows the most.
            let mut moments: Vec<i64> = others.iter().map(|id| other.ends(*id)).filter(|at| *at < ends).collect();
            moments.sort_unstable();
            moments.dedup();
            let at = |at: i64| self.asked_at(id, others, (name, *action), other, UnixTime(at));
            let first =
                moments.iter().map(|moment| (*moment, at(*moment))).find(|(_, answer)| *answer != Some(Answer::No));
            if let Some((moment, later)) = first {
                from = Some(UnixTime(moment));
                answer = later;
            }
        }
        let answer = answer.filter(|answer| *answer != Answer::No)?;
        let mut names: Vec<String> = cells.iter().map(|(name, _)| (*name).to_owned()).collect();
        let mut actions: Vec<String> = cells.iter().filter_map(|(_, action)| action.map(str::to_owned)).collect();
        for list in [&mut names, &mut actions] {
            list.sort();
            list.dedup();
        }
        Some(Change { grant: id, names, actions, from, answer })
    }

    /// The same at one moment.
    fn asked_at(
        &self,
        id: GrantId,
        others: &[GrantId],
        (name, action): (&str, Option<&str>),
        other: &Side<'_>,
        at: UnixTime,
    ) -> Option<Answer> {
        let facts = self.cx.facts(id)?;
        let mut question = Question::about(&facts, name)?;
        let grant = self.cx.policy.grant(id)?;
        let mut conditions: Vec<Conditions> = Vec::new();
        for other_id in others.iter().filter(|id| other.ends(**id) > at.0) {
            let theirs = other.cx.policy.grant(*other_id)?;
            if source(&self.cx, grant) != source(&other.cx, theirs) {
                continue;
            }
            let facts = other.cx.facts(*other_id)?;
            let theirs = Question::about(&facts, name)?;
            question.learn(&theirs);
            conditions.push(theirs.conditions());
        }
        let registry = self.cx.policy.registry(grant.registry)?.name.as_str();
        let wanted = question.wanted_mut();
        wanted.action = action.map(str::to_owned);
        wanted.at = at;
        let refuses = |witness: &Witness| {
            let Ok(claims) = Claims::parse(&witness.claims) else { return false };
            let target = match action {
                Some(action) => Target::Package { name, version: witness.version.as_deref(), action },
                None => Target::Account { name },
            };
            !other.cx.evaluator().evaluate(&claims, &Request { registry, target }, at).is_allow()
        };
        Some(question.beyond(&conditions, &refuses))
    }

    /// Whether the grant is there at that time and holds the action.
    fn takes(&self, id: GrantId, action: Option<&str>, now: i64) -> bool {
        let Some(grant) = self.cx.policy.grant(id) else { return false };
        let has = |action: &str| self.cx.policy.actions(grant).any(|own| own.name == action);
        self.ends(id) > now && action.is_none_or(has)
    }

    fn ends(&self, id: GrantId) -> i64 {
        self.cx.policy.grant(id).and_then(Grant::expires_at).unwrap_or(i64::MAX)
    }

    fn has_templates(&self, grant: &Grant) -> bool {
        let policy = self.cx.policy;
        policy
            .conditions(grant)
            .filter_map(|(_, condition)| policy.matcher(condition.matcher))
            .any(crate::facts::has_template)
    }

    fn id_has_templates(&self, id: GrantId) -> bool {
        self.cx.policy.grant(id).is_some_and(|grant| self.has_templates(grant))
    }
}

/// Where the grant's tokens come from and whom they are made for.
fn source<'p>(cx: &PolicyContext<'p>, grant: &Grant) -> Option<(&'p str, &'p str, Option<&'p Audience>)> {
    let policy = cx.policy;
    let provider = policy.provider(grant.provider)?;
    let issuer = policy.issuer(provider.issuer)?;
    Some((provider.kind.as_str(), issuer.text.as_str(), policy.audience(grant.registry, grant.provider)))
}

/// Everything that decides whose token the grant takes.
fn imprint(cx: &PolicyContext<'_>, id: GrantId, grant: &Grant) -> String {
    let conditions = cx.facts(id).map(|facts| crate::reach::imprint_of(&facts)).unwrap_or_default();
    format!("{:?} {conditions}", source(cx, grant))
}
