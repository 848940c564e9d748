//! What a registry objects to, with its place.

use serde_json::{Value as Json, json};

use super::problems;

/// The places of all problems.
#[track_caller]
fn refused(publisher: &str, record: &Json, places: &[&str]) {
    let found = problems(publisher, record);
    let at: Vec<&str> = found.iter().map(|problem| problem.at.as_str()).collect();
    assert_eq!(at, places, "{found:?}");
    for problem in found {
        assert!(!problem.reason.is_empty() && !problem.mend.is_empty() && !problem.reason.ends_with('.'));
    }
}

fn policy(claims: Json) -> Json {
    json!([{ "iss": "https://one.example", "scopes": ["read"], "claims": claims }])
}

#[test]
fn a_policy_is_a_list_of_statements_with_three_members() {
    refused("first", &json!([]), &[""]);
    refused("first", &json!({ "statements": [] }), &["/statements"]);
    refused("first", &json!({ "statements": { "iss": "x" } }), &["/statements"]);
    refused("first", &json!("text"), &[""]);
    refused("first", &json!(["text"]), &["/0"]);
    refused("first", &json!([{}]), &["/0/iss", "/0/scopes", "/0/claims"]);
    refused(
        "first",
        &json!([{ "iss": "", "scopes": "read", "claims": [], "aud": "x" }]),
        &["/0/aud", "/0/iss", "/0/scopes", "/0/claims"],
    );
    refused("first", &json!([{ "iss": "https://evil.example", "scopes": ["read"], "claims": {} }]), &["/0/iss"]);
    refused("first", &json!([{ "iss": "https://one.example/", "scopes": [], "claims": {} }]), &["/0/iss", "/0/scopes"]);
    refused(
        "first",
        &json!([{ "iss": "https://one.example", "scopes": ["read", "admin", 1], "claims": {} }]),
        &["/0/scopes/1", "/0/scopes/2"],
    );
    refused("first", &json!([{ "iss": "https://one.example", "scopes": ["read"], "claims": {} }]), &[]);
}

#[test]
fn a_rule_is_a_value_or_its_matchers() {
    refused("first", &policy(json!({ "c": ["x"] })), &["/0/claims/c"]);
    refused("first", &policy(json!({ "c": {} })), &["/0/claims/c"]);
    refused("first", &policy(json!({ "c": { "equal": "x" } })), &["/0/claims/c/equal"]);
    refused(
        "first",
        &policy(json!({ "c": { "equals": ["x"], "in": "x", "not_in": [["x"]] } })),
        &["/0/claims/c/equals", "/0/claims/c/in", "/0/claims/c/not_in"],
    );
    refused(
        "first",
        &policy(json!({ "c": { "matches": 1, "not_equals": {} } })),
        &["/0/claims/c/matches", "/0/claims/c/not_equals"],
    );
    refused("first", &policy(json!({ "a/b~c": { "matches": [1] } })), &["/0/claims/a~1b~0c/matches"]);
}

#[test]
fn globs_are_bounded() {
    let with = |globs: &[String]| policy(json!({ "c": { "matches": globs } }));
    let place = ["/0/claims/c/matches"];
    let longest = "a".repeat(1024);
    refused("first", &with(std::slice::from_ref(&longest)), &[]);
    refused("first", &with(&[format!("{longest}*")]), &place);
    refused("first", &policy(json!({ "c": { "matches": format!("{longest}*") } })), &place);
    refused("first", &with(&vec!["a*".to_owned(); 100]), &[]);
    refused("first", &with(&vec!["a*".to_owned(); 101]), &place);
    refused("first", &with(&vec![longest.clone(); 16]), &[]);
    refused("first", &with(&vec![longest.clone(); 17]), &place);
    // The sum is of all rules and statements: matching each takes time.
    let rule = json!({ "matches": vec![longest; 16] });
    refused("first", &policy(json!({ "c": rule, "d": { "matches": "*" } })), &["/0/claims/d/matches"]);
}

#[test]
fn a_role_has_statements_with_conditions() {
    let of = |statements: Json| json!({ "policy": { "statements": statements } });
    let with = |statement: Json| of(json!([statement]));
    let principal = json!({ "oidc": "https://one.example" });
    let condition = json!({ "operator": "string_equals", "claim": "c", "value": "x" });
    refused("last", &of(json!([])), &["/policy/statements"]);
    refused(
        "last",
        &with(json!({})),
        &["/policy/statements/0/effect", "/policy/statements/0/principal", "/policy/statements/0/conditions"],
    );
    refused(
        "last",
        &with(json!({ "effect": "unknown", "principal": principal, "conditions": [] })),
        &["/policy/statements/0/effect", "/policy/statements/0/conditions"],
    );
    refused(
        "last",
        &with(json!({ "effect": "deny", "principal": { "oidc": "" }, "conditions": [condition] })),
        &["/policy/statements/0/principal"],
    );
    for (wrong, place) in [
        (json!({ "operator": "unknown", "claim": "c", "value": "x" }), "operator"),
        (json!({ "operator": "string_equals", "claim": "c", "value": 3 }), "value"),
        (json!({ "operator": "string_equals", "claim": "c" }), "value"),
        (json!({ "operator": "string_equals", "value": "x" }), "claim"),
        (json!({ "operator": "string_equals", "claim": "c", "value": "x", "values": [] }), "values"),
    ] {
        let record = with(json!({ "effect": "allow", "principal": principal, "conditions": [condition, wrong] }));
        refused("last", &record, &[&format!("/policy/statements/0/conditions/1/{place}")]);
    }
    refused("last", &with(json!({ "effect": "allow", "principal": principal, "conditions": [condition] })), &[]);
}

#[test]
fn a_roles_provider_stands_for_a_principal_and_knows_its_claims() {
    let role = |claim: &str| {
        json!({ "provider": "https://token.actions.githubusercontent.com",
                "statements": [{ "effect": "allow", "conditions": [{ "operator": "string_equals", "claim": claim, "value": "x" }] }] })
    };
    refused("last", &role("repository"), &[]);
    // A claim of the trust language's own, and one of nobody's.
    refused("last", &role("workflow-file"), &["/statements/0/conditions/0/claim"]);
    refused("last", &role("repositry"), &["/statements/0/conditions/0/claim"]);
}

#[test]
fn a_provider_names_accounts_or_lets_a_claim_choose() {
    let with = |members: Json| {
        let mut record = json!({ "provider_url": "https://one.example", "claims": { "c": "x" } });
        record.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        record
    };
    let mapping = json!([{ "claim_value": "x", "service_account": "ci" }]);
    refused("required", &with(json!({ "service_accounts": ["ci"] })), &[]);
    refused(
        "required",
        &with(json!({ "mapping_claim": "c", "dynamic_mappings": mapping, "service_accounts": [] })),
        &[],
    );
    refused("required", &with(json!({})), &["/service_accounts"]);
    refused("required", &with(json!({ "mapping_claim": "c" })), &["/dynamic_mappings"]);
    refused("required", &with(json!({ "dynamic_mappings": mapping })), &["/mapping_claim"]);
    refused(
        "required",
        &with(json!({ "mapping_claim": "c", "dynamic_mappings": mapping, "service_accounts": ["ci"] })),
        &["/service_accounts"],
    );
    refused(
        "required",
        &with(json!({ "mapping_claim": "c", "dynamic_mappings": [{ "claim_value": 1 }] })),
        &["/dynamic_mappings/0/claim_value", "/dynamic_mappings/0/service_account"],
    );
    refused("required", &with(json!({ "service_accounts": ["ci"], "claims": ["c"] })), &["/claims"]);
    refused(
        "required",
        &with(json!({ "service_accounts": ["ci"], "claims": { "c": ["x"], "d": null } })),
        &["/claims/c", "/claims/d"],
    );
    refused("required", &json!({ "provider_url": "https://one.example", "service_accounts": ["ci"] }), &["/claims"]);
}
