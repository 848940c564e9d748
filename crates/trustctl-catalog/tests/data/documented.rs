//! The reader's own lists of keys and words are what the documentation describes.

use trustctl_catalog::profile::{Profile, Take};
use trustctl_catalog::{Catalogue, DataFile};

const PROFILE: &str = include_str!("../../../../docs/profile-format.md");
const CATALOGUE: &str = include_str!("../../../../docs/catalogue-format.md");
const GITLAB: &str = include_str!("../../providers/gitlab.yaml");
const NPM: &str = include_str!("../../registries/npm.yaml");

/// The names that a message lists after a slip: what else there may be.
fn listed(error: &str) -> Vec<&str> {
    let (_, list) = error.split_once(" here; there may be ").or_else(|| error.split_once(" is none of ")).expect(error);
    list.split(", ").map(|name| name.trim_matches('`')).collect()
}

fn check(documentation: &str, error: &str) {
    for name in listed(error) {
        let forms = [format!("`{name}`"), format!("{name}: "), format!("\n{name}:")];
        assert!(forms.iter().any(|form| documentation.contains(form)), "`{name}` is not described: {error}");
    }
}

/// A profile with everything in it that has keys or words of its own.
const SMALL: &str = r#"
registry: small
title: Small
about: A registry for tests.
envelope:
  requires: [iss]
  types: { jti: string }
  audiences: by-record
  leeway: 0
  not-before: false
  issued: ignored
  replay: { scope: nowhere }
settings: { audience: { about: its own } }
publishers:
  only:
    title: Only
    issuers: ["https://ci.example"]
    envelope: { requires: [iss, aud] }
    fields:
      - name: who
        about: a name
        type: list
        blank: none
        normal: [trim]
        rules: [{ most: 1, says: { reason: a, mend: b } }]
        example: '["acme"]'
      - { name: id, about: learned, example: "1" }
      - { name: claims, type: any, about: a map, example: "{}" }
    record-rules: [{ field: who, together: [who, id], says: { reason: a, mend: b } }]
    rule:
      - { step: name, stage: lookup, claim: name, take: whole, is: ["{id}"], case: exact }
      - { step: lock, locked: { claim: id, field: id } }
    statements: required-claims
    means: [{ claim: name, is: equals, values: ["{id}"] }]
    loses: [{ wider: more }]
    gives: { actions: { field: who, are: { a: publish } } }
combine: { prefer: who }
discloses: { tells: nothing, about: nothing }
basis: ours
sources: [here]
checked: 2026-11-21
"#;

#[test]
fn every_key_and_word_of_a_profile() {
    let read = |text: &str| Profile::read(&DataFile { name: "profiles/small.yaml", text });
    read(SMALL).unwrap();
    for (from, to) in [
        ("title: Small", "titel: Small"),
        ("leeway: 0", "leway: 0"),
        ("jti: string", "jti: text"),
        ("audiences: by-record", "audiences: record"),
        ("issued: ignored", "issued: taken"),
        ("{ scope: nowhere }", "{ scop: nowhere }"),
        ("{ scope: nowhere }", "{ scope: here }"),
        ("{ about: its own }", "{ abuot: its own }"),
        ("title: Only", "titel: Only"),
        ("{ requires: [iss, aud] }", "{ require: [iss, aud] }"),
        ("type: list", "typ: list"),
        ("type: list", "type: array"),
        ("blank: none", "blank: error"),
        ("[trim]", "[trimmed]"),
        ("most: 1", "maximum: 1"),
        ("{ reason: a", "{ raeson: a"),
        ("together: [who", "togehter: [who"),
        ("stage: lookup", "stage: first"),
        ("step: name", "name: name"),
        ("take: whole", "take: all"),
        ("case: exact", "case: strict"),
        ("locked: { claim", "locked: { clam"),
        ("required-claims", "required"),
        ("is: equals", "is: same"),
        ("claim: name, is: equals", "clam: name, is: equals"),
        ("{ wider: more }", "{ widens: more }"),
        ("{ actions", "{ action"),
        ("field: who, are", "field: who, is"),
        ("prefer: who", "like: who"),
        ("tells: nothing", "tell: nothing"),
        ("tells: nothing", "tells: something"),
        ("basis: ours", "basis: guess"),
    ] {
        check(PROFILE, &read(&slip(SMALL, from, to)).unwrap_err().to_string());
    }
    for (name, _) in Take::ALL {
        assert!(PROFILE.contains(&format!("`{name}`")), "{name}");
    }
    for word in ["`only`", "`union`", "`oldest`"] {
        assert!(PROFILE.contains(word), "{word}");
    }
}

/// One slip in a good file, which must stand there.
fn slip(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "`{from}` stands nowhere");
    text.replacen(from, to, 1)
}

#[test]
fn every_key_of_a_provider() {
    for (from, to) in [
        ("title: GitLab CI/CD", "titel: GitLab CI/CD"),
        ("    tenants: shared\n    about: an", "    tenant: shared\n    about: an"),
        ("  caller-chooses: true", "  caller-choose: true"),
        ("    composed: true", "    compose: true"),
        ("  - claim: pipeline_source", "  - clam: pipeline_source"),
        ("between: [", "among: ["),
        ("  - kind: shared-keys\n", "  - kid: shared-keys\n"),
        ("  - kind: shared-keys\n", "  - kind: shared-key\n"),
    ] {
        let file = DataFile { name: "providers/gitlab.yaml", text: &slip(GITLAB, from, to) };
        check(CATALOGUE, &Catalogue::read(&[file], &[]).unwrap_err().to_string());
    }
}

#[test]
fn every_key_of_a_registry() {
    let file = DataFile { name: "registries/npm.yaml", text: &slip(NPM, "title: npm", "titel: npm") };
    check(CATALOGUE, &Catalogue::read(&[], &[file]).unwrap_err().to_string());
}
