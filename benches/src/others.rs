//! What a user would pick instead: Cedar and Rego with the same eight comparisons.

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request};

/// Cedar: one `permit` a package.
pub struct Cedar {
    policies: PolicySet,
    entities: Entities,
    request: (EntityUid, EntityUid, EntityUid),
}

impl Cedar {
    pub fn new(count: usize) -> Self {
        let mut text = String::new();
        for number in 0..count {
            let id = 700_000 + number;
            text.push_str(&format!(
                r#"permit(principal == Token::"t", action == Action::"publish", resource == Package::"@acme/pkg-{number:07}") when {{
 context.iss == "https://token.actions.githubusercontent.com" && context.aud == "npm:registry.npmjs.org" &&
 context.event_name == "push" && context.runner_environment == "github-hosted" && context.repository_owner_id == "1234567" &&
 context.repository == "acme/pkg-{number:07}" && context.repository_id == "{id}" &&
 context.workflow_ref like "acme/pkg-{number:07}/.github/workflows/release.yml@*" && context has environment && context.environment == "release" &&
 context.ref like "refs/tags/v*" }};
"#
            ));
        }
        Self {
            policies: text.parse().unwrap(),
            entities: Entities::empty(),
            request: (
                r#"Token::"t""#.parse().unwrap(),
                r#"Action::"publish""#.parse().unwrap(),
                r#"Package::"@acme/pkg-0000000""#.parse().unwrap(),
            ),
        }
    }

    /// Claims as parsed JSON to a decision.
    pub fn decide(&self, claims: &serde_json::Value) -> bool {
        let context = Context::from_json_value(claims.clone(), None).unwrap();
        let (principal, action, resource) = self.request.clone();
        let request = Request::new(principal, action, resource, context, None).unwrap();
        Authorizer::new().is_authorized(&request, &self.policies, &self.entities).decision() == Decision::Allow
    }
}

/// Rego: one rule over a table of packages.
pub struct Rego {
    policy: regorus::CompiledPolicy,
}

impl Rego {
    pub fn new(count: usize) -> Self {
        let mut engine = regorus::Engine::new();
        engine
            .add_policy(
                "policy.rego".into(),
                r#"package trust
default allow := false
allow if {
  some p in data.publishers[input.package]
  input.claims.iss == "https://token.actions.githubusercontent.com"
  input.claims.aud == "npm:registry.npmjs.org"
  input.claims.event_name == "push"
  input.claims.runner_environment == "github-hosted"
  input.claims.repository_owner_id == "1234567"
  input.claims.repository == p.repository
  input.claims.repository_id == p.repository_id
  startswith(input.claims.workflow_ref, p.workflow)
  input.claims.environment == "release"
  startswith(input.claims.ref, "refs/tags/v")
}
"#
                .into(),
            )
            .unwrap();
        let publishers: serde_json::Map<String, serde_json::Value> = (0..count)
            .map(|number| {
                let entry = serde_json::json!([{
                    "repository": format!("acme/pkg-{number:07}"),
                    "repository_id": (700_000 + number).to_string(),
                    "workflow": format!("acme/pkg-{number:07}/.github/workflows/release.yml@"),
                }]);
                (format!("@acme/pkg-{number:07}"), entry)
            })
            .collect();
        let data = serde_json::json!({ "publishers": publishers });
        engine.add_data(regorus::Value::from_json_str(&data.to_string()).unwrap()).unwrap();
        Self { policy: engine.compile_with_entrypoint(&"data.trust.allow".into()).unwrap() }
    }

    /// Claims as JSON text to a decision.
    pub fn decide(&self, input: &str) -> bool {
        let input = regorus::Value::from_json_str(input).unwrap();
        self.policy.eval_with_input(input).unwrap() == regorus::Value::Bool(true)
    }
}
