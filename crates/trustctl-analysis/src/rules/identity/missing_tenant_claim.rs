use trustctl_catalog::SetBy;

use crate::Adversary;
use crate::facts::{Fact, GrantFacts};
use crate::finding::Report;
use crate::lint::Findings;
use crate::rule::declare_rule;
use crate::rules::workflow::reusable_workflow_without_caller as reusable;

declare_rule! {
    /// ## What it finds
    ///
    /// A grant with conditions none of which ties it to an owner: they are about the branch, the environment, the
    /// workflow, the event, or about a name with a wildcard where the owner stands.
    ///
    /// ## Why it is dangerous
    ///
    /// The issuer signs tokens for all of its users alike, and everything in a token except whose it is can be chosen:
    /// branch names, environment names, workflow names, the repository's name without its owner. Such conditions
    /// look like a lock and are a description that anybody can fit.
    ///
    /// ## Who can use it
    ///
    /// Everybody with an account at the provider: a repository of their own with a branch, an environment and a
    /// workflow of the same names. The finding shows such a token.
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
    ///     when: { branch: main, environment: npm }
    /// ```
    ///
    /// ```yaml
    /// trust: 1
    /// dialect: generic
    /// registry: npm
    /// grants:
    ///   - packages: ["@acme/widgets"]
    ///     actions: [publish]
    ///     provider: github-actions
    ///     when: { sub: { glob: "repo:*:environment:npm", crossing: true } }
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
    ///     when: { repository-pin: acme@1234567/widgets@556677, branch: main, environment: npm }
    /// ```
    ///
    /// ## Exceptions
    ///
    /// None on an issuer that others use as well: a policy with such a grant does not load for deciding. A
    /// condition under `require` counts. For an issuer that only your organisation uses, say `tenants: ours`.
    ///
    /// ## Sources
    ///
    /// - https://docs.github.com/actions/reference/security/oidc
    /// - https://docs.gitlab.com/ci/secrets/id_token_authentication/
    /// - https://securitylabs.datadoghq.com/articles/exploring-github-to-aws-keyless-authentication-flaws/
    /// - https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines
    "missing-tenant-claim" {
        family: Identity,
        severity: Error,
        known: Proved,
        since: "0.1.0",
        summary: "conditions that a stranger's token can meet, because none names an owner",
        check: Grant(check),
    }
}

fn check(grant: &GrantFacts<'_>, findings: &mut Findings<'_>) {
    let Some(first) = grant.written().next() else { return };
    if !grant.is_open_to_strangers() || reusable::is_about_the_called_workflow(grant) {
        return;
    }
    let title = grant.provider.title();
    let message = format!("anybody with a job on {title} can {}: no condition names an owner", grant.what());
    let mut report = Report::at(first.place(), message).here(why_not(first));
    for fact in grant.written().skip(1).take(5) {
        report = report.also(fact.place(), why_not(fact));
    }
    findings.add(report.lets_in(grant, &[Adversary::Anyone, Adversary::Caller, Adversary::ReRegisteredName], []).help(match grant.proposal() {
        Some((claim, example)) => format!("say whose: add `{claim}: {example}` with your own values"),
        None => "say which claim names the tenant, `claims: { team: { type: string, tenant: true } }`, and fix it; or say `tenants: ours`".to_owned(),
    }));
}

/// Why a condition does not tell a stranger from us.
fn why_not(fact: &Fact<'_>) -> String {
    let claim = &fact.claim.name;
    match fact.entry {
        Some(entry) if entry.tenant.is_some() => format!("`{claim}` is open where the owner stands"),
        Some(entry) => match entry.set_by {
            SetBy::Author => format!("whoever writes a workflow chooses `{claim}`"),
            SetBy::Trigger => format!("whoever starts a run or pushes chooses `{claim}`"),
            SetBy::Admin => format!("the stranger's own settings decide `{claim}`"),
            SetBy::Provider => format!("a stranger's job can have this `{claim}` too"),
        },
        None => format!("nothing is known of `{claim}` that tells tenants apart"),
    }
}
