//! npm's records are told by their type, and what stands among their claims counts.

use serde_json::{Value, json};
use trustctl_claims::Claims;
use trustctl_records::{Header, Question, Record, StepState, Used};

use crate::ask::{NOW, explain, failing, github, judge, problems, profile};

fn github_record(claims: Value) -> Value {
    let mut record = json!({ "type": "github", "permissions": ["createPackage"] });
    record["claims"] = claims;
    record
}

fn places(record: &Value) -> Vec<String> {
    problems("npm", record).into_iter().map(|problem| problem.at).collect()
}

#[test]
fn a_record_is_told_by_its_type() {
    let gitlab = json!({
        "id": "87654321-4321-4321-4321-abcdef123456",
        "type": "gitlab",
        "claims": { "project_path": "acme/widgets", "ci_config_ref_uri": { "file": ".gitlab-ci.yml" } },
        "permissions": ["createPackage", "manageDistTags"],
    });
    assert_eq!(Record::read(profile("npm"), None, &gitlab).unwrap().publisher, "gitlab");
    let unknown = json!({ "type": "other", "claims": { "pipeline": "x" }, "permissions": ["createPackage"] });
    assert_eq!(problems("npm", &unknown)[0].reason, "the record does not say whose tokens it is about");
}

#[test]
fn a_member_that_npm_does_not_have_is_no_part_of_the_record_wherever_it_stands() {
    let right = json!({ "repository": "acme/widgets", "workflow_ref": { "file": "release.yml" } });
    Record::read(profile("npm"), None, &github_record(right.clone())).unwrap();
    let mut more = right.clone();
    more["enviroment"] = "npm".into();
    assert_eq!(places(&github_record(more)), ["/claims/enviroment"]);
    let mut deeper = right.clone();
    deeper["workflow_ref"]["ref"] = "refs/heads/main".into();
    assert_eq!(places(&github_record(deeper)), ["/claims/workflow_ref/ref"]);
    let whole = json!({ "repository": "acme/widgets", "workflow_ref": "acme/widgets/.github/workflows/release.yml@refs/heads/main" });
    assert_eq!(places(&github_record(whole)), ["/claims/workflow_ref", "/claims/workflow_ref/file"]);
    let mut beside = github_record(right);
    beside["claims"]["a/b~c"] = 1.into();
    assert_eq!(places(&beside), ["/claims/a~1b~0c"]);
}

#[test]
fn the_started_workflow_on_a_hosted_runner_lets_in() {
    let record = github_record(json!({ "repository": "acme/widgets", "workflow_ref": { "file": "release.yml" } }));
    let npm = judge("npm", &[record], &[]);
    let audience = "npm:registry.npmjs.org";
    let called =
        json!({ "aud": audience, "job_workflow_ref": "acme/shared/.github/workflows/publish.yml@refs/heads/main" });
    assert!(explain(&npm, &github(&called), &Used::Unknown).ruling.is_allow());
    let own = json!({ "aud": audience, "runner_environment": "self-hosted", "workflow_ref": "acme/widgets/.github/workflows/x.yml@r" });
    let refused = explain(&npm, &github(&own), &Used::Unknown);
    assert_eq!(failing(&refused, 0), [("workflow file", false), ("runner", false)]);
}

#[test]
fn a_token_without_a_signature_is_refused_and_no_list_of_algorithms_is_made_up() {
    let record = github_record(json!({ "repository": "acme/widgets", "workflow_ref": { "file": "release.yml" } }));
    let npm = judge("npm", &[record], &[]);
    let text = github(&json!({ "aud": "npm:registry.npmjs.org" })).to_string();
    let claims = Claims::parse(&text).unwrap();
    let header = Header { algorithm: Some("none"), key: Some("k") };
    let question = Question { package: None, version: None, now: NOW };
    let explained = npm.explain(Some(&header), &claims, &question, &Used::Unknown);
    let reason = "the token's header says `none`, and npm takes signed tokens only";
    assert_eq!(explained.refused().unwrap().state, StepState::Refused(reason.to_owned()));
}

#[test]
fn a_workflow_of_another_repository_is_let_in_with_a_care() {
    let record = github_record(json!({ "repository": "acme/widgets", "workflow_ref": { "file": "release.yml" } }));
    let npm = judge("npm", &[record], &[]);
    let ask = |workflow: &str| {
        let token = github(&json!({ "aud": "npm:registry.npmjs.org", "workflow_ref": workflow }));
        let explained = explain(&npm, &token, &Used::Unknown);
        (explained.ruling.is_allow(), explained.records[0].warnings.len())
    };
    assert_eq!(ask("acme/widgets/.github/workflows/release.yml@refs/heads/a@b"), (true, 0));
    assert_eq!(ask("evil/x/.github/workflows/release.yml@refs/heads/main"), (true, 1));
    // A refusal has its own reasons.
    assert_eq!(ask("evil/x/.github/workflows/other.yml@refs/heads/main"), (false, 0));
}

#[test]
fn a_pipeline_file_of_another_project_is_let_in_with_a_care() {
    let record = json!({
        "type": "gitlab", "permissions": ["createPackage"],
        "claims": { "project_path": "acme/tools/widgets", "ci_config_ref_uri": { "file": ".gitlab-ci.yml" } },
    });
    let npm = judge("npm", &[record], &[]);
    let ask = |uri: &str| {
        let token = json!({
            "iss": "https://gitlab.com", "aud": "npm:registry.npmjs.org", "exp": NOW + 240, "iat": NOW - 60,
            "project_path": "acme/tools/widgets", "ci_config_ref_uri": uri, "runner_environment": "gitlab-hosted",
        });
        let explained = explain(&npm, &token, &Used::Unknown);
        (explained.ruling.is_allow(), explained.records[0].warnings.len())
    };
    assert_eq!(ask("gitlab.com/acme/tools/widgets//.gitlab-ci.yml@refs/heads/main"), (true, 0));
    assert_eq!(ask("gitlab.com/evil/x//.gitlab-ci.yml@refs/heads/main"), (true, 1));
    assert_eq!(ask("gitlab.evil.example/acme/tools/widgets//.gitlab-ci.yml@refs/heads/main"), (true, 1));
}
