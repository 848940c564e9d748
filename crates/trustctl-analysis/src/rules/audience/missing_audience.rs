use std::collections::BTreeSet;

use trustctl_policy::Audience;

use crate::finding::Report;
use crate::lint::{Findings, PolicyContext};
use crate::rule::declare_rule;

declare_rule! {
    /// ## What it finds
    ///
    /// A registry that takes tokens for any audience. The language has no way to say that; another system's policy
    /// (`dialect: generic`) may leave the audience out.
    ///
    /// ## Why it is dangerous
    ///
    /// A token is shown to the service that it was made for, and that service can show it to others. Without an
    /// audience check every service that your jobs talk to can act here as your job.
    ///
    /// ## Who can use it
    ///
    /// Every service that one of your jobs shows a token to, and whoever breaks into it or reads its logs.
    ///
    /// ## Example (bad)
    ///
    /// ```yaml
    /// trust: 1
    /// dialect: generic
    /// registry: { kind: generic, audience: any }
    /// grants:
    ///   - packages: [widgets]
    ///     actions: [publish]
    ///     provider: github-actions
    ///     when: { repository-pin: acme@1234567/widgets@556677, environment: release, runner_environment: github-hosted }
    /// ```
    ///
    /// ## Use instead (good)
    ///
    /// ```yaml
    /// trust: 1
    /// dialect: generic
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
    /// None.
    ///
    /// ## Sources
    ///
    /// - https://www.rfc-editor.org/rfc/rfc8725#section-3.9
    /// - https://openid.net/specs/openid-connect-core-1_0.html (section 3.1.3.7)
    "missing-audience" {
        family: Audience,
        severity: Error,
        known: Proved,
        since: "0.1.0",
        summary: "tokens are taken whatever service they were made for",
        check: Policy(check),
    }
}

fn check(cx: &PolicyContext<'_>, findings: &mut Findings<'_>) {
    let pairs: BTreeSet<_> = cx.policy.grants().map(|(_, grant)| (grant.registry, grant.provider)).collect();
    let any = pairs
        .into_iter()
        .filter(|(registry, provider)| cx.policy.audience(*registry, *provider) == Some(&Audience::Any));
    for registry in any.map(|(registry, _)| registry).collect::<BTreeSet<_>>() {
        let Some(registry) = cx.policy.registry(registry) else { continue };
        findings.add(
            Report::at(registry.place, "a token that a job made for any other service is good here as well")
                .here("takes any audience")
                .help("have the system check one audience of its own, and say it: `audience: https://packages.example.com`"),
        );
    }
}
