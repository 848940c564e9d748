use std::collections::{BTreeMap, BTreeSet};

use trustctl_policy::Origin;

use crate::facts::{Fact, GrantFacts};
use crate::finding::Report;
use crate::lint::Findings;
use crate::rule::declare_rule;

declare_rule! {
    /// ## What it finds
    ///
    /// A grant with two conditions on one claim, each a value or a list of values, that have no value in common.
    ///
    /// ## Why it is dangerous
    ///
    /// All conditions of a grant must hold, those that the provider, the registry and `require` add among them, so
    /// such a grant lets nobody in. The release fails on the day it is due, and whoever mends it in a hurry
    /// takes away the condition that was there for a reason.
    ///
    /// ## Who can use it
    ///
    /// Nobody.
    ///
    /// ## Example (bad)
    ///
    /// npm takes packages from machines of the provider alone:
    ///
    /// ```yaml
    /// trust: 1
    /// registry: npm
    /// grants:
    ///   - packages: ["@acme/widgets"]
    ///     actions: [publish]
    ///     provider: github-actions
    ///     when: { repository-pin: acme@1234567/widgets@556677, environment: npm, runner_environment: self-hosted }
    /// ```
    ///
    /// The grant is for another organisation than `require`:
    ///
    /// ```yaml
    /// trust: 1
    /// registry: npm
    /// providers:
    ///   github-actions: { require: { repository_owner_id: 1234567 } }
    /// grants:
    ///   - packages: ["@acme/widgets"]
    ///     actions: [publish]
    ///     provider: github-actions
    ///     when: { repository_owner_id: 7654321, repository_id: 556677, environment: npm }
    /// ```
    ///
    /// ## Use instead (good)
    ///
    /// ```yaml
    /// trust: 1
    /// registry: npm
    /// providers:
    ///   github-actions: { require: { repository_owner_id: [1234567, 7654321] } }
    /// grants:
    ///   - packages: ["@acme/widgets"]
    ///     actions: [publish]
    ///     provider: github-actions
    ///     when: { repository_owner_id: 7654321, repository_id: 556677, environment: npm }
    /// ```
    ///
    /// ## Exceptions
    ///
    /// Values and lists of values alone are compared, and of one claim only, whichever of its names the trust file uses:
    /// a `sub` that contradicts `repository` is not found yet.
    ///
    /// ## Sources
    ///
    /// - https://docs.npmjs.com/trusted-publishers (self-hosted runners are refused)
    /// - https://docs.github.com/actions/reference/security/oidc
    "contradictory-conditions" {
        family: Grants,
        severity: Warning,
        known: Proved,
        since: "0.1.0",
        summary: "two conditions on one claim that no value meets, so that the grant lets nobody in",
        check: Grant(check),
    }
}

fn check(grant: &GrantFacts<'_>, findings: &mut Findings<'_>) {
    let mut by_claim: BTreeMap<&str, Vec<(&Fact<'_>, BTreeSet<&str>)>> = BTreeMap::new();
    for fact in &grant.facts {
        let Some(literals) = fact.matcher.literals() else { continue };
        let values = literals.into_iter().map(|literal| grant.policy().text(literal)).collect();
        by_claim.entry(grant.provider.canonical(&fact.claim.name)).or_default().push((fact, values));
    }
    for conditions in by_claim.values() {
        let pairs = conditions
            .iter()
            .enumerate()
            .flat_map(|(at, first)| conditions.iter().skip(at.saturating_add(1)).map(move |second| (first, second)));
        let apart = pairs.into_iter().find(|((a, of_a), (b, of_b))| {
            // A token without the claim would pass two requirements that let it.
            of_a.is_disjoint(of_b) && !(a.condition.absent_passes && b.condition.absent_passes)
        });
        if let Some((first, second)) = apart {
            findings.add(report(grant, first, second));
        }
    }
}

type Asked<'f, 'a, 'v> = (&'f Fact<'a>, BTreeSet<&'v str>);

fn report<'g>(grant: &'g GrantFacts<'_>, first: &Asked<'_, '_, '_>, second: &Asked<'_, '_, '_>) -> Report<'g> {
    // What the grant itself says is the easiest to change.
    let (near, far) = if nearness(first.0) > nearness(second.0) { (first, second) } else { (second, first) };
    let claim = &near.0.claim.name;
    let who = match far.0.condition.origin {
        Origin::Provider => format!("{} grants", grant.provider.title()),
        Origin::Registry => grant.registry_entry().map_or("the registry", |entry| entry.title.as_str()).to_owned(),
        Origin::ProviderRequire | Origin::RegistryRequire => "`require`".to_owned(),
        Origin::When | Origin::Row => "another condition".to_owned(),
    };
    let also = far.0.is_written() && far.0.place() != near.0.place();
    let report = Report::at(
        near.0.place(),
        format!("nobody can {}: no `{claim}` is both {} and {}", grant.what(), in_words(&near.1), in_words(&far.1)),
    )
    .here(format!("{who} asks for {}", in_words(&far.1)))
    .help(format!("name a `{claim}` that both let through, or take one of the two away"));
    if also { report.also(far.0.place(), "no value in common with this") } else { report }
}

/// How near to the grant a condition stands.
fn nearness(fact: &Fact<'_>) -> u8 {
    match fact.condition.origin {
        Origin::Provider | Origin::Registry => 0,
        Origin::ProviderRequire | Origin::RegistryRequire => 1,
        Origin::When => 2,
        Origin::Row => 3,
    }
}

fn in_words(values: &BTreeSet<&str>) -> String {
    const MOST: usize = 4;
    let mut words: Vec<String> = values.iter().take(MOST).map(|value| format!("`{value}`")).collect();
    if values.len() > MOST {
        words.push("…".to_owned());
    }
    words.join(" or ")
}
