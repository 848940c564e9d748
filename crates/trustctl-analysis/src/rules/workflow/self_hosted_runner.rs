use trustctl_catalog::Role;
use trustctl_diag::Severity;

use crate::facts::GrantFacts;
use crate::finding::Report;
use crate::lint::Findings;
use crate::rule::declare_rule;

declare_rule! {
    /// ## What it finds
    ///
    /// A grant that changes packages and does not say on whose machine the job must run, though the provider's tokens
    /// tell.
    ///
    /// ## Why it is dangerous
    ///
    /// A machine of the provider is new for every job. One's own keeps what an earlier job left behind, another
    /// repository's or a pull request's among them, and whoever was there before can wait for the job that
    /// publishes and take its token. Registries that ask for provenance refuse such jobs.
    ///
    /// ## Who can use it
    ///
    /// Whoever can run any job on the same machine, or can log in to it.
    ///
    /// ## Example (bad)
    ///
    /// ```yaml
    /// trust: 1
    /// registry: { kind: generic, audience: https://packages.acme.example }
    /// grants:
    ///   - packages: [widgets]
    ///     actions: [publish]
    ///     provider: github-actions
    ///     when: { repository-pin: acme@1234567/widgets@556677, environment: release }
    /// ```
    ///
    /// ## Use instead (good)
    ///
    /// ```yaml
    /// trust: 1
    /// registry: { kind: generic, audience: https://packages.acme.example }
    /// grants:
    ///   - packages: [widgets]
    ///     actions: [publish]
    ///     provider: github-actions
    ///     when: { repository-pin: acme@1234567/widgets@556677, environment: release, runner_environment: github-hosted }
    /// ```
    ///
    /// ## Exceptions
    ///
    /// A warning where the registry refuses such jobs, otherwise for your information. Silent where the claim is
    /// mentioned at all (`runner_environment: self-hosted` says that it is meant), where the registry takes
    /// care of it by itself, as npm does, where strangers get in anyway, and for grants that only read.
    ///
    /// ## Sources
    ///
    /// - https://docs.github.com/actions/reference/security/secure-use
    /// - https://docs.npmjs.com/trusted-publishers
    "self-hosted-runner" {
        family: Workflow,
        severity: Warning,
        known: Catalogue,
        since: "0.1.0",
        summary: "a grant to publish that does not say whose machine the job runs on",
        check: Grant(check),
    }
}

fn check(grant: &GrantFacts<'_>, findings: &mut Findings<'_>) {
    if grant.only_reads() || grant.touches(Role::Runner) || grant.is_open_to_strangers() {
        return;
    }
    let Some(claim) = grant.provider.claims(Role::Runner).find(|claim| is_about_hosting(grant, &claim.name)) else {
        return;
    };
    let hosted =
        grant.provider.entry.and_then(|entry| entry.claims.get(&claim.name)).map_or("", |entry| entry.example.as_str());
    let refused = grant.registry_entry().is_some_and(|registry| {
        let requires = registry.requires.get(&grant.provider.provider.kind).map_or(&[][..], Vec::as_slice);
        requires.iter().any(|requirement| requirement.claim == claim.name)
    });
    let mut report = Report::at(grant.place(), format!("a job on anybody's own machine can {}", grant.what()))
        .here("does not say whose machine")
        .help(format!("add `{}: {hosted}`", claim.name));
    if !refused {
        report = report.severity(Severity::Info);
    }
    findings.add(report);
}

/// Whether the claim tells the provider's machines from others, and is not one machine's number.
fn is_about_hosting(grant: &GrantFacts<'_>, claim: &str) -> bool {
    let entry = grant.provider.entry.and_then(|entry| entry.claims.get(claim));
    entry.is_some_and(|entry| entry.values.as_deref().is_some_and(|values| values.contains("self-hosted")))
}
