use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use trustctl_catalog::Catalogue;
use trustctl_pattern::Pattern;
use trustctl_policy::Audience;

use crate::finding::Report;
use crate::lint::{Findings, PolicyContext};
use crate::rule::declare_rule;

declare_rule! {
    /// ## What it finds
    ///
    /// A registry whose audience is one that tokens carry when nobody asks for another, or that tutorials use: it
    /// names no service in particular.
    ///
    /// ## Why it is dangerous
    ///
    /// The audience is what keeps a token to the service that it was made for. With one that several services share,
    /// each of them can hand the tokens that it is shown to your registry, and so can whoever reads its logs.
    ///
    /// ## Who can use it
    ///
    /// Whoever gets to see a token that one of your jobs made for another service.
    ///
    /// ## Example (bad)
    ///
    /// ```yaml
    /// trust: 1
    /// registry: { kind: generic, audience: https://github.com/acme }
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
    /// Silent for providers whose jobs cannot ask for another audience.
    ///
    /// ## Sources
    ///
    /// - https://docs.github.com/actions/reference/security/oidc
    /// - https://www.rfc-editor.org/rfc/rfc8725#section-3.9
    "shared-default-audience" {
        family: Audience,
        severity: Warning,
        known: Catalogue,
        since: "0.1.0",
        summary: "an audience that many services share",
        check: Policy(check),
    }
}

fn check(cx: &PolicyContext<'_>, findings: &mut Findings<'_>) {
    let pairs: BTreeSet<_> = cx.policy.grants().map(|(_, grant)| (grant.registry, grant.provider)).collect();
    for (registry_id, provider_id) in pairs {
        let (Some(registry), Some(provider)) = (cx.policy.registry(registry_id), cx.provider(provider_id)) else {
            continue;
        };
        let Some(Audience::Exact(audience)) = cx.policy.audience(registry_id, provider_id) else { continue };
        let can_choose = provider.entry.is_some_and(|entry| entry.audience.caller_chooses);
        if !can_choose || !shared(&provider.provider.kind).iter().any(|pattern| pattern.is_match(audience)) {
            continue;
        }
        findings.add(
            Report::at(registry.place, format!("a token that a {} job made for another service is good here as well", provider.title()))
                .here(format!("its audience is `{audience}`, which names no service of its own"))
                .help("give the registry an audience of its own, such as `audience: https://packages.example.com`, and let jobs ask for it"),
        );
    }
}

/// The catalogue's patterns of shared audiences, compiled once.
fn shared(kind: &str) -> &'static [Pattern] {
    static SHARED: OnceLock<BTreeMap<&'static str, OnceLock<Vec<Pattern>>>> = OnceLock::new();
    let Ok(catalogue) = Catalogue::bundled() else { return &[] };
    let shared = SHARED.get_or_init(|| catalogue.provider_kinds().map(|kind| (kind, OnceLock::new())).collect());
    let compiled = || {
        let patterns = catalogue.provider(kind).map_or(&[][..], |provider| &provider.audience.shared);
        patterns.iter().filter_map(|pattern| Pattern::regex(pattern).ok()).collect()
    };
    shared.get(kind).map_or(&[], |patterns| patterns.get_or_init(compiled))
}
