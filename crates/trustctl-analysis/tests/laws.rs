//! What holds of findings whatever the policy.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;
use trustctl_analysis::{Finding, LintInput, LintOptions, lint};
use trustctl_claims::{Claims, UnixTime};
use trustctl_diag::Severity;
use trustctl_eval::{Evaluator, Request, Target};
use trustctl_policy::{Policy, read_text};

/// 2026-11-21 12:00 UTC.
const NOW: UnixTime = UnixTime(1_795_262_400);

/// Rules that say strangers get in.
const OPEN: [&str; 3] = ["missing-tenant-claim", "no-identity-claims", "reusable-workflow-without-caller"];

/// Conditions of GitHub grants, at most one a claim.
const CONDITIONS: [(&str, &[&str]); 15] = [
    (
        "repository",
        &[
            "acme/widgets",
            "[acme/widgets, acme/gadgets]",
            "{ glob: acme/* }",
            "{ glob: \"*/widgets\" }",
            "{ not: acme/old }",
        ],
    ),
    ("repository_id", &["22", "{ regex: \"[0-9]+\" }", "{ regex: \"2[0-9]\", not: \"23\" }"]),
    ("repository_owner", &["acme", "{ equals: ACME, ignore-case: true }", "{ glob: acme* }"]),
    ("repository_owner_id", &["11", "{ not: \"66\" }"]),
    ("repository-pin", &["acme@11/widgets@22", "{ glob: acme@*/widgets@* }"]),
    (
        "sub",
        &[
            "repo:acme/widgets:environment:npm",
            "repo:acme@11/widgets@22:ref:refs/heads/main",
            "repository_visibility:public",
        ],
    ),
    ("branch", &["main", "{ glob: release/* }", "{ not: main }"]),
    ("environment", &["npm", "[npm, pypi]", "{ present: true }", "{ present: false }"]),
    ("workflow-file", &["publish.yml", "{ glob: \"*.yml\" }"]),
    ("called-workflow-repository", &["acme/shared"]),
    ("called-workflow-file", &["publish.yml"]),
    ("own-workflow-file", &["publish.yml", "{ glob: \"*.yml\" }", "{ not: publish.yml }", "{ present: true }"]),
    ("event_name", &["push", "[push, pull_request_target]", "{ not: push }"]),
    ("runner_environment", &["github-hosted", "self-hosted"]),
    ("actor", &["octo", "{ glob: \"*\" }"]),
];

/// One of a claim's conditions, or none.
fn choices() -> impl Strategy<Value = Vec<Option<usize>>> {
    CONDITIONS
        .iter()
        .map(|(_, matchers)| prop_oneof![3 => Just(None), 2 => (0..matchers.len()).prop_map(Some)])
        .collect::<Vec<_>>()
}

fn policy(choices: &[Option<usize>], generic: bool) -> Option<Arc<Policy>> {
    let chosen = CONDITIONS
        .iter()
        .zip(choices)
        .filter_map(|((claim, matchers), choice)| Some((claim, matchers.get((*choice)?)?)));
    let when: Vec<String> = chosen.map(|(claim, matcher)| format!("{claim}: {matcher}")).collect();
    let when = if when.is_empty() { String::new() } else { format!("    when: {{ {} }}\n", when.join(", ")) };
    let dialect = if generic { "dialect: generic\n" } else { "" };
    let text = format!(
        "trust: 1\n{dialect}registry: {{ kind: generic, audience: https://packages.acme.example }}\n\
         grants:\n  - packages: [widgets]\n    actions: [publish]\n    provider: github-actions\n{when}"
    );
    // Some choices cannot be met together, or need another dialect: those are language errors.
    read_text("trust.yaml", &text).policy.map(Arc::new)
}

fn findings(policy: &Arc<Policy>) -> Vec<Finding> {
    lint(&[LintInput::new(Arc::clone(policy))], NOW, &LintOptions::default())
}

fn open(findings: &[Finding]) -> BTreeSet<&'static str> {
    findings.iter().map(|finding| finding.rule).filter(|rule| OPEN.contains(rule)).collect()
}

/// A quarter of the usual cases: each reads and lints a whole policy.
fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases.div_ceil(4), ..usual }
}

proptest! {
    #![proptest_config(config())]

    /// Whoever is shown gets in, by an evaluator that the linter has not touched.
    #[test]
    fn a_witness_gets_in(choices in choices(), generic: bool) {
        let Some(policy) = policy(&choices, generic) else { return Ok(()) };
        let evaluator = Evaluator::new(Arc::clone(&policy));
        for witness in findings(&policy).iter().filter_map(|finding| finding.witness.as_ref()) {
            let action = witness.action.as_deref().unwrap_or_default();
            let target = Target::Package { name: &witness.resource, version: None, action };
            let claims = Claims::parse(&witness.claims);
            prop_assert!(claims.is_ok(), "{}", witness.claims);
            if let Ok(claims) = claims {
                let decision = evaluator.evaluate(&claims, &Request { registry: &witness.registry, target }, witness.at);
                prop_assert!(decision.is_allow(), "{:?}: {}", decision.reason(), witness.claims);
            }
        }
    }

    /// The reader refuses what the linter calls open, and nothing else; in the other dialect the linter finds the same.
    #[test]
    fn open_and_refused_are_one(choices in choices()) {
        if let Some(policy) = policy(&choices, false) {
            let found = findings(&policy);
            prop_assert_eq!(open(&found).is_empty(), policy.refusals().is_empty());
            let refused_without_error = !policy.refusals().is_empty() && found.iter().all(|finding| finding.severity < Severity::Error);
            prop_assert!(!refused_without_error);
        }
        if let (Some(ours), Some(theirs)) = (policy(&choices, false), policy(&choices, true)) {
            prop_assert_eq!(open(&findings(&ours)), open(&findings(&theirs)));
        }
    }

    /// A further condition never opens a grant.
    #[test]
    fn conditions_only_close(choices in choices(), left_out in 0..CONDITIONS.len()) {
        let mut fewer = choices.clone();
        if let Some(choice) = fewer.get_mut(left_out) {
            *choice = None;
        }
        if let (Some(more), Some(fewer)) = (policy(&choices, true), policy(&fewer, true)) {
            prop_assert!(open(&findings(&more)).is_empty() || !open(&findings(&fewer)).is_empty());
        }
    }
}

/// Most grants that are open are shown to be: a witness is missing only where conditions contradict each other.
#[test]
fn open_grants_show_who_gets_in() {
    let (mut shown, mut not_shown) = (0, Vec::new());
    for (claim, (_, matchers)) in CONDITIONS.iter().enumerate() {
        for matcher in 0..matchers.len() {
            let mut choices = vec![None; CONDITIONS.len()];
            if let Some(choice) = choices.get_mut(claim) {
                *choice = Some(matcher);
            }
            for generic in [false, true] {
                let Some(policy) = policy(&choices, generic) else { continue };
                for finding in findings(&policy).iter().filter(|finding| OPEN.contains(&finding.rule)) {
                    match &finding.witness {
                        Some(_) => shown += 1,
                        None => not_shown.push(format!("{}: {}", finding.rule, matchers.get(matcher).unwrap_or(&""))),
                    }
                }
            }
        }
    }
    assert_eq!(not_shown, Vec::<String>::new());
    assert!(shown > 20, "{shown}");
}
