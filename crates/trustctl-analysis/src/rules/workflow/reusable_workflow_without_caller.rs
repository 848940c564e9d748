use crate::Adversary;
use crate::facts::GrantFacts;
use crate::finding::Report;
use crate::lint::Findings;
use crate::rule::declare_rule;

declare_rule! {
    /// ## What it finds
    ///
    /// A grant that trusts a reusable workflow (`job_workflow_ref`, `called-workflow-…`) and does not say which
    /// repositories may call it.
    ///
    /// ## Why it is dangerous
    ///
    /// The claim names the workflow that was *called*. Any repository can call a public one, with inputs and code of
    /// its own; the token then says the right workflow and somebody else's repository.
    ///
    /// ## Who can use it
    ///
    /// Everybody with an account at the provider, if the workflow is public; otherwise everybody in the organisations
    /// that may use it.
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
    ///     when: { called-workflow-repository: acme/shared, called-workflow-file: publish.yml, environment: npm }
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
    ///     when:
    ///       repository-pin: acme@1234567/widgets@556677
    ///       called-workflow-repository: acme/shared
    ///       called-workflow-file: publish.yml
    ///       environment: npm
    /// ```
    ///
    /// ## Exceptions
    ///
    /// None where the issuer is shared: a policy with such a grant does not load for deciding. An owner under
    /// `require` counts as the caller.
    ///
    /// ## Sources
    ///
    /// - https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-with-reusable-workflows
    /// - https://docs.github.com/actions/reference/security/oidc
    "reusable-workflow-without-caller" {
        family: Workflow,
        severity: Error,
        known: Proved,
        since: "0.1.0",
        summary: "a reusable workflow that is trusted whoever calls it",
        check: Grant(check),
    }
}

fn check(grant: &GrantFacts<'_>, findings: &mut Findings<'_>) {
    if !grant.is_open_to_strangers() {
        return;
    }
    let Some(fact) = grant.written().find(|fact| is_of_the_called(&fact.claim.name)) else { return };
    let message = format!("any repository that calls this workflow can {}", grant.what());
    let report = Report::at(fact.place(), message).here("names what is called, not who calls it").lets_in(
        grant,
        &[Adversary::Caller],
        [],
    );
    findings.add(match grant.proposal() {
        Some((claim, example)) => {
            report.help(format!("say who may call it: add `{claim}: {example}` with your own values"))
        }
        None => report,
    });
}

/// Whether the grant is for this rule rather than for the one about missing tenants.
pub(crate) fn is_about_the_called_workflow(grant: &GrantFacts<'_>) -> bool {
    grant.written().any(|fact| is_of_the_called(&fact.claim.name))
}

/// GitHub's claims of the workflow that the job is written in, and those derived from them.
fn is_of_the_called(claim: &str) -> bool {
    claim.starts_with("job_workflow_") || claim.starts_with("called-workflow-")
}
