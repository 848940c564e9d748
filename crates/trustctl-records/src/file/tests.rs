use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::json;
use trustctl_diag::{Diagnostic, FileId, Sources};

use super::{parse, read_file, read_file_by_registry, read_file_with_settings};
use crate::{FieldValue, Profile, Record};

fn profile(name: &str) -> &'static Profile {
    Profile::bundled(name).unwrap().unwrap()
}

fn read(registry: &str, text: &str) -> Result<Vec<Record>, Vec<Diagnostic>> {
    read_file(profile(registry), None, FileId(0), text)
}

/// `LINE:COLUMN CODE 'what is pointed at'` of every diagnostic.
fn told(registry: &str, text: &str) -> String {
    let mut sources = Sources::default();
    let file = sources.add("records", text);
    let diagnostics = read_file(profile(registry), None, file, text).unwrap_err();
    let mut told = String::new();
    for diagnostic in &diagnostics {
        let place = diagnostic.place().unwrap();
        let start = sources.range(place).start;
        writeln!(told, "{}:{} {} '{}'", start.line, start.column, diagnostic.code, sources.at(place)).unwrap();
        assert!(diagnostic.help.is_some() || diagnostic.code == "not-yaml", "{diagnostic:?}");
        assert!(!diagnostic.message.contains('\n') && !diagnostic.message.ends_with('.'), "{diagnostic:?}");
    }
    told
}

#[test]
fn problems_end_at_a_hundred_and_the_last_says_so() {
    let many = |count: usize| format!("[{}]", vec![r#"{"type":"other"}"#; count].join(","));
    let all = read("npm", &many(100)).unwrap_err();
    assert_eq!(all.len(), 100);
    assert!(all.iter().all(|one| one.code == super::RECORD_REFUSED));
    let some = read("npm", &many(5000)).unwrap_err();
    assert_eq!(some.len(), 101);
    assert!(some[100].message.contains("more than these 100 problems"), "{:?}", some[100]);
    // One record may have them all.
    let members: Vec<String> = (0..5000).map(|at| format!("\"x{at}\": 1")).collect();
    let one = read("npm", &format!("{{\"type\": \"github\", {}}}", members.join(", "))).unwrap_err();
    assert_eq!(one.len(), 101);
}

#[test]
fn a_map_holds_the_records_of_several_registries() {
    let profiles = [profile("npm"), profile("pypi")];
    let text = format!("pypi:\n  - {}\nnpm: []\n", YAML.trim_end().replace('\n', "\n    "));
    let all = read_file_by_registry(&profiles, None, FileId(0), &text).unwrap();
    let count: Vec<(&str, usize)> =
        all.iter().map(|(profile, records, _)| (profile.registry.as_str(), records.len())).collect();
    assert_eq!(count, [("npm", 0), ("pypi", 1)]);
    let told = |text: &str| {
        let mut sources = Sources::default();
        let file = sources.add("records", text);
        let diagnostics = read_file_by_registry(&profiles, None, file, text).unwrap_err();
        let told = diagnostics.iter().map(|one| format!("{}: {}", sources.at(one.place().unwrap()), one.message));
        told.collect::<Vec<_>>()
    };
    assert_eq!(told("pypy: []\nnpm: []\n"), ["pypy: there is no registry `pypy`"]);
    assert_eq!(told("- pypi\n"), [": the file does not say whose records these are"]);
    let problems = told("pypi: { repository_owner: a/b, repository_name: x, workflow_filename: x.yml }\nnpm: 1\n");
    assert!(problems[0].starts_with("1: npm would refuse the record"), "{problems:?}");
    assert!(problems[1].starts_with("a/b: PyPI would refuse `repository_owner`"), "{problems:?}");
}

const YAML: &str = "\
repository_owner: acme
repository_name: widgets   # the project's own
workflow_filename: release.yml
environment: pypi
";

#[test]
fn a_record_is_read_alike_from_yaml_and_json_alone_and_in_a_list() {
    let one = read("pypi", YAML).unwrap();
    assert_eq!(one.len(), 1);
    assert_eq!(one[0].publisher, "github");
    assert_eq!(one[0].text("environment"), Some("pypi"));
    let json = r#"{"repository_owner": "acme", "repository_name": "widgets",
	"workflow_filename": "release.yml", "environment": "pyp\u0069"}"#;
    assert_eq!(read("pypi", json).unwrap(), one);
    assert_eq!(read("pypi", &format!("[{json}, {json}]")).unwrap(), [one.clone(), one.clone()].concat());
    let indented = YAML.replace('\n', "\n  ");
    assert_eq!(read("pypi", &format!("- {indented}\n- {indented}")).unwrap(), [one.clone(), one.clone()].concat());
    assert_eq!(
        read(
            "pypi",
            "{repository_owner: acme, repository_name: widgets, workflow_filename: release.yml, environment: pypi}"
        )
        .unwrap(),
        one
    );
    assert_eq!(read("pypi", &YAML.replace('\n', "\r\n")).unwrap(), one);
    assert_eq!(read("pypi", &format!("\u{feff}{YAML}")).unwrap(), one);
    assert_eq!(read("pypi", "[]").unwrap(), []);
}

#[test]
fn what_is_refused_is_pointed_at() {
    let text = YAML.replace("release.yml", "release").replace("environment", "enviroment");
    assert_eq!(told("pypi", &text), "4:1 record-refused 'enviroment'\n3:20 record-refused 'release'\n");
    // What is missing is pointed at by the first line of what should have it.
    let text = "- repository_owner: acme\n  repository_name: widgets\n  workflow_filename: release.yml\n- repository_owner: acme\n  workflow_filename: release.yml\n";
    assert_eq!(told("pypi", text), "4:3 record-refused 'repository_owner: acme'\n");
    let json = "[{\"repository_owner\": \"acme\",\n \"repository_name\": \"a b\", \"workflow_filename\": \"x.yml\"}]";
    assert_eq!(told("pypi", json), "2:21 record-refused '\"a b\"'\n");
}

#[test]
fn messages_name_registry_field_and_mend() {
    let diagnostics = read("pypi", &YAML.replace("release.yml", "release")).unwrap_err();
    assert_eq!(
        diagnostics[0].message,
        "PyPI would refuse `workflow_filename`: a workflow's file ends in `.yml` or `.yaml`"
    );
    assert_eq!(diagnostics[0].help.as_deref(), Some("its name, as in `release.yml`"));
}

const POLICY: &str = "\
- iss: https://agent.buildkite.com
  scopes: [read_packages]
  claims:
    organization_slug: acme
    build_branch:
      matches:
        - main
        - feature/*
      not_equals: feature/no
- iss: https://token.actions.githubusercontent.com
  scopes: [write_packages]
  claims: {repository: acme/widgets}
";

#[test]
fn a_list_of_statements_is_one_record_where_the_profile_says_so() {
    let records = read("buildkite", POLICY).unwrap();
    assert_eq!(records.len(), 1);
    let Some(FieldValue::Any(statements)) = records[0].fields.get("statements") else { panic!("{records:?}") };
    assert_eq!(statements.as_array().map(Vec::len), Some(2));
    assert_eq!(statements[0]["claims"]["build_branch"]["matches"], json!(["main", "feature/*"]));

    let text = POLICY
        .replace("not_equals: feature/no", "not_equal: feature/no")
        .replace("[write_packages]", "[write_packages, admin]");
    assert_eq!(told("buildkite", &text), "9:7 record-refused 'not_equal'\n11:28 record-refused 'admin'\n");
    let text = POLICY.replace("  claims: {repository: acme/widgets}\n", "");
    assert_eq!(told("buildkite", &text), "10:3 record-refused 'iss: https://token.actions.githubusercontent.com'\n");
}

#[test]
fn settings_may_stand_beside_a_record() {
    let text = format!("organization: acme\nregistry: tools\nstatements:\n{POLICY}");
    let (records, settings) = read_file_with_settings(profile("buildkite"), None, FileId(0), &text).unwrap();
    assert_eq!(records, read("buildkite", POLICY).unwrap());
    assert_eq!((settings.one("organization"), settings.one("registry")), (Some("acme"), Some("tools")));
    assert_eq!(told("buildkite", &text.replace("organization: acme", "organization: 1")), "1:15 record-file '1'\n");
    for (value, at) in [("''", "''"), ("[]", "audience"), ("[a, ' ']", "audience")] {
        let empty = format!("audience: {value}\n{YAML}");
        assert_eq!(told("pypi", &empty).split_whitespace().nth(1), Some("record-file"), "{value}");
        assert!(told("pypi", &empty).ends_with(&format!("'{at}'\n")), "{}", told("pypi", &empty));
    }
    let audience = |value: &str| format!("- audience: {value}\n  {}", YAML.replace('\n', "\n  "));
    assert!(read("pypi", &(audience("a") + "\n" + &audience("a"))).is_ok());
    assert_eq!(told("pypi", &(audience("a") + "\n" + &audience("b"))), "7:13 record-file 'b'\n");
}

#[test]
fn yaml_that_means_something_else_than_it_looks_like_is_refused() {
    for (line, expected) in [
        ("environment: &e pypi", "4:14 anchor '&e'\n"),
        ("environment: *e", "4:14 alias '*e'\n"),
        ("environment: !!str pypi", "4:14 tag '!!str'\n"),
        ("environment: on", "4:14 needs-quotes 'on'\n"),
        ("environment: 1.10", "4:14 needs-quotes '1.10'\n"),
        ("repository_owner: octo", "4:1 duplicate-key 'repository_owner'\n"),
        ("\"repository_owner\": octo", "4:1 duplicate-key '\"repository_owner\"'\n"),
        ("<<: {environment: pypi}", "4:1 merge-key '<<'\n"),
        ("? [a]\n: b", "4:3 key-not-text '['\n"),
        (": b", "4:1 key-not-text ''\n"),
        ("---\nenvironment: pypi", "4:1 second-document '---'\n"),
    ] {
        let text = YAML.replace("environment: pypi", line);
        assert!(told("pypi", &text).starts_with(expected), "{line}: {}", told("pypi", &text));
    }
    assert_eq!(told("pypi", "%YAML 1.1\n---\na: b\n"), "1:1 not-yaml ''\n");
    assert_eq!(told("pypi", "a: [b\n"), "1:4 not-yaml ''\n");
}

#[test]
fn json_keeps_its_own_rules() {
    let (value, _) =
        parse(FileId(0), r#"{"a": "\ud83d\ude00 \/ \"x\"", "b": [1, -2.5, true, null], "c/d~": "\\"}"#).unwrap();
    assert_eq!(value, json!({ "a": "😀 / \"x\"", "b": [1, -2.5, true, null], "c/d~": "\\" }));
    assert_eq!(told("pypi", r#"{"environment": "a", "environment": "b"}"#), "1:22 duplicate-key '\"environment\"'\n");
    assert_eq!(told("pypi", r#"{"environment": 1e5}"#), "1:17 needs-quotes '1e5'\n");
    assert_eq!(
        told("pypi", r#"{"environment": 123456789012345678901234567890}"#),
        "1:17 needs-quotes '123456789012345678901234567890'\n"
    );
    // A lone surrogate is no text, and what is broken in JSON is told of JSON.
    assert!(told("pypi", r#"{"environment": "\ud83d"}"#).contains("not-yaml"));
    assert!(told("pypi", "[{\"environment\": \"a\"").starts_with("1:"));
}

#[test]
fn size_and_depth_are_bounded() {
    assert!(told("pypi", &"# \n".repeat(2 << 20)).contains("record-file"));
    for text in ["[".repeat(200_000), "[".repeat(100) + &"]".repeat(100), "{a: ".repeat(1000), "- ".repeat(1000)] {
        let told = told("pypi", &text);
        assert!(told.contains("record-file") || told.contains("not-yaml"), "{told}");
    }
    for text in ["", "---\n", "# nothing\n", "null", "~"] {
        assert_eq!(told("pypi", text), "1:1 record-file ''\n", "{text:?}");
    }
    // A text is not a record, nor is a number.
    assert!(told("pypi", "acme").contains("record-refused"));
}

fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|value| json!(value)),
        any::<i64>().prop_map(|value| json!(value)),
        ".{0,8}".prop_map(|value| json!(value)),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| json!(items)),
            prop::collection::btree_map(".{0,4}", inner, 0..4).prop_map(|members| json!(members)),
        ]
    })
}

proptest! {
    /// Every value comes back from its JSON, compact and laid out, and each part of it is found at its place.
    #[test]
    fn json_is_read_back_and_every_place_holds_its_value(value in value()) {
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            if value.is_null() {
                continue;
            }
            let (read, node) = parse(FileId(0), &text).unwrap();
            prop_assert_eq!(&read, &value);
            let mut pointers = Vec::new();
            pointers_of("", &value, &mut pointers);
            for pointer in pointers {
                let part = value.pointer(&pointer).unwrap();
                if part.is_object() || part.is_array() {
                    continue;
                }
                let span = node.place(&pointer, true);
                let raw = text.get(span.start as usize..span.end as usize).unwrap();
                prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(raw).unwrap(), part, "{}", pointer);
            }
        }
    }

    /// No text makes the reader fail in another way than by saying so, at places inside the text.
    #[test]
    fn any_text_is_read_or_refused(text in "[-a-z0-9:{}\\[\\]\"'&*!<|>#, \\n\u{e9}]{0,60}") {
        if let Err(diagnostics) = read("buildkite", &text) {
            prop_assert!(!diagnostics.is_empty());
            for diagnostic in diagnostics {
                for label in diagnostic.labels {
                    let (start, end) = (label.place.span.start as usize, label.place.span.end as usize);
                    prop_assert!(text.get(start..end).is_some(), "{}..{}", start, end);
                }
            }
        }
    }
}

fn pointers_of(at: &str, value: &serde_json::Value, pointers: &mut Vec<String>) {
    pointers.push(at.to_owned());
    match value {
        serde_json::Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers_of(&format!("{at}/{index}"), item, pointers);
            }
        }
        serde_json::Value::Object(members) => {
            for (name, item) in members {
                pointers_of(&format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), item, pointers);
            }
        }
        _ => {}
    }
}

#[test]
fn a_field_stands_in_one_place_only() {
    let text = "repository_owner: acme\nrepository_name: widgets\nworkflow_filename: push.yml\nenvironment: null\ntrusted_publisher:\n  environment: only-this-one\n";
    assert_eq!(told("rubygems", text), "6:16 record-refused 'only-this-one'\n");
    let one = text.replace("environment: null\n", "");
    assert_eq!(read("rubygems", &one).unwrap()[0].text("environment"), Some("only-this-one"));
    assert_eq!(told("pypi", &format!("{YAML}owner: evil\n")), "5:8 record-refused 'evil'\n");
}

#[test]
fn a_moment_that_cannot_be_read_is_not_passed_over() {
    for created in ["soon", "1.5", "[]", "2027-01-31"] {
        let text = format!("{YAML}created: '{created}'\n");
        assert_eq!(told("pypi", &text), format!("5:10 record-refused ''{created}''\n"));
    }
    assert_eq!(read("pypi", &format!("{YAML}created: 1750000000\n")).unwrap()[0].created, Some(1_750_000_000));
    assert_eq!(read("pypi", &format!("{YAML}created: null\n")).unwrap()[0].created, None);
}

#[test]
fn a_record_is_of_one_kind_and_knows_only_its_own_members() {
    let npm = "type: github\nclaims:\n  repository: acme/widgets\n  workflow_ref: {file: release.yml}\npermissions: [createPackage]\n";
    assert!(read("npm", npm).is_ok());
    assert!(read("npm", &format!("publisher: github\n{npm}")).is_ok());
    let other = format!("publisher: github\n{}", npm.replace("type: github", "type: gitlab"));
    assert_eq!(told("npm", &other), "2:7 record-refused 'gitlab'\n");
    let diagnostics = read_file(profile("pypi"), Some("github"), FileId(0), &format!("publisher: gitlab\n{YAML}"));
    assert!(diagnostics.is_err());
    for inner in ["audience", "name", "package", "publisher"] {
        let text = npm.replace("  repository:", &format!("  {inner}: x\n  repository:"));
        assert_eq!(told("npm", &text), format!("3:3 record-refused '{inner}'\n"));
    }
}
