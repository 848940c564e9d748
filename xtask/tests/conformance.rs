//! Every vector that the project keeps gives what the registry's own tests expect.

use std::fs;

use xtask::conformance::Outcome;
use xtask::root;

#[test]
fn every_vector_gives_what_the_registry_gives() {
    let folder = root().join("tests/vectors");
    let mut files = vec![folder.join("registries.jsonl")];
    files.extend(fs::read_dir(folder.join("matrix")).unwrap().map(|entry| entry.unwrap().path()));
    files.sort();
    let mut outcome = Outcome::default();
    for file in &files {
        outcome.add(&file.display().to_string(), &fs::read_to_string(file).unwrap());
    }
    assert!(outcome.failures.is_empty(), "{}", outcome.failures.join("\n"));
    assert!(outcome.passed >= 461, "{} vectors", outcome.passed);
}

#[test]
fn a_vector_that_is_wrong_fails_and_is_named() {
    let wrong = r#"{"id":"w-1","registry":"pypi","provider":"github","kind":"parse","policy":{},"claims":{"job_workflow_ref":"a/b/.github/workflows/c.yml@r"},"expect":"deny","extracted":null}"#;
    let unknown = r#"{"id":"w-2","registry":"nowhere","provider":"github","kind":"parse","policy":{},"claims":{},"expect":"deny"}"#;
    let no_kind =
        r#"{"id":"w-3","registry":"pypi","provider":"github","kind":"guess","policy":{},"claims":{},"expect":"deny"}"#;
    let other = r#"{"id":"w-4","registry":"pypi","provider":"google","kind":"policy-eval","policy":{"email":"a@acme.example"},"claims":{"email":"b@acme.example","email_verified":true},"expect":"allow"}"#;
    let misspelt = r#"{"id":"w-5","registry":"pypi","provider":"google","kind":"record-validate","policy":{"email":"a@acme.example","subj":"1"},"claims":{},"expect":"allow"}"#;
    let mut outcome = Outcome::default();
    outcome.add("here", &[wrong, unknown, no_kind, "{", other, misspelt].join("\n"));
    assert_eq!(outcome.passed, 0);
    let failures = outcome.failures.join("\n");
    for words in [
        "w-1: expected deny, got Some(\"c.yml\")",
        "no profile `nowhere`",
        "no kind of vector `guess`",
        "here:4: is no vector",
        "w-4: expected allow, got deny: `account` fails: `email` is another; wanted `a@acme.example`, found `b@acme.example`",
        "w-5: expected allow, got deny: at `/subj`, PyPI has no such field in a record for Google",
    ] {
        assert!(failures.contains(words), "{words} in {failures}");
    }
}
