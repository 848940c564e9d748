//! The bundled data hold together: what one field says of another, and what each says of values.

use std::collections::BTreeSet;
use std::path::Path;

use crate::common::{example, example_token, value};
use trustctl_catalog::{Catalogue, Claim, ClaimType, Derivation, Issuer, NameKind, Provider, Role, Tenants, TrapKind};
use trustctl_pattern::Pattern;

/// All files, each of which can be read: what cannot be is as good as absent, so its reason comes before any other.
fn catalogue() -> &'static Catalogue {
    let catalogue = Catalogue::bundled().unwrap();
    catalogue.check().unwrap_or_else(|error| panic!("{error}"));
    catalogue
}

fn claims() -> impl Iterator<Item = (&'static Provider, &'static String, &'static Claim)> {
    catalogue()
        .providers()
        .flat_map(|provider| provider.claims.iter().map(move |(name, claim)| (provider, name, claim)))
}

fn regex(text: &str) -> Pattern {
    Pattern::regex(text).unwrap_or_else(|error| panic!("`{text}`: {error}"))
}

/// The names of the data files in a folder, without `.yaml`.
fn stems(folder: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter_map(|name| name.strip_suffix(".yaml").map(str::to_owned)).collect()
}

#[test]
fn it_has_the_kinds_that_trust_files_name() {
    let providers: BTreeSet<_> = catalogue().providers().map(|provider| provider.kind.clone()).collect();
    assert_eq!(providers, stems("providers"));
    let registries: BTreeSet<_> = catalogue().registries().map(|registry| registry.kind.clone()).collect();
    assert_eq!(registries, stems("registries"));
    assert!(catalogue().provider_kinds().eq(stems("providers")));
    assert!(catalogue().registry_kinds().eq(stems("registries")));
    assert!(catalogue().provider("gitlab").is_some() && catalogue().provider("gitlub").is_none());
    assert!(catalogue().registry("npm").is_some() && catalogue().registry("").is_none());
}

#[test]
fn the_version_names_the_month_and_a_digest() {
    assert!(regex("[0-9]{4}\\.[0-9]{2}-[0-9a-f]{8}").is_match(&catalogue().version), "{}", catalogue().version);
}

#[test]
fn every_regular_expression_compiles_and_takes_its_example() {
    for provider in catalogue().providers() {
        for (name, field) in provider.issuers.iter().flat_map(|issuer| &issuer.fields) {
            assert!(regex(&field.pattern).is_match(&field.example), "{}: {name}", provider.kind);
        }
        for audience in &provider.audience.shared {
            regex(audience);
        }
    }
    for registry in catalogue().registries() {
        for (name, field) in &registry.fields {
            assert!(regex(&field.pattern).is_match(&field.example), "{}: {name}", registry.kind);
        }
        for rule in [&registry.packages, &registry.versions, &registry.accounts].into_iter().flatten() {
            assert!(regex(&rule.pattern).is_match(&rule.example), "{}: {}", registry.kind, rule.example);
        }
    }
    for (provider, name, claim) in claims() {
        let example = example(provider, name);
        if let Some(values) = &claim.values
            && !example.is_empty()
        {
            assert!(regex(values).is_match(&example), "{}: {name}: `{example}`", provider.kind);
        }
    }
}

#[test]
fn examples_have_their_claims_type() {
    for (provider, name, claim) in claims() {
        let example = example(provider, name);
        match claim.kind {
            ClaimType::Integer => {
                assert!(example.parse::<i64>().is_ok(), "{}: {name}", provider.kind)
            }
            ClaimType::Boolean => assert!(example == "true" || example == "false", "{}: {name}", provider.kind),
            ClaimType::String | ClaimType::List => {}
        }
        assert!(!example.is_empty() || claim.optional, "{}: {name}", provider.kind);
    }
}

/// The example token is one token: its derived claims are what their derivation makes of it, and its subject and other
/// composed claims are made of the claims beside them.
#[test]
fn the_example_token_is_consistent() {
    for provider in catalogue().providers() {
        let token = example_token(provider);
        for (name, claim) in provider.claims.iter().filter(|(_, claim)| claim.derived.is_some()) {
            match value(provider, &token, name) {
                Some(derived) => assert_eq!(derived, example(provider, name), "{}: {name}", provider.kind),
                // The example tokens are for tags.
                None => assert!(name == "branch" || name.ends_with("-branch"), "{}: {name}", provider.kind),
            }
            assert_eq!(claim.at, None, "{}: {name} is derived and nested", provider.kind);
        }
        for (name, claim) in provider.claims.iter().filter(|(_, claim)| claim.shape.is_some()) {
            let fits =
                claim.shape.iter().chain(&claim.forms).any(|shape| crate::common::cuts(shape, &token[name]).len() == 1);
            assert!(fits, "{}: {name}: `{}` has none of its forms", provider.kind, token[name]);
        }
        if let Some(default) = &provider.audience.default {
            let shared = provider.audience.shared.iter().map(|text| regex(text));
            assert!(shared.into_iter().any(|shared| shared.is_match(&token["aud"])), "{}: {default}", provider.kind);
        }
    }
}

#[test]
fn derived_names_hold_a_hyphen_or_are_branch_and_tag() {
    for (provider, name, claim) in claims() {
        if claim.derived.is_some() {
            assert!(name.contains('-') || ["branch", "tag"].contains(&name.as_str()), "{}: {name}", provider.kind);
        } else {
            // CircleCI's own names are the ones with a host before them.
            assert!(!name.contains('-') || name.starts_with("oidc.circleci.com/"), "{}: {name}", provider.kind);
        }
    }
}

#[test]
fn every_provider_has_the_envelope() {
    for provider in catalogue().providers().filter(|provider| !provider.issuers.is_empty()) {
        let envelope =
            provider.claims.iter().filter(|(_, claim)| claim.role == Role::Envelope).map(|(name, _)| name.as_str());
        let envelope: BTreeSet<&str> = envelope.collect();
        assert_eq!(envelope, ["aud", "exp", "iat", "iss", "jti", "nbf"].into(), "{}", provider.kind);
        assert!(provider.claims.contains_key("sub"), "{}", provider.kind);
    }
}

#[test]
fn a_shared_issuer_has_tenant_claims() {
    for provider in catalogue().providers() {
        if provider.issuers.iter().any(|issuer| issuer.tenants == Tenants::Shared) {
            let kind = &provider.kind;
            assert!(provider.claims.values().any(|claim| claim.tenant.is_some()), "{kind}: no claim has `tenant`");
            assert!(provider.claims.values().any(|claim| claim.source), "{kind}: no claim has `source`");
        }
    }
}

#[test]
fn what_a_stranger_can_choose_fixes_no_tenant() {
    for (provider, name, claim) in claims() {
        if claim.tenant.is_some() {
            let kind = &provider.kind;
            assert_eq!(claim.set_by, trustctl_catalog::SetBy::Provider, "{kind}: {name}: others choose a `tenant`");
            assert_ne!(claim.name_kind, NameKind::Value, "{kind}: {name}: a `tenant` is a name or an id");
        }
    }
}

#[test]
fn names_that_fix_a_tenant_or_a_source_say_what_pins_them() {
    for (provider, name, claim) in claims() {
        // Where every issuer is ours, only we can give a job's name to another.
        let ours = provider.issuers.iter().all(|issuer| issuer.tenants == Tenants::Ours);
        if claim.name_kind == NameKind::Name && (claim.tenant.is_some() || claim.source && !ours) {
            assert!(!claim.pinned_by.is_empty(), "{}: {name}: no `pinned-by`", provider.kind);
        }
        for pin in &claim.pinned_by {
            assert_eq!(provider.claims[pin].name_kind, NameKind::Id, "{}: {name} is pinned by {pin}", provider.kind);
        }
    }
}

#[test]
fn each_provider_has_one_default_issuer_or_needs_a_field() {
    for provider in catalogue().providers().filter(|provider| provider.kind != "custom") {
        let defaults =
            provider.issuers.iter().filter(|issuer| issuer.fields.is_empty() && issuer.switch.is_none()).count();
        assert!(defaults == 1 || (defaults == 0 && !provider.issuers.is_empty()), "{}", provider.kind);
    }
    assert!(catalogue().provider("custom").unwrap().issuers.is_empty());
}

/// `host: gitlab.com` would make everybody's issuer ours.
#[test]
fn no_field_spells_a_providers_own_fixed_issuer() {
    for provider in catalogue().providers() {
        let fixed: Vec<_> = provider.issuers.iter().filter(|issuer| issuer.fields.is_empty()).collect();
        for form in provider.issuers.iter().filter(|issuer| issuer.fields.len() == 1) {
            let (name, field) = form.fields.first_key_value().unwrap();
            let (before, after) = form.template.split_once(&format!("{{{name}}}")).unwrap();
            for fixed in &fixed {
                let middle = fixed.template.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
                if let Some(middle) = middle {
                    assert!(!regex(&field.pattern).is_match(middle), "{}: {name}: {middle}", provider.kind);
                }
            }
        }
    }
    let gitlab = regex(&catalogue().provider("gitlab").unwrap().issuers[1].fields["host"].pattern);
    for host in [
        "gitlab.acme.example",
        "gitlab.org",
        "acme.com",
        "gitla.com",
        "gitlab2.com",
        "gitlab",
        "gitlab.com.br",
        "git.acme.com:8443",
    ] {
        assert!(gitlab.is_match(host), "{host}");
    }
    for host in [
        "gitlab.com",
        "GitLab.com",
        "gitlab.com.",
        "gitlab.com:443",
        "gitlab.com/acme",
        "a..b",
        "",
        "-a.b.c",
        "user@acme.example",
    ] {
        assert!(!gitlab.is_match(host), "{host}");
    }
}

/// They are read from a stretch of the file, without the rest of it.
#[test]
fn the_issuers_of_all_are_those_of_each() {
    let whole = catalogue()
        .providers()
        .flat_map(|provider| provider.issuers.iter().map(|form| format!("{}: {form:?}", provider.kind)));
    let stretches = catalogue().issuers().map(|(kind, form)| format!("{kind}: {form:?}"));
    assert!(stretches.eq(whole));
}

#[test]
fn a_fixed_issuer_is_found_by_its_whole_text() {
    let found = |issuer| catalogue().fixed_issuer(issuer).map(|(kind, _)| kind);
    assert_eq!(found("https://gitlab.com"), Some("gitlab"));
    assert_eq!(found("https://accounts.google.com"), Some("google"));
    assert_eq!(found("https://oidc.circleci.com"), Some("circleci"));
    assert_eq!(found("https://gitlab.com/"), None);
    assert_eq!(found("https://{host}"), None);
}

#[test]
fn a_provider_whose_issuer_is_shared_by_all_says_what_its_keys_do_not() {
    for provider in catalogue().providers() {
        let everybodys = |form: &Issuer| form.fields.is_empty() && form.tenants == Tenants::Shared;
        if provider.issuers.iter().any(everybodys) {
            assert!(provider.traps.iter().any(|trap| trap.kind == TrapKind::SharedKeys), "{}", provider.kind);
        }
        for trap in provider.traps.iter().filter_map(|trap| trap.source.as_ref()) {
            assert!(regex("https://[^ ]+").is_match(trap), "{}: {trap}", provider.kind);
        }
    }
}

/// JSR's look-alikes: a slug is one path segment of letters, digits and hyphens.
#[test]
fn look_alikes_of_the_enterprise_issuer_do_not_fit() {
    let form = &catalogue().provider("github-actions").unwrap().issuers[1];
    let slug = regex(&form.fields["enterprise"].pattern);
    assert!(slug.is_match("acme-inc"));
    for wrong in ["", "/", "acme/", "/acme", "foo/bar", "?x=1", "../foo", "acme?x", "acme.evil", "-acme", "acme%2f"] {
        assert!(!slug.is_match(wrong), "{wrong}");
    }
}

#[test]
fn requirements_are_values_their_claim_can_have() {
    let registries = catalogue().registries().flat_map(|registry| &registry.requires);
    let registries =
        registries.flat_map(|(kind, list)| list.iter().map(move |one| (catalogue().provider(kind).unwrap(), one)));
    let providers =
        catalogue().providers().flat_map(|provider| provider.requires.iter().map(move |one| (provider, one)));
    for (provider, requirement) in providers.chain(registries) {
        let claim = &provider.claims[&requirement.claim];
        for value in &requirement.values {
            if let Some(values) = &claim.values {
                assert!(regex(values).is_match(value), "{}: {value}", provider.kind);
            }
            assert!(claim.kind != ClaimType::Boolean || ["true", "false"].contains(&value.as_str()));
        }
        assert!(
            requirement.values.contains(&example(provider, &requirement.claim)),
            "{}: the example token",
            provider.kind
        );
        assert!(requirement.source.starts_with("https://"), "{}", requirement.source);
    }
}

#[test]
fn outsiders_events_are_not_among_the_required_ones() {
    let values = |kind| &catalogue().provider(kind).unwrap().requires[0].values;
    for event in [
        "pull_request",
        "pull_request_target",
        "workflow_run",
        "issue_comment",
        "issues",
        "fork",
        "pull_request_review",
    ] {
        assert!(!values("github-actions").iter().any(|value| value == event), "{event}");
    }
    for source in ["merge_request_event", "external_pull_request_event", "parent_pipeline"] {
        assert!(!values("gitlab").iter().any(|value| value == source), "{source}");
    }
    assert_eq!(*values("circleci"), ["false"]);
}

#[test]
fn subject_forms_fit_the_example_subject() {
    for provider in catalogue().providers() {
        for form in &provider.subjects {
            let subject = example(provider, "sub");
            let rest = subject.strip_prefix(&form.prefix).expect("the prefix");
            let (tenant, _) = rest.split_once(&form.delimiter).expect("the delimiter");
            assert!(!tenant.is_empty(), "{}", provider.kind);
        }
    }
}

#[test]
fn facts_carry_sources_and_dates() {
    let page = regex("https://[^ ]+.*|docs/[a-z-]+\\.md");
    let date = regex("2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])");
    let providers = catalogue().providers().map(|provider| (&provider.sources, &provider.checked));
    for (sources, checked) in
        providers.chain(catalogue().registries().map(|registry| (&registry.sources, &registry.checked)))
    {
        assert!(sources.iter().all(|source| page.is_match(source)), "{sources:?}");
        assert!(date.is_match(checked), "{checked}");
    }
    for (provider, name, claim) in claims() {
        if let Some(cite) = &claim.cite {
            let (source, when) = cite.rsplit_once(", ").expect("a page and a date");
            assert!(page.is_match(source) && date.is_match(when), "{}: {name}: {cite}", provider.kind);
        }
        if let Some(since) = &claim.since {
            assert!(date.is_match(since) && claim.optional && claim.cite.is_some(), "{}: {name}", provider.kind);
        }
    }
}

#[test]
fn pins_join_the_ids() {
    for (kind, name, expected) in [
        ("github-actions", "repository-pin", "acme@1234567/widgets@556677"),
        ("gitlab", "project-pin", "acme/widgets@556677"),
    ] {
        let provider = catalogue().provider(kind).unwrap();
        assert!(matches!(provider.claims[name].derived, Some(Derivation::Join { .. })));
        assert_eq!(value(provider, &example_token(provider), name).as_deref(), Some(expected));
    }
}
