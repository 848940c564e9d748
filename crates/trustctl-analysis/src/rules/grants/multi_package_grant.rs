use crate::facts::GrantFacts;
use crate::finding::Report;
use crate::lint::Findings;
use crate::rule::declare_rule;

declare_rule! {
    /// ## What it finds
    ///
    /// A grant of several packages to several repositories (projects, pipelines), in another system's policy. Our own
    /// language has no such grants: there it is a language error.
    ///
    /// ## Why it is dangerous
    ///
    /// Such a grant is a product: each of the repositories may publish each of the packages, not only its own. The
    /// least careful repository then decides over all of them.
    ///
    /// ## Who can use it
    ///
    /// Whoever can run the named workflow in any one of the repositories.
    ///
    /// ## Example (bad)
    ///
    /// ```yaml
    /// trust: 1
    /// dialect: generic
    /// registry: npm
    /// grants:
    ///   - packages: ["@acme/core", "@acme/cli"]
    ///     actions: [publish]
    ///     provider: github-actions
    ///     when:
    ///       repository-pin: [acme@1234567/core@700130, acme@1234567/cli@700131]
    ///       environment: npm
    ///       runner_environment: github-hosted
    /// ```
    ///
    /// ## Use instead (good)
    ///
    /// ```yaml
    /// trust: 1
    /// registry: npm
    /// grants:
    ///   - packages:
    ///       "@acme/core": { repository-pin: acme@1234567/core@700130 }
    ///       "@acme/cli": { repository-pin: acme@1234567/cli@700131 }
    ///     actions: [publish]
    ///     provider: github-actions
    ///     when: { workflow-file: release.yml, environment: npm }
    /// ```
    ///
    /// ## Exceptions
    ///
    /// Silent for grants that only read, and where one repository publishes several packages.
    ///
    /// ## Sources
    ///
    /// - https://docs.npmjs.com/trusted-publishers
    /// - https://docs.pypi.org/trusted-publishers/security-model/
    "multi-package-grant" {
        family: Grants,
        severity: Warning,
        known: Catalogue,
        since: "0.1.0",
        summary: "several repositories that may each publish several packages",
        check: Grant(check),
    }
}

fn check(grant: &GrantFacts<'_>, findings: &mut Findings<'_>) {
    let packages = grant.policy().names(grant.grant).len();
    // Who is let in at all is a matter for the rules of the tenant.
    if packages < 2 || !grant.is_generic() || grant.only_reads() || grant.is_open_to_strangers() {
        return;
    }
    let Some(entry) = grant.provider.entry else { return };
    let of_sources =
        grant.fixed().iter().filter(|(claim, _)| entry.claims.get(*claim).is_some_and(|claim| claim.source));
    let message = match of_sources.map(|(_, values)| values.len()).min() {
        Some(1) => return,
        Some(sources) => {
            format!("each of {sources} sources can {}: {} pairs", grant.what(), sources.saturating_mul(packages))
        }
        None => format!("every repository that the conditions let in can {}", grant.what()),
    };
    findings.add(
        Report::at(grant.place(), message)
            .here(format!("{packages} names and more than one source"))
            .help("write a grant for each package, or a table of packages, so that each names its own repository"),
    );
}
