//! What single vectors cannot ask of PyPI, crates.io and pub.dev: several records at once, and what is stored.

use serde_json::{Value, json};
use trustctl_claims::Claims;
use trustctl_records::{Header, Judge, Profile, Question, Record, Ruling, Settings, Used};

const NOW: i64 = 1_795_219_260;

fn gitlab(audience: &str) -> Value {
    json!({
        "iss": "https://gitlab.com", "aud": audience, "sub": "project_path:acme/tools/widgets:ref_type:tag:ref:v1.4.0",
        "iat": NOW - 60, "nbf": NOW - 65, "exp": NOW + 3600, "jti": "235b3a54-b797-45c7-ae9a-f72d7bc6ef5b",
        "project_path": "acme/tools/widgets", "namespace_id": "1234567", "job_id": "1",
        "ref_path": "refs/tags/v1.4.0", "sha": "2f9c1d5e8a7b4c3d2e1f0a9b8c7d6e5f4a3b2c1d",
        "ci_config_ref_uri": "gitlab.com/acme/tools/widgets//.gitlab-ci.yml@refs/tags/v1.4.0",
    })
}

fn github(audience: &str) -> Value {
    json!({
        "iss": "https://token.actions.githubusercontent.com", "aud": audience, "sub": "repo:acme/widgets",
        "iat": NOW - 60, "nbf": NOW - 660, "exp": NOW + 240, "jti": "3f1c9a52-7c6e-4c1b-9a55-0d6b0c1f2e31",
        "repository": "acme/widgets", "repository_id": "556677", "repository_owner": "acme", "repository_owner_id": "1234567",
        "workflow_ref": "acme/widgets/.github/workflows/release.yml@refs/tags/v1.4.0",
        "job_workflow_ref": "acme/widgets/.github/workflows/release.yml@refs/tags/v1.4.0",
        "ref": "refs/tags/v1.4.0", "ref_type": "tag", "sha": "2f9c1d5e8a7b4c3d2e1f0a9b8c7d6e5f4a3b2c1d",
        "event_name": "push", "run_id": "1",
    })
}

fn decide(registry: &str, records: &[Value], token: &Value) -> Ruling {
    let profile = Profile::bundled(registry).unwrap().unwrap();
    let records = records.iter().map(|record| Record::read(profile, None, record).unwrap()).collect();
    let text = token.to_string();
    let claims = Claims::parse(&text).unwrap();
    let question = Question { package: Some("acme-widgets"), version: Some("1.4.0"), now: NOW };
    let header = Header { algorithm: Some("RS256"), key: Some("a") };
    Judge::new(profile, Settings::of(profile), records).decide(Some(&header), &claims, &question, &Used::Tokens(&[]))
}

fn crates_io(file: &str, id: Option<&str>, environment: Option<&str>) -> Value {
    json!({
        "namespace": "acme/tools", "project": "widgets", "workflow_filepath": file, "namespace_id": id, "environment": environment,
    })
}

#[test]
fn a_crates_io_credential_is_for_the_crates_of_all_configurations_that_hold() {
    let records = [
        crates_io(".gitlab-ci.yml", Some("1234567"), None),
        crates_io("other.yml", Some("1234567"), None),
        crates_io(".gitlab-ci.yml", Some("1234567"), Some("prod")),
        crates_io(".gitlab-ci.yml", Some("7654321"), None),
    ];
    let mut token = gitlab("crates.io");
    assert_eq!(decide("crates-io", &records, &token).records, [0]);
    token["environment"] = "Prod".into();
    assert_eq!(decide("crates-io", &records, &token).records, [0, 2]);
}

#[test]
fn crates_io_learns_ids_for_every_configuration_of_the_project_and_only_where_one_holds() {
    let other = crates_io("other.yml", None, None);
    let holds = crates_io(".gitlab-ci.yml", None, None);
    let learned = |records: &[Value]| -> Vec<usize> {
        decide("crates-io", records, &gitlab("crates.io")).learned.into_iter().map(|(record, _)| record).collect()
    };
    assert_eq!(learned(&[other.clone(), holds]), [0, 1]);
    assert!(learned(&[other]).is_empty());
}

#[test]
fn kinds_of_records_stand_beside_each_other() {
    let records = [
        json!({ "repository_owner": "acme", "repository_owner_id": 1_234_567, "repository_name": "widgets",
                "workflow_filename": "release.yml", "environment": null }),
        crates_io(".gitlab-ci.yml", Some("1234567"), None),
    ];
    assert_eq!(decide("crates-io", &records, &github("crates.io")).records, [0]);
    assert_eq!(decide("crates-io", &records, &gitlab("crates.io")).records, [1]);
}

#[test]
fn pub_dev_switches_off_only_what_the_token_is_about() {
    let github_record = json!({
        "isEnabled": true, "repository": "acme/widgets", "tagPattern": "v{{version}}",
        "lock": { "repositoryOwnerId": "1", "repositoryId": "556677" },
    });
    let google_record = json!({
        "isEnabled": true, "serviceAccountEmail": "publisher@acme-widgets.iam.gserviceaccount.com",
        "lock": { "oauthUserId": "1" },
    });
    let records = [github_record, google_record];
    let ruling = decide("pub-dev", &records, &github("https://pub.dev"));
    assert!(!ruling.is_allow());
    assert_eq!(ruling.disabled, [0]);
    let wrong_tag = with(github("https://pub.dev"), "ref", "refs/tags/v1.4.1");
    assert!(decide("pub-dev", &records, &wrong_tag).disabled.is_empty());
    let expired = with(github("https://pub.dev"), "exp", NOW - 121);
    assert!(decide("pub-dev", &records, &expired).disabled.is_empty());
}

#[test]
fn a_used_token_is_found_as_each_registry_keeps_it() {
    let used = |registry: &str, token: &Value, issuer: &str| {
        let profile = Profile::bundled(registry).unwrap().unwrap();
        let judge = Judge::new(profile, Settings::of(profile), Vec::new());
        let text = token.to_string();
        let used = [(issuer.to_owned(), "3f1c9a52-7c6e-4c1b-9a55-0d6b0c1f2e31".to_owned())];
        judge.is_used(&Claims::parse(&text).unwrap(), &Used::Tokens(&used))
    };
    let (own, other) = ("https://token.actions.githubusercontent.com", "https://gitlab.com");
    assert!(used("pypi", &github("pypi"), own));
    assert!(!used("pypi", &github("pypi"), other));
    assert!(used("crates-io", &github("crates.io"), own));
    assert!(used("crates-io", &github("crates.io"), other));
    assert!(!used("pub-dev", &github("https://pub.dev"), own));
}

#[test]
fn the_steps_that_are_told_agree_with_the_decision() {
    let profile = Profile::bundled("pypi").unwrap().unwrap();
    let record = json!({ "namespace": "acme/tools", "project": "widgets", "workflow_filepath": ".gitlab-ci.yml" });
    let token = gitlab("pypi");
    let names: Vec<String> = token.as_object().unwrap().keys().cloned().collect();
    for name in names {
        for value in [json!(null), json!(""), json!("x"), json!(7), json!(["x"])] {
            let text = with(token.clone(), &name, value).to_string();
            let claims = Claims::parse(&text).unwrap();
            let judge = Judge::new(profile, Settings::of(profile), vec![Record::read(profile, None, &record).unwrap()]);
            let question = Question { package: None, version: None, now: NOW };
            let told = judge.explain(None, &claims, &question, &Used::Unknown);
            let holds = told.refused().is_none() && told.records.iter().any(|record| record.first_failure().is_none());
            assert_eq!(told.ruling.is_allow(), holds && told.records[0].is_about_issuer, "{text}");
        }
    }
}

fn with(mut token: Value, claim: &str, value: impl Into<Value>) -> Value {
    token[claim] = value.into();
    token
}
