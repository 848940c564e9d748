//! Each usual cause with a token that shows it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use serde_json::{Value, json};
use trustctl_catalog::DataFile;
use trustctl_claims::Claims;
use trustctl_records::{Explanation, Header, Judge, Profile, Question, Record, Settings, StepReport, StepState, Used};

const NOW: i64 = 1_795_219_260;

/// The token of a release of `acme/widgets`.
fn token() -> Value {
    json!({
        "iss": "https://token.actions.githubusercontent.com",
        "aud": "https://other.example",
        "sub": "repo:acme/widgets:ref:refs/tags/v1.4.0",
        "iat": 1_795_219_200, "nbf": 1_795_218_600, "exp": 1_795_219_500,
        "jti": "3f1c9a52-7c6e-4c1b-9a55-0d6b0c1f2e31",
        "repository": "acme/widgets", "repository_id": "556677",
        "repository_owner": "acme", "repository_owner_id": "1234567",
        "workflow_ref": "acme/widgets/.github/workflows/publish.yml@refs/tags/v1.4.0",
        "job_workflow_ref": "acme/widgets/.github/workflows/build.yml@refs/tags/v1.4.0",
        "ref": "refs/tags/v1.4.0", "ref_type": "tag", "sha": "2f9c1d5e8a7b4c3d2e1f0a9b8c7d6e5f4a3b2c1d",
        "event_name": "push", "environment": "npm", "runner_environment": "github-hosted",
    })
}

fn other() -> Profile {
    Profile::read(&DataFile { name: "other.yaml", text: include_str!("other.yaml") }).unwrap()
}

/// The token with these claims instead; null takes a claim away.
fn with(changes: Value) -> Value {
    let mut claims = token();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => _ = claims.as_object_mut().unwrap().remove(name),
            Value::String(text) if text == "null" => claims[name] = Value::Null,
            value => claims[name] = value.clone(),
        }
    }
    claims
}

fn explain(profile: &Profile, record: &Value, claims: &Value, version: Option<&str>) -> Explanation {
    let record = Record::read(profile, Some("github"), record).unwrap();
    let text = claims.to_string();
    let claims = Claims::parse(&text).unwrap();
    let question = Question { package: None, version, now: NOW };
    let header = Header { algorithm: Some("RS256"), key: Some("k") };
    Judge::new(profile, Settings::of(profile), vec![record]).explain(Some(&header), &claims, &question, &Used::Unknown)
}

/// The first step that does not hold, with its cause.
fn missed(profile: &Profile, record: &Value, claims: &Value) -> (StepReport, String) {
    let step = explain(profile, record, claims, None).records[0].first_failure().unwrap().clone();
    let cause = step.cause.clone().unwrap_or_default();
    (step, cause)
}

/// What is wrong, where a record of the registry that exists nowhere meets a token.
#[track_caller]
fn says(record: &Value, changes: Value, words: &[&str]) {
    let (step, cause) = missed(&other(), record, &with(changes));
    for word in words {
        assert!(cause.contains(word), "`{word}` is not in the cause of `{}`: {cause}", step.name);
    }
}

#[test]
fn the_token_itself_holds() {
    let record = json!({ "repository": "acme/widgets", "workflow": "publish.yml", "environment": "npm" });
    let explanation = explain(&other(), &record, &token(), None);
    assert!(explanation.ruling.is_allow(), "{explanation:?}");
}

#[test]
fn the_called_workflow_is_not_the_calling_one() {
    says(
        &json!({ "workflow": "build.yml" }),
        json!({}),
        &["`build.yml` is in `job_workflow_ref`", "Other reads `workflow_ref`"],
    );
    let pypi = Profile::bundled("pypi").unwrap().unwrap();
    let record = pypi_record(json!({}));
    let (step, cause) = missed(pypi, &record, &with(json!({ "aud": "pypi" })));
    assert_eq!((step.name.as_str(), step.found.as_deref()), ("workflow file", Some("build.yml")));
    assert!(step.whole.unwrap().starts_with("acme/widgets/.github/workflows/build.yml@"));
    assert!(cause.contains("`publish.yml` is in `workflow_ref`") && cause.contains("PyPI reads `job_workflow_ref`"));
}

fn pypi_record(changes: Value) -> Value {
    let mut record = json!({
        "repository_owner": "acme", "repository_name": "widgets", "repository_owner_id": "1234567",
        "workflow_filename": "publish.yml", "environment": "npm",
    });
    record.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    record
}

#[test]
fn a_workflow_of_another_repository_is_named() {
    let pypi = Profile::bundled("pypi").unwrap().unwrap();
    let elsewhere = with(json!({
        "aud": "pypi",
        "job_workflow_ref": "acme/shared/.github/workflows/publish.yml@refs/tags/v2",
    }));
    let (step, cause) = missed(pypi, &pypi_record(json!({})), &elsewhere);
    assert_eq!(step.name, "workflow");
    assert!(cause.contains("publish.yml@refs/tags/v1.4.0` is in `workflow_ref`"), "{cause}");
    let moved = with(json!({
        "aud": "pypi",
        "workflow_ref": "acme/widgets/.github/workflows/release.yml@refs/tags/v1.4.0",
        "job_workflow_ref": "acme/shared/.github/workflows/publish.yml@refs/tags/v2",
    }));
    let (_, cause) = missed(pypi, &pypi_record(json!({})), &moved);
    assert!(cause.contains("a workflow of `acme/shared`, which `acme/widgets` calls"), "{cause}");
}

#[test]
fn what_the_eye_slides_over() {
    says(&json!({ "workflow": "publish.yaml" }), json!({}), &["`.yml`", "`.yaml`"]);
    says(&json!({ "workflow": "Publish.yml" }), json!({}), &["upper and lower case only, and Other"]);
    says(&json!({ "environment": "NPM" }), json!({}), &["upper and lower case only"]);
    says(&json!({ "environment": "npm " }), json!({}), &["blanks at an end"]);
    says(&json!({ "workflow": "publish\u{200b}.yml" }), json!({}), &["`workflow` has characters outside ASCII"]);
    says(&json!({ "environment": "npm" }), json!({ "environment": "n\u{440}m" }), &["the token's value"]);
    says(&json!({ "branch": "v1.4.0" }), json!({}), &["the claim is a whole ref, and `branch` has only its name"]);
}

#[test]
fn an_environment_on_one_side_only() {
    says(
        &json!({ "environment": "npm" }),
        json!({ "environment": null }),
        &["the job does not", "add `environment: npm` to the job"],
    );
    says(&json!({ "environment": "npm" }), json!({ "environment": "" }), &["add `environment: npm`"]);
    // The token alone has one: it is let in, and PyPI writes to the owners.
    let pypi = Profile::bundled("pypi").unwrap().unwrap();
    let record = pypi_record(json!({ "environment": "", "workflow_filename": "build.yml" }));
    let explanation = explain(pypi, &record, &with(json!({ "aud": "pypi" })), None);
    assert!(explanation.ruling.is_allow() && explanation.suggests_environment == [0], "{explanation:?}");
    // And where a subject is compared, it takes the place of the ref.
    says(
        &json!({ "subject": "repo:acme/widgets:ref:refs/tags/v1.4.0" }),
        json!({ "sub": "repo:acme/widgets:environment:npm" }),
        &["in place of the ref"],
    );
    says(&json!({ "subject": "repo:acme/widgets:environment:npm" }), json!({}), &["the job names no environment"]);
}

#[test]
fn an_owner_or_a_repository_has_another_name_or_another_id() {
    let record = json!({ "owner": "acme", "owner_id": "1234567" });
    says(&record, json!({ "repository_owner": "acme-inc" }), &["the owner was renamed", "`owner`"]);
    says(
        &record,
        json!({ "repository_owner_id": "99" }),
        &["`repository_owner` is the same", "somebody else has it now"],
    );
    let record = json!({ "repository": "acme/widgets", "repository_id": "556677" });
    says(&record, json!({ "repository": "acme/gadgets" }), &["renamed or moved to `acme/gadgets`"]);
    says(&record, json!({ "repository_id": "99" }), &["deleted and made again"]);
    let record = json!({ "repository": "acme/widgets", "locked_id": "556677" });
    says(&record, json!({ "repository_id": "99" }), &["deleted and made again", "learned its id at an earlier use"]);
    says(
        &json!({ "owner_id": "556677" }),
        json!({}),
        &["`556677` is in `repository_id`: this is the id of the repository"],
    );
    let pypi = Profile::bundled("pypi").unwrap().unwrap();
    let renamed = with(json!({ "aud": "pypi", "repository": "acme-inc/widgets", "repository_owner": "acme-inc" }));
    let (step, cause) = missed(pypi, &pypi_record(json!({})), &renamed);
    assert_eq!((step.name.as_str(), step.found.as_deref()), ("owner", Some("acme-inc")));
    assert!(cause.contains("the owner was renamed: write the new name in `repository_owner`"), "{cause}");
    // Another repository of the same owner is no rename.
    let (step, cause) = missed(pypi, &pypi_record(json!({ "repository_name": "gadgets" })), &with(json!({})));
    assert_eq!((step.name.as_str(), cause.as_str()), ("repository", ""));
}

#[test]
fn subjects_come_in_several_shapes() {
    let record = json!({ "subject": "repo:acme/widgets:ref:refs/tags/v1.4.0" });
    says(
        &record,
        json!({ "sub": "repo:acme@1234567/widgets@556677:ref:refs/tags/v1.4.0" }),
        &["immutable form", "write the whole subject"],
    );
    says(&record, json!({ "sub": "repository_owner:acme:repository_visibility:private" }), &["changed its template"]);
    says(
        &json!({ "subject": "repo:acme@1234567/widgets@556677:ref:refs/tags/v1.4.0" }),
        json!({}),
        &["still has the older form"],
    );
}

#[test]
fn events_that_are_not_taken() {
    says(&json!({}), json!({ "event_name": "pull_request_target" }), &["`pull_request_target` started the run"]);
    says(&json!({}), json!({ "event_name": "workflow_run" }), &["let a tag, a release or a person start"]);
    let record = json!({ "events": true, "dispatch": false });
    says(&record, json!({ "event_name": "workflow_dispatch" }), &["only where the record has `dispatch: true`"]);
    says(&record, json!({ "event_name": "schedule" }), &["`schedule` started the run, and Other takes only `push`"]);
}

#[test]
fn machines_of_ones_own() {
    says(&json!({ "hosted": true }), json!({ "runner_environment": "self-hosted" }), &["publish from a hosted runner"]);
    says(&json!({ "hosted": true }), json!({ "runner_environment": null }), &["not every token of GitHub Actions has"]);
}

#[test]
fn more_than_the_one_thing_that_is_meant() {
    says(
        &json!({ "repository": "https://github.com/acme/widgets" }),
        json!({}),
        &["`repository` holds an address", "as in `acme/widgets`"],
    );
    says(&json!({ "name": "https://github.com/acme/widgets" }), json!({}), &["as in `widgets`"]);
    says(&json!({ "name": "acme/widgets" }), json!({}), &["`name` holds its owner as well", "write `widgets` alone"]);
    says(
        &json!({ "workflow": ".github/workflows/publish.yml" }),
        json!({}),
        &["`workflow` holds a path", "write `publish.yml` alone"],
    );
    says(
        &json!({ "branch": "refs/heads/main" }),
        json!({ "ref": "main" }),
        &["`branch` holds a whole ref", "write `main` alone"],
    );
}

#[test]
fn claims_that_are_missing_or_of_another_type() {
    let old = json!({ "workflow_ref": null, "iat": 1_659_662_993 });
    says(&json!({ "workflow": "publish.yml" }), old, &["the token is of 2022-08-05", "since 2023-01-10"]);
    let late = json!({ "workflow_ref": null });
    says(&json!({ "workflow": "publish.yml" }), late, &["not every token of GitHub Actions has `workflow_ref`"]);
    says(&json!({ "owner_id": "1234567" }), json!({ "repository_owner_id": 1_234_567 }), &["as a number"]);
    says(&json!({ "workflow": "publish.yml" }), json!({ "workflow_ref": "null" }), &["outside of the project"]);
}

#[test]
fn the_record_itself() {
    says(&json!({ "enabled": false }), json!({}), &["switched off: `enabled`"]);
    says(&json!({ "until": "2026-01-31T12:00:00Z" }), json!({}), &["`until` is past"]);
    let pypi = Profile::bundled("pypi").unwrap().unwrap();
    let mut record = pypi_record(json!({}));
    record.as_object_mut().unwrap().remove("repository_owner_id");
    let (step, cause) = missed(pypi, &record, &with(json!({ "aud": "pypi" })));
    assert_eq!(step.name, "owner id");
    assert!(cause.contains("does not say `repository_owner_id`, and an empty field matches nothing"), "{cause}");
}

#[test]
fn tags_and_versions() {
    let (profile, record) = (other(), json!({ "tag_pattern": "v{{version}}" }));
    let cause = |claims: &Value, version| {
        let explanation = explain(&profile, &record, claims, version);
        explanation.records[0].first_failure().and_then(|step| step.cause.clone()).unwrap_or_default()
    };
    assert_eq!(cause(&token(), Some("1.4.0")), "");
    assert!(cause(&token(), None).contains("compared with the version that is published, and none was given"));
    assert!(cause(&token(), Some("1.5.0")).contains("version 1.5.0 must come from the tag `v1.5.0`"));
    let branch = with(json!({ "ref": "refs/heads/main", "ref_type": "branch" }));
    assert!(cause(&branch, Some("1.4.0")).contains("for the branch `main`"));
}

/// The check of the envelope that does not hold, its reason and its cause.
fn refused(changes: Value) -> (String, String, String) {
    let explanation = explain(&other(), &json!({}), &with(changes), None);
    let step = explanation.refused().unwrap();
    let reason = match &step.state {
        StepState::Refused(reason) => reason,
        other => &format!("{other:?}"),
    };
    (step.name.clone(), reason.clone(), step.cause.clone().unwrap_or_default())
}

#[test]
fn envelopes_say_what_is_wrong() {
    let issuer = "https://token.actions.githubusercontent.com";
    for (changes, name, word) in [
        (json!({ "aud": "pypi" }), "audience", "the token was made for PyPI"),
        (
            json!({ "aud": "https://github.com/acme" }),
            "audience",
            "what GitHub Actions puts there when a job asks for no",
        ),
        (json!({ "aud": "https://other.example/" }), "audience", "a `/` at the end"),
        (
            json!({ "aud": ["https://other.example", "b"] }),
            "audience",
            "several audiences: ask for `https://other.example` alone",
        ),
        (json!({ "aud": null }), "claims of every token", "no audience: ask for `https://other.example`"),
        (json!({ "aud": "sigstore" }), "audience", "somebody else: ask for `https://other.example`"),
        (json!({ "iss": format!("{issuer}/") }), "issuer", "a `/` at the end"),
        (json!({ "iss": format!("{issuer}/acme-inc") }), "issuer", "the enterprise has an issuer of its own"),
        (json!({ "iss": "https://agent.buildkite.com" }), "issuer", "Other has records for GitHub Actions"),
        (json!({ "exp": NOW }), "expiry", "live 5 minutes"),
        (json!({ "nbf": NOW + 1 }), "not before", "clocks"),
        (json!({ "iat": NOW + 1 }), "issued", "clocks"),
        (json!({ "exp": NOW + 3600 }), "lifetime", "a shorter life"),
    ] {
        let (step, reason, cause) = refused(changes);
        assert_eq!(step, name, "{reason}: {cause}");
        assert!(cause.contains(word), "{name}: {reason}: {cause}");
    }
}

/// A registry whose audiences are lists of permissions, asked about the version 1.4.0 of `@acme/widgets`.
#[test]
fn permissions_in_the_audience_are_for_something_else_or_not_there() {
    let text = include_str!("other.yaml");
    let compared = "audiences: exactly-one\n  audience: \"{setting.audience}\"";
    assert!(text.contains(compared));
    let text = text.replace(compared, "audiences: permissions");
    let profile = Profile::read(&DataFile { name: "other.yaml", text: &text }).unwrap();
    let asked = |audience: &str| {
        let text = with(json!({ "aud": audience })).to_string();
        let claims = Claims::parse(&text).unwrap();
        let question = Question { package: Some("@acme/widgets"), version: Some("1.4.0"), now: NOW };
        let judge = Judge::new(&profile, Settings::of(&profile), Vec::new());
        judge.explain(None, &claims, &question, &Used::Unknown).refused().cloned()
    };
    let permission = |version: &str| {
        let one = json!({
            "permission": "package/publish", "scope": "acme", "package": "widgets", "version": version, "tarballHash": "sha256-0",
        });
        json!({ "permissions": [one] }).to_string()
    };
    assert_eq!(asked(&permission("1.4.0")), None);
    for (audience, problem, cause) in [
        (permission("1.4.1"), "permissions in the token's `aud` are for something else", "when another is published"),
        ("other".to_owned(), "`aud` has not the form that Other takes", "ask for the JSON text"),
        ("https://github.com/acme".to_owned(), "`aud` has not the form", "what GitHub Actions puts there"),
    ] {
        let step = asked(&audience).unwrap();
        assert!(matches!(&step.state, StepState::Refused(why) if why.contains(problem)), "{:?}", step.state);
        assert!(step.cause.as_ref().is_some_and(|said| said.contains(cause)), "{:?}", step.cause);
    }
}
