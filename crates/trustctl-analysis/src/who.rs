//! Who can get in, grant by grant: what `trustctl who` shows.

use std::collections::BTreeMap;
use std::sync::Arc;

use trustctl_catalog::Catalogue;
use trustctl_claims::UnixTime;
use trustctl_policy::{GrantId, Policy};

use crate::LintOptions;
use crate::lint::PolicyContext;
use crate::reach::{Question, Reach};

/// A grant, and everybody who could hold a token for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantReach {
    /// The grant.
    pub grant: GrantId,
    /// Each adversary's answer, the strongest adversary first; empty for a grant that has ended.
    pub reach: Vec<Reach>,
    /// Tokens that the proofs do not cover, a sentence each.
    pub leaves_out: Vec<String>,
}

/// Who can get in by each grant of the policy at that time, in the order of the files.
pub fn who(policy: &Arc<Policy>, now: UnixTime) -> Vec<GrantReach> {
    asked(policy, now, policy.grants().map(|(grant, _)| (grant, None)))
}

/// The same for these grants alone, each about that one of its names: nothing else is proved.
pub fn who_about(policy: &Arc<Policy>, now: UnixTime, names: &BTreeMap<GrantId, String>) -> Vec<GrantReach> {
    asked(policy, now, names.iter().map(|(grant, name)| (*grant, Some(name.as_str()))))
}

fn asked<'n>(
    policy: &Arc<Policy>,
    now: UnixTime,
    grants: impl Iterator<Item = (GrantId, Option<&'n str>)>,
) -> Vec<GrantReach> {
    let catalogue = Catalogue::bundled().ok();
    let cx = PolicyContext::new(policy, catalogue, now, LintOptions::default());
    let of_grant = |(grant, name): (GrantId, Option<&str>)| {
        let facts = cx.facts(grant)?;
        let question = match name {
            Some(name) => Question::about(&facts, name),
            None => Question::new(&facts),
        };
        Some(GrantReach {
            grant,
            leaves_out: question.as_ref().map(|question| question.leaves_out().to_vec()).unwrap_or_default(),
            reach: question.map(|question| question.all()).unwrap_or_default(),
        })
    };
    grants.filter_map(of_grant).collect()
}
