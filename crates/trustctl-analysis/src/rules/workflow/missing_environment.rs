use trustctl_catalog::{ClaimType, Role};

use crate::Adversary;
use crate::facts::{GrantFacts, named};
use crate::finding::Report;
use crate::lint::Findings;
use crate::rule::declare_rule;

declare_rule! {
    /// ## What it finds
    ///
    /// A grant that changes packages and names no deployment environment, though the provider's tokens do. To ask for
    /// any environment (`present: true`, `glob: "*"`), for all but some (`not: dev`) or for a tier names none.
    ///
    /// ## Why it is dangerous
    ///
    /// An environment is where the provider can ask a person before the job gets a token, and where it checks which
    /// branches and tags may. Without it, the right to push a branch is the right to publish: the branch brings its own
    /// version of the workflow file along, under the same name, and can name an environment that nobody guards. The worm that went through npm in June 2026 did just
    /// that.
    ///
    /// ## Who can use it
    ///
    /// Everybody, and every stolen token, with write access to the repository.
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
    ///     when: { repository-pin: acme@1234567/widgets@556677, workflow-file: publish.yml }
    /// ```
    ///
    /// Any environment will do, one that the job has made up among them:
    ///
    /// ```yaml
    /// trust: 1
    /// registry: npm
    /// grants:
    ///   - packages: ["@acme/widgets"]
    ///     actions: [publish]
    ///     provider: github-actions
    ///     when: { repository-pin: acme@1234567/widgets@556677, workflow-file: publish.yml, environment: { not: dev } }
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
    ///     when: { repository-pin: acme@1234567/widgets@556677, workflow-file: publish.yml, environment: npm }
    /// ```
    ///
    /// Set required reviewers, or the branches and tags that may deploy, on the environment as well: the claim
    /// proves its name only.
    ///
    /// ## Exceptions
    ///
    /// Silent for grants that only read, where strangers get in anyway, and for providers without environments. A list
    /// of names, a template and a pattern that begins with text (`prod-*`) count as naming one, an environment's id and
    /// `contains` with a CircleCI context's id too, and so does a literal `sub` that holds the environment.
    ///
    /// ## Sources
    ///
    /// - https://docs.github.com/actions/reference/workflows-and-actions/deployments-and-environments
    /// - https://docs.pypi.org/trusted-publishers/security-model/
    /// - https://docs.npmjs.com/trusted-publishers
    "missing-environment" {
        family: Workflow,
        severity: Warning,
        known: Catalogue,
        since: "0.1.0",
        summary: "a grant to publish that names no deployment environment",
        check: Grant(check),
    }
}

fn check(grant: &GrantFacts<'_>, findings: &mut Findings<'_>) {
    if grant.only_reads() || named::names_a(grant, Role::Environment) || grant.is_open_to_strangers() {
        return;
    }
    // The shortest name is the plain one: `environment`, not `environment_protected`.
    let Some(claim) = grant.provider.claims(Role::Environment).min_by_key(|claim| claim.name.len()) else { return };
    let name = if claim.kind == ClaimType::List { "{ contains: ID }" } else { "NAME" };
    let asks = grant.written().find(|fact| fact.claim.role == Role::Environment);
    let mut report = Report::at(grant.place(), format!("everybody who can push to the repository can {}", grant.what()))
        .here(if asks.is_some() { "names no environment" } else { "asks for no environment" })
        .help(format!("add `{}: {name}`, and let the provider ask a reviewer before such a job runs", claim.name))
        .lets_in(grant, &[Adversary::AnyWriter], []);
    if let Some(asks) = asks {
        report = report.also(asks.place(), "any job can meet this with an environment of its own choice");
    }
    findings.add(report);
}
