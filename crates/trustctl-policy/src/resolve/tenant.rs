//! The tenant rule: where an issuer also serves others, a grant must say whose tokens it means.
//!
//! Everything else in a token is text that a stranger can choose.

use trustctl_catalog::{TenantMark, Tenants};
use trustctl_diag::{Diagnostic, Place};

use crate::model::{Condition, Matcher, Origin, ProviderId};

use super::build::Builder;

/// Whether the conditions that the trust file itself states fix the tenant.
pub(crate) fn is_fixed(provider: ProviderId, conditions: &[Condition], builder: &Builder<'_>) -> bool {
    let shared = builder
        .parts
        .providers
        .get(usize::from(provider.0))
        .is_some_and(|provider| provider.tenants == Tenants::Shared);
    !shared || builder.generic() || stated(conditions).any(|condition| fixes(provider, condition, conditions, builder))
}

fn stated(conditions: &[Condition]) -> impl Iterator<Item = &Condition> {
    conditions.iter().filter(|condition| !matches!(condition.origin, Origin::Provider | Origin::Registry))
}

fn fixes(provider: ProviderId, condition: &Condition, all: &[Condition], builder: &Builder<'_>) -> bool {
    let Some(matcher) = builder.parts.matchers.get(condition.matcher.0 as usize) else {
        return false;
    };
    let Some(facts) = builder.facts(provider) else {
        return false;
    };
    if facts.tenant_claims.contains(&condition.claim) && literal_only(matcher) {
        return true;
    }
    let Some(entry) = facts.entry else {
        return false;
    };
    let Some(claim) = builder.claim(provider, condition.claim) else {
        return false;
    };
    if claim.name == "sub"
        && let Some(values) = matcher.literals()
        && !values.is_empty()
        && values.iter().all(|value| subject_holds_tenant(entry, builder.read_text(*value)))
    {
        return true;
    }
    let Some(mark) = entry.claims.get(&claim.name).and_then(|claim| claim.tenant.as_ref()) else {
        return false;
    };
    holds_tenant(matcher, mark, builder)
        && mark.with.iter().all(|(name, value)| {
            let Some(beside) = facts.claims.get(name) else { return false };
            stated(all).filter(|condition| condition.claim == *beside).any(|condition| {
                let matcher = builder.parts.matchers.get(condition.matcher.0 as usize);
                matches!(matcher, Some(Matcher::Equals(text)) if builder.read_text(*text) == value)
            })
        })
}

/// A literal, a list of literals, or a pattern whose literal start holds the whole tenant and its delimiter.
fn holds_tenant(matcher: &Matcher, mark: &TenantMark, builder: &Builder<'_>) -> bool {
    match matcher {
        Matcher::Equals(_) | Matcher::EqualsIgnoringCase(_) => true,
        Matcher::AnyOf(members) => {
            !members.is_empty() && members.iter().all(|member| holds_tenant(member, mark, builder))
        }
        Matcher::AllOf(members) => members.iter().any(|member| holds_tenant(member, mark, builder)),
        Matcher::Pattern(id) => {
            let (Some(pattern), Some(delimiter)) = (builder.parts.patterns.get(id.0 as usize), &mark.delimiter) else {
                return false;
            };
            pattern.literal_prefix().find(delimiter.as_str()).is_some_and(|at| at > 0)
        }
        Matcher::Template(_) | Matcher::Contains(_) | Matcher::Not(_) | Matcher::Present(_) => false,
    }
}

fn literal_only(matcher: &Matcher) -> bool {
    match matcher {
        Matcher::Equals(_) | Matcher::EqualsIgnoringCase(_) => true,
        Matcher::AllOf(members) => members.iter().any(literal_only),
        other => other.literals().is_some_and(|values| !values.is_empty()),
    }
}

/// `repo:acme/…`: the tenant's name between the prefix and the delimiter.
fn subject_holds_tenant(entry: &trustctl_catalog::Provider, subject: &str) -> bool {
    entry.subjects.iter().any(|form| {
        subject
            .strip_prefix(form.prefix.as_str())
            .and_then(|rest| rest.split_once(form.delimiter.as_str()))
            .is_some_and(|(tenant, _)| !tenant.is_empty())
    })
}

/// Why a grant that lets every tenant in does not load.
pub(crate) fn refusal(provider: ProviderId, place: Place, builder: &Builder<'_>) -> Diagnostic {
    let (name, issuer) = match builder.parts.providers.get(usize::from(provider.0)) {
        Some(provider) => (
            provider.name.as_str(),
            builder.parts.issuers.get(usize::from(provider.issuer.0)).map_or("", |issuer| issuer.text.as_str()),
        ),
        None => ("", ""),
    };
    let claims: Vec<String> = match builder.facts(provider) {
        Some(facts) => match facts.entry {
            Some(entry) => {
                let marked = entry.claims.iter().filter(|(_, claim)| claim.tenant.is_some());
                marked.map(|(name, _)| format!("`{name}`")).collect()
            }
            None => Vec::new(),
        },
        None => Vec::new(),
    };
    let help = if claims.is_empty() {
        format!(
            "declare which claim names the tenant, `claims: {{ org: {{ type: string, tenant: true }} }}` at `{name}`, and fix it to your own"
        )
    } else {
        format!(
            "fix one of {} to your own value, in `when` or for all grants in `require` of the provider",
            claims.join(", ")
        )
    };
    Diagnostic::error(
        "tenant-not-fixed",
        place,
        format!("anybody can get a `{name}` token, and this grant does not say whose it means"),
    )
    .here(format!("{issuer} signs for every tenant"))
    .help(help)
}
