//! What the three styles decide, and laws that hold of every record and token.

mod decisions;
mod laws;
mod problems;

use std::sync::LazyLock;

use serde_json::{Value as Json, json};
use trustctl_catalog::DataFile;
use trustctl_claims::Claims;

use crate::explain::Explanation;
use crate::judge::{Question, Ruling};
use crate::{Judge, Profile, Record, RecordProblem, Settings, Used};

/// A registry with a kind of record for each style.
static PROFILE: LazyLock<Profile> = LazyLock::new(|| {
    let text = r#"
registry: stated
title: Stated
about: A registry for tests.
envelope:
  requires: [iss]
  audiences: by-record
  leeway: 0
  not-before: true
  issued: ignored
  replay: { scope: unknown }
publishers:
  first:
    title: two issuers
    issuers: ["https://one.example", "https://two.example"]
    fields: [{ name: statements, at: ["", /statements], type: any, about: a policy, example: "[]" }]
    statements: first-matches
    scopes: [read, write]
  last:
    title: a role
    issuer-field: provider
    fields:
      - { name: provider, about: an issuer, example: "https://one.example" }
      - { name: statements, at: [/policy/statements, /statements], type: any, about: a policy, example: "[]" }
      - { name: scopes, type: list, about: scopes, example: "[]" }
    statements: last-matches
  required:
    title: a provider
    issuer-field: provider_url
    fields:
      - { name: provider_url, about: an issuer, example: "https://one.example" }
      - { name: claims, type: any, about: claims, example: "{}" }
      - { name: service_accounts, type: list, about: accounts, example: "[]" }
      - { name: mapping_claim, about: a claim, example: c }
      - { name: dynamic_mappings, type: any, about: mappings, example: "[]" }
    statements: required-claims
combine: union
discloses: { tells: nothing, about: nothing }
basis: ours
sources: ["https://example.com"]
checked: 2026-11-21
"#;
    Profile::read(&DataFile { name: "profiles/stated.yaml", text }).unwrap()
});

const QUESTION: Question<'static> = Question { package: None, version: None, now: 0 };

fn judge(publisher: &str, record: &Json) -> Judge<'static> {
    let record = Record::read(&PROFILE, Some(publisher), record).unwrap_or_else(|problems| panic!("{problems:?}"));
    Judge::new(&PROFILE, Settings::of(&PROFILE), vec![record])
}

fn problems(publisher: &str, record: &Json) -> Vec<RecordProblem> {
    Record::read(&PROFILE, Some(publisher), record).err().unwrap_or_default()
}

/// The decision upon claims; `iss` is `https://one.example` unless they say otherwise.
fn rule(judge: &Judge<'_>, claims: &Json) -> Ruling {
    let text = token(claims);
    judge.rule(&Claims::parse(&text).unwrap(), &QUESTION)
}

fn explain(judge: &Judge<'_>, claims: &Json) -> Explanation {
    let text = token(claims);
    judge.explain(None, &Claims::parse(&text).unwrap(), &QUESTION, &Used::Unknown)
}

fn token(claims: &Json) -> String {
    let mut members = claims.as_object().unwrap().clone();
    members.entry("iss").or_insert(json!("https://one.example"));
    Json::Object(members).to_string()
}
