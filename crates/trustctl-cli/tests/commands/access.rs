//! `who` and `diff`, where a transcript does not suffice: every token is put to `eval`, results to their schemas, pictures to
//! their width, hostile files to a Markdown parser.

use serde_json::Value;

use super::{Folder, arguments_of, file, outside, trustctl};
use trustctl_cli::{Outside, run};

const AT: &str = "2026-11-20T12:00:00Z";

fn json(arguments: &[&str]) -> (u8, Value) {
    let (code, stdout, stderr) = trustctl(&[arguments, &["--format", "json", "--at", AT]].concat(), b"");
    assert_eq!(stderr, "", "{arguments:?}");
    (code, serde_json::from_str(&stdout).unwrap())
}

/// What `eval` says of a witness.
fn eval(folder: &Folder, witness: &Value, policy: &str) -> u8 {
    let claims = folder.write("witness.json", witness["claims"].to_string());
    let mut arguments = vec!["eval", "--claims", &claims, "--policy", policy];
    let resource = witness["resource"].as_str().unwrap();
    arguments.extend(["--registry", witness["registry"].as_str().unwrap(), "--at", witness["at"].as_str().unwrap()]);
    let package = witness["resourceVersion"].as_str().map_or(resource.to_owned(), |it| format!("{resource}@{it}"));
    match witness["action"].as_str() {
        Some(action) => arguments.extend(["--package", &package, "--action", action]),
        None => arguments.extend(["--account", resource]),
    }
    let (code, stdout, stderr) = trustctl(&arguments, b"");
    assert!(code < 2, "{stdout}{stderr}");
    code
}

#[test]
fn every_token_that_is_shown_gets_in_or_is_refused_as_it_is_said() {
    let folder = Folder::new("witnesses");
    let npm = file("commands/who.in/npm.trust.yaml");
    let (code, who) = json(&["who", &npm]);
    assert_eq!(code, 0);
    let answers = who["grants"].as_array().unwrap().iter().flat_map(|grant| grant["answers"].as_array().unwrap());
    let yes: Vec<&Value> = answers.filter(|answer| answer["answer"] == "yes").collect();
    assert!(yes.len() >= 2, "{who:#}");
    for answer in yes {
        assert_eq!(answer["witness"]["adversary"], answer["adversary"]);
        assert_eq!(eval(&folder, &answer["witness"], &npm), 0, "{answer:#}");
    }
    let (base, head) = (file("commands/diff.in/base.trust.yaml"), file("commands/diff.in/head.trust.yaml"));
    let (code, diff) = json(&["diff", &base, &head]);
    assert_eq!(code, 1);
    for (changes, by, not) in [("allowed", &head, &base), ("denied", &base, &head)] {
        let changes = diff[changes].as_array().unwrap();
        assert!(!changes.is_empty());
        for change in changes {
            assert_eq!(eval(&folder, &change["witness"], by), 0, "{change:#}");
            assert_eq!(eval(&folder, &change["witness"], not), 1, "{change:#}");
            assert!(change["refusal"]["message"].is_string(), "{change:#}");
        }
    }
}

#[test]
fn both_results_are_as_their_schemas_say() {
    let schemas = trustctl_cli::schemas();
    let schema = |file: &str| {
        let (_, text) = schemas.iter().find(|(name, _)| *name == file).unwrap();
        jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap()
    };
    let (who, diff) = (schema("who.schema.json"), schema("diff.schema.json"));
    let given = |name: &str| file(&format!("commands/{name}"));
    let (base, head) = (given("diff.in/base.trust.yaml"), given("diff.in/head.trust.yaml"));
    let (npm, errors) = (given("who.in/npm.trust.yaml"), given("who.in/errors.trust.yaml"));
    let (open, generic) = (given("who.in/open.trust.yaml"), given("who.in/generic.trust.yaml"));
    let cases = [
        (vec!["who", &npm, &open, &generic], 0, &who),
        (vec!["who", &npm, "--package", "no-such-package"], 0, &who),
        (vec!["who", &errors], 2, &who),
        (vec!["who", "/nowhere/trust.yaml"], 2, &who),
        (vec!["diff", &base, &head], 1, &diff),
        (vec!["diff", &base, &base], 0, &diff),
        (vec!["diff", &generic, &open], 1, &diff),
        (vec!["diff", &errors, &open], 2, &diff),
        (vec!["diff", ":x", &open], 2, &diff),
    ];
    for (arguments, expected, schema) in cases {
        let (code, result) = json(&arguments);
        assert_eq!(code, expected, "{arguments:?}\n{result:#}");
        let problems: Vec<String> = schema.iter_errors(&result).map(|error| error.to_string()).collect();
        assert!(problems.is_empty(), "{arguments:?}: {problems:#?}\n{result:#}");
    }
    assert!(!who.is_valid(&serde_json::json!({ "version": 1 })) && !diff.is_valid(&serde_json::json!({})));
}

/// On a terminal of that many columns.
fn drawn(arguments: &[&str], columns: usize) -> String {
    let (mut stdin, mut stdout, mut stderr) = (&b""[..], Vec::new(), Vec::new());
    let terminal = Outside {
        stdout_is_terminal: true,
        no_colour: true,
        columns: Some(columns),
        ..outside(&mut stdin, &mut stdout, &mut stderr)
    };
    assert!(run(arguments_of(arguments), terminal) < 2);
    String::from_utf8(stdout).unwrap()
}

#[test]
fn pictures_keep_to_their_width() {
    let given = |name: &str| file(&format!("commands/{name}"));
    let (base, head) = (given("diff.in/base.trust.yaml"), given("diff.in/head.trust.yaml"));
    let (npm, bad) = (given("who.in/npm.trust.yaml"), file("../policies/bad"));
    for arguments in [vec!["who", &npm, &bad], vec!["diff", &base, &head], vec!["diff", &head, &base]] {
        for columns in [60, 80, 120] {
            let text = drawn(&arguments, columns);
            let over: Vec<&str> = text
                .lines()
                // A word that cannot be broken, such as the path of this test's folder, may stand over the edge.
                .filter(|line| line.chars().count() > columns && line.trim().contains(' ') && !line.contains("tests/"))
                .collect();
            assert!(over.is_empty(), "{arguments:?} at {columns}: {over:#?}");
        }
        let (_, plain, _) = trustctl(&arguments, b"");
        assert!(plain.is_ascii() && plain.lines().all(|line| line == line.trim_end()), "{plain}");
    }
}

#[test]
fn colours_say_what_words_say() {
    let (mut stdin, mut stdout, mut stderr) = (&b""[..], Vec::new(), Vec::new());
    let terminal = Outside { stdout_is_terminal: true, ..outside(&mut stdin, &mut stdout, &mut stderr) };
    assert_eq!(run(arguments_of(&["who", &file("commands/who.in/npm.trust.yaml")]), terminal), 0);
    let text = String::from_utf8(stdout).unwrap();
    for part in ["\u{1b}[1;31myes\u{1b}[0m", "\u{1b}[1;32mno\u{1b}[0m", "\u{250c}\u{2574}"] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
}

/// So many grants, the last of which asks for no environment; the others ask for what is given.
fn grants(count: usize, environment: &str) -> String {
    let grant = |number: usize| {
        let environment = if number + 1 == count { "" } else { environment };
        format!(
            "  - packages: [p{number}]\n    actions: [publish]\n    provider: github-actions\n    \
             when: {{ repository-pin: acme@1/p{number}@{}, workflow-file: a.yml{environment} }}\n",
            number + 1
        )
    };
    let all: String = (0..count).map(grant).collect();
    format!("trust: 1\nregistry: npm\ngrants:\n{all}")
}

#[test]
fn many_grants_make_a_small_picture() {
    let folder = Folder::new("many");
    let closed = folder.write("closed.trust.yaml", grants(40, ", environment: npm"));
    let (code, stdout, _) = trustctl(&["who", &closed], b"");
    assert_eq!(code, 0);
    assert!(stdout.lines().count() < 45, "{stdout}");
    assert!(stdout.contains(":4 publish p0, and 38 more grants\n") && stdout.contains("publish p39\n"), "{stdout}");
    // Each of these lets somebody in: the picture ends, and says that it does.
    let open = folder.write("open.trust.yaml", grants(203, ""));
    let (_, stdout, _) = trustctl(&["who", &open], b"");
    assert!(stdout.lines().count() < 700, "{} lines", stdout.lines().count());
    for part in ["  and 3 more grants (`--package NAME`", "tokens are shown of 40 grants", "any writer gets in by 203"]
    {
        assert!(stdout.contains(part), "{part} is not in\n{stdout}");
    }
}

#[test]
fn many_changes_make_a_short_list() {
    let folder = Folder::new("changes");
    let base = folder.write("base.trust.yaml", grants(62, ", environment: npm"));
    let head = folder.write("head.trust.yaml", grants(62, ""));
    let (code, stdout, _) = trustctl(&["diff", &base, &head], b"");
    assert_eq!((code, stdout.matches("  + publish p").count()), (1, 50), "{stdout}");
    assert!(stdout.contains("\n  and 11 more (`--format json` has all)\n"), "{stdout}");
    let (_, report) = json(&["diff", &base, &head]);
    assert_eq!(report["allowed"].as_array().unwrap().len(), 61);
}

#[test]
fn a_comment_is_never_longer_than_a_forge_takes() {
    let folder = Folder::new("comment");
    let long = "x".repeat(240);
    let list = |from: usize| -> String {
        let value = |number: usize| format!("\"{number}{long}\"");
        let grant = |number: usize| {
            format!(
                "  - packages: [p{number}]\n    actions: [publish]\n    provider: github-actions\n    when:\n      \
                 repository-pin: acme@1/p{number}@{}\n      environment: {}\n      workflow-file: {}.yml\n",
                number + 1,
                value(from + number),
                "y".repeat(200),
            )
        };
        (0..60).map(grant).collect()
    };
    let of = |from: usize| format!("trust: 1\nregistry: npm\ngrants:\n{}", list(from));
    let (base, head) = (folder.write("base.trust.yaml", of(0)), folder.write("head.trust.yaml", of(1_000)));
    let (code, stdout, stderr) = trustctl(&["diff", &base, &head, "--format", "markdown"], b"");
    assert_eq!(code, 1, "{stderr}");
    assert!(stdout.len() < 65_536, "{} bytes", stdout.len());
    assert!(stdout.contains(" more changes; `trustctl diff --format json` has all\n"), "{stdout}");
}

/// Text outside of code, and HTML, as a forge would read it.
#[cfg(unix)]
fn rendered(markdown: &str) -> (String, Vec<String>) {
    use pulldown_cmark::{Event, Options, Parser};
    let (mut text, mut html) = (String::new(), Vec::new());
    let mut is_code = false;
    for event in Parser::new_ext(markdown, Options::all()) {
        match event {
            Event::Start(pulldown_cmark::Tag::CodeBlock(_)) => is_code = true,
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => is_code = false,
            Event::Start(tag) => html.extend(match tag {
                pulldown_cmark::Tag::Link { dest_url, .. } | pulldown_cmark::Tag::Image { dest_url, .. } => {
                    Some(format!("link to {dest_url}"))
                }
                _ => None,
            }),
            Event::Text(part) if !is_code => text.push_str(&part),
            Event::Html(part) | Event::InlineHtml(part) => html.push(part.trim().to_owned()),
            _ => {}
        }
    }
    (text, html)
}

#[cfg(unix)]
#[test]
fn a_hostile_file_says_nothing_of_its_own_in_a_comment() {
    let folder = Folder::new("hostile");
    let hostile = [
        "`</details><img src=x onerror=alert(1)>@everyone",
        "``` @everyone # heading [a](//evil.example) ![img](//evil.example)",
        "a | b /close /assign @evil ~~~ $$evil$$",
        "]]></summary></details> **@everyone** <!-- -->",
        "&lt;@evil &#64;evil www.evil.example evil@evil.example",
        "`````` @everyone `",
    ];
    let grant = |value: &str| {
        format!(
            "trust: 1\nregistry: npm\ngrants:\n  - packages: [widgets]\n    actions: [publish]\n    provider: github-actions\n    \
             when: {{ repository-pin: acme@1/widgets@2, environment: {{ equals: \"{value}\" }} }}\n"
        )
    };
    let plain = folder.write("plain.trust.yaml", grant("npm"));
    let ours = ["<br>", "<details><summary>the token</summary>", "</details>", "<sub>", "</sub>"];
    for (at, value) in hostile.iter().enumerate() {
        let named = folder.write(&format!("`@everyone`\n\n/close\n<b>{at}.trust.yaml"), grant(value));
        for (base, head) in [(&plain, &named), (&named, &plain)] {
            let (code, stdout, stderr) = trustctl(&["diff", base, head, "--format", "markdown"], b"");
            assert_eq!(code, 1, "{value}: {stdout}{stderr}");
            let (text, html) = rendered(&stdout);
            assert!(html.iter().all(|tag| ours.contains(&tag.as_str())), "{value}: {html:?}\n{stdout}");
            assert!(html.contains(&"</details>".to_owned()), "{value}\n{stdout}");
            for part in ["@", "evil", "<", "img", "close", "assign", "heading", "everyone"] {
                assert!(!text.contains(part), "{value}: {part} is in {text}\n{stdout}");
            }
            assert!(stdout.lines().all(|line| !line.starts_with('/')), "{stdout}");
        }
    }
}

#[test]
fn many_files_share_the_names_of_their_columns() {
    let folder = Folder::new("files");
    for number in 0..12 {
        // One names no owner's id, so that there is nobody to give the name up to; all have the same columns all the same.
        let environment = if number == 6 { "" } else { ", environment: npm" };
        let text = format!(
            "trust: 1\nregistry: npm\ngrants:\n  - packages: [p{number}]\n    actions: [publish]\n    provider: github-actions\n    \
             when: {{ repository-pin: acme@1/p{number}@{}, workflow-file: a.yml{environment} }}\n",
            number + 1
        );
        folder.write(&format!("{number}.trust.yaml"), text);
    }
    let (code, stdout, _) = trustctl(&["who", folder.path()], b"");
    assert_eq!(code, 0);
    // Again behind the one whose token stands between.
    assert_eq!(stdout.matches(".- anyone").count(), 2, "{stdout}");
    assert_eq!(stdout.matches(":4 publish p").count(), 12, "{stdout}");
}

#[test]
fn a_file_that_only_its_ending_keeps_from_being_read_is_named() {
    let folder = Folder::new("ending");
    folder.write("a.trust.yaml", grants(1, ""));
    folder.write("b.trust.yml", grants(1, ""));
    for arguments in [vec!["who", folder.path()], vec!["diff", folder.path(), folder.path()]] {
        let (code, stdout, _) = trustctl(&arguments, b"");
        let said = stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(code, 0, "{stdout}");
        assert!(said.contains("b.trust.yml is not read: names of trust files end in `.yaml`"), "{stdout}");
    }
}
