use crate::facts::GrantFacts;
use crate::finding::Report;
use crate::lint::Findings;
use crate::rule::declare_rule;

declare_rule! {
    /// ## What it finds
    ///
    /// A grant whose last day has passed.
    ///
    /// ## Why it is dangerous
    ///
    /// It lets nobody in any more, so it is not dangerous in itself. It is in the way of whoever reads the file, and
    /// the next release may fail for it.
    ///
    /// ## Who can use it
    ///
    /// Nobody, until somebody moves the date without looking at the conditions.
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
    ///     expires: 2025-12-31
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
    /// None. The last day itself is not past: a grant holds until its end, in UTC.
    ///
    /// ## Sources
    ///
    /// - https://www.rfc-editor.org/rfc/rfc3339 (dates as `expires` has them)
    "expired-grant" {
        family: Lifetime,
        severity: Warning,
        known: Proved,
        since: "0.1.0",
        summary: "a grant whose last day has passed",
        check: Grant(check),
    }
}

fn check(grant: &GrantFacts<'_>, findings: &mut Findings<'_>) {
    let Some(expires_at) = grant.grant.expires_at().filter(|expires_at| *expires_at <= grant.cx.now.0) else { return };
    findings.add(
        Report::at(grant.place(), format!("the grant to {} ended on {}", grant.what(), last_day(expires_at)))
            .here("lets nobody in any more")
            .help("remove it; or look at its conditions again and give it another last day"),
    );
}

/// The day before the first second at which a grant no longer holds: `2027-06-30`.
pub(crate) fn last_day(expires_at: i64) -> String {
    jiff::Timestamp::from_second(expires_at.saturating_sub(1))
        .map_or_else(|_| String::new(), |end| end.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_last_day_is_the_one_before_the_end() {
        assert_eq!(super::last_day(86_400), "1970-01-01");
        assert_eq!(super::last_day(1_814_400_000), "2027-06-30");
    }
}
