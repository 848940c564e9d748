use crate::facts::overlap::Relation;
use crate::finding::Report;
use crate::lint::{Findings, PolicyContext};
use crate::rule::declare_rule;

declare_rule! {
    /// ## What it finds
    ///
    /// Two grants that let the same tokens do the same things.
    ///
    /// ## Why it is dangerous
    ///
    /// It is not, today. Tomorrow somebody closes or narrows one of them in a hurry and does not see that the other
    /// still stands.
    ///
    /// ## Who can use it
    ///
    /// Nobody gets in who would not with one of them.
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
    ///     when: { repository-pin: acme@1234567/widgets@556677, environment: npm }
    ///   - packages: ["@acme/widgets"]
    ///     actions: [publish]
    ///     provider: github-actions
    ///     when: { environment: npm, repository-pin: acme@1234567/widgets@556677 }
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
    ///     when: { repository-pin: acme@1234567/widgets@556677, environment: npm }
    /// ```
    ///
    /// ## Exceptions
    ///
    /// Conditions are compared one by one; two grants that mean the same in different words are not found yet.
    ///
    /// ## Sources
    ///
    /// - https://docs.npmjs.com/trusted-publishers (one publisher a package: what is easy to review)
    "duplicate-grant" {
        family: Grants,
        severity: Warning,
        known: Proved,
        since: "0.1.0",
        summary: "two grants that let the same tokens do the same",
        check: Policy(check),
    }
}

fn check(cx: &PolicyContext<'_>, findings: &mut Findings<'_>) {
    for pair in cx.pairs().iter().filter(|pair| pair.relation == Relation::Same) {
        let (Some(second), Some(first)) = (cx.facts(pair.narrower), cx.facts(pair.wider)) else { continue };
        findings.add(
            Report::at(second.place(), format!("a second grant to {} by the same tokens", second.what()))
                .here("says nothing new")
                .also(first.place(), "the first one")
                .help("remove one of the two"),
        );
    }
}
