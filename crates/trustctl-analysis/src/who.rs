//! Who can get in, grant by grant: what `trustctl who` shows.

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
    let catalogue = Catalogue::bundled().ok();
    let cx = PolicyContext::new(policy, catalogue, now, LintOptions::default());
    let of_grant = |grant: GrantId| {
        let facts = cx.facts(grant)?;
        let question = Question::new(&facts);
        Some(GrantReach {
            grant,
            leaves_out: question.as_ref().map(|question| question.leaves_out().to_vec()).unwrap_or_default(),
            reach: question.map(|question| question.all()).unwrap_or_default(),
        })
    };
    policy.grants().filter_map(|(grant, _)| of_grant(grant)).collect()
}
