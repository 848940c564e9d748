//! RubyGems.org has two ways in, and a token that is good for one is not for the other.

use serde_json::{Value, json};
use trustctl_records::Used;

use crate::ask::{explain, failing, github, judge, problems};

fn publisher() -> Value {
    json!({
        "repository_owner": "acme", "repository_name": "widgets", "repository_owner_id": "1234567",
        "workflow_filename": "release.yml",
    })
}

fn role(claim: &str, value: &str) -> Value {
    json!({
        "provider": "https://token.actions.githubusercontent.com",
        "access_policy": { "statements": [{
            "effect": "allow",
            "principal": { "oidc": "https://token.actions.githubusercontent.com" },
            "conditions": [{ "operator": "string_equals", "claim": claim, "value": value }],
        }] },
        "api_key_permissions": { "scopes": ["push_rubygem"], "gems": ["acme-widgets"], "valid_for": "PT30M" },
    })
}

#[test]
fn a_token_for_anybody_is_good_for_a_role_and_not_for_a_publisher() {
    let both = judge("rubygems", &[publisher(), role("repository_id", "556677")], &[]);
    let for_anybody = explain(&both, &github(&json!({})), &Used::Unknown);
    assert_eq!(for_anybody.ruling.records, [1], "a role does not look at `aud`");
    let for_gems = explain(&both, &github(&json!({ "aud": "rubygems.org" })), &Used::Unknown);
    assert_eq!(for_gems.ruling.records, [0], "the publisher comes first");

    let alone = judge("rubygems", &[publisher()], &[]);
    let refused = explain(&alone, &github(&json!({})), &Used::Unknown);
    assert!(!refused.ruling.is_allow());
    assert_eq!(refused.refused().unwrap().name, "audience");
}

#[test]
fn a_role_remembers_tokens_and_a_publisher_does_not() {
    let token = github(&json!({ "aud": "rubygems.org" }));
    let seen = [(String::new(), token["jti"].as_str().unwrap().to_owned())];
    let used = Used::Tokens(&seen);
    assert!(explain(&judge("rubygems", &[publisher()], &[]), &token, &used).ruling.is_allow());
    let role = judge("rubygems", &[role("repository_id", "556677")], &[]);
    let again = explain(&role, &token, &used);
    assert!(!again.ruling.is_allow());
    let refused = again.refused().unwrap();
    assert_eq!((refused.name.as_str(), refused.claim.as_deref()), ("first use", Some("jti")));
    let elsewhere = [("https://gitlab.com".to_owned(), seen[0].1.clone())];
    assert!(explain(&role, &token, &Used::Tokens(&elsewhere)).ruling.is_allow(), "ids are kept by issuer");
}

#[test]
fn the_workflow_of_another_repository_is_told_from_ones_own() {
    let called = json!({
        "aud": "rubygems.org",
        "job_workflow_ref": "acme/shared/.github/workflows/release.yml@refs/tags/v2", "job_workflow_sha": "11",
    });
    let mut shared = publisher();
    shared["workflow_repository_owner"] = "acme".into();
    shared["workflow_repository_name"] = "shared".into();
    let both = judge("rubygems", &[publisher(), shared], &[]);
    let explained = explain(&both, &github(&called), &Used::Unknown);
    assert_eq!(explained.ruling.records, [1]);
    assert_eq!(failing(&explained, 0), [("workflow repository", false), ("workflow", false)]);
    let accepted = explained.records[1].steps.last().unwrap();
    assert_eq!(accepted.name, "called workflow");
    assert_eq!(
        accepted.expected,
        ["acme/shared/.github/workflows/release.yml@refs/tags/v2", "acme/shared/.github/workflows/release.yml@11"]
    );
}

#[test]
fn a_role_that_was_deleted_or_asks_too_much_is_none() {
    let mut deleted = role("repository_id", "556677");
    deleted["deleted"] = true.into();
    let explained = explain(&judge("rubygems", &[deleted], &[]), &github(&json!({})), &Used::Unknown);
    assert!(!explained.ruling.is_allow());
    assert_eq!(failing(&explained, 0), [("role", false)]);
    let step = explained.records[0].first_failure().unwrap();
    assert_eq!(step.cause.as_deref(), Some("the record is switched off: `deleted` is `true`"));

    let mut greedy = role("repository_id", "556677");
    greedy["api_key_permissions"] =
        json!({ "scopes": ["push_rubygem", "show_dashboard"], "gems": ["a", "b"], "valid_for": "P2D" });
    let places: Vec<String> = problems("rubygems", &greedy).into_iter().map(|problem| problem.at).collect();
    assert_eq!(places, ["/api_key_permissions/scopes", "/api_key_permissions/gems", "/api_key_permissions/valid_for"]);
}
