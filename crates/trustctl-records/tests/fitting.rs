//! A record made for a token lets that token in, at every registry that takes its issuer at all.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use serde_json::{Value, json};
use trustctl_catalog::DataFile;
use trustctl_claims::Claims;
use trustctl_pattern::Pattern;
use trustctl_records::{Fitting, Judge, Profile, Question, Settings, profile::AudienceCheck};

const NOW: i64 = 1_795_219_260;

fn github() -> Value {
    json!({
        "iss": "https://token.actions.githubusercontent.com",
        "aud": "nobody",
        "sub": "repo:acme/widgets:environment:npm",
        "iat": NOW - 60, "nbf": NOW - 660, "exp": NOW + 240, "jti": "3f1c9a52-7c6e-4c1b-9a55-0d6b0c1f2e31",
        "repository": "acme/widgets", "repository_id": "556677", "repository_visibility": "public",
        "repository_owner": "acme", "repository_owner_id": "1234567",
        "workflow": "Publish",
        "workflow_ref": "acme/widgets/.github/workflows/publish.yml@refs/tags/v1.4.0",
        "workflow_sha": "2f9c1d5e8a7b4c3d2e1f0a9b8c7d6e5f4a3b2c1d",
        "job_workflow_ref": "acme/widgets/.github/workflows/publish.yml@refs/tags/v1.4.0",
        "job_workflow_sha": "2f9c1d5e8a7b4c3d2e1f0a9b8c7d6e5f4a3b2c1d",
        "ref": "refs/tags/v1.4.0", "ref_type": "tag", "sha": "2f9c1d5e8a7b4c3d2e1f0a9b8c7d6e5f4a3b2c1d",
        "event_name": "push", "environment": "npm", "runner_environment": "github-hosted",
        "actor": "octo", "actor_id": "9876543", "run_id": "1", "run_number": "1", "run_attempt": "1",
        "head_ref": "", "base_ref": "",
    })
}

fn gitlab() -> Value {
    json!({
        "iss": "https://gitlab.com", "aud": "nobody", "sub": "project_path:acme/tools/widgets:ref_type:tag:ref:v1.4.0",
        "iat": NOW - 60, "nbf": NOW - 65, "exp": NOW + 3600, "jti": "235b3a54-b797-45c7-ae9a-f72d7bc6ef5b",
        "namespace_id": "1234567", "namespace_path": "acme/tools", "project_id": "556677",
        "project_path": "acme/tools/widgets",
        "ci_config_ref_uri": "gitlab.com/acme/tools/widgets//.gitlab-ci.yml@refs/tags/v1.4.0",
        "ci_config_sha": "2f9c1d5e8a7b4c3d2e1f0a9b8c7d6e5f4a3b2c1d", "sha": "2f9c1d5e8a7b4c3d2e1f0a9b8c7d6e5f4a3b2c1d",
        "ref": "v1.4.0", "ref_type": "tag", "ref_path": "refs/tags/v1.4.0", "ref_protected": "true",
        "environment": "pypi", "pipeline_source": "push", "runner_environment": "gitlab-hosted",
        "user_login": "octo", "user_id": "1", "pipeline_id": "1", "job_id": "1",
    })
}

/// Whether the best of the records that the token would need lets it in, the audience aside.
fn fits(profile: &Profile, claims: &Value) -> Option<bool> {
    let text = claims.to_string();
    let claims = Claims::parse(&text).unwrap();
    let all = Fitting::all(profile, None, &claims, None);
    let rulings = all.iter().map(|fitting| {
        let record = fitting.record.clone().unwrap_or_else(|problems| panic!("{}: {problems:?}", profile.registry));
        let question = Question { package: None, version: fitting.version.as_deref(), now: NOW };
        Judge::new(profile, Settings::of(profile), vec![record]).rule(&claims, &question).is_allow()
    });
    rulings.reduce(|one, other| one | other)
}

#[test]
fn an_audience_that_was_emptied_is_not_taken_from_the_token() {
    let mut claims = github();
    claims["aud"] = json!("https://evil.example");
    let text = claims.to_string();
    let claims = Claims::parse(&text).unwrap();
    let profile = Profile::bundled("pypi").unwrap().unwrap();
    let mut settings = Settings::of(profile);
    settings.set("audience", Vec::new());
    assert!(settings.take_from_audience(profile, &claims).is_empty());
    assert_eq!(settings.one("audience"), None);
}

#[test]
fn a_record_made_for_a_token_fits_it() {
    for name in Profile::names() {
        let profile = Profile::bundled(name).unwrap().unwrap();
        let known = |issuer: &str| {
            profile.publishers.values().any(|publisher| {
                let by_pattern = |pattern: &String| Pattern::regex(pattern).unwrap().is_match(issuer);
                publisher.issuers.iter().any(|known| known == issuer)
                    || publisher.issuer_pattern.as_ref().is_some_and(by_pattern)
            })
        };
        for (claims, issuer) in
            [(github(), "https://token.actions.githubusercontent.com"), (gitlab(), "https://gitlab.com")]
        {
            if known(issuer) {
                assert_eq!(fits(profile, &claims), Some(true), "{name}, {issuer}");
            }
        }
        // Nothing that is compared may come from anywhere but the token.
        if known("https://gitlab.com") && profile.envelope.audiences != AudienceCheck::ByRecord {
            let bare = json!({ "iss": "https://gitlab.com", "aud": "nobody", "iat": NOW, "exp": NOW + 1 });
            assert_eq!(fits(profile, &bare), Some(false), "{name}");
        }
    }
}

#[test]
fn fields_come_from_the_token() {
    let pypi = Profile::bundled("pypi").unwrap().unwrap();
    let text = github().to_string();
    let claims = Claims::parse(&text).unwrap();
    let [fitting] = &Fitting::all(pypi, None, &claims, None)[..] else { panic!("one kind of record is for GitHub") };
    let fields: Vec<(&str, &str)> =
        fitting.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        fields,
        [
            ("repository_owner", "acme"),
            ("repository_name", "widgets"),
            ("repository_owner_id", "1234567"),
            ("workflow_filename", "publish.yml"),
            ("environment", "npm"),
        ]
    );
    assert_eq!(fitting.publisher, "github");
    assert_eq!(fitting.version, None);
}

/// A list field that stands for each of its members has the token's value as its only one.
#[test]
fn one_member_is_enough_of_a_list() {
    let text = r#"
registry: small
title: Small
about: A registry for tests.
envelope: { requires: [iss], audiences: by-record, leeway: 0, not-before: false, issued: ignored, replay: { scope: nowhere } }
publishers:
  only:
    title: Only
    issuer-pattern: 'https://token\.actions\.githubusercontent\.com(/[a-z]+)?'
    fields:
      - { name: people, type: list, required: true, about: ids, example: '["1"]' }
      - { name: open, type: boolean, about: whether anybody may publish, example: "true" }
    rule:
      - { step: person, unless: open, claim: actor_id, is: ["{people}"] }
combine: only
discloses: { tells: nothing, about: nothing }
basis: ours
sources: [here]
checked: 2026-11-21
"#;
    let profile = Profile::read(&DataFile { name: "profiles/small.yaml", text }).unwrap();
    assert_eq!(fits(&profile, &github()), Some(true));
    let text = github().to_string();
    let claims = Claims::parse(&text).unwrap();
    let [fitting] = &Fitting::all(&profile, None, &claims, None)[..] else { panic!("there is one kind of record") };
    assert_eq!(fitting.written, json!({ "people": ["9876543"] }));
}
