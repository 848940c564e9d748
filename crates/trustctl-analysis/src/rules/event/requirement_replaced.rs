use trustctl_catalog::Requirement;
use trustctl_diag::Severity;
use trustctl_policy::Origin;

use crate::Adversary;
use crate::facts::GrantFacts;
use crate::finding::Report;
use crate::lint::Findings;
use crate::rule::declare_rule;

/// Who a requirement keeps out, the strongest first.
const WHO: [Adversary; 5] = [
    Adversary::OutsiderEvent,
    Adversary::SpeculativeRun,
    Adversary::SshRerun,
    Adversary::DebugShell,
    // An environment that the grant names may guard it; the token gets in all the same.
    Adversary::Named,
];

declare_rule! {
    /// ## What it finds
    ///
    /// A grant that names a claim which the provider requires by itself, with a value that the requirement leaves
    /// out, and so replaces it.
    ///
    /// ## Why it is dangerous
    ///
    /// The requirement is there because some tokens are signed while outsiders steer the run, or while a person holds a
    /// shell: GitHub's `pull_request_target`, `workflow_run` and `issue_comment`, GitLab's merge requests, a CircleCI
    /// job run again with SSH. With a value of one's own, those get in.
    ///
    /// ## Who can use it
    ///
    /// Whoever can open a pull request or write a comment, if the workflow that runs then does what they wrote; or
    /// whoever can run a job again with a shell.
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
    ///     when:
    ///       repository-pin: acme@1234567/widgets@556677
    ///       workflow-file: publish.yml
    ///       event_name: [push, pull_request_target]
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
    ///     when: { repository-pin: acme@1234567/widgets@556677, environment: npm, event_name: [push, release] }
    /// ```
    ///
    /// ## Exceptions
    ///
    /// Values that the requirement lets through as well only narrow it, and are not reported. For your information
    /// only where the grant only reads. What a registry requires by itself cannot be replaced.
    ///
    /// ## Sources
    ///
    /// - https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows
    /// - https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/
    /// - https://docs.pypi.org/trusted-publishers/security-model/
    "requirement-replaced" {
        family: Event,
        severity: Error,
        known: Catalogue,
        since: "0.1.0",
        summary: "a value that grants of the provider leave out by themselves",
        check: Grant(check),
    }
}

fn check(grant: &GrantFacts<'_>, findings: &mut Findings<'_>) {
    // Elsewhere nothing is required by itself, so nothing is replaced. What a registry requires cannot be replaced.
    if grant.is_generic() {
        return;
    }
    for requirement in grant.provider.entry.map_or(&[][..], |entry| entry.requires.as_slice()) {
        let in_force = grant.on(&requirement.claim).any(|fact| fact.condition.origin == Origin::Provider);
        if !in_force {
            check_values(grant, requirement, findings);
        }
    }
}

/// Reports each condition that gives the claim a value which the requirement leaves out.
fn check_values(grant: &GrantFacts<'_>, requirement: &Requirement, findings: &mut Findings<'_>) {
    let required = grant.provider.canonical(&requirement.claim);
    for fact in grant.written() {
        let literals = fact.matcher.literals().unwrap_or_default();
        let values = literals
            .into_iter()
            .flat_map(|literal| grant.provider.apart().all(&fact.claim.name, grant.policy().text(literal)));
        let mut left_out: Vec<String> = values
            .filter(|(claim, value)| grant.provider.canonical(claim) == required && !requirement.values.contains(value))
            .map(|(_, value)| value)
            .collect();
        left_out.dedup();
        let Some(first) = left_out.first() else { continue };
        let title = grant.provider.title();
        let report = Report::at(
            fact.place(),
            format!("{} gets in, which a grant for {title} leaves out by itself", in_words(&left_out)),
        )
        .here(requirement.why.clone())
        .help(format!("leave `{}` out, or name only {}", fact.claim.name, in_words(&requirement.values)))
        .lets_in(grant, &WHO, [(requirement.claim.clone(), first.clone())]);
        findings.add(if grant.only_reads() { report.severity(Severity::Info) } else { report });
    }
}

fn in_words(values: &[String]) -> String {
    values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ")
}
