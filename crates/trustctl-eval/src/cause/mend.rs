//! A literal to put in another's place, or why not.
//!
//! A mend is offered only where the grant already knows whose run it is (its tenant and repository conditions
//! hold), what failed is a literal of the workflow file, ref or environment in the grant itself, and nothing else
//! failed. One literal takes another's place, so the grant accepts no more values than it did; a pattern,
//! a longer list or a condition left out is never proposed.

use trustctl_policy::{
    Claim, ClaimSource, ClaimType, Condition, Grant, Matcher, NameKind, Origin, Policy, Role, SetBy,
};

use super::Failed;
use crate::Status;
use crate::trace::{Line, Mend, What, shown};

/// The mend of one condition, if it is of the kind that has one.
pub(crate) fn mend(failed: &Failed<'_, '_>) -> Option<Mend> {
    let own = matches!(failed.condition.origin, Origin::When | Origin::Row);
    let Matcher::Equals(literal) = failed.matcher else { return None };
    if !own || failed.status != Status::Fail || !can_be_mended(failed.claim) {
        return None;
    }
    let found = failed.text()?;
    // What is shown must be what is meant, so only what needs no escape and no cut is offered.
    let plain = shown(&found) == found && found.trim() == found;
    plain.then(|| Mend {
        claim: failed.claim.name.clone(),
        place: failed.condition.place,
        replace: shown(failed.policy().text(*literal)),
        with: found,
    })
}

/// A value that says which run of a repository, never which repository.
///
/// A name, because states are no choice of the job's: `ref_protected: true` must not become `false`.
fn can_be_mended(claim: &Claim) -> bool {
    let is_name = claim.name_kind == NameKind::Name && claim.kind == ClaimType::String && !claim.composed;
    is_name
        && match claim.role {
            Role::Ref | Role::Environment => true,
            // The file of the workflow that was started, or the repository's own that the job is written in. A whole
            // `workflow_ref` names a repository as well, and which workflow is called is for any author to say.
            Role::Workflow => {
                matches!(claim.source, ClaimSource::Piece { .. } | ClaimSource::Between { .. })
                    && claim.set_by == SetBy::Provider
            }
            _ => false,
        }
}

/// Takes back the mends of a grant where any of its failures forbids them; the reason to say so.
pub(crate) fn settle_mends(policy: &Policy, grant: &Grant, lines: &mut [Line]) -> Option<String> {
    if lines.iter().all(|line| line.status == Status::Pass) {
        return None;
    }
    let reason = refusal(policy, grant, lines)?;
    for line in lines {
        line.mend = None;
    }
    Some(reason)
}

fn refusal(policy: &Policy, grant: &Grant, lines: &[Line]) -> Option<String> {
    let role = |line: &Line| role_of(policy, grant, line);
    let is_identity = |line: &&Line| matches!(role(line), Some(Role::Tenant | Role::Repository));
    let failed = || lines.iter().filter(|line| line.status != Status::Pass);
    if let Some(line) = failed().find(is_identity) {
        return Some(format!("the token comes from elsewhere: `{}` is not the one the grant names", line.claim));
    }
    if !lines.iter().any(|line| is_identity(&line) && fixes(policy, grant, line)) {
        return Some(
            "the grant names neither tenant nor repository on its own, so nothing says that this run is yours"
                .to_owned(),
        );
    }
    let line = failed().find(|line| line.mend.is_none())?;
    Some(match line.what {
        What::Audience | What::Issuer => {
            "the token was made for somebody else; change what the job asks for".to_owned()
        }
        What::Action => "the grant does not give this action".to_owned(),
        What::Expiry => "the grant was meant to end; renewing it is a decision of its owner".to_owned(),
        What::Version => "the templates contradict each other in this token".to_owned(),
        What::Condition { origin: Origin::Provider, .. } => {
            format!("`{}` keeps out runs that outsiders steer; change the job, not the policy", line.claim)
        }
        What::Condition { origin: Origin::Registry, .. } => {
            format!("the registry itself asks for `{}`, whatever a policy says; change the job", line.claim)
        }
        What::Condition { origin: Origin::ProviderRequire | Origin::RegistryRequire, .. } => {
            format!("`{}` is required of every grant; change the job, not the policy", line.claim)
        }
        What::Condition { .. } => {
            format!("a looser `{}` would let in other runs as well; change the job, not the policy", line.claim)
        }
    })
}

/// Whether a condition says which one it is, and not only that there is one or which it is not.
fn fixes(policy: &Policy, grant: &Grant, line: &Line) -> bool {
    fn positive(matcher: &Matcher) -> bool {
        match matcher {
            Matcher::Equals(_) | Matcher::EqualsIgnoringCase(_) | Matcher::Pattern(_) => true,
            Matcher::AnyOf(members) => members.iter().all(positive),
            Matcher::AllOf(members) => members.iter().any(positive),
            Matcher::Template(_) | Matcher::Contains(_) | Matcher::Not(_) | Matcher::Present(_) => false,
        }
    }
    condition_of(policy, grant, line).and_then(|condition| policy.matcher(condition.matcher)).is_some_and(positive)
}

fn role_of(policy: &Policy, grant: &Grant, line: &Line) -> Option<Role> {
    policy.claim(grant, condition_of(policy, grant, line)?).map(|claim| claim.role)
}

fn condition_of<'p>(policy: &'p Policy, grant: &'p Grant, line: &Line) -> Option<&'p Condition> {
    let What::Condition { id, .. } = line.what else { return None };
    policy.conditions(grant).find(|(other, _)| *other == id).map(|(_, condition)| condition)
}
