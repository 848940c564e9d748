//! What the reader says of a profile that does not make sense, and what the operations of a rule do.

use serde_json::{Value, json};
use trustctl_catalog::DataFile;
use trustctl_claims::Claims;
use trustctl_records::{Judge, Profile, Question, Record, Settings};

/// A small profile that is right.
const RIGHT: &str = r#"
registry: small
title: Small
about: A registry for tests.
envelope: { requires: [iss], audiences: by-record, leeway: 0, not-before: false, issued: ignored, replay: { scope: nowhere } }
publishers:
  only:
    title: Only
    issuers: ["https://ci.example"]
    fields:
      - { name: where, about: an address, example: "https://ci.example:1/x" }
      - { name: who, about: a name, example: acme }
      - { name: members, type: list, about: names, example: '["acme"]' }
      - { name: must, type: boolean, about: whether the name counts, default: "false", example: "true" }
    computed:
      host: ["{where|host}"]
    rule:
      - { step: host, claim: host, is: ["{host}"] }
      - { step: name, when: must, claim: name, is: ["{who}"], case: lowered }
      - { step: member, when: members, claim: member, is: ["{members}"] }
    means:
      - { claim: name, is: equals, values: ["{who}"], when: must }
combine: only
discloses: { tells: nothing, about: nothing }
basis: ours
sources: [here]
checked: 2026-11-21
"#;

fn read(text: &str) -> Result<Profile, String> {
    Profile::read(&DataFile { name: "profiles/small.yaml", text }).map_err(|error| error.to_string())
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    read(RIGHT).unwrap();
    for (from, to, words) in [
        (r#"["{where|host}"]"#, r#"["{where|hosts}"]"#, "`hosts` is no piece of a field, and not `version`"),
        (r#"["{where|host}"]"#, r#"["{were|host}"]"#, "`were` is no field"),
        (
            r#"is: ["{host}"]"#,
            r#"is: ["{hots}"]"#,
            "`publishers.only.rule.host`: `hots` is no field and no computed value; there are `host`, `members`",
        ),
        (r#"is: ["{host}"]"#, r#"is: ["{setting.host}"]"#, "`host` is no setting"),
        (
            r#"is: ["{host}"]"#,
            r#"is: ["{host}"], boolean: true"#,
            "step `host` asks `is` and `boolean`; one step asks one thing",
        ),
        (r#"is: ["{host}"]"#, "every: true", "step `host` asks nothing; it needs one of `present`, `is`"),
        ("step: name", "step: host", "step `host` stands twice"),
        ("when: must, claim", "when: most, claim", "`publishers.only.rule.name`: `most` is no field"),
        (r#"values: ["{who}"], when"#, "when", "`name` has no `values`"),
        (r#"values: ["{who}"], when: must"#, r#"values: ["{who}"], when: most"#, "`most` is no field"),
        ("combine: only", "combine: { prefer: environment }", "`environment` is no field of any record"),
        ("    rule:\n", "    prefers: who\n    rule:\n", "goes with `combine: { prefer: … }` alone"),
        ("    rule:\n", "    issuer-pattern: x\n    rule:\n", "one of `issuers`, `issuer-pattern` and `issuer-field`"),
        (
            "    computed:",
            "    record-rules:\n      - { field: who, says: { reason: a, mend: b } }\n    computed:",
            "the rule about `who` asks one thing: `together`",
        ),
        (
            "example: acme",
            "rules: [{ says: { reason: a, mend: b } }], example: acme",
            "each rule of `who` asks one thing",
        ),
        ("example: acme", "default: x, required: true, example: acme", "`who` is required, so it has no default"),
        (r#"default: "false""#, "default: no", r#"`default` of `must` is a text, or `"true"` or `"false"`"#),
        (r#"["{where|host}"]"#, "[]", "`host` is made of nothing"),
        ("when: must, claim: name,", "when: must, told: true, claim: name,", "`told` counts only where"),
        (r#"is: ["{who}"], case: lowered"#, "integer: true, case: lowered", "`case` means nothing beside `integer`"),
        (r#"is: ["{who}"], case: lowered"#, "switch: must", "`claim` means nothing beside `switch`"),
        (r#"claim: name, is: ["{who}"], case: lowered"#, "switch: who", "`who` is no boolean field"),
        (r#"is: ["{members}"]"#, "holds: who", "`who` is no list field"),
        ("combine: only", "combine: first", "write `only`, `union`, `oldest` or `{ prefer: FIELD }`"),
        ("combine: only", "combine: { like: who }", "there is no `like` here; there may be `prefer`"),
        ("    means:\n", "    loses: [{ widens: x }]\n    means:\n", "there is no `widens` here; there may be `wider`"),
        ("  only:\n", "  Only:\n", "`Only` is not lower case words joined by `-`"),
        ("basis: ours", "basis: guess", "`guess` is none of `source`, `documentation`, `ours`"),
        ("sources: [here]", "sources: here", "a list is expected here"),
        ("issued: ignored, ", "", "`issued` is missing"),
        ("registry: small", "registry: large", "`registry`: `large` is not the file's name"),
        (
            "audiences: by-record",
            "audiences: one-string, audience: '{who}'",
            "`envelope.audience`: may hold settings alone",
        ),
        ("audiences: by-record", "audiences: one-string", "`envelope.audience`: is missing"),
    ] {
        let broken = RIGHT.replace(from, to);
        assert_ne!(broken, RIGHT, "{from} stands nowhere");
        let error = read(&broken).unwrap_err();
        assert!(error.contains(words) && error.starts_with("`profiles/small.yaml`"), "{from} → {to}: {error}");
    }
}

fn holds(record: Value, token: Value) -> bool {
    let profile = read(RIGHT).unwrap();
    let record = Record::read(&profile, Some("only"), &record).unwrap();
    let text = token.to_string();
    let claims = Claims::parse(&text).unwrap();
    let question = Question { package: None, version: None, now: 0 };
    Judge::new(&profile, Settings::of(&profile), vec![record]).rule(&claims, &question).is_allow()
}

#[test]
fn a_piece_of_a_field_is_compared_and_one_that_is_not_there_matches_nothing() {
    assert!(holds(json!({ "where": "https://ci.example:1/x" }), json!({ "host": "ci.example:1" })));
    assert!(!holds(json!({ "where": "https://ci.example:1/x" }), json!({ "host": "https://ci.example:1/x" })));
    assert!(!holds(json!({ "where": "ci.example" }), json!({ "host": "ci.example" })));
    assert!(!holds(json!({}), json!({ "host": "" })));
}

#[test]
fn a_step_goes_by_a_boolean_where_it_is_true() {
    let record = |must: bool| json!({ "where": "https://h", "who": "Straße", "must": must });
    let token = |name: &str| json!({ "host": "h", "name": name });
    assert!(holds(record(false), token("else")));
    assert!(!holds(record(true), token("else")));
    for name in ["STRAßE", "straße", "Straße"] {
        assert!(holds(record(true), token(name)), "{name}");
    }
    // Lower case of Unicode, no more: `SS` is another text.
    assert!(!holds(record(true), token("STRASSE")));
}

#[test]
fn a_list_alone_stands_for_each_of_its_members() {
    let record = json!({ "where": "https://h", "members": ["1", "2"] });
    for (member, expected) in [("1", true), ("2", true), ("3", false), ("", false), ("12", false), ("1,2", false)] {
        assert_eq!(holds(record.clone(), json!({ "host": "h", "member": member })), expected, "{member}");
    }
    assert!(!holds(record.clone(), json!({ "host": "h", "member": 1 })));
    assert!(!holds(record, json!({ "host": "h" })));
}
