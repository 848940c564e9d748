//! Decisions, style by style: the rules of the sources, and what happens at their edges.

use serde_json::{Value as Json, json};

use super::{explain, judge, rule};
use crate::Miss;
use crate::explain::StepState;

/// A policy of one statement about claims.
fn policy(claims: Json) -> Json {
    json!([{ "iss": "https://one.example", "scopes": ["read"], "claims": claims }])
}

/// A role with one statement that allows.
fn role(conditions: Json) -> Json {
    json!({ "statements": [{ "effect": "allow", "principal": { "oidc": "https://one.example" }, "conditions": conditions }] })
}

fn condition(operator: &str, value: &str) -> Json {
    json!([{ "operator": operator, "claim": "c", "value": value }])
}

#[track_caller]
fn decides(publisher: &str, record: &Json, rows: &[(Json, bool)]) {
    let judge = judge(publisher, record);
    for (claims, expected) in rows {
        assert_eq!(rule(&judge, claims).is_allow(), *expected, "{record} and {claims}");
    }
}

#[test]
fn a_bare_value_is_equals_and_types_are_kept() {
    for rule in [json!("x"), json!({ "equals": "x" })] {
        let rows = [
            (json!({ "c": "x" }), true),
            (json!({ "c": "X" }), false),
            (json!({}), false),
            (json!({ "c": ["x"] }), false),
        ];
        decides("first", &policy(json!({ "c": rule })), &rows);
    }
    decides("first", &policy(json!({ "c": true })), &[(json!({ "c": true }), true), (json!({ "c": "true" }), false)]);
    let numbers = [(json!({ "c": 42 }), true), (json!({ "c": "42" }), false), (json!({ "c": 42.0 }), false)];
    decides("first", &policy(json!({ "c": 42 })), &numbers);
}

#[test]
fn null_is_a_value_and_a_missing_claim_fails_every_matcher() {
    decides(
        "first",
        &policy(json!({ "c": null })),
        &[(json!({ "c": null }), true), (json!({}), false), (json!({ "c": "" }), false)],
    );
    for rule in [json!({ "not_equals": "x" }), json!({ "not_in": ["x"] }), json!({ "matches": "*" })] {
        decides("first", &policy(json!({ "c": rule })), &[(json!({ "c": null }), true), (json!({}), false)]);
    }
}

#[test]
fn matchers_of_one_claim_all_hold_or_none_does() {
    let rule = json!({ "c": { "matches": ["main", "feature/*"], "not_equals": "feature/no" } });
    let rows = [
        (json!({ "c": "main" }), true),
        (json!({ "c": "feature/a/b" }), true),
        (json!({ "c": "feature/no" }), false),
        (json!({ "c": "other" }), false),
    ];
    decides("first", &policy(rule), &rows);
    decides("first", &policy(json!({ "c": { "equals": "x", "not_equals": "x" } })), &[(json!({ "c": "x" }), false)]);
}

#[test]
fn a_glob_is_ignored_for_what_is_no_text_and_the_explanation_says_so() {
    let judge = judge("first", &policy(json!({ "c": { "matches": "4*" } })));
    assert!(rule(&judge, &json!({ "c": 7 })).is_allow());
    let explanation = explain(&judge, &json!({ "c": 7 }));
    let warnings = &explanation.records[0].warnings;
    assert!(warnings.iter().any(|warning| warning.contains("`matches` is ignored")), "{warnings:?}");
    assert!(explain(&judge, &json!({ "c": "42" })).records[0].warnings.is_empty());
}

#[test]
fn one_number_in_two_spellings_is_neither_equal_nor_different() {
    decides(
        "first",
        &policy(json!({ "c": { "not_equals": 42 } })),
        &[(json!({ "c": 42.0 }), false), (json!({ "c": 43 }), true)],
    );
}

#[test]
fn only_the_first_statement_that_matches_grants() {
    let record = json!([
        { "iss": "https://two.example", "scopes": ["read", "write"], "claims": {} },
        { "iss": "https://one.example", "scopes": ["read"], "claims": { "c": { "matches": "*" } } },
        { "iss": "https://one.example", "scopes": ["write"], "claims": { "c": "x" } },
    ]);
    let judge = judge("first", &record);
    assert_eq!(rule(&judge, &json!({ "c": "x" })).grants, ["read"]);
    assert_eq!(rule(&judge, &json!({ "iss": "https://two.example" })).grants, ["read", "write"]);
    let report = &explain(&judge, &json!({ "c": "x" })).records[0];
    assert_eq!(report.grants, ["read"]);
    assert!(report.warnings.iter().any(|warning| warning.contains("statement 3 matches as well")));
    assert!(report.warnings.iter().any(|warning| warning.contains("statement 1 has no claims")));
}

#[test]
fn a_refusal_shows_the_statement_that_is_nearest() {
    let record = json!([
        { "iss": "https://two.example", "scopes": ["read"], "claims": { "c": "x", "d": "x" } },
        { "iss": "https://one.example", "scopes": ["read"], "claims": { "c": "x", "d": "y" } },
    ]);
    let explanation = explain(&judge("first", &record), &json!({ "c": "x", "d": "z" }));
    let failure = explanation.records[0].first_failure().unwrap();
    assert_eq!((failure.name.as_str(), failure.alternative), ("statement 2 d equals", Some(1)));
    assert_eq!((failure.expected.as_slice(), failure.found.as_deref()), (&["y".to_owned()][..], Some("z")));
    assert_eq!(failure.state, StepState::Misses(Miss::Differs("d".to_owned())));
}

#[test]
fn the_last_statement_that_matches_decides() {
    let statement = |effect: &str, value: &str| {
        json!({ "effect": effect, "principal": { "oidc": "https://one.example" },
                "conditions": [{ "operator": "string_matches", "claim": "c", "value": value }] })
    };
    let of = |statements: &[Json]| json!({ "statements": statements, "scopes": ["push"] });
    let (allow, deny) = (statement("allow", "x"), statement("deny", "xy"));
    let rows = [(json!({ "c": "x" }), true), (json!({ "c": "xy" }), false), (json!({ "c": "z" }), false)];
    decides("last", &of(&[allow.clone(), deny.clone()]), &rows);
    let rows = [(json!({ "c": "x" }), true), (json!({ "c": "xy" }), true)];
    decides("last", &of(&[deny.clone(), allow.clone()]), &rows);
    assert_eq!(rule(&judge("last", &of(std::slice::from_ref(&allow))), &json!({ "c": "x" })).grants, ["push"]);

    let explanation = explain(&judge("last", &of(&[allow, deny])), &json!({ "c": "xy" }));
    let failure = explanation.records[0].first_failure().unwrap();
    assert_eq!(failure.state, StepState::Misses(Miss::Denied(1)));
    // What the denial is about is among the steps, and holds.
    let about = explanation.records[0].steps.iter().find(|step| step.name == "statement 2 c string_matches").unwrap();
    assert_eq!((about.holds(), about.found.as_deref()), (true, Some("xy")));
}

#[test]
fn a_role_compares_texts_alone() {
    let rows =
        [(json!({ "c": "x" }), true), (json!({ "c": 1 }), false), (json!({}), false), (json!({ "c": null }), false)];
    decides("last", &role(condition("string_equals", "x")), &rows);
    decides("last", &role(condition("string_equals", "")), &[(json!({ "c": "" }), true), (json!({}), false)]);
    let rows = [(json!({ "c": "axb" }), true), (json!({ "c": "y" }), false), (json!({}), false)];
    decides("last", &role(condition("string_matches", "x")), &rows);
}

#[test]
fn what_the_registry_fails_at_or_cannot_be_judged_refuses_the_token_whatever_else_allows() {
    let allow = json!({ "effect": "allow", "principal": { "oidc": "https://one.example" },
                        "conditions": [{ "operator": "string_equals", "claim": "d", "value": "d" }] });
    let other = |effect: &str, pattern: &str| {
        json!({ "effect": effect, "principal": { "oidc": "https://one.example" },
                "conditions": [{ "operator": "string_matches", "claim": "c", "value": pattern }] })
    };
    for effect in ["allow", "deny"] {
        for (pattern, value) in [("x", json!(1)), ("x", json!("é")), ("(?i)x", json!("y")), ("x{2}?", json!("y"))] {
            let record = json!({ "statements": [other(effect, pattern), allow.clone()] });
            let claims = json!({ "c": value, "d": "d" });
            decides("last", &record, &[(claims.clone(), false)]);
            let explanation = explain(&judge("last", &record), &claims);
            let failure = explanation.records[0].first_failure().unwrap();
            assert!(matches!(&failure.state, StepState::Misses(Miss::Unclear(..) | Miss::WrongType(_))), "{failure:?}");
        }
        // A statement about another issuer is not judged.
        let mut foreign = other(effect, "(?i)x");
        foreign["principal"]["oidc"] = json!("https://two.example");
        decides("last", &json!({ "statements": [foreign, allow] }), &[(json!({ "c": "x", "d": "d" }), true)]);
    }
}

#[test]
fn a_hostile_pattern_is_judged_in_time() {
    let judge = judge("last", &role(condition("string_matches", r"\A(a+)+\z")));
    assert!(!rule(&judge, &json!({ "c": format!("{}!", "a".repeat(60_000)) })).is_allow());
}

#[test]
fn searches_that_are_not_bound_are_told() {
    let warned = |pattern: &str| {
        let record = role(condition("string_matches", pattern));
        !explain(&judge("last", &record), &json!({ "c": "x" })).records[0].warnings.is_empty()
    };
    for pattern in ["acme/", r"\Aacme/", r"acme\z", r"\Aacme|evil\z"] {
        assert!(warned(pattern), "{pattern}");
    }
    for pattern in [r"\Aacme\z", "^acme$", r"\A(acme|octo)\z"] {
        assert!(!warned(pattern), "{pattern}");
    }
}

#[test]
fn every_claim_of_a_provider_is_as_it_says() {
    let provider = |claims: Json| json!({ "provider_url": "https://one.example", "claims": claims, "service_accounts": ["ci", "cd"] });
    let rows = [
        (json!({ "c": "x", "d": "refs/tags/v1" }), true),
        (json!({ "c": "x", "d": "refs/tags/" }), true),
        (json!({ "c": "x", "d": "refs/heads/v1" }), false),
        (json!({ "c": "x" }), false),
        (json!({ "c": ["x"], "d": "refs/tags/v1" }), false),
        (json!({ "c": "x", "d": "refs/tags/v1", "iss": "https://two.example" }), false),
    ];
    decides("required", &provider(json!({ "c": "x", "d": "refs/tags/.*" })), &rows);
    assert_eq!(rule(&judge("required", &provider(json!({ "c": "x" }))), &json!({ "c": "x" })).grants, ["ci", "cd"]);
    // Only `.*` at the end is a wildcard.
    for literal in ["refs/*", "r.*x", "*", "ref?"] {
        let rows = [(json!({ "c": literal }), true), (json!({ "c": "refs/x" }), false), (json!({ "c": "rax" }), false)];
        decides("required", &provider(json!({ "c": literal })), &rows);
    }
    decides(
        "required",
        &provider(json!({ "c": true })),
        &[(json!({ "c": true }), true), (json!({ "c": "true" }), false)],
    );
}

#[test]
fn a_provider_without_claims_lets_everybody_in_and_says_so() {
    for (claims, says) in [
        (json!({}), "nothing is asked"),
        (json!({ "c": ".*" }), "nothing is asked"),
        (json!({ "aud": "x" }), "`aud` is the only"),
    ] {
        let record = json!({ "provider_url": "https://one.example", "claims": claims, "service_accounts": ["ci"] });
        let judge = judge("required", &record);
        let token = json!({ "aud": "x", "c": "stranger" });
        assert!(rule(&judge, &token).is_allow());
        let warnings = &explain(&judge, &token).records[0].warnings;
        assert!(warnings.iter().any(|warning| warning.contains(says)), "{warnings:?}");
    }
}

#[test]
fn a_mapping_chooses_one_account_or_none() {
    let mappings = json!([
        { "claim_value": "acme/.*", "service_account": "any" },
        { "claim_value": "acme/widgets", "service_account": "widgets" },
        { "claim_value": "acme/tools/.*", "service_account": "tools" },
        { "claim_value": "octo/.*", "service_account": "octo" },
        { "claim_value": "octo/x.*", "service_account": "octo" },
    ]);
    let record = json!({ "provider_url": "https://one.example", "claims": { "d": "d" }, "mapping_claim": "c", "dynamic_mappings": mappings });
    let judge = judge("required", &record);
    let grants = |c: Json| rule(&judge, &json!({ "c": c, "d": "d" })).grants;
    assert_eq!(grants(json!("acme/widgets")), ["widgets"]);
    assert_eq!(grants(json!("acme/other")), ["any"]);
    assert_eq!(grants(json!("octo/x")), ["octo"]);
    // Two wildcards that give different accounts: which counts is not known.
    assert!(grants(json!("acme/tools/x")).is_empty());
    assert!(grants(json!("evil/widgets")).is_empty());
    assert!(grants(json!(1)).is_empty());
    assert!(!rule(&judge, &json!({ "d": "d" })).is_allow());
    assert!(!rule(&judge, &json!({ "c": "acme/widgets" })).is_allow());
}
