//! The schema of trust files lets through what the reader lets through, and stops what an editor can stop.

#![expect(clippy::unwrap_used, reason = "a test whose data cannot be read has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::Value;
use trustctl_catalog::Catalogue;

/// Everything there is, as the language's own page shows it.
const WHOLE: &str = r#"
trust: 1
registry: npm
providers:
  github-actions:
    require: { repository_owner_id: 1234567, runner_environment: github-hosted }
  circleci: { organization: 8c4b1d1e-1c1f-4b52-9a0c-3f1f0a3a9f11 }
  root: { kind: circleci, root-issuer: true }
  gitlab: {}
  own-gitlab: { kind: gitlab, host: gitlab.acme.example }
  corp:
    issuer: https://ci.corp.example
    tenants: ours
    claims: { pipeline: string, build: integer, labels: list, team: { at: /org/team, type: string } }
grants:
  - name: widgets-release
    packages: ["@acme/widgets"]
    actions: [publish]
    provider: github-actions
    when:
      repository: acme/widgets
      repository_id: 556677
      workflow-file: publish.yml
      environment: npm
      tag: { template: "v{version}" }
    expires: 2027-06-30
  - packages:
      "@acme/core": { repository-pin: acme@1234567/core@700130 }
      "@acme/cli": { repository-pin: acme@1234567/cli@700131 }
    actions: [publish]
    provider: github-actions
    when: { workflow-file: release.yml, environment: npm }
  - packages: [left-pad]
    actions: [publish, stage]
    provider: circleci
    when: { context-ids: { contains: a74579f1-2e7d-451e-b009-5c082ad2729e }, ssh-rerun: false, branch: { not: [main, { glob: "x*" }] } }
  - packages: [left-pad]
    actions: [publish]
    provider: corp
    when: { pipeline: release, build: [1, 2], labels: { contains: [a, { glob: "b*" }] }, team: { equals: LEFT, ignore-case: true } }
include:
  teams/left-pad/*.yaml: [left-pad, "@left/*"]
"#;

const MORE: [&str; 6] = [
    // An included file.
    "{ trust: 1, grants: [{ packages: [a], actions: [publish], provider: gitlab, when: { project_id: 42, project_path: acme/widgets } }] }",
    "{ trust: 1, registry: { kind: cloudsmith, account: acme, repository: internal }, grants: [{ accounts: [ci], provider: google, when: { sub: 1 } }] }",
    "{ trust: 1, registry: { kind: generic, audience: https://a.example }, grants: [{ packages: [a], actions: [yank, read], provider: buildkite, when: { organization_id: 3 } }] }",
    "{ trust: 1, registries: { a: { kind: generic, audience: { gitlab: x } }, b: { kind: npm, require: { gitlab: { environment: production } } } },
       grants: [{ registry: a, packages: [a], actions: [publish], provider: gitlab, when: { ref_protected: true } }],
       include: { x.yaml: { a: { packages: ['@left/*'], accounts: [left-ci] } } } }",
    // A claim that the file adds to the catalogue's.
    "{ trust: 1, registry: npm, providers: { github-actions: { claims: { team: string } } },
       grants: [{ packages: [a], actions: [publish], provider: github-actions, when: { repository_id: 1, team: x } }] }",
    // Another system's text: patterns anywhere, unknown claims, no conditions.
    "{ trust: 1, dialect: generic, registry: { kind: generic, audience: any }, providers: { x: { issuer: { glob: 'https://*.example' }, tenants: shared } },
       grants: [{ packages: [a], actions: [publish], provider: github-actions, when: { sub: { glob: 'repo:acme/*', crossing: true }, oid: [{ not: x }, { present: false }] } },
                { packages: [a], actions: [read], provider: x }] }",
];

/// A change of [`WHOLE`] that an editor has to mark: what stands there, and what in its place.
const TYPOS: [(&str, &str); 34] = [
    ("trust: 1", "trust: 2"),
    ("trust: 1", "trusts: 1"),
    ("registry: npm", "registry: npmjs"),
    ("registry: npm", "registry: cloudsmith"),
    ("registry: npm", "registry: { kind: npm, audience: x }"),
    ("registry: npm", "registry: { kind: npm, require: { gitlab: { enviroment: x } } }"),
    ("registry: npm", "regisrty: npm"),
    ("providers:", "provider:"),
    ("    require: {", "    requires: {"),
    ("repository_owner_id: 1234567", "repositoryowner_id: 1234567"),
    ("organization:", "organisation:"),
    ("organization: 8c4b1d1e-1c1f-4b52-9a0c-3f1f0a3a9f11", "organization: acme"),
    ("root-issuer: true", "root-issuer: true, organization: 8c4b1d1e-1c1f-4b52-9a0c-3f1f0a3a9f11"),
    ("circleci: { organization: 8c4b1d1e-1c1f-4b52-9a0c-3f1f0a3a9f11 }", "circleci: {}"),
    ("issuer: https://ci.corp.example", "issuer: http://ci.corp.example"),
    ("tenants: ours", "tenants: us"),
    ("    tenants: ours\n", ""),
    ("build: integer", "build: int"),
    ("at: /org/team", "at: org.team"),
    ("    actions: [publish]\n    provider: corp", "    provider: corp"),
    ("actions: [publish, stage]", "actions: [publish, yank]"),
    ("    provider: corp", "    accounts: [ci]\n    provider: corp"),
    ("packages: [\"@acme/widgets\"]", "accounts: [ci]"),
    ("when:\n", "wen:\n"),
    ("repository: acme/widgets", "repositry: acme/widgets"),
    ("repository: acme/widgets", "repository: acme/*"),
    ("repository_id: 556677", "repository_id: acme/widgets"),
    ("environment: npm\n", "environment:\n"),
    ("{ template:", "{ templat:"),
    ("repository-pin: acme@1234567/core@700130", "repositorypin: acme@1234567/core@700130"),
    ("{ contains: a74579f1-2e7d-451e-b009-5c082ad2729e }", "a74579f1-2e7d-451e-b009-5c082ad2729e"),
    ("expires: 2027-06-30", "expires: 30.06.2027"),
    ("equals: LEFT, ", ""),
    ("teams/left-pad/*.yaml", "../left-pad/*.yaml"),
];

#[test]
fn the_schema_is_one() {
    let schema = schema();
    let found = jsonschema::draft7::meta::validate(&schema).map_err(|error| error.to_string());
    assert_eq!(found, Ok(()));
    validator();
}

#[test]
fn what_the_language_has_is_let_through() {
    for text in [WHOLE].into_iter().chain(MORE) {
        assert_eq!(problems(text), Vec::<String>::new(), "{text}");
        // The examples above are no fancy: the reader knows every key in them.
        let unknown = trustctl_policy::read_text("trust.yaml", text).diagnostics.into_iter();
        // An included file alone has no registry.
        let unknown = unknown.filter(|found| found.code.starts_with("unknown") || found.code.starts_with("missing-w"));
        assert_eq!(unknown.collect::<Vec<_>>(), Vec::new(), "{text}");
    }
}

#[test]
fn what_an_editor_can_stop_is_stopped() {
    for (right, wrong) in TYPOS {
        assert_eq!(WHOLE.matches(right).count().min(1), 1, "`{right}` is not in the example");
        let text = WHOLE.replacen(right, wrong, 1);
        assert_ne!(problems(&text), Vec::<String>::new(), "`{wrong}` in place of `{right}`");
        assert!(trustctl_policy::read_text("trust.yaml", &text).policy.is_none(), "the reader takes `{wrong}`");
    }
}

#[test]
fn every_trust_file_of_the_repository_is_let_through() {
    let root = xtask::root();
    let mut files = Vec::new();
    for folder in ["policies", "policies/bad"] {
        let Ok(entries) = fs::read_dir(root.join(folder)) else { continue };
        files.extend(
            entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|it| it == "yaml")),
        );
    }
    assert!(files.len() > 5, "the ready policies are not where they were");
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        // What the reader refuses is there to be refused; of the rest the schema has nothing to say.
        if path.parent().is_some_and(|folder| folder.ends_with("bad"))
            && trustctl_policy::read_text("", &text).policy.is_none()
        {
            continue;
        }
        assert_eq!(problems(&text), Vec::<String>::new(), "{}", path.display());
    }
}

#[test]
fn no_example_that_the_reader_takes_is_marked() {
    let mut files = vec![xtask::root().join("README.md")];
    for folder in ["docs", "tests", "crates"] {
        markdown(&xtask::root().join(folder), &mut files);
    }
    let mut count = 0;
    for file in files {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        for example in blocks(&text).filter(|block| block.contains("trust: 1")) {
            let read = trustctl_policy::read_text("trust.yaml", example);
            // JSON, which the oracle reads, has no `.inf`.
            if !example.contains(".inf") && read.diagnostics.iter().all(|found| found.code == "include-names-nothing") {
                assert_eq!(problems(example), Vec::<String>::new(), "{}: {example}", file.display());
                count += 1;
            }
        }
    }
    assert!(count > 20, "only {count} examples: are they still in fenced `yaml` blocks?");
}

fn markdown(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            markdown(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
}

/// The texts of the fenced YAML blocks.
fn blocks(markdown: &str) -> impl Iterator<Item = &str> {
    markdown.split("\n```yaml").skip(1).filter_map(|rest| rest.split_once('\n')?.1.split("\n```").next())
}

#[test]
fn each_claim_of_each_provider_is_completed_with_words() {
    let schema = schema();
    for entry in Catalogue::bundled().unwrap().providers().filter(|entry| !entry.issuers.is_empty()) {
        let conditions = &schema["definitions"][format!("conditions-{}", entry.kind)]["properties"];
        for (name, claim) in &entry.claims {
            let is_envelope = claim.role == trustctl_catalog::Role::Envelope;
            assert_eq!(conditions[name].is_null(), is_envelope, "{} {name}", entry.kind);
            if !is_envelope {
                assert!(conditions[name]["description"].as_str().unwrap().starts_with(&claim.about));
            }
        }
    }
}

fn schema() -> Value {
    serde_json::from_str(&xtask::schema::text(Catalogue::bundled().unwrap()).unwrap()).unwrap()
}

fn validator() -> Validator {
    jsonschema::draft7::new(&schema()).unwrap()
}

fn problems(yaml: &str) -> Vec<String> {
    thread_local!(static VALIDATOR: Validator = validator());
    let value: Value = match serde_saphyr::from_str(yaml) {
        Ok(value) => value,
        Err(error) => return vec![error.to_string()],
    };
    VALIDATOR.with(|validator| {
        validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect()
    })
}
