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

/// What becomes of one row.
fn failure(row: &str) -> String {
    let mut outcome = Outcome::default();
    outcome.add("here", row);
    outcome.failures.join("\n")
}

#[test]
fn what_a_row_expects_never_decides_what_is_judged() {
    // The lookup finds the record, and a claim that every token has is not there.
    let row = |more: &str| {
        format!(
            r#"{{"id":"s-1","registry":"pypi","provider":"github","kind":"policy-eval","policy":{{"repository_owner":"acme","repository_name":"widgets","repository_owner_id":"1","workflow_filename":"release.yml","environment":""}},"claims":{{"repository":"acme/widgets","repository_owner":"acme","repository_owner_id":"1","job_workflow_ref":"acme/widgets/.github/workflows/release.yml@refs/heads/main"}}{more},"expect":"allow"}}"#
        )
    };
    assert!(failure(&row("")).contains("got deny"), "{}", failure(&row("")));
    assert_eq!(failure(&row(r#","stage":"lookup""#)), "");
    assert!(failure(&row(r#","stage":"guess""#)).contains("there is no stage \"guess\""));
    // A list of records is no lookup by itself either.
    let several = row("").replace("\"policy\":{", "\"policy\":[{").replace("\"\"},\"claims\"", "\"\"}],\"claims\"");
    assert!(failure(&several).contains("got deny"), "{}", failure(&several));
}

#[test]
fn a_row_says_what_is_expected_of_it() {
    let derive = r#"{"id":"d-1","registry":"pypi","provider":"github","kind":"derive","policy":null,"claims":{},"expect":"allow"}"#;
    assert!(failure(derive).contains("`derived` does not say what"), "{}", failure(derive));
    let normal = r#"{"id":"n-1","registry":"nuget","provider":"github","kind":"record-normalise","policy":{"owner":" acme "},"claims":{},"expect":"allow","normalised":{}}"#;
    assert!(failure(normal).contains("`normalised` does not say what"), "{}", failure(normal));
    let refused = |at: &str| {
        format!(
            r#"{{"id":"v-1","registry":"pypi","provider":"google","kind":"record-validate","policy":{{"email":"a@acme.example","subj":"1"}},"claims":{{}},"expect":"deny"{at}}}"#
        )
    };
    assert!(failure(&refused("")).contains("`refused_at` does not say where"), "{}", failure(&refused("")));
    assert!(failure(&refused(r#","refused_at":"/email""#)).contains("got it at {\"/subj\"}"));
    assert_eq!(failure(&refused(r#","refused_at":"/subj""#)), "");
}

#[test]
fn an_id_counts_with_its_issuer_and_a_named_issuer_with_its_record() {
    let replay = |used: &str| {
        format!(
            r#"{{"id":"u-1","registry":"pypi","provider":"generic","kind":"replay","policy":{{"used_jtis":[{used}]}},"claims":{{"iss":"https://gitlab.com","jti":"1"}},"expect":"deny"}}"#
        )
    };
    assert_eq!(failure(&replay("\"1\"")), "");
    assert_eq!(failure(&replay(r#"{"iss":"https://gitlab.com","jti":"1"}"#)), "");
    assert!(failure(&replay(r#"{"iss":"https://other.example","jti":"1"}"#)).contains("got allow"));
    assert!(failure(&replay("1")).contains("is no token's id"));
    let custom = |provider: &str, issuer: &str| {
        format!(
            r#"{{"id":"c-1","registry":"pypi","provider":"{provider}","kind":"token-verify","policy":{{"supports_custom_issuer":true}},"claims":{{"iss":"{issuer}"}},"expect":"allow"}}"#
        )
    };
    assert_eq!(failure(&custom("gitlab", "https://gitlab.example.com")), "");
    assert!(failure(&custom("github", "https://github.example.com")).contains("own: false"));
    assert!(failure(&custom("gitlab", "https://gitlab.com")).contains("known without a record"));
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
