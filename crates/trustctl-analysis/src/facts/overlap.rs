//! Which grants are of no use beside another, as far as comparing conditions one by one shows.
//!
//! Grants are compared only with those of the same registry, provider and name, so the work does not grow with
//! the number of packages.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use trustctl_diag::Place;
use trustctl_policy::{Grant, GrantId, Matcher, Policy};

use super::GrantFacts;
use crate::lint::PolicyContext;

/// Grants for one name that are compared with each other.
pub(crate) const MOST_GRANTS: usize = 100;

/// How a grant stands to a wider one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// Both let the same tokens do the same.
    Same,
    /// Whatever it lets in for these names, the other does.
    Within,
}

/// Two grants, one of which is of no use.
pub(crate) struct Pair {
    pub(crate) relation: Relation,
    pub(crate) narrower: GrantId,
    pub(crate) wider: GrantId,
    /// The names for which it is so.
    pub(crate) names: Vec<String>,
}

/// A name with more grants than are compared.
pub(crate) struct NotCompared {
    pub(crate) name: String,
    pub(crate) place: Place,
}

/// What comparing came to.
#[derive(Default)]
pub(crate) struct Pairs {
    pairs: Vec<Pair>,
    not_compared: Vec<NotCompared>,
}

impl Pairs {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Pair> {
        self.pairs.iter()
    }

    pub(crate) fn not_compared(&self) -> impl Iterator<Item = &NotCompared> {
        self.not_compared.iter()
    }
}

/// Every pair of grants of the policy of which one is of no use; computed once a policy, see [`PolicyContext::pairs`].
pub(crate) fn pairs(cx: &PolicyContext<'_>) -> Pairs {
    let policy: &Policy = cx.policy;
    let mut by_name: HashMap<_, Vec<(GrantId, &Grant)>> = HashMap::new();
    for (id, grant) in policy.grants() {
        for name in policy.names(grant) {
            by_name.entry((grant.registry, grant.provider, grant.holder, name)).or_default().push((id, grant));
        }
    }
    let mut result = Pairs::default();
    let mut found: BTreeMap<(GrantId, GrantId), BTreeSet<&str>> = BTreeMap::new();
    let mut several: Vec<_> = by_name.into_iter().filter(|(_, grants)| grants.len() > 1).collect();
    several.sort_by_key(|(key, _)| *key);
    for ((_, _, _, name), grants) in several {
        if let Some((_, first_left_out)) = grants.get(MOST_GRANTS) {
            result.not_compared.push(NotCompared { name: name.to_owned(), place: first_left_out.place });
        }
        let facts: Vec<GrantFacts<'_>> = grants.iter().take(MOST_GRANTS).filter_map(|(id, _)| cx.facts(*id)).collect();
        for (at, first) in facts.iter().enumerate() {
            for second in facts.iter().skip(at.saturating_add(1)) {
                let pair = match (is_within(second, first), is_within(first, second)) {
                    // Of two that are the same, the later one is too many.
                    (true, _) => (second.id, first.id),
                    (false, true) => (first.id, second.id),
                    (false, false) => continue,
                };
                found.entry(pair).or_default().insert(name);
            }
        }
    }
    for ((narrower, wider), names) in found {
        let (Some(a), Some(b)) = (cx.facts(narrower), cx.facts(wider)) else { continue };
        let relation = if is_same(&a, &b) { Relation::Same } else { Relation::Within };
        result.pairs.push(Pair { relation, narrower, wider, names: names.into_iter().map(str::to_owned).collect() });
    }
    result
}

/// Whether all that `narrower` lets do with a name they share, `wider` lets do as well, and as long.
fn is_within(narrower: &GrantFacts<'_>, wider: &GrantFacts<'_>) -> bool {
    let policy = narrower.policy();
    let actions = |facts: &GrantFacts<'_>| -> Vec<String> {
        policy.actions(facts.grant).map(|action| action.name.clone()).collect()
    };
    let of_wider = actions(wider);
    actions(narrower).iter().all(|action| of_wider.contains(action))
        && wider.grant.expires_at().unwrap_or(i64::MAX) >= narrower.grant.expires_at().unwrap_or(i64::MAX)
        && wider.facts.iter().all(|asked| {
            narrower.facts.iter().any(|given| {
                wider.provider.canonical(&given.claim.name) == wider.provider.canonical(&asked.claim.name)
                    && (asked.condition.absent_passes || !given.condition.absent_passes)
                    && implies(policy, given.matcher, asked.matcher)
            })
        })
}

fn is_same(a: &GrantFacts<'_>, b: &GrantFacts<'_>) -> bool {
    let names = |facts: &GrantFacts<'_>| facts.policy().names(facts.grant).map(str::to_owned).collect::<BTreeSet<_>>();
    is_within(a, b) && is_within(b, a) && names(a) == names(b)
}

/// Whether every value that meets `given` meets `asked`: only what is plain to see or a pattern's automaton shows.
fn implies(policy: &Policy, given: &Matcher, asked: &Matcher) -> bool {
    let text = |text| policy.text(text);
    match (given, asked) {
        (Matcher::AnyOf(members), _) => members.iter().all(|member| implies(policy, member, asked)),
        (_, Matcher::AllOf(members)) => members.iter().all(|member| implies(policy, given, member)),
        (Matcher::AllOf(members), _) => members.iter().any(|member| implies(policy, member, asked)),
        (_, Matcher::AnyOf(members)) => members.iter().any(|member| implies(policy, given, member)),
        (Matcher::Present(a), Matcher::Present(b)) => a == b,
        (Matcher::Present(_), _) => false,
        (_, Matcher::Present(present)) => *present,
        (Matcher::Equals(a), Matcher::Equals(b)) => text(*a) == text(*b),
        (Matcher::Equals(a) | Matcher::EqualsIgnoringCase(a), Matcher::EqualsIgnoringCase(b)) => {
            text(*a).eq_ignore_ascii_case(text(*b))
        }
        (Matcher::Equals(value), Matcher::Pattern(pattern)) => {
            policy.pattern(*pattern).is_some_and(|pattern| pattern.is_match(text(*value)))
        }
        (Matcher::Pattern(a), Matcher::Pattern(b)) => match (policy.pattern(*a), policy.pattern(*b)) {
            (Some(a), Some(b)) => a == b || a.language().is_subset_of(&b.language()).is_yes(),
            _ => false,
        },
        (Matcher::Template(a), Matcher::Template(b)) => match (policy.template(*a), policy.template(*b)) {
            (Some(a), Some(b)) => text(a.source) == text(b.source),
            _ => false,
        },
        (Matcher::Contains(a), Matcher::Contains(b)) => implies(policy, a, b),
        (Matcher::Not(a), Matcher::Not(b)) => implies(policy, b, a) && a.holds_pattern() == b.holds_pattern(),
        _ => false,
    }
}
