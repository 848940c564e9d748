//! `trustctl eval --as`: what transcripts cannot show.

use serde_json::Value;
use trustctl_catalog::Basis;
use trustctl_records::Profile;

use crate::{Folder, arguments_of, file, outside, trustctl};

const RECORD: &str =
    "repository_owner: acme\nrepository_name: widgets\nrepository_owner_id: 1234567\nworkflow_filename: release.yml\n";

fn captured() -> [String; 2] {
    [file("captured/github-npm-publish-2022.jwt"), file("captured/github-jwks-2022.json")]
}

/// The arguments that judge the captured token at the moment it was issued.
fn eval<'a>(registry: &'a str, [token, keys]: &'a [String; 2], more: &[&'a str]) -> Vec<&'a str> {
    [&["eval", "--as", registry, "--token", token, "--jwks", keys, "--at", "issued"], more].concat()
}

fn owned(arguments: &[&str]) -> Vec<String> {
    arguments.iter().map(|argument| (*argument).to_owned()).collect()
}

fn profiles() -> Vec<&'static Profile> {
    Profile::names().map(|name| Profile::bundled(name).unwrap().unwrap()).collect()
}

#[test]
fn every_answer_is_as_the_schema_says() {
    let schemas = trustctl_cli::schemas();
    let (_, schema) = schemas.iter().find(|(name, _)| *name == "ruling.schema.json").unwrap();
    let schema = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let captured = captured();
    let other_keys = [captured[0].clone(), file("commands/as-all.in/other-keys.json")];
    let of = |name: &str| file(&format!("commands/{name}"));
    let (claims, records) = (of("as-all.in/claims.json"), of("as-all.in/records.yaml"));
    let by = |registry: &str, claims: &str, record: &str, at: &str| {
        owned(&["eval", "--as", registry, "--claims", claims, "--record", record, "--at", at])
    };
    let mut cases = vec![
        (owned(&eval("all", &captured, &[])), 1),
        (owned(&eval("cloudsmith", &captured, &[])), 1),
        (owned(&eval("all", &other_keys, &[])), 1),
        (by("all", &claims, &records, "issued"), 0),
        (by("all", &claims, &records, "now"), 1),
        (by("pypi", &claims, &of("as-mistakes.in/refused.yaml"), "issued"), 2),
        (owned(&["eval", "--as", "nope", "--claims", &claims]), 2),
    ];
    for (folder, registry, record) in [
        ("immutable-subject", "cloudsmith", "record.yaml"),
        ("renamed-owner", "pypi", "record.yaml"),
        ("banned-event", "crates-io", "record.yaml"),
        ("several", "pypi", "records.yaml"),
    ] {
        let (claims, record) = (of(&format!("as.in/{folder}/claims.json")), of(&format!("as.in/{folder}/{record}")));
        cases.push((by(registry, &claims, &record, "issued"), 1));
    }
    for (arguments, expected) in cases {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain(["--format", "json"]).collect();
        let (code, stdout, stderr) = trustctl(&arguments, b"");
        assert_eq!((code, stderr.as_str()), (expected, ""), "{arguments:?}\n{stdout}");
        let result: Value = serde_json::from_str(&stdout).unwrap();
        let problems: Vec<String> = schema.iter_errors(&result).map(|error| error.to_string()).collect();
        assert!(problems.is_empty(), "{arguments:?}: {problems:#?}\n{stdout}");
        assert_eq!(result["version"], 1);
        let is_possible = result["registries"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|registry| registry["answer"]["decision"] == "possible");
        let decision = if is_possible { Some("possible") } else { ["allow", "deny"].get(usize::from(code)).copied() };
        assert!(!is_possible || result["recordsGiven"] == false, "{arguments:?}");
        assert_eq!(result["decision"].as_str(), decision, "{arguments:?}");
        for registry in result["registries"].as_array().into_iter().flatten() {
            let step = |name: &str| {
                let steps = registry["answer"]["token"].as_array().unwrap();
                steps.iter().find(|step| step["name"] == name).map(|step| step["status"].as_str().unwrap().to_owned())
            };
            if registry["answer"].is_object() {
                // Nobody has looked whether the token was used before.
                assert!(step("first use").is_none_or(|status| status == "unchecked"), "{stdout}");
                assert_eq!(step("header").unwrap() == "unchecked", arguments.contains(&"--claims"), "{stdout}");
            }
        }
    }
    assert!(!schema.is_valid(&serde_json::json!({ "version": 1 })) && !schema.is_valid(&serde_json::json!({})));
}

#[test]
fn each_registry_answers_and_says_how_its_rules_are_known() {
    let captured = captured();
    let (_, all, _) = trustctl(&eval("all", &captured, &[]), b"");
    for profile in profiles() {
        let (code, stdout, stderr) = trustctl(&eval(&profile.registry, &captured, &[]), b"");
        assert!(code <= 1 && stderr.is_empty(), "{}: {stdout}{stderr}", profile.registry);
        let (_, json, _) = trustctl(&eval(&profile.registry, &captured, &["--format", "json"]), b"");
        let json: Value = serde_json::from_str(&json).unwrap();
        let documented = profile.basis == Basis::Documentation;
        let said = stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let how = if documented { "documentation only" } else { "source" };
        assert!(said.contains(&format!("{how}, compared on {}", profile.checked)), "{stdout}");
        let basis = if documented { "documentation" } else { "source" };
        assert_eq!(
            (json["registries"][0]["basis"].as_str(), json["registries"][0]["checked"].as_str()),
            (Some(basis), Some(profile.checked.as_str()))
        );
        let row = all.lines().find(|line| line.split_whitespace().next() == Some(&profile.registry)).unwrap();
        assert_eq!(row.contains(" * "), documented, "{row}");
    }
    assert!(all.contains("\n* known from its documentation only, compared on "), "{all}");
}

#[test]
fn the_table_fits_eighty_columns_of_a_terminal() {
    let captured = captured();
    let drawn = |registry: &str, no_colour, columns| {
        let (mut stdin, mut stdout, mut stderr) = (&b""[..], Vec::new(), Vec::new());
        let terminal = trustctl_cli::Outside {
            stdout_is_terminal: true,
            no_colour,
            columns: Some(columns),
            ..outside(&mut stdin, &mut stdout, &mut stderr)
        };
        trustctl_cli::run(arguments_of(&eval(registry, &captured, &[])), terminal);
        String::from_utf8(stdout).unwrap()
    };
    // The names of the files are as long as the folder that holds them.
    let is_ours = |line: &&str| !line.contains("github-jwks-2022.json");
    for registry in Profile::names().chain(["all"]) {
        let plain = drawn(registry, true, 80);
        let over: Vec<&str> = plain.lines().filter(is_ours).filter(|line| line.chars().count() > 80).collect();
        assert!(over.is_empty() && !plain.contains('\u{1b}'), "{over:#?}");
    }
    let narrow = drawn("all", true, 60);
    let over: Vec<&str> = narrow.lines().filter(is_ours).filter(|line| line.chars().count() > 60).collect();
    assert!(over.is_empty(), "{over:#?}");
    assert!(drawn("all", false, 80).contains("possible:\u{1b}[0m 1 of "));
}

#[test]
fn standard_input_holds_a_record_or_a_token_but_not_both() {
    let [token, keys] = captured();
    let claims = file("commands/as.in/yaml-for-yml/claims.json");
    let record = ["eval", "--as", "crates-io", "--record", "-", "--claims", &claims, "--at", "issued"];
    let (code, stdout, stderr) = trustctl(&record, RECORD.as_bytes());
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    assert!(stdout.contains("\n  by       standard input  GitHub Actions"), "{stdout}");
    let text = std::fs::read(token).unwrap();
    let given = ["eval", "--as", "pypi", "--token", "-", "--jwks", &keys, "--at", "issued"];
    let (code, stdout, stderr) = trustctl(&given, &text);
    assert_eq!((code, stderr.as_str()), (1, ""), "{stdout}");
    for both in [
        ["eval", "--as", "pypi", "--record", "-", "--token", "-"],
        ["eval", "--as", "pypi", "--record", "-", "--claims", "-"],
    ] {
        let (code, stdout, stderr) = trustctl(&both, &text);
        assert_eq!((code, stdout.as_str()), (2, ""));
        assert!(stderr.contains("standard input can be read once"), "{stderr}");
    }
}

#[test]
fn no_part_of_a_token_is_shown_wherever_it_is_given() {
    let [path, keys] = captured();
    let token = std::fs::read_to_string(&path).unwrap();
    let token = token.trim();
    let secrets: Vec<&str> = token.split('.').map(|part| part.get(part.len() - 24..).unwrap()).collect();
    let folder = Folder::new("as-tokens");
    let claims = file("commands/as-all.in/claims.json");
    let records = [
        format!("{token}\n"),
        format!("Bearer {token}\n"),
        format!("{RECORD}environment: {token}\n"),
        format!("{RECORD}{token}: 1\n"),
        format!("{{\"pypi\": {{\"repository_owner\": \"{token}\"}}}}"),
        format!("- {token}\n- [{token}\n"),
    ];
    let mut commands = Vec::new();
    for (at, text) in records.iter().enumerate() {
        let record = folder.write(&format!("{at}.yaml"), text);
        for registry in ["all", "pypi", "cloudsmith"] {
            commands
                .push(owned(&["eval", "--as", registry, "--claims", &claims, "--at", "issued", "--record", &record]));
            commands.push(owned(&["eval", "--as", registry, "--token", &record, "--jwks", &keys]));
        }
    }
    for registry in Profile::names().chain(["all"]) {
        commands.push(owned(&eval(registry, &[path.clone(), keys.clone()], &[])));
    }
    commands.push(owned(&["eval", "--as", token, "--claims", &claims]));
    commands.push(owned(&["eval", "--as", "pypi", "--token", token]));
    commands.push(owned(&["eval", "--as", "pypi", "--claims", token]));
    for option in ["--record", "--publisher", "--set"] {
        commands.push(owned(&["eval", "--as", "pypi", "--claims", &claims, option, token]));
    }
    for command in &commands {
        for format in ["human", "json"] {
            let arguments: Vec<&str> = command.iter().map(String::as_str).chain(["--format", format]).collect();
            let (_, stdout, stderr) = trustctl(&arguments, b"");
            assert!(!(stdout.is_empty() && stderr.is_empty()), "{arguments:?}");
            for secret in &secrets {
                assert!(!stdout.contains(secret) && !stderr.contains(secret), "{arguments:?}: {stdout}{stderr}");
            }
        }
    }
}

#[test]
fn one_byte_changed_is_put_to_no_registry() {
    let captured = captured();
    let token = std::fs::read_to_string(&captured[0]).unwrap();
    let last = token.trim().len() - 40;
    let mut bytes = token.trim().as_bytes().to_vec();
    let byte = bytes.get_mut(last).unwrap();
    *byte = if *byte == b'A' { b'B' } else { b'A' };
    let given = ["eval", "--as", "all", "--token", "-", "--jwks", &captured[1], "--at", "issued", "--format", "json"];
    let (code, stdout, _) = trustctl(&given, &bytes);
    let result: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, result["refused"]["code"].as_str()), (1, Some("token-bad-signature")), "{stdout}");
    let answers = result["registries"].as_array().unwrap();
    assert_eq!(answers.len(), profiles().len());
    assert!(answers.iter().all(|registry| registry["answer"].is_null()), "{stdout}");
}

#[test]
fn nobodys_keys_are_fetched_but_those_of_a_known_issuer() {
    // {"alg":"RS256","kid":"k"}.{"iss":"https://evil.example","aud":"pypi","iat":1750000000,"exp":1750000300}.sig
    let token = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL2V2aWwuZXhhbXBsZSIsImF1ZCI6InB5cGkiLCJpYXQiOjE3NTAwMDAwMDAsImV4cCI6MTc1MDAwMDMwMH0.c2ln";
    for registry in ["pypi", "crates-io"] {
        let (code, stdout, stderr) =
            trustctl(&["eval", "--as", registry, "--token", "-", "--at", "issued"], token.as_bytes());
        let said = stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!((code, stderr.as_str()), (1, ""), "{stdout}");
        assert!(said.contains("takes no tokens of `https://evil.example`, so its keys were not fetched"), "{stdout}");
        assert!(said.contains("`--jwks FILE` shows what else would be said"), "{stdout}");
    }
}

#[test]
fn a_file_of_several_registries_serves_for_one() {
    let folder = Folder::new("as-records");
    let claims = file("commands/as-all.in/claims.json");
    let indented = RECORD.replace("release.yml", "publish.yml").replace('\n', "\n  ");
    let ask = |registry: &str, text: &str| {
        let record = folder.write("records.yaml", text);
        trustctl(&["eval", "--as", registry, "--claims", &claims, "--record", &record, "--at", "issued"], b"")
    };
    let both = format!("pypi:\n  {}\nnpm:\n  type: github\n", indented.trim_end());
    // What npm would refuse is not passed over, whoever is asked.
    let (code, _, stderr) = ask("pypi", &both);
    assert!(code == 2 && stderr.contains("npm would refuse"), "{stderr}");
    let one = format!("pypi:\n  {}\n", indented.trim_end());
    let (code, stdout, stderr) = ask("pypi", &one);
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    let (code, stdout, _) = ask("npm", &one);
    assert!(code == 1 && stdout.contains("\n  record   there is none\n"), "{stdout}");
    let (code, stdout, _) = ask("all", &one);
    assert!(code == 0 && stdout.starts_with("allow: 1 of 1 registries takes this token\n"), "{stdout}");
}
