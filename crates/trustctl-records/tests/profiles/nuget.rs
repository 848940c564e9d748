//! NuGet.org learns ids at the first use, tells callers only so much, and takes tokens of Entra ID by rules of their own.

use serde_json::{Value, json};
use trustctl_records::Used;

use crate::ask::{NOW, after, explain, failing, github, judge};

const AUDIENCE: &str = "https://www.nuget.org";

fn fresh(workflow: &str) -> Value {
    json!({ "owner": "Acme", "repository": "https://github.com/acme/Widgets", "workflow": workflow, "validateBy": "2026-11-28T00:00:00Z" })
}

#[test]
fn a_first_use_stores_both_ids_and_ends_the_time_for_it() {
    let policies = judge("nuget", &[fresh("release.yml")], &[]);
    let explained = explain(&policies, &github(&json!({ "aud": AUDIENCE })), &Used::Unknown);
    assert_eq!(explained.ruling.records, [0]);
    let stored = json!({
        "owner": "Acme", "repository": "Widgets", "workflow": "release.yml", "ownerId": "1234567", "repositoryId": "556677",
    });
    assert_eq!(after(&policies, 0, &explained), stored);

    // Judged by what is stored, the repository's own token passes still, and that of one made again does not.
    let locked = judge("nuget", &[stored], &[]);
    assert!(explain(&locked, &github(&json!({ "aud": AUDIENCE })), &Used::Unknown).ruling.is_allow());
    let again = github(&json!({ "aud": AUDIENCE, "repository_id": "999" }));
    let refused = explain(&locked, &again, &Used::Unknown);
    assert_eq!(failing(&refused, 0), [("repository id", false)]);
    assert_eq!(after(&locked, 0, &refused)["repositoryId"], "556677");
}

#[test]
fn a_policy_that_refuses_the_token_has_learned_its_ids_all_the_same() {
    let policies = judge("nuget", &[fresh("other.yml"), fresh("release.yml")], &[]);
    let explained = explain(&policies, &github(&json!({ "aud": AUDIENCE })), &Used::Unknown);
    assert_eq!(explained.ruling.records, [1]);
    for policy in [0, 1] {
        assert_eq!(after(&policies, policy, &explained)["repositoryId"], "556677", "policy {policy}");
    }
    // Names are compared before anything is learned.
    let strange = github(&json!({ "aud": AUDIENCE, "repository": "acme/other" }));
    let refused = explain(&policies, &strange, &Used::Unknown);
    assert!(refused.ruling.learned.is_empty());
}

#[test]
fn callers_are_told_what_is_missing_and_what_differs_once_the_repository_is_theirs() {
    let policy = json!({
        "owner": "acme", "ownerId": "1234567", "repository": "widgets", "repositoryId": "556677", "workflow": "release.yml",
        "environment": "prod",
    });
    let policies = judge("nuget", &[policy], &[("banned-events", "schedule")]);
    let ask = |other: Value| {
        let explained = explain(&policies, &github(&other), &Used::Unknown);
        failing(&explained, 0).into_iter().map(|(name, told)| (name.to_owned(), told)).collect::<Vec<_>>()
    };
    let told = |name: &str| (name.to_owned(), true);
    let silent = |name: &str| (name.to_owned(), false);
    assert_eq!(ask(json!({ "environment": "prod" })), []);
    assert_eq!(
        ask(json!({ "event_name": "Schedule", "job_workflow_ref": "acme/widgets/.github/workflows/x.yml@main" })),
        [told("event"), told("workflow"), told("environment")]
    );
    assert_eq!(ask(json!({ "environment": "prod", "repository": "acme/other" })), [silent("repository")]);
    assert_eq!(ask(json!({ "environment": "prod", "repository_owner_id": "7" })), [silent("owner id")]);
    assert_eq!(ask(json!({ "environment": "prod", "event_name": "  " })), [told("claims")]);
}

#[test]
fn tokens_of_entra_id_have_an_audience_and_an_id_of_their_own() {
    let (tenant, object) = ("11111111-2222-3333-4444-555555555555", "66666666-7777-8888-9999-aaaaaaaaaaaa");
    let token = json!({
        "iss": format!("https://login.microsoftonline.com/{tenant}/v2.0"), "aud": "gallery", "uti": "Xk2mB9qLQ0eYc3vT1uZ8AA",
        "iat": NOW, "nbf": NOW, "exp": NOW + 3600, "tid": tenant, "oid": object, "sub": object,
        "azpacr": "2", "idtyp": "app", "ver": "2.0",
    });
    let policy = [json!({ "tid": tenant.to_uppercase(), "oid": object })];
    let settings = [("entra-audience", "gallery"), ("allowed-tenants", "all")];
    let policies = judge("nuget", &policy, &settings);
    assert!(explain(&policies, &token, &Used::Unknown).ruling.is_allow());
    let seen = [(String::new(), "Xk2mB9qLQ0eYc3vT1uZ8AA".to_owned())];
    let again = explain(&policies, &token, &Used::Tokens(&seen));
    assert_eq!(again.refused().unwrap().claim.as_deref(), Some("uti"));

    // The audience that nuget.org publishes is not that of these tokens.
    let mut other = token.clone();
    other["aud"] = AUDIENCE.into();
    assert_eq!(explain(&policies, &other, &Used::Unknown).refused().unwrap().name, "audience");
    let unset = explain(&judge("nuget", &policy, &settings[1..]), &token, &Used::Unknown);
    assert_eq!(unset.refused().unwrap().name, "audience");
}

#[test]
fn what_nuget_does_not_publish_is_told_where_a_policy_lets_in() {
    let bare = json!({ "owner": "acme", "repository": "widgets", "workflow": "release.yml" });
    let known = json!({
        "owner": "acme", "ownerId": "1234567", "repository": "widgets", "repositoryId": "556677", "workflow": "release.yml",
    });
    let told = |record: &Value, settings: &[(&str, &str)], other: Value| {
        let mut other = other;
        other["aud"] = AUDIENCE.into();
        let explained =
            explain(&judge("nuget", std::slice::from_ref(record), settings), &github(&other), &Used::Unknown);
        let words = ["banned-events", "seven days"];
        let has = |word: &str| explained.records[0].warnings.iter().any(|warning| warning.contains(word));
        (explained.ruling.is_allow(), words.map(has))
    };
    let risky = json!({ "event_name": "pull_request_target" });
    assert_eq!(told(&bare, &[], risky.clone()), (true, [true, true]));
    assert_eq!(told(&known, &[], risky.clone()), (true, [true, false]));
    assert_eq!(told(&fresh("release.yml"), &[], risky.clone()), (true, [true, false]));
    assert_eq!(told(&known, &[("banned-events", "schedule")], risky.clone()), (true, [false, false]));
    assert_eq!(told(&bare, &[("banned-events", "pull_request_target")], risky), (false, [false, false]));
}
