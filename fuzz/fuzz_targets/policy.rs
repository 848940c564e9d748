//! Any text as a policy is read without a panic, every place lies in the text, and what comes out answers.

#![no_main]

use std::hint::black_box;
use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use trustctl_claims::{Claims, UnixTime};
use trustctl_eval::{Decision, Evaluator, Request, Target};
use trustctl_policy::{Diagnostic, Policy, read_text};

/// Claims of a few providers, and some that fit none: whatever the policy says, each gets an answer.
const CLAIMS: [&str; 6] = [
    r#"{"iss":"https://token.actions.githubusercontent.com","aud":"npm:registry.npmjs.org","sub":"repo:acme/widgets:environment:npm",
        "repository":"acme/widgets","repository_id":"556677","repository_owner":"acme","repository_owner_id":"1234567","ref":"refs/tags/v1.4.0",
        "ref_type":"tag","environment":"npm","event_name":"push","runner_environment":"github-hosted",
        "workflow_ref":"acme/widgets/.github/workflows/publish.yml@refs/tags/v1.4.0",
        "job_workflow_ref":"acme/widgets/.github/workflows/publish.yml@refs/tags/v1.4.0"}"#,
    r#"{"iss":"https://gitlab.com","aud":["npm:registry.npmjs.org"],"sub":"project_path:acme/widgets:ref_type:branch:ref:main",
        "project_path":"acme/widgets","project_id":"42","namespace_path":"acme","namespace_id":"7","ref":"main","ref_type":"branch",
        "pipeline_source":"push","runner_environment":"gitlab-hosted","environment":"npm","ref_protected":"true"}"#,
    r#"{"iss":"https://oidc.circleci.com/org/8c4b1d1e-1c1f-4b52-9a0c-3f1f0a3a9f11","aud":"pypi",
        "oidc.circleci.com/org-id":"8c4b1d1e-1c1f-4b52-9a0c-3f1f0a3a9f11","oidc.circleci.com/ssh-rerun":false,
        "oidc.circleci.com/context-ids":["a74579f1-2e7d-451e-b009-5c082ad2729e"],"oidc.circleci.com/vcs-ref":"refs/heads/main"}"#,
    r#"{"iss":"https://ci.corp.example","aud":"https://packages.example.com","sub":"x","pipeline":"release","build":42,
        "labels":["a","b"],"org":{"team":"left"},"email_verified":true}"#,
    r#"{"iss":"https://token.actions.githubusercontent.com","aud":"npm:registry.npmjs.org","repository":"","ref":null,"environment":[],
        "repository_id":556677,"event_name":true,"workflow_ref":"acme/widgets","job_workflow_ref":"@@@.yml@refs/","runner_environment":"\u00e9"}"#,
    "{}",
];

static PARSED: LazyLock<Vec<Claims<'static>>> =
    LazyLock::new(|| CLAIMS.iter().map(|json| Claims::parse(json).expect("the claims above are JSON")).collect());

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let reading = read_text("trust.yaml", &text);
    in_bounds(&reading.diagnostics, &text);
    assert_eq!(reading.policy.is_none(), !reading.diagnostics.is_empty(), "a policy exactly where nothing is wrong");
    if let Some(policy) = reading.policy {
        in_bounds(policy.refusals(), &text);
        ask(policy);
    }
});

fn in_bounds(diagnostics: &[Diagnostic], text: &str) {
    for diagnostic in diagnostics {
        assert!(!diagnostic.message.is_empty());
        for label in &diagnostic.labels {
            let span = label.place.span;
            assert!(text.get(span.start as usize..span.end as usize).is_some(), "{diagnostic:?}");
        }
    }
}

fn ask(policy: Policy) {
    let evaluator = Evaluator::new(Arc::new(policy));
    let policy = evaluator.policy();
    for (_, grant) in policy.grants().take(3) {
        let Some(registry) = policy.registry(grant.registry) else { panic!("a grant without its registry") };
        let name = policy.names(grant).next().unwrap_or("left-pad");
        let action = registry.actions.first().map_or("publish", |action| &action.name);
        let targets = [
            Target::Package { name, version: None, action },
            Target::Package { name, version: Some("1.4.0"), action },
            Target::Account { name },
        ];
        for target in targets {
            let request = Request { registry: &registry.name, target };
            for claims in PARSED.iter() {
                let decision = evaluator.evaluate(claims, &request, UnixTime(1_795_219_200));
                look(&decision);
            }
        }
    }
}

/// Everything a decision can say.
fn look(decision: &Decision<'_>) {
    assert_eq!(decision.is_allow(), decision.reason().is_none());
    assert_eq!(decision.is_allow(), !decision.allowed_by().is_empty());
    black_box((decision.effect(), decision.public_message(), decision.trace()));
}
