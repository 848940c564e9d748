//! `trustctl eval --as`: what is not given is not taken for given.

use serde_json::{Value, json};

use crate::{Folder, trustctl};

/// A token's claims for crates.io, with some of them replaced.
fn claims(folder: &Folder, changed: &Value) -> String {
    let mut claims = json!({
        "iss": "https://token.actions.githubusercontent.com", "aud": "crates.io", "jti": "j",
        "sub": "repo:acme/widgets:ref:refs/tags/v1", "iat": 1_750_000_000, "nbf": 1_750_000_000, "exp": 1_750_000_300,
        "repository": "acme/widgets", "repository_owner": "acme", "repository_owner_id": "1234567",
        "repository_id": "556677", "event_name": "push", "run_id": "1", "run_attempt": "1", "runner_environment": "github-hosted",
        "sha": "2f9c1d5e8a7b4c3d2e1f0a9b8c7d6e5f4a3b2c1d", "ref": "refs/tags/v1", "ref_type": "tag",
        "workflow_ref": "acme/widgets/.github/workflows/release.yml@refs/tags/v1",
        "job_workflow_ref": "acme/widgets/.github/workflows/release.yml@refs/tags/v1",
    });
    for (name, value) in changed.as_object().unwrap() {
        claims.as_object_mut().unwrap().insert((*name).to_owned(), value.clone());
    }
    folder.write("claims.json", claims.to_string())
}

const RECORD: &str =
    "repository_owner: acme\nrepository_name: widgets\nrepository_owner_id: 1234567\nworkflow_filename: release.yml\n";

fn said(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn an_emptied_audience_is_never_the_tokens_own() {
    let folder = Folder::new("as-empty");
    let claims = claims(&folder, &json!({ "aud": "https://evil.example" }));
    let record = folder.write("crate.yaml", RECORD);
    let eval = ["eval", "--as", "crates-io", "--claims", &claims, "--at", "issued"];
    for set in ["audience=", "audience=,", "audience= ", "audience=https://evil.example,"] {
        let (code, _, stderr) = trustctl(&[&eval[..], &["--record", &record, "--set", set]].concat(), b"");
        assert_eq!(code, 2, "{set}: {stderr}");
        assert!(stderr.contains(&format!("`{set}` sets nothing")), "{stderr}");
    }
    for empty in ["[]", "''"] {
        let record = folder.write("empty.yaml", format!("audience: {empty}\n{RECORD}"));
        let (code, _, stderr) = trustctl(&[&eval[..], &["--record", &record]].concat(), b"");
        assert!(code == 2 && stderr.contains("`audience` is empty"), "{stderr}");
    }
}

#[test]
fn a_record_is_not_of_whatever_registry_the_token_names() {
    let folder = Folder::new("as-unset");
    let claims = claims(&folder, &json!({ "aud": "https://packages.buildkite.com/evil/tools" }));
    let policy = "- iss: https://token.actions.githubusercontent.com\n  scopes: [write_packages]\n  claims: {repository: acme/widgets}\n";
    let record = folder.write("policy.yaml", policy);
    let eval = ["eval", "--as", "buildkite", "--claims", &claims, "--record", &record, "--at", "issued"];
    let (code, _, stderr) = trustctl(&eval, b"");
    assert_eq!(code, 2, "{stderr}");
    assert!(said(&stderr).contains("`--set organization=NAME` `--set registry=NAME`"), "{stderr}");
    let set = |organization: &'static str| [&eval[..], &["--set", organization, "--set", "registry=tools"]].concat();
    assert_eq!(trustctl(&set("organization=acme"), b"").0, 1);
    assert_eq!(trustctl(&set("organization=evil"), b"").0, 0);
    // Where every registry is asked, the others still answer.
    let all = folder.write(
        "all.yaml",
        format!("buildkite:\n{}", policy.replace("- ", "  - ").replace("\n  s", "\n    s").replace("\n  c", "\n    c")),
    );
    let (code, stdout, _) =
        trustctl(&["eval", "--as", "all", "--claims", &claims, "--record", &all, "--at", "issued"], b"");
    assert!(code == 1 && stdout.contains("{organization}/{registry}"), "{stdout}");
}

#[test]
fn a_record_for_another_package_does_not_count() {
    let folder = Folder::new("as-package");
    let claims = claims(&folder, &json!({}));
    for (line, package, expected) in [
        ("crate: foo\n", "foo@1.0.0", 0),
        ("crate: foo\n", "evil@1.0.0", 1),
        ("package: foo\n", "evil", 1),
        ("packages: [foo, bar]\n", "bar", 0),
        ("packages: [foo, bar]\n", "evil", 1),
        ("", "foo", 0),
    ] {
        let record = folder.write("crate.yaml", format!("{line}{RECORD}"));
        let eval = [
            "eval",
            "--as",
            "crates-io",
            "--claims",
            &claims,
            "--record",
            &record,
            "--package",
            package,
            "--at",
            "issued",
        ];
        let (code, stdout, stderr) = trustctl(&eval, b"");
        assert_eq!((code, stderr.as_str()), (expected, ""), "{line}: {stdout}");
        assert_eq!(said(&stdout).contains("not for `evil`"), expected == 1, "{stdout}");
        let (_, json, _) = trustctl(&[&eval[..], &["--format", "json"]].concat(), b"");
        let json: Value = serde_json::from_str(&json).unwrap();
        let set_aside = json["registries"][0]["answer"]["setAside"].as_array().unwrap().len();
        assert_eq!(set_aside, usize::from(expected == 1), "{json}");
    }
}

#[test]
fn names_of_packages_are_compared_as_the_registry_does() {
    let folder = Folder::new("as-names");
    let claims = claims(&folder, &json!({ "aud": "pypi" }));
    let record = folder.write("project.yaml", format!("package: Acme_Widgets\n{RECORD}"));
    for (package, expected) in [("acme-widgets", 0), ("acme-gadgets", 1)] {
        let eval =
            ["eval", "--as", "pypi", "--claims", &claims, "--record", &record, "--package", package, "--at", "issued"];
        assert_eq!(trustctl(&eval, b"").0, expected, "{package}");
    }
}

#[test]
fn a_record_that_lets_nobody_publish_does_not_count() {
    let folder = Folder::new("as-action");
    let npm = claims(&folder, &json!({ "aud": "npm:registry.npmjs.org" }));
    for (permission, expected) in [("createPackage", 0), ("manageDistTags", 1), ("createStagedPackage", 1)] {
        let record = folder.write(
            "npm.yaml",
            format!("type: github\nclaims:\n  repository: acme/widgets\n  workflow_ref: {{file: release.yml}}\npermissions: [{permission}]\n"),
        );
        let eval = ["eval", "--as", "npm", "--claims", &npm, "--record", &record, "--at", "issued"];
        let (code, stdout, stderr) = trustctl(&eval, b"");
        assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
        assert!(said(&stdout).contains(&format!("grants {permission}")), "{stdout}");
        let (code, stdout, _) = trustctl(&[&eval[..], &["--package", "left-pad"]].concat(), b"");
        assert_eq!(code, expected, "{permission}: {stdout}");
        assert_eq!(said(&stdout).contains("and not `publish`"), expected == 1, "{stdout}");
    }
    let token = claims(&folder, &json!({ "aud": "https://packages.buildkite.com/acme/tools" }));
    for (scope, expected) in [("write_packages", 0), ("read_packages", 1)] {
        let record = folder.write("policy.yaml", format!(
            "organization: acme\nregistry: tools\nstatements:\n  - iss: https://token.actions.githubusercontent.com\n    scopes: [{scope}]\n    claims: {{repository: acme/widgets}}\n"
        ));
        let eval = [
            "eval",
            "--as",
            "buildkite",
            "--claims",
            &token,
            "--record",
            &record,
            "--package",
            "widgets",
            "--at",
            "issued",
        ];
        let (code, stdout, stderr) = trustctl(&eval, b"");
        assert_eq!((code, stderr.as_str()), (expected, ""), "{stdout}");
    }
}

#[test]
fn a_role_for_one_gem_or_that_only_reads_does_not_count() {
    let folder = Folder::new("as-role");
    let claims = claims(&folder, &json!({ "aud": "rubygems.org" }));
    for (scope, gem, expected) in [("push_rubygem", "foo", 0), ("push_rubygem", "bar", 1), ("index_rubygems", "foo", 1)]
    {
        let gems = if scope == "push_rubygem" { format!("  gems: [{gem}]\n") } else { String::new() };
        let record = folder.write("role.yaml", format!(
            "provider: https://token.actions.githubusercontent.com\napi_key_permissions:\n  scopes: [{scope}]\n  valid_for: PT30M\n{gems}access_policy:\n  statements:\n    - effect: allow\n      principal: {{oidc: 'https://token.actions.githubusercontent.com'}}\n      conditions:\n        - {{operator: string_equals, claim: repository, value: acme/widgets}}\n        - {{operator: string_equals, claim: aud, value: rubygems.org}}\n"
        ));
        let eval = [
            "eval",
            "--as",
            "rubygems",
            "--claims",
            &claims,
            "--record",
            &record,
            "--package",
            "foo",
            "--at",
            "issued",
        ];
        let (code, stdout, stderr) = trustctl(&eval, b"");
        assert_eq!((code, stderr.as_str()), (expected, ""), "{scope} {gem}: {stdout}");
    }
}

#[test]
fn without_a_record_nothing_is_allowed() {
    let folder = Folder::new("as-possible");
    let claims = claims(&folder, &json!({}));
    for registry in ["crates-io", "all"] {
        let eval = ["eval", "--as", registry, "--claims", &claims, "--at", "issued"];
        let (code, stdout, stderr) = trustctl(&eval, b"");
        assert_eq!((code, stderr.as_str()), (1, ""), "{stdout}");
        assert!(stdout.starts_with("possible: "), "{stdout}");
        let (code, json, _) = trustctl(&[&eval[..], &["--format", "json"]].concat(), b"");
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!((code, json["decision"].as_str()), (1, Some("possible")));
    }
}

#[test]
fn files_agree_upon_what_the_operator_has_set_and_it_is_told() {
    let folder = Folder::new("as-settings");
    let claims = claims(&folder, &json!({ "aud": "https://evil.example" }));
    let other = folder.write("a1.yaml", format!("audience: https://evil.example\n{RECORD}"));
    let own = folder.write("a2.yaml", format!("audience: crates.io\n{RECORD}"));
    for [first, second] in [[&other, &own], [&own, &other]] {
        let eval =
            ["eval", "--as", "crates-io", "--claims", &claims, "--record", first, "--record", second, "--at", "issued"];
        let (code, _, stderr) = trustctl(&eval, b"");
        assert!(code == 2 && said(&stderr).contains("`audience` has one value in"), "{stderr}");
    }
    let eval = ["eval", "--as", "crates-io", "--claims", &claims, "--record", &other, "--at", "issued"];
    let (code, stdout, _) = trustctl(&eval, b"");
    assert!(code == 0 && said(&stdout).contains("set audience is https://evil.example, by `"), "{stdout}");
    let (_, json, _) = trustctl(&[&eval[..], &["--format", "json"]].concat(), b"");
    let json: Value = serde_json::from_str(&json).unwrap();
    let told = json!([{ "name": "audience", "values": ["https://evil.example"], "file": other }]);
    assert_eq!(json["registries"][0]["answer"]["settings"], told);
    // What is set last is told, and who set it.
    let (code, stdout, _) = trustctl(&[&eval[..], &["--set", "audience=https://test.example"]].concat(), b"");
    assert!(code == 1 && said(&stdout).contains("set audience is https://test.example, by `--set`"), "{stdout}");
    let (code, stdout, _) = trustctl(&[&eval[..], &["--set", "audience=crates.io"]].concat(), b"");
    assert!(code == 1 && !stdout.contains("\n  set "), "{stdout}");
}

#[test]
fn an_audience_is_one_value_for_every_verb() {
    let folder = Folder::new("as-one");
    let claims = claims(&folder, &json!({}));
    let record = folder.write("crate.yaml", format!("crate: foo\n{RECORD}"));
    let policy = crate::file("commands/export.in/pypi.trust.yaml");
    for (set, message) in
        [("audience=", "sets nothing"), ("audience=a,b", "has one value"), ("audience=a,", "sets nothing")]
    {
        for command in [
            vec!["export", "--to", "pypi", &policy, "--set", set],
            vec!["import", "--from", "crates-io", &record, "--set", set],
            vec!["eval", "--as", "crates-io", "--claims", &claims, "--record", &record, "--set", set],
        ] {
            let (code, stdout, stderr) = trustctl(&command, b"");
            assert_eq!((code, stdout.as_str()), (2, ""), "{command:?}: {stderr}");
            assert!(said(&stderr).contains(message), "{command:?}: {stderr}");
        }
    }
}

#[test]
fn an_import_that_is_wider_is_written_only_where_that_is_accepted() {
    let records = crate::file("commands/import.in/publishers.yaml");
    let import = ["import", "--from", "pypi", &records];
    let (code, stdout, stderr) = trustctl(&import, b"");
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    assert!(said(&stderr).contains("nothing was written: the trust file would let in more than PyPI"), "{stderr}");
    let (code, stdout, _) = trustctl(&[&import[..], &["--allow-wider"]].concat(), b"");
    assert!(code == 0 && stdout.contains("trust: 1"), "{stdout}");
    let (code, stdout, _) = trustctl(&[&import[..], &["--allow-wider=nothing"]].concat(), b"");
    assert_eq!((code, stdout.as_str()), (1, ""));
}
