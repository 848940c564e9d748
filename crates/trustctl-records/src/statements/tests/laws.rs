//! Laws of the three styles, over small records and tokens that meet often.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value as Json, json};

use super::{explain, judge, rule};
use crate::{Judge, Record, Settings};

fn scalar() -> impl Strategy<Value = Json> {
    select(vec![
        json!("x"),
        json!("y"),
        json!("xy"),
        json!("é"),
        json!(""),
        json!(1),
        json!(1.0),
        json!(true),
        json!(null),
    ])
}

fn claim() -> impl Strategy<Value = &'static str> {
    select(vec!["a", "b"])
}

fn issuer() -> impl Strategy<Value = &'static str> {
    select(vec!["https://one.example", "https://one.example", "https://two.example"])
}

fn token() -> impl Strategy<Value = Json> {
    let value = prop_oneof![4 => scalar(), 1 => Just(json!(["x"]))];
    let claims = prop::collection::btree_map(claim(), value, 0..3);
    (claims, issuer()).prop_map(|(claims, issuer)| {
        let mut members: Map<String, Json> = claims.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        members.insert("iss".to_owned(), json!(issuer));
        Json::Object(members)
    })
}

fn matcher() -> impl Strategy<Value = (&'static str, Json)> {
    let glob = select(vec![json!("x*"), json!("?"), json!(["y", "*y"]), json!("*"), json!([])]);
    prop_oneof![
        scalar().prop_map(|value| ("equals", value)),
        scalar().prop_map(|value| ("not_equals", value)),
        prop::collection::vec(scalar(), 0..3).prop_map(|values| ("in", json!(values))),
        prop::collection::vec(scalar(), 0..3).prop_map(|values| ("not_in", json!(values))),
        glob.prop_map(|globs| ("matches", globs)),
    ]
}

fn rule_of_one_claim() -> impl Strategy<Value = Json> {
    let matchers = prop::collection::btree_map(0..1_u8, matcher(), 1..2);
    let several = prop::collection::vec(matcher(), 1..4);
    prop_oneof![
        1 => scalar(),
        1 => matchers.prop_map(|matchers| matchers.into_values().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>().into()),
        2 => several.prop_map(|matchers| matchers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>().into()),
    ]
}

fn statement() -> impl Strategy<Value = Json> {
    let claims = prop::collection::btree_map(claim(), rule_of_one_claim(), 0..3);
    (issuer(), select(vec![json!(["read"]), json!(["write"])]), claims)
        .prop_map(|(issuer, scopes, claims)| json!({ "iss": issuer, "scopes": scopes, "claims": claims }))
}

fn policy() -> impl Strategy<Value = Vec<Json>> {
    prop::collection::vec(statement(), 1..4)
}

fn condition() -> impl Strategy<Value = Json> {
    let asks = select(vec![
        ("string_equals", "x"),
        ("string_equals", ""),
        ("string_matches", "x"),
        ("string_matches", r"\Ay\z"),
        ("string_matches", ""),
        ("string_matches", "(?i)x"),
    ]);
    (claim(), asks)
        .prop_map(|(claim, (operator, value))| json!({ "operator": operator, "claim": claim, "value": value }))
}

fn role_statement(effect: Vec<&'static str>) -> impl Strategy<Value = Json> {
    (select(effect), issuer(), prop::collection::vec(condition(), 1..3)).prop_map(|(effect, issuer, conditions)| {
        json!({ "effect": effect, "principal": { "oidc": issuer }, "conditions": conditions })
    })
}

fn role() -> impl Strategy<Value = Vec<Json>> {
    prop::collection::vec(role_statement(vec!["allow", "allow", "deny"]), 1..4)
}

fn required() -> impl Strategy<Value = Map<String, Json>> {
    let value = select(vec![json!("x"), json!("y"), json!("x.*"), json!(".*"), json!(1), json!(true)]);
    prop::collection::btree_map(claim(), value, 0..3)
        .prop_map(|claims| claims.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn provider(claims: &Map<String, Json>, is_mapped: bool) -> Json {
    if !is_mapped {
        return json!({ "provider_url": "https://one.example", "claims": claims, "service_accounts": ["ci"] });
    }
    let mappings = json!([{ "claim_value": "x.*", "service_account": "ci" }, { "claim_value": "xy", "service_account": "cd" },
                          { "claim_value": ".*", "service_account": "ce" }]);
    json!({ "provider_url": "https://one.example", "claims": claims, "mapping_claim": "a", "dynamic_mappings": mappings })
}

fn of_role(statements: &[Json]) -> Json {
    json!({ "statements": statements, "scopes": ["push"] })
}

/// A judge of a record that no registry has checked.
fn unchecked(publisher: &str, statements: Json) -> Judge<'static> {
    let fields = [("statements".to_owned(), crate::FieldValue::Any(statements))];
    let record = Record { publisher: publisher.to_owned(), fields: fields.into(), created: None };
    Judge::new(&super::PROFILE, Settings::default(), vec![record])
}

/// An explanation and a decision say the same.
fn agree(judge: &Judge<'_>, token: &Json) -> Result<(), TestCaseError> {
    let ruling = rule(judge, token);
    for report in explain(judge, token).records {
        if report.is_about_issuer {
            prop_assert_eq!(report.failures().is_empty(), ruling.is_allow(), "{:?}", report);
        } else {
            prop_assert!(!ruling.is_allow());
        }
        prop_assert_eq!(&report.grants, &ruling.grants);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn explanations_agree_with_decisions(policy in policy(), role in role(), claims in required(), mapped: bool, token in token()) {
        agree(&judge("first", &json!(policy)), &token)?;
        agree(&judge("last", &of_role(&role)), &token)?;
        agree(&judge("required", &provider(&claims, mapped)), &token)?;
    }

    /// Of an unchecked record, too: what cannot be read lets nobody in.
    #[test]
    fn what_cannot_be_read_lets_nobody_in(junk in scalar(), token in token()) {
        for style in ["first", "last"] {
            for statements in [junk.clone(), json!([junk.clone()]), json!([{ "iss": "https://one.example", "claims": junk.clone(), "scopes": ["read"],
                               "effect": "allow", "principal": { "oidc": "https://one.example" }, "conditions": junk.clone() }])] {
                let judge = unchecked(style, statements);
                prop_assert!(!rule(&judge, &token).is_allow());
                agree(&judge, &token)?;
            }
        }
    }

    #[test]
    fn a_statement_after_the_one_that_matched_changes_nothing(policy in policy(), more in statement(), token in token()) {
        let before = rule(&judge("first", &json!(policy)), &token);
        let mut longer = policy;
        longer.push(more.clone());
        let after = rule(&judge("first", &json!(longer)), &token);
        if before.is_allow() {
            prop_assert_eq!(after, before);
        } else {
            prop_assert_eq!(after, rule(&judge("first", &json!([more])), &token));
        }
    }

    #[test]
    fn a_further_rule_never_widens_a_policy(policy in policy(), at in any::<prop::sample::Index>(), name in claim(), more in rule_of_one_claim(), token in token()) {
        let mut narrower = policy.clone();
        let at = at.index(narrower.len());
        let claims = narrower[at]["claims"].as_object_mut().unwrap();
        if !claims.contains_key(name) {
            claims.insert(name.to_owned(), more);
        }
        let narrower = rule(&judge("first", &json!(narrower)), &token);
        prop_assert!(!narrower.is_allow() || rule(&judge("first", &json!(policy)), &token).is_allow());
    }

    /// One of several is some of them, and none of several is none of each.
    #[test]
    fn lists_are_their_members(values in prop::collection::vec(scalar(), 0..4), token in token()) {
        let allows = |matcher: Json| {
            let policy = json!([{ "iss": token["iss"], "scopes": ["read"], "claims": { "a": matcher } }]);
            rule(&judge("first", &policy), &token).is_allow()
        };
        prop_assert_eq!(allows(json!({ "in": values })), values.iter().any(|value| allows(json!({ "equals": value }))));
        let none = token.get("a").is_some() && values.iter().all(|value| allows(json!({ "not_equals": value })));
        prop_assert_eq!(allows(json!({ "not_in": values })), none);
        for value in &values {
            prop_assert_eq!(allows(value.clone()), allows(json!({ "equals": value })));
            // Never both; both fail only where the claim is missing or one number is spelt in two ways.
            let both = allows(json!({ "equals": value })) && allows(json!({ "not_equals": value }));
            prop_assert!(!both);
        }
    }

    #[test]
    fn a_statement_before_the_last_that_matches_counts_for_nothing(role in role(), first in role_statement(vec!["allow", "deny"]), token in token()) {
        let alone = judge("last", &of_role(std::slice::from_ref(&first)));
        let later = explain(&judge("last", &of_role(&role)), &token).records.remove(0);
        let is_decided = rule(&judge("last", &of_role(&role)), &token).is_allow()
            || later.steps.iter().any(|step| matches!(step.state, crate::StepState::Misses(crate::Miss::Denied(_))));
        // A statement at which the registry fails refuses whatever stands behind it.
        let fails = explain(&alone, &token).records[0].steps.iter()
            .any(|step| matches!(step.state, crate::StepState::Misses(crate::Miss::Unclear(..) | crate::Miss::WrongType(_))) && step.alternative.is_none());
        if is_decided && !fails {
            let mut longer = vec![first];
            longer.extend(role.clone());
            prop_assert_eq!(rule(&judge("last", &of_role(&longer)), &token), rule(&judge("last", &of_role(&role)), &token));
        }
    }

    #[test]
    fn a_denial_at_the_end_never_widens_a_role(role in role(), deny in role_statement(vec!["deny"]), token in token()) {
        let mut longer = role.clone();
        longer.push(deny);
        let after = rule(&judge("last", &of_role(&longer)), &token);
        prop_assert!(!after.is_allow() || rule(&judge("last", &of_role(&role)), &token).is_allow());
    }

    #[test]
    fn a_further_condition_never_widens_what_a_role_allows(role in role(), at in any::<prop::sample::Index>(), more in condition(), token in token()) {
        let mut narrower = role.clone();
        let at = at.index(narrower.len());
        if narrower[at]["effect"] == json!("allow") {
            narrower[at]["conditions"].as_array_mut().unwrap().push(more);
        }
        let narrower = rule(&judge("last", &of_role(&narrower)), &token);
        prop_assert!(!narrower.is_allow() || rule(&judge("last", &of_role(&role)), &token).is_allow());
    }

    /// Claims are asked one by one: neither their order nor their company matters, and a further one never widens.
    #[test]
    fn a_providers_claims_hold_together_exactly_where_each_holds(claims in required(), mapped: bool, token in token()) {
        let whole = rule(&judge("required", &provider(&claims, mapped)), &token);
        let alone = |claims: &Map<String, Json>| rule(&judge("required", &provider(claims, mapped)), &token).is_allow();
        let each = claims.iter().all(|(name, value)| alone(&[(name.clone(), value.clone())].into_iter().collect()));
        prop_assert_eq!(whole.is_allow(), each && alone(&Map::new()));
        prop_assert!(whole.grants.len() <= 1);
    }
}
