use super::expired_grant::last_day;
use crate::facts::GrantFacts;
use crate::finding::Report;
use crate::lint::Findings;
use crate::rule::declare_rule;

declare_rule! {
    /// ## What it finds
    ///
    /// A grant that ends within the next 30 days.
    ///
    /// ## Why it is dangerous
    ///
    /// After its last day the grant lets nobody in, and the release of that week fails. What is renewed in such a
    /// moment is seldom looked at again.
    ///
    /// ## Who can use it
    ///
    /// Nobody.
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
    ///     expires: 2026-12-10     # found from 2026-11-11 on
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
    ///     expires: 2027-12-31
    /// ```
    ///
    /// ## Exceptions
    ///
    /// Nothing needs to change where the end is meant.
    ///
    /// ## Sources
    ///
    /// - https://www.rfc-editor.org/rfc/rfc3339 (dates as `expires` has them)
    "expiring-soon" {
        family: Lifetime,
        severity: Info,
        known: Proved,
        since: "0.1.0",
        summary: "a grant that ends within 30 days",
        check: Grant(check),
    }
}

fn check(grant: &GrantFacts<'_>, findings: &mut Findings<'_>) {
    const DAY: i64 = 86_400;
    let Some(expires_at) = grant.grant.expires_at() else { return };
    let left = expires_at.saturating_sub(grant.cx.now.0);
    if left <= 0 || left > i64::from(grant.cx.options.soon_days).saturating_mul(DAY) {
        return;
    }
    let days = left.div_euclid(DAY);
    let when = match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        days => format!("in {days} days"),
    };
    findings.add(
        Report::at(grant.place(), format!("the grant to {} ends {when}, on {}", grant.what(), last_day(expires_at)))
            .here("lets nobody in after that day")
            .help("look at its conditions and give it another last day, or remove it in time"),
    );
}
