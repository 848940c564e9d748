//! What the tests of the evaluator share.

use std::sync::Arc;

use trustctl_claims::{Claims, UnixTime};
use trustctl_eval::{Decision, Evaluator, Request, Target};

/// 2026-11-20, before any grant of these tests expires.
pub(crate) const NOW: UnixTime = UnixTime(1_795_132_800);

/// An evaluator for a policy that must read without a complaint.
pub(crate) fn evaluator(text: &str) -> Evaluator {
    let reading = trustctl_policy::read_text("npm.trust.yaml", text);
    let problems: Vec<String> =
        reading.diagnostics.iter().map(|d| format!("{}: {} {:?}", d.code, d.message, d.labels)).collect();
    let policy = reading.policy.unwrap_or_else(|| panic!("{}\n---\n{text}", problems.join("\n")));
    Evaluator::new(Arc::new(policy))
}

pub(crate) fn publish<'r>(name: &'r str, version: Option<&'r str>) -> Request<'r> {
    Request { registry: "npm", target: Target::Package { name, version, action: "publish" } }
}

/// Claims of a release of acme/widgets, as GitHub writes them.
pub(crate) const RELEASE: &str = r#"{
  "iss": "https://token.actions.githubusercontent.com", "aud": "npm:registry.npmjs.org",
  "sub": "repo:acme@1234567/widgets@556677:environment:npm",
  "repository": "acme/widgets", "repository_id": "556677", "repository_owner": "acme", "repository_owner_id": "1234567",
  "workflow": "Release", "workflow_ref": "acme/widgets/.github/workflows/publish.yml@refs/tags/v1.4.0",
  "job_workflow_ref": "acme/widgets/.github/workflows/publish.yml@refs/tags/v1.4.0",
  "ref": "refs/tags/v1.4.0", "ref_type": "tag", "environment": "npm", "event_name": "release",
  "runner_environment": "github-hosted", "exp": 1795133100, "iat": 1795132800 }"#;

/// The same with members replaced; an empty text takes one out.
pub(crate) fn release_but(changes: &[(&str, &str)]) -> Claims<'static> {
    let claims = Claims::parse(RELEASE).unwrap();
    let mut members: Vec<(String, String)> =
        claims.iter().map(|(name, value)| (name.to_owned(), value.to_string())).collect();
    for (name, json) in changes {
        members.retain(|(other, _)| other != name);
        if !json.is_empty() {
            members.push(((*name).to_owned(), (*json).to_owned()));
        }
    }
    let text: Vec<String> = members.iter().map(|(name, json)| format!("{:?}:{json}", name)).collect();
    Claims::parse(&format!("{{{}}}", text.join(","))).unwrap().into_owned()
}

/// The code of a decision: `allow`, or why not.
pub(crate) fn code(decision: &Decision<'_>) -> &'static str {
    decision.reason().map_or("allow", |reason| reason.code())
}
