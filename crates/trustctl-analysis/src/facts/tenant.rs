//! Whether a grant is tied to a tenant, as the language defines it.

use trustctl_catalog::{SubjectForm, TenantMark};
use trustctl_policy::Matcher;

use super::{Fact, GrantFacts};

pub(super) fn is_tied(grant: &GrantFacts<'_>) -> bool {
    grant.facts.iter().any(|fact| ties(grant, fact))
}

fn ties(grant: &GrantFacts<'_>, fact: &Fact<'_>) -> bool {
    if let Some(mark) = fact.entry.and_then(|entry| entry.tenant.as_ref()) {
        return holds_a_tenant(grant, fact.matcher, mark) && has_companions(grant, mark);
    }
    let subjects = grant.provider.entry.map_or(&[][..], |entry| entry.subjects.as_slice());
    fact.claim.name == "sub" && is_of_a_tenant(grant, fact.matcher, subjects)
}

/// Whether every subject that the matcher lets through begins with a tenant that it names: `repo:acme/`.
fn is_of_a_tenant(grant: &GrantFacts<'_>, matcher: &Matcher, subjects: &[SubjectForm]) -> bool {
    let begins = |text: &str| {
        subjects.iter().any(|form| {
            let rest =
                text.strip_prefix(form.prefix.as_str()).and_then(|rest| rest.split_once(form.delimiter.as_str()));
            rest.is_some_and(|(tenant, _)| !tenant.is_empty())
        })
    };
    match matcher {
        Matcher::Equals(text) => begins(grant.policy().text(*text)),
        Matcher::Pattern(id) => grant.policy().pattern(*id).is_some_and(|pattern| begins(pattern.literal_prefix())),
        Matcher::AnyOf(members) => members.iter().all(|member| is_of_a_tenant(grant, member, subjects)),
        Matcher::AllOf(members) => members.iter().any(|member| is_of_a_tenant(grant, member, subjects)),
        _ => false,
    }
}

/// Whether everything the matcher lets through belongs to tenants that it names.
fn holds_a_tenant(grant: &GrantFacts<'_>, matcher: &Matcher, mark: &TenantMark) -> bool {
    match matcher {
        Matcher::Equals(_) | Matcher::EqualsIgnoringCase(_) => true,
        Matcher::AnyOf(members) => members.iter().all(|member| holds_a_tenant(grant, member, mark)),
        Matcher::AllOf(members) => members.iter().any(|member| holds_a_tenant(grant, member, mark)),
        Matcher::Pattern(id) => {
            let prefix = grant.policy().pattern(*id).map_or("", |pattern| pattern.literal_prefix());
            let delimiter = mark.delimiter.as_deref();
            delimiter.and_then(|delimiter| prefix.split_once(delimiter)).is_some_and(|(tenant, _)| !tenant.is_empty())
        }
        Matcher::Template(_) | Matcher::Contains(_) | Matcher::Not(_) | Matcher::Present(_) => false,
    }
}

/// Whether the claims without which this one proves nothing have their values: Google's `email_verified`.
fn has_companions(grant: &GrantFacts<'_>, mark: &TenantMark) -> bool {
    mark.with.iter().all(|(claim, value)| {
        grant.on(claim).any(|fact| {
            let literals = fact.matcher.literals().unwrap_or_default();
            !literals.is_empty() && literals.iter().all(|literal| grant.policy().text(*literal) == value)
        })
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use trustctl_claims::UnixTime;
    use trustctl_policy::read_text;

    use crate::LintOptions;
    use crate::lint::PolicyContext;

    /// The reader decides for our own dialect, this module for others: of one grant they say the same.
    #[test]
    fn the_reader_and_the_linter_agree() {
        let cases = [
            ("github-actions", "repository: acme/widgets"),
            ("github-actions", "repository: { glob: acme/* }"),
            ("github-actions", "repository: { glob: acme*/widgets }"),
            ("github-actions", "repository: { regex: \"acme/.*|evil/.*\" }"),
            ("github-actions", "repository: { regex: \"acme/.*\", not: acme/old }"),
            ("github-actions", "repository: [acme/widgets, { glob: \"*/gadgets\" }]"),
            ("github-actions", "repository: { not: acme/widgets }"),
            ("github-actions", "repository_owner: { equals: ACME, ignore-case: true }"),
            ("github-actions", "repository-name: widgets"),
            ("github-actions", "sub: repo:acme/widgets:pull_request"),
            ("github-actions", "sub: repository_visibility:public"),
            ("github-actions", "branch: main"),
            ("gitlab", "namespace_path: acme"),
            ("gitlab", "project-pin: acme/widgets@1"),
            ("gitlab", "ref_type: branch"),
            ("buildkite", "pipeline_slug: widgets"),
            ("buildkite", "organization_slug: acme"),
            ("google", "email: ci@acme.example"),
            ("google", "email: ci@acme.example, email_verified: true"),
            ("google", "email: ci@acme.example, email_verified: false"),
        ];
        for (provider, when) in cases {
            let text = format!(
                "trust: 1\nregistry: {{ kind: generic, audience: https://packages.acme.example }}\ngrants:\n\
                 - {{ packages: [widgets], actions: [publish], provider: {provider}, when: {{ {when} }} }}\n"
            );
            let reading = read_text("trust.yaml", &text);
            let policy = Arc::new(reading.policy.ok_or(reading.diagnostics).unwrap());
            let catalogue = trustctl_catalog::Catalogue::bundled().ok();
            let cx = PolicyContext::new(&policy, catalogue, UnixTime(0), LintOptions::default());
            let (id, _) = policy.grants().next().unwrap();
            let facts = cx.facts(id).unwrap();
            assert_eq!(super::is_tied(&facts), policy.refusals().is_empty(), "{when}");
            assert_eq!(facts.is_tied_to_a_tenant(), policy.refusals().is_empty(), "{when}");
        }
    }
}
