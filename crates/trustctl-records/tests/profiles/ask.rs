//! Asking a registry's profile about one token.

use serde_json::{Value, json};
use trustctl_claims::Claims;
use trustctl_records::{Explanation, FieldValue, Judge, Profile, Question, Record, RecordProblem, Settings, Used};

pub(crate) const NOW: i64 = 1_795_219_260;

/// A token of GitHub Actions, with these claims in place of its own.
pub(crate) fn github(other: &Value) -> Value {
    let mut token = json!({
        "iss": "https://token.actions.githubusercontent.com", "aud": "https://github.com/acme", "sub": "repo:acme/widgets",
        "iat": NOW - 60, "nbf": NOW - 660, "exp": NOW + 240, "jti": "3f1c9a52-7c6e-4c1b-9a55-0d6b0c1f2e31",
        "repository": "acme/widgets", "repository_id": "556677", "repository_owner": "acme", "repository_owner_id": "1234567",
        "workflow_ref": "acme/widgets/.github/workflows/release.yml@refs/tags/v1.4.0",
        "job_workflow_ref": "acme/widgets/.github/workflows/release.yml@refs/tags/v1.4.0",
        "ref": "refs/tags/v1.4.0", "ref_type": "tag", "sha": "2f9c1d5e8a7b4c3d2e1f0a9b8c7d6e5f4a3b2c1d",
        "event_name": "push", "runner_environment": "github-hosted",
    });
    for (name, value) in other.as_object().unwrap() {
        token[name] = value.clone();
    }
    token
}

pub(crate) fn profile(registry: &str) -> &'static Profile {
    Profile::bundled(registry).unwrap().unwrap()
}

pub(crate) fn judge(registry: &str, records: &[Value], settings: &[(&str, &str)]) -> Judge<'static> {
    let profile = profile(registry);
    let records = records.iter().map(|record| Record::read(profile, None, record).unwrap()).collect();
    let mut set = Settings::of(profile);
    for (name, value) in settings {
        set.set(name, vec![(*value).to_owned()]);
    }
    Judge::new(profile, set, records)
}

/// What the registry makes of the token, with every reason.
pub(crate) fn explain(judge: &Judge<'_>, token: &Value, used: &Used<'_>) -> Explanation {
    let text = token.to_string();
    let claims = Claims::parse(&text).unwrap();
    judge.explain(None, &claims, &Question { package: None, version: None, now: NOW }, used)
}

/// The record that the registry would store after that, its texts and moments alone.
pub(crate) fn after(judge: &Judge<'_>, record: usize, explained: &Explanation) -> Value {
    let fields = judge.after(record, &explained.ruling).into_iter().filter_map(|(name, value)| match value {
        FieldValue::Text(text) => Some((name, Value::from(text))),
        FieldValue::Moment(moment) => Some((name, Value::from(moment))),
        _ => None,
    });
    Value::Object(fields.collect())
}

/// What the registry objects to.
pub(crate) fn problems(registry: &str, record: &Value) -> Vec<RecordProblem> {
    Record::read(profile(registry), None, record).unwrap_err()
}

/// The steps of a record that do not hold, each with whether the caller is told.
pub(crate) fn failing(explained: &Explanation, record: usize) -> Vec<(&str, bool)> {
    let steps = explained.records[record].steps.iter().filter(|step| !step.holds());
    steps.map(|step| (step.name.as_str(), step.told)).collect()
}
