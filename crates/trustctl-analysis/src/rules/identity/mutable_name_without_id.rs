use trustctl_catalog::model::Hosts;
use trustctl_catalog::{NameKind, Piece, Role};
use trustctl_policy::Matcher;

use crate::Adversary;
use crate::facts::{Fact, GrantFacts};
use crate::finding::Report;
use crate::lint::Findings;
use crate::rule::declare_rule;

declare_rule! {
    /// ## What it finds
    ///
    /// A grant that knows its owner and its repository by name only, though the provider's tokens carry ids as well.
    ///
    /// ## Why it is dangerous
    ///
    /// A name can be given up: the account is renamed or deleted, the repository moves. From then on whoever registers
    /// the name next has tokens that say the same, and the trust file still stands. Ids are given once. Newer
    /// GitHub subjects hold the ids, the `repository` and `repository_owner` claims still do not. Surveys found
    /// one reference in seven, in public policies, pointing at a name that anybody could register.
    ///
    /// ## Who can use it
    ///
    /// Whoever registers the name after it has become free.
    ///
    /// ## Example (bad)
    ///
    /// ```yaml
    /// trust: 1
    /// registry: npm
    /// grants:
    ///   - packages: ["@acme/widgets"]
    ///     actions: [publish]
    ///     provider: github-actions
    ///     when: { repository: acme/widgets, workflow-file: publish.yml, environment: npm }
    /// ```
    ///
    /// ## Use instead (good)
    ///
    /// ```yaml
    /// trust: 1
    /// registry: npm
    /// grants:
    ///   - packages: ["@acme/widgets"]
    ///     actions: [publish]
    ///     provider: github-actions
    ///     when: { repository-pin: acme@1234567/widgets@556677, workflow-file: publish.yml, environment: npm }
    /// ```
    ///
    /// ## Exceptions
    ///
    /// Silent where an id of the owner or of the repository is fixed anywhere in the effective grant, in `require` for
    /// instance, and on issuers that serve your organisation alone, where no stranger can take a name. Silent also for
    /// a literal `sub` of github.com and ghe.com: those of repositories that are created now hold the ids. GitHub
    /// Enterprise Server has no such subjects.
    ///
    /// ## Sources
    ///
    /// - https://docs.github.com/actions/reference/security/oidc
    /// - https://docs.gitlab.com/ci/secrets/id_token_authentication/
    /// - https://docs.pypi.org/trusted-publishers/internals/
    "mutable-name-without-id" {
        family: Identity,
        severity: Warning,
        known: Proved,
        since: "0.1.0",
        summary: "an owner or a repository that is known by its name, without the id that stays",
        check: Grant(check),
    }
}

fn check(grant: &GrantFacts<'_>, findings: &mut Findings<'_>) {
    if !grant.is_shared() || grant.is_pinned_by_id() || !grant.is_tied_to_a_tenant() {
        return;
    }
    let Some(fact) = grant.written().find(|fact| is_a_name(grant, fact)) else { return };
    let name = match fact.matcher {
        Matcher::Equals(text) => format!("the name `{}`", grant.policy().text(*text)),
        _ => format!("a name that `{}` takes", fact.claim.name),
    };
    let report = Report::at(fact.place(), format!("whoever registers {name} after it is given up gets in"))
        .here("a name, not an id")
        .lets_in(grant, &[Adversary::ReRegisteredName], []);
    findings.add(match mend(grant, fact) {
        Some(mend) => report.help(mend),
        None => report,
    });
}

/// Whether the condition fixes a name of the tenant or the repository for which there is an id.
fn is_a_name(grant: &GrantFacts<'_>, fact: &Fact<'_>) -> bool {
    let has_id = |name: &str| {
        let claim = grant.provider.entry.and_then(|entry| entry.claims.get(name));
        claim.is_some_and(|claim| !claim.pinned_by.is_empty() && matches!(claim.role, Role::Tenant | Role::Repository))
    };
    let by_parts = || {
        let literals = fact.matcher.literals().unwrap_or_default();
        literals.iter().any(|literal| {
            let parts = grant.provider.apart().all(&fact.claim.name, grant.policy().text(*literal));
            parts.iter().any(|(name, _)| has_id(name))
        })
    };
    has_id(&fact.claim.name) || (fact.claim.role == Role::Subject && !has_form_with_ids(grant, fact) && by_parts())
}

/// Whether the subjects of whatever is created now hold ids of owner or repository, so that nobody gets the old ones
/// again: GitHub's, on GitHub's own hosts.
fn has_form_with_ids(grant: &GrantFacts<'_>, fact: &Fact<'_>) -> bool {
    let Some(entry) = grant.provider.entry else { return false };
    let is_id = |piece: &Piece| match piece {
        Piece::Named { name, .. } => entry.claims.get(name).is_some_and(|claim| {
            claim.name_kind == NameKind::Id && matches!(claim.role, Role::Tenant | Role::Repository)
        }),
        Piece::Text(_) => false,
    };
    let has_form = fact.entry.is_some_and(|claim| claim.forms.iter().any(|form| form.pieces.iter().any(is_id)));
    has_form && grant.provider.hosts(grant.policy()) == Hosts::Own
}

fn mend(grant: &GrantFacts<'_>, fact: &Fact<'_>) -> Option<String> {
    let entry = grant.provider.entry?;
    let ids = fact.entry.map_or(&[][..], |claim| claim.pinned_by.as_slice());
    let Some(id) = ids.first() else {
        let (claim, example) = grant.proposal()?;
        return Some(format!("write `{claim}: {example}` with your own values in its place"));
    };
    let hint = entry.claims.get(id).and_then(|claim| claim.hint.as_deref());
    Some(format!("add `{id}` beside it{}", hint.map_or_else(String::new, |hint| format!(": {hint}"))))
}
