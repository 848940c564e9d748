use crate::facts::overlap::{MOST_GRANTS, Relation};
use crate::finding::Report;
use crate::lint::{Findings, PolicyContext};
use crate::rule::declare_rule;

declare_rule! {
    /// ## What it finds
    ///
    /// A grant whose conditions guard nothing, because another grant lets the same tokens, and more, do the same.
    ///
    /// ## Why it is dangerous
    ///
    /// Grants add up. Whoever reads the stricter one believes that its conditions hold, the environment with its
    /// reviewers for instance; the other grant is the way around it.
    ///
    /// ## Who can use it
    ///
    /// Whoever meets the wider grant.
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
    ///     when: { repository-pin: acme@1234567/widgets@556677, environment: npm, workflow-file: publish.yml }
    ///   - packages: ["@acme/widgets", "@acme/gadgets"]
    ///     actions: [publish]
    ///     provider: github-actions
    ///     when: { repository-pin: acme@1234567/widgets@556677, environment: [npm, npm-beta] }
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
    ///     when: { repository-pin: acme@1234567/widgets@556677, environment: npm, workflow-file: publish.yml }
    ///   - packages: ["@acme/gadgets"]
    ///     actions: [publish]
    ///     provider: github-actions
    ///     when: { repository-pin: acme@1234567/widgets@556677, environment: [npm, npm-beta] }
    /// ```
    ///
    /// ## Exceptions
    ///
    /// Grants for one package that let different tokens in (two workflows, two providers) are not reported. Conditions
    /// are compared one by one; a grant that only several others together make useless is not found yet.
    ///
    /// ## Sources
    ///
    /// - https://docs.npmjs.com/trusted-publishers (one publisher a package: what is easy to review)
    "overlapping-grants" {
        family: Grants,
        severity: Warning,
        known: Proved,
        since: "0.1.0",
        summary: "a grant that a wider one makes pointless",
        check: Policy(check),
    }
}

fn check(cx: &PolicyContext<'_>, findings: &mut Findings<'_>) {
    for pair in cx.pairs().iter().filter(|pair| pair.relation == Relation::Within) {
        let (Some(narrower), Some(wider)) = (cx.facts(pair.narrower), cx.facts(pair.wider)) else { continue };
        let names: Vec<String> = pair.names.iter().take(3).map(|name| format!("`{name}`")).collect();
        let more = pair.names.len().saturating_sub(names.len());
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        findings.add(
            Report::at(
                narrower.place(),
                format!("another grant already lets these tokens, and more, at {}{more}", names.join(", ")),
            )
            .here("its conditions guard nothing")
            .also(wider.place(), "the wider one")
            .help("remove the grant that is not meant, or take the packages out of it"),
        );
    }
    for name in cx.pairs().not_compared() {
        findings.add(
            Report::at(
                name.place,
                format!("more than {} grants for `{}`: not all were compared", MOST_GRANTS, name.name),
            )
            .severity(trustctl_diag::Severity::Info)
            .help("merge grants for one package that differ in one condition: a condition can list several values"),
        );
    }
}
