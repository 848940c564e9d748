//! Replays the transcripts in `tests/commands`, and checks what transcripts cannot: streams, bytes and schemas.
//!
//! `TRYCMD=overwrite cargo test -p trustctl-cli` writes what is new into transcripts and schemas. In what it wrote anew, `[..]`
//! must stand again for what changes by itself: `([..] ago)`, `catalogue [..]`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;

use trustctl_cli::{Outside, run};

#[path = "commands/access.rs"]
mod access;
#[path = "commands/as_closed.rs"]
mod as_closed;
#[path = "commands/as_registry.rs"]
mod as_registry;
#[path = "commands/revisions.rs"]
mod revisions;
#[path = "commands/union.rs"]
mod union;

const TESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests");

#[test]
fn transcripts() {
    trycmd::TestCases::new().case(format!("{TESTS}/commands/*.trycmd")).case(format!("{TESTS}/commands/*.toml"));
}

/// Runs the command with a text as standard input: exit code, standard output, standard error.
fn trustctl(arguments: &[&str], mut stdin: &[u8]) -> (u8, String, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let code = run(arguments_of(arguments), outside(&mut stdin, &mut stdout, &mut stderr));
    (code, String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

fn arguments_of(arguments: &[&str]) -> Vec<OsString> {
    ["trustctl"].iter().chain(arguments).map(Into::into).collect()
}

fn outside<'a>(stdin: &'a mut &[u8], stdout: &'a mut dyn Write, stderr: &'a mut dyn Write) -> Outside<'a> {
    Outside {
        // 2026-11-20T12:00:00Z
        now: 1_795_176_000,
        stdin,
        stdout,
        stderr,
        stdout_is_terminal: false,
        stderr_is_terminal: false,
        no_colour: false,
        columns: None,
    }
}

fn file(path: &str) -> String {
    format!("{TESTS}/{path}")
}

fn eval_arguments(claims: &str) -> Vec<OsString> {
    let (claims, policy) = (file(claims), file("commands/eval.in/npm.trust.yaml"));
    arguments_of(&["eval", "--claims", &claims, "--policy", &policy, "--package", "@acme/widgets"])
}

/// A writer that fails with this kind of error.
struct Failing(io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(self.0.into())
    }
}

#[test]
fn a_closed_pipe_is_quiet_and_keeps_the_answer() {
    for (claims, code) in [("commands/eval.in/allowed.json", 0), ("commands/eval.in/other-workflow.json", 1)] {
        let (mut stdin, mut stderr) = (&b""[..], Vec::new());
        let mut stdout = Failing(io::ErrorKind::BrokenPipe);
        assert_eq!(run(eval_arguments(claims), outside(&mut stdin, &mut stdout, &mut stderr)), code);
        assert!(stderr.is_empty());
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let (mut stdin, mut stderr) = (&b""[..], Vec::new());
    let mut stdout = Failing(io::ErrorKind::StorageFull);
    assert_eq!(run(arguments_of(&["providers"]), outside(&mut stdin, &mut stdout, &mut stderr)), 2);
    assert!(String::from_utf8(stderr).unwrap().starts_with("error: cannot write the result"));
}

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("trustctl-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn line_ends_and_byte_order_marks_change_nothing() {
    let text = std::fs::read_to_string(file("commands/eval.in/npm.trust.yaml")).unwrap().replace("\r\n", "\n");
    let folder = Folder::new("line-ends");
    let crlf = text.replace('\n', "\r\n");
    for (name, text) in
        [("crlf", crlf.clone()), ("bom", format!("\u{feff}{text}")), ("both", format!("\u{feff}{crlf}"))]
    {
        let policy = folder.write(&format!("{name}.trust.yaml"), text);
        let eval = |claims| {
            trustctl(&["eval", "--claims", &file(claims), "--policy", &policy, "--package", "@acme/widgets"], b"")
        };
        let (code, stdout, stderr) = eval("commands/eval.in/allowed.json");
        assert_eq!((code, stderr.as_str()), (0, ""), "{name}: {stdout}");
        let (code, stdout, _) = eval("commands/eval.in/other-workflow.json");
        assert_eq!(code, 1);
        assert!(stdout.contains("10 |       workflow-file: publish.yml\n"), "{name}: {stdout}");
    }
}

#[test]
fn a_file_that_cannot_be_read_does_not_silence_the_others() {
    let folder = Folder::new("unreadable");
    folder.write("bytes.trust.yaml", b"trust: 1\n\xff");
    folder.write("utf16.trust.yaml", b"\xff\xfet\0");
    folder.write("empty.trust.yaml", b"");
    folder.write("errors.trust.yaml", "trust: 1\nregistry: npm\ngrants: []\n");
    let (code, stdout, _) = trustctl(&["lint", folder.path()], b"");
    assert_eq!(code, 2, "{stdout}");
    for part in [
        "is not UTF-8 text: the byte at offset 9 does not fit",
        "is UTF-16 text",
        "empty.trust.yaml",
        "errors.trust.yaml:3",
    ] {
        assert!(stdout.contains(part), "{part} is not in\n{stdout}");
    }
    assert!(stdout.contains("; 2 could not be read\n"), "{stdout}");
    let (code, stdout, _) = trustctl(&["lint", folder.path(), "--format", "json"], b"");
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, report["unreadable"].as_array().unwrap().len()), (2, 2));
}

#[test]
fn what_git_ignores_is_left_out() {
    let folder = Folder::new("ignored");
    let text = std::fs::read_to_string(file("commands/eval.in/npm.trust.yaml")).unwrap();
    folder.write(".gitignore", "old/\n");
    folder.write("old/a.trust.yaml", "trust: none\n");
    folder.write(".github/npm.trust.yaml", text);
    let (code, stdout, _) = trustctl(&["lint", folder.path()], b"");
    assert_eq!(code, 0, "{stdout}");
    assert!(stdout.starts_with("checked 1 trust file: "), "{stdout}");
}

#[cfg(unix)]
#[test]
fn an_include_does_not_leave_its_folder_by_a_link() {
    let folder = Folder::new("links");
    let outside = folder.write("outside/team.yaml", "trust: 1\ngrants: []\n");
    let root = folder.write("inside/trust.yaml", "trust: 1\nregistry: npm\ninclude:\n  teams/*.yaml: [left-pad]\n");
    std::fs::create_dir_all(folder.0.join("inside/teams")).unwrap();
    std::os::unix::fs::symlink(outside, folder.0.join("inside/teams/team.yaml")).unwrap();
    let (code, stdout, _) = trustctl(&["lint", "--format", "json", &root], b"");
    assert_eq!(code, 1);
    assert!(stdout.contains("is a link out of the folder"), "{stdout}");
}

#[test]
fn colour_and_width_are_a_terminals() {
    let drawn = |no_colour, columns| {
        let (mut stdin, mut stdout, mut stderr) = (&b""[..], Vec::new(), Vec::new());
        let terminal = Outside {
            stdout_is_terminal: true,
            no_colour,
            columns: Some(columns),
            ..outside(&mut stdin, &mut stdout, &mut stderr)
        };
        assert_eq!(run(eval_arguments("commands/eval.in/other-workflow.json"), terminal), 1);
        String::from_utf8(stdout).unwrap()
    };
    assert!(drawn(false, 80).starts_with("\u{1b}[1;31mdeny\u{1b}[0m: publish @acme/widgets"));
    let plain = drawn(true, 60);
    assert!(!plain.contains('\u{1b}') && plain.contains('\u{2502}'), "{plain}");
    // Only what cannot be broken may stand over the edge: a long value of a token, the name of a grant and its file.
    let text = |line: &str| line.replace("nearest  widgets-release", "").trim_matches([' ', '\u{2502}']).to_owned();
    let over: Vec<_> = plain.lines().filter(|line| line.chars().count() > 60 && text(line).contains(' ')).collect();
    assert!(over.is_empty(), "{over:#?}");
}

#[test]
fn no_output_holds_any_part_of_a_token() {
    let token = std::fs::read_to_string(file("captured/github-npm-publish-2022.jwt")).unwrap();
    let keys = file("captured/github-jwks-2022.json");
    let policy = file("commands/captured.in/playground.trust.yaml");
    let parts: Vec<&str> = token.trim().split('.').collect();
    let inputs = [
        token.clone(),
        format!("{}=", token.trim()),
        format!("Bearer {token}"),
        format!("{{\"count\": 1, \"value\": \"{}\"}}", token.trim()),
        token.replace('.', ".."),
        token.replace('V', "W"),
    ];
    let eval =
        ["eval", "--token", "-", "--policy", &policy, "--package", "playground", "--jwks", &keys, "--at", "issued"];
    for input in &inputs {
        for arguments in [&["token", "-"][..], &eval, &[&eval[..], &["--format", "json"]].concat()] {
            let (_, stdout, stderr) = trustctl(arguments, input.as_bytes());
            assert!(!(stdout.is_empty() && stderr.is_empty()));
            for part in &parts {
                assert!(!stdout.contains(part) && !stderr.contains(part), "{arguments:?} shows a part of the token");
            }
        }
    }
}

#[test]
fn a_token_where_a_trust_file_belongs_is_never_shown() {
    let token = std::fs::read_to_string(file("captured/github-npm-publish-2022.jwt")).unwrap();
    let token = token.trim();
    let folded: Vec<&str> = token.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let secrets: Vec<&str> = token.split('.').map(|part| part.get(part.len() - 24..).unwrap()).collect();
    let grant = "trust: 1\nregistry: npm\ngrants:\n  - packages: [left-pad]\n    actions: [publish]\n";
    let texts = [
        format!("{token}\n"),
        format!("Bearer {token}"),
        format!("trust: 1\ntoken: {token}\n"),
        format!("{{\"count\": 1857, \"value\": \"{token}\"}}"),
        format!("trust: 1\ntoken: >\n  {}\nregistry: npm\n", folded.join("\n  ")),
        format!("trust: 1\nauthorization: Bearer {token}\n"),
        format!("trust: 1\n{token}: 1\n- {token}\n"),
        format!("trust: 1\nregistry: npm\ngrants: [{token}, {token}] # {token}\n"),
        format!("{grant}    provider: github-actions\n    when: {{ repository: acme/widgets, jti: {token} }}\n"),
        format!("{grant}    provider: {token}\n    when: {{ repository: {{ glob: \"{token}[\" }} }}\n"),
    ];
    let claims = file("commands/eval.in/allowed.json");
    let folder = Folder::new("tokens");
    folder.write("below/trust.yaml", "trust: 1\nregistry: npm\ninclude:\n  teams/*.yaml: [left-pad]\n");
    for (at, text) in texts.iter().enumerate() {
        let given = folder.write("t.jwt", text);
        let named = folder.write("below/teams/t.trust.yaml", text);
        let root = folder.0.join("below").to_str().unwrap().to_owned();
        for path in [&given, &named, &root] {
            let eval = ["eval", "--claims", &claims, "--package", "left-pad", "--policy", path];
            let commands = [
                vec!["lint", path],
                vec!["lint", path, "--format", "json"],
                vec!["explain", path],
                vec!["who", path],
                vec!["who", path, "--format", "json"],
                vec!["diff", path, path],
                vec!["diff", path, path, "--format", "markdown"],
                eval.to_vec(),
                [&eval[..], &["--format", "json"]].concat(),
                vec!["eval", "--claims", path, "--package", "left-pad", "--policy", path],
                vec!["eval", "--token", path, "--jwks", path, "--package", "left-pad", "--policy", path],
                vec!["token", path],
                vec!["lint", token],
                vec!["explain", token],
                vec!["who", token],
                vec!["who", path, "--package", token],
                vec!["diff", token, path],
                vec!["diff", path, token],
                vec!["providers", token],
                vec!["eval", "--token", token, "--package", token, "--policy", path],
            ];
            for arguments in commands {
                let (code, stdout, stderr) = trustctl(&arguments, b"");
                assert!(!(stdout.is_empty() && stderr.is_empty()), "{arguments:?}");
                for secret in &secrets {
                    assert!(!stdout.contains(secret) && !stderr.contains(secret), "{arguments:?}: {stdout}{stderr}");
                }
                let whole = at < 2 && path != &root && arguments.contains(&path.as_str());
                assert!(!whole || code == 2 || arguments[0] == "token", "{arguments:?}: {stdout}{stderr}");
            }
        }
    }
    let given = folder.write("t.jwt", token);
    let (code, stdout, _) = trustctl(&["lint", &given], b"");
    assert_eq!(code, 2);
    assert!(stdout.contains("holds a token, not a trust file") && !stdout.contains("eyJ"), "{stdout}");
}

#[test]
fn a_line_of_many_errors_is_not_repeated_for_each() {
    let folder = Folder::new("amplified");
    let path = folder.write("trust.yaml", format!("trust: 1\nregistry: npm\ngrants: [{}x]\n", "x, ".repeat(100_000)));
    let (code, stdout, _) = trustctl(&["lint", &path], b"");
    assert_eq!(code, 1);
    assert!(stdout.len() < 400_000, "{} bytes", stdout.len());
    assert!(stdout.contains(&format!(" more in {path} (use --format json for all)\n")), "{stdout}");
    assert_eq!(stdout.matches("error: not-a-map").count(), 200);
    let (_, stdout, _) = trustctl(&["lint", "--format", "json", &path], b"");
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert!(report["findings"].as_array().unwrap().len() > 200);
}

#[test]
fn a_token_in_place_of_a_name_is_told_and_never_repeated() {
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2NpIn0.c2lnbmF0dXJl";
    let policy = file("commands/eval.in/npm.trust.yaml");
    let claims = file("commands/eval.in/allowed.json");
    let eval = ["eval", "--package", "left-pad", "--policy", &policy];
    let jwt = file("captured/github-npm-publish-2022.jwt");
    let commands = [
        vec!["token", token],
        vec!["lint", token],
        vec!["explain", token],
        vec!["who", token],
        vec!["who", &policy, "--package", token],
        vec!["diff", token, &policy],
        vec!["diff", &policy, token],
        [&eval[..], &["--token", token]].concat(),
        [&eval[..], &["--claims", token]].concat(),
        [&eval[..], &["--claims", token, "--format", "json"]].concat(),
        vec!["eval", "--claims", &claims, "--package", "left-pad", "--policy", token],
        vec!["eval", "--claims", &claims, "--package", token, "--policy", &policy],
    ];
    for arguments in commands {
        let (code, stdout, stderr) = trustctl(&arguments, b"");
        let said = stdout + &stderr;
        assert_eq!(code, 2, "{arguments:?}: {said}");
        assert!(said.contains("this is a token itself; give "), "{arguments:?}: {said}");
        assert!(!token.split('.').any(|part| said.contains(part)), "{arguments:?}: {said}");
    }
    // Keys are read for a known issuer only.
    let (code, stdout, stderr) = trustctl(&[&eval[..], &["--token", &jwt, "--jwks", token]].concat(), b"");
    assert_eq!(code, 2, "{stdout}");
    assert!(stderr.contains("this is a token itself; give a file that holds it, or `-`"), "{stderr}");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_no_trust_file_and_may_hold_a_token() {
    let folder = Folder::new("pipes");
    let root = folder.write("trust.yaml", "trust: 1\nregistry: npm\ninclude:\n  teams/*.yaml: [left-pad]\n");
    let team = folder.write("below/team.yaml", "trust: 1\ngrants: []\n");
    std::fs::create_dir_all(folder.0.join("teams")).unwrap();
    std::fs::create_dir_all(folder.0.join(".git")).unwrap();
    let fifo = |name: &str| {
        let path = folder.0.join(name);
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        path.to_str().unwrap().to_owned()
    };
    let (given, _, _) = (fifo("given.trust.yaml"), fifo("teams/a.yaml"), fifo("below/b.trust.yaml"));
    for path in [&given, &root] {
        let (code, stdout, _) = trustctl(&["lint", path], b"");
        let said = stdout.replace("\n  | ", " ");
        assert!(code > 0 && said.contains("is a pipe or a device"), "{said}");
    }
    assert_eq!(trustctl(&["lint", &team], b"").0, 1);

    let claims = fifo("claims.json");
    let text = std::fs::read(file("commands/eval.in/allowed.json")).unwrap();
    let pipe = claims.clone();
    let writer = std::thread::spawn(move || std::fs::write(pipe, text).unwrap());
    let policy = file("commands/eval.in/npm.trust.yaml");
    let (code, stdout, stderr) =
        trustctl(&["eval", "--claims", &claims, "--package", "@acme/widgets", "--policy", &policy], b"");
    writer.join().unwrap();
    assert_eq!(code, 0, "{stdout}{stderr}");
}

const OURS: &str = "\
trust: 1
registry: { kind: generic, audience: https://AUDIENCE.example }
grants:
  - packages: [widgets]
    actions: [publish]
    provider: github-actions
    when: { repository-pin: acme@1234567/widgets@556677, environment: npm }
";

#[test]
fn registries_of_one_name_that_differ_are_not_mixed_up() {
    let folder = Folder::new("registries");
    let claims = file("commands/eval.in/allowed.json");
    let one = folder.write("one.trust.yaml", OURS.replace("AUDIENCE", "one"));
    let other = folder.write("other.trust.yaml", OURS.replace("AUDIENCE", "other"));
    let same = folder.write("same.trust.yaml", OURS.replace("AUDIENCE", "one"));
    let npm = folder.write(
        "npm.trust.yaml",
        OURS.replace("registry: { kind: generic, audience: https://AUDIENCE.example }", "registries: { generic: npm }"),
    );
    let eval = |policies: &[&str]| {
        trustctl(&[&["eval", "--claims", &claims, "--package", "widgets", "--policy"][..], policies].concat(), b"")
    };
    let (code, stdout, stderr) = eval(&[&one, &other]);
    assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
    for part in [one.as_str(), &other, "`generic`", "--policy FILE", "`registries:`"] {
        assert!(stderr.contains(part), "{part} is not in {stderr}");
    }
    let (code, stdout, stderr) = eval(&[&one, &npm]);
    assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
    assert!(stderr.contains("`generic` and a `npm`") || stderr.contains("`npm` and a `generic`"), "{stderr}");
    let (code, stdout, stderr) = eval(&[&one, &same]);
    assert_eq!(code, 1, "{stdout}{stderr}");
}

#[test]
fn a_root_is_looked_for_inside_the_repository_only() {
    let folder = Folder::new("above");
    let root = OURS
        .replace("AUDIENCE", "one")
        .replace("grants:", "providers: { github-actions: {} }\ninclude: { repo/teams/*.yaml: [widgets] }\ngrants:");
    folder.write("trust.yaml", &root);
    let team = folder.write(
        "repo/teams/a.yaml",
        OURS.replace("registry: { kind: generic, audience: https://AUDIENCE.example }\n", ""),
    );
    let claims = file("commands/eval.in/allowed.json");
    let eval = || trustctl(&["eval", "--claims", &claims, "--package", "widgets", "--policy", &team], b"");
    assert_eq!(eval().0, 2, "there is no repository");
    std::fs::create_dir_all(folder.0.join("repo/.git")).unwrap();
    assert_eq!(eval().0, 2, "the root is outside the repository");
    std::fs::remove_dir(folder.0.join("repo/.git")).unwrap();
    std::fs::create_dir_all(folder.0.join(".git")).unwrap();
    let (code, stdout, stderr) = eval();
    assert_eq!(code, 1, "{stdout}{stderr}");
    let said = stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("trust.yaml, found above the trust file that it includes"), "{said}");
}

#[test]
fn schemas_are_as_generated() {
    let overwrite = std::env::var_os("TRYCMD").is_some_and(|value| value == "overwrite");
    for (name, text) in trustctl_cli::schemas() {
        let path = format!("{TESTS}/../schema/{name}");
        if overwrite {
            std::fs::write(&path, &text).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        assert!(kept == text, "schema/{name} is stale");
    }
}

#[test]
fn results_are_as_the_schemas_say() {
    let schemas = trustctl_cli::schemas();
    let schema = |file: &str| {
        let (_, text) = schemas.iter().find(|(name, _)| *name == file).unwrap();
        jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap()
    };
    let (decision, findings) = (schema("decision.schema.json"), schema("findings.schema.json"));
    let (policy, broken) = (file("commands/eval.in/npm.trust.yaml"), file("commands/broken.in/broken.trust.yaml"));
    let playground = file("commands/captured.in/playground.trust.yaml");
    let (allowed, other) = (file("commands/eval.in/allowed.json"), file("commands/eval.in/other-workflow.json"));
    let (token, keys) = (file("captured/github-npm-publish-2022.jwt"), file("captured/github-jwks-2022.json"));
    let eval = |claims, policy, package| {
        ["eval", "--format", "json", "--claims", claims, "--policy", policy, "--package", package].to_vec()
    };
    let verified = |at| {
        [
            "eval",
            "--format",
            "json",
            "--token",
            &token,
            "--jwks",
            &keys,
            "--policy",
            &playground,
            "--package",
            "playground",
            "--at",
            at,
        ]
        .to_vec()
    };
    let open = file("commands/lint.in");
    let cases = [
        (eval(&allowed, &policy, "@acme/widgets"), 0, &decision),
        (eval(&other, &policy, "@acme/widgets@1.4.0"), 1, &decision),
        (eval(&other, &policy, "no-such-package"), 1, &decision),
        (eval(&other, &broken, "@acme/widgets"), 2, &decision),
        (eval("-", &policy, "@acme/widgets"), 2, &decision),
        (verified("issued"), 0, &decision),
        (verified("now"), 1, &decision),
        (vec!["lint", "--format", "json", &open, &broken], 1, &findings),
        (vec!["lint", "--format", "json", "/nowhere/trust.yaml"], 2, &findings),
        (vec!["lint", "--format", "json", "/nowhere/"], 2, &findings),
    ];
    for (arguments, expected, schema) in cases {
        let (code, stdout, stderr) = trustctl(&arguments, b"");
        assert_eq!((code, stderr.as_str()), (expected, ""), "{arguments:?}\n{stdout}");
        let result: serde_json::Value = serde_json::from_str(&stdout).unwrap();
        let problems: Vec<String> = schema.iter_errors(&result).map(|error| error.to_string()).collect();
        assert!(problems.is_empty(), "{arguments:?}: {problems:#?}\n{stdout}");
        assert_eq!(result["version"], 1);
    }
    assert!(!decision.is_valid(&serde_json::json!({ "version": 1 })) && !decision.is_valid(&serde_json::json!({})));
}

#[test]
fn one_byte_changed_is_denied() {
    let token = std::fs::read_to_string(file("captured/github-npm-publish-2022.jwt")).unwrap();
    let token = token.trim();
    let (keys, policy) = (file("captured/github-jwks-2022.json"), file("commands/captured.in/playground.trust.yaml"));
    let eval = |token: &str| {
        // `--at` is given, because a token whose claims cannot be read does not say when it was issued.
        let arguments = [
            "eval",
            "--token",
            "-",
            "--jwks",
            &keys,
            "--policy",
            &policy,
            "--package",
            "playground",
            "--at",
            "2022-08-05T01:29:53Z",
        ];
        trustctl(&[&arguments[..], &["--format", "json"]].concat(), token.as_bytes())
    };
    assert_eq!(eval(token).0, 0);
    for at in (0..token.len()).step_by(7).chain([token.len() - 1]) {
        let mut bytes = token.as_bytes().to_vec();
        let old = bytes.get(at).copied().unwrap();
        if old == b'.' {
            continue;
        }
        *bytes.get_mut(at).unwrap() = if old == b'A' { b'B' } else { b'A' };
        let (code, stdout, stderr) = eval(std::str::from_utf8(&bytes).unwrap());
        let result: serde_json::Value = serde_json::from_str(&stdout).unwrap();
        assert_eq!((code, stderr.as_str()), (1, ""), "byte {at}: {stdout}");
        assert_eq!((&result["decision"], &result["verified"]), (&"deny".into(), &false.into()));
        assert!(result["reasons"][0]["code"].as_str().unwrap().starts_with("token-"), "{stdout}");
        assert!(result["trace"].as_array().unwrap().is_empty());
    }
}
