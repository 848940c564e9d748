use trustctl_catalog::Role;
use trustctl_diag::Severity;
use trustctl_policy::{Matcher, Text};

use crate::facts::{Fact, GrantFacts, named};
use crate::finding::Report;
use crate::lint::Findings;
use crate::rule::declare_rule;
use crate::reach;

declare_rule! {
    /// ## What it finds
    ///
    /// A grant that changes packages and does not say on whose machine the job must run, though the provider's tokens
    /// tell; or that lets the provider's and one's own alike.
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
    /// A warning where the registry refuses such jobs, otherwise for your information. Silent where one's own machines
    /// are refused, where they alone are named (`runner_environment: self-hosted` says that it is meant) or one of them
    /// is by its id, where the registry takes care of it by itself, as npm does, where strangers get in anyway, and
    /// for grants that only read.
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
    if grant.only_reads() || grant.is_open_to_strangers() {
        return;
    }
    let Some(claim) = grant.provider.claims(Role::Runner).find(|claim| is_about_hosting(grant, &claim.name)) else {
        return;
    };
    if is_settled(grant, &claim.name) {
        return;
    }
    let lets_both = grant.written().find(|fact| is_about(grant, fact, &claim.name));
    let hosted =
        grant.provider.entry.and_then(|entry| entry.claims.get(&claim.name)).map_or("", |entry| entry.example.as_str());
    let refused = grant.registry_entry().is_some_and(|registry| {
        let requires = registry.requires.get(&grant.provider.provider.kind).map_or(&[][..], Vec::as_slice);
        requires.iter().any(|requirement| requirement.claim == claim.name)
    });
    let place = lets_both.map_or_else(|| grant.place(), Fact::place);
    let mut report = Report::at(place, format!("a job on anybody's own machine can {}", grant.what()));
    report = match lets_both {
        Some(fact) => report.here("lets any machine").help(format!("write `{}: {hosted}`", fact.claim.name)),
        None => report.here("does not say whose machine").help(format!("add `{}: {hosted}`", claim.name)),
    };
    if !refused {
        report = report.severity(Severity::Info);
    }
    findings.add(report);
}

/// The value of a machine of one's own, with every provider.
const OWN: &str = "self-hosted";

/// Whether the grant refuses one's own machines, or names them and nothing else, or names a machine.
fn is_settled(grant: &GrantFacts<'_>, claim: &str) -> bool {
    let is_own = |literal: Text| grant.policy().text(literal) == OWN;
    let on_the_claim = grant.facts.iter().filter(|fact| is_about(grant, fact, claim)).any(|fact| {
        let names_own = matches!(fact.matcher, Matcher::EqualsIgnoringCase(_))
            || fact.matcher.literals().is_some_and(|literals| literals.into_iter().all(is_own));
        names_own || !reach::meets(grant, fact.matcher, OWN)
    });
    on_the_claim || named::names_a(grant, Role::Runner) || composed_settles(grant, claim)
}

/// Whether every value of a composed claim that the grant names holds the same machines: a `sub` that was made so.
fn composed_settles(grant: &GrantFacts<'_>, claim: &str) -> bool {
    let is_composed = |fact: &&Fact<'_>| fact.claim.composed;
    grant.facts.iter().filter(is_composed).any(|fact| {
        let literals = fact.matcher.literals().unwrap_or_default();
        let machine = |literal: &Text| {
            let parts = grant.provider.apart().all(&fact.claim.name, grant.policy().text(*literal));
            parts.into_iter().find(|(name, _)| name == claim).map(|(_, machine)| machine)
        };
        let mut machines = literals.iter().map(machine);
        machines.next().flatten().is_some_and(|first| machines.all(|machine| machine.as_ref() == Some(&first)))
    })
}

/// Whether the condition asks something of that claim.
fn is_about(grant: &GrantFacts<'_>, fact: &Fact<'_>, claim: &str) -> bool {
    grant.provider.canonical(&fact.claim.name) == grant.provider.canonical(claim)
        && *fact.matcher != Matcher::Present(false)
}

/// Whether the claim tells the provider's machines from others, and is not one machine's number.
fn is_about_hosting(grant: &GrantFacts<'_>, claim: &str) -> bool {
    let entry = grant.provider.entry.and_then(|entry| entry.claims.get(claim));
    entry.is_some_and(|entry| entry.values.as_deref().is_some_and(|values| values.contains(OWN)))
}
