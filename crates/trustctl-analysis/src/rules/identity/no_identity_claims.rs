use trustctl_diag::Severity;

use crate::Adversary;
use crate::facts::GrantFacts;
use crate::finding::Report;
use crate::lint::Findings;
use crate::rule::declare_rule;

declare_rule! {
    /// ## What it finds
    ///
    /// A grant that asks nothing about where a token comes from: no condition at all, or conditions that every token
    /// meets. What is left is the audience, and the audience is what the job asked for.
    ///
    /// ## Why it is dangerous
    ///
    /// The issuer signs tokens for all of its users alike. A token for the right audience is no proof of anything but
    /// that somebody, anybody, asked for it. Scans of cloud accounts keep finding hundreds of roles in this state.
    ///
    /// ## Who can use it
    ///
    /// Everybody with an account at the provider, in a minute: a new repository, a workflow of five lines. Where the
    /// issuer serves one organisation only, everybody who can start any job of that organisation (then it is a
    /// warning).
    ///
    /// ## Example (bad)
    ///
    /// ```yaml
    /// trust: 1
    /// dialect: generic
    /// registry: { kind: generic, audience: https://packages.acme.example }
    /// grants:
    ///   - packages: [widgets]
    ///     actions: [publish]
    ///     provider: github-actions
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
    ///     when: { repository-pin: acme@1234567/widgets@556677, workflow-file: publish.yml, environment: release }
    /// ```
    ///
    /// ## Exceptions
    ///
    /// None on a shared issuer. A condition under `require` of the provider or of the registry counts.
    ///
    /// ## Sources
    ///
    /// - https://docs.github.com/actions/concepts/security/openid-connect
    /// - https://securitylabs.datadoghq.com/articles/exploring-github-to-aws-keyless-authentication-flaws/
    /// - https://openid.net/specs/openid-connect-core-1_0.html (section 3.1.3.7: what an audience is for)
    "no-identity-claims" {
        family: Identity,
        severity: Error,
        known: Proved,
        since: "0.1.0",
        summary: "a grant that asks for nothing but the audience",
        check: Grant(check),
    }
}

fn check(grant: &GrantFacts<'_>, findings: &mut Findings<'_>) {
    if grant.written().next().is_some() {
        return;
    }
    let (title, what) = (grant.provider.title(), grant.what());
    let report = if grant.is_shared() {
        Report::at(grant.place(), format!("anybody with a job on {title} can {what}"))
            .here("no condition says whose token it must be")
            .lets_in(grant, &[Adversary::Anyone, Adversary::Caller], [])
    } else {
        let issuer = grant.policy().issuer(grant.provider.provider.issuer).map_or("", |issuer| issuer.text.as_str());
        Report::at(grant.place(), format!("every job that gets a token from `{issuer}` can {what}"))
            .here("no condition says which job it must be")
            .severity(Severity::Warning)
    };
    findings.add(report.help(match grant.proposal() {
        Some((claim, example)) => format!("say who: `when: {{ {claim}: {example} }}` with your own values"),
        None => "say who, under `when`, by a claim that only your jobs have".to_owned(),
    }));
}
