//! The same policy at every size: one package, one repository, one workflow file, one environment, hosted runners.

use std::fmt::Write;

use trustctl_records::{Judge, Profile, Record, Settings};

/// Registries with the audience of their tokens and a record that lets [`crate::tokens::claims`] in.
pub const RECORDS: [(&str, &str, &str); 3] = [
    (
        "npm",
        "npm:registry.npmjs.org",
        r#"{"type":"github","claims":{"repository":"acme/pkg-0000000","workflow_ref":{"file":"release.yml"},"environment":"release"},"permissions":["createPackage"]}"#,
    ),
    (
        "pypi",
        "pypi",
        r#"{"publisher":"github","repository_owner":"acme","repository_owner_id":"1234567","repository_name":"pkg-0000000","workflow_filename":"release.yml","environment":"release"}"#,
    ),
    (
        "crates-io",
        "crates.io",
        r#"{"publisher":"github","repository_owner":"acme","repository_owner_id":1234567,"repository_name":"pkg-0000000","workflow_filename":"release.yml","environment":"release"}"#,
    ),
];

/// The registry with one record.
pub fn judge(registry: &str, record: &str) -> Judge<'static> {
    let profile = Profile::bundled(registry).unwrap().unwrap();
    let record = Record::read(profile, None, &serde_json::from_str(record).unwrap()).unwrap();
    Judge::new(profile, Settings::of(profile), vec![record])
}

/// A trust file with a table of `count` packages.
pub fn policy(count: usize) -> String {
    let mut text = String::from(
        "trust: 1\nregistry: npm\nproviders:\n  github-actions:\n    require: { repository_owner_id: 1234567 }\ngrants:\n  - packages:\n",
    );
    for number in 0..count {
        let id = 700_000 + number;
        let _ = writeln!(
            text,
            "      \"@acme/pkg-{number:07}\": {{ repository: acme/pkg-{number:07}, repository_id: {id} }}"
        );
    }
    text.push_str("    actions: [publish]\n    provider: github-actions\n    when: { workflow-file: release.yml, environment: release, tag: { template: \"v{version}\" } }\n");
    text
}

pub fn package(number: usize) -> String {
    format!("@acme/pkg-{number:07}")
}

/// A typical file of a team: a few grants of a few conditions.
pub fn typical_file(number: usize) -> String {
    let id = 700_000 + number;
    format!(
        r#"trust: 1
registry: npm
providers:
  github-actions:
    require: {{ repository_owner_id: 1234567 }}
grants:
  - name: release-{number}
    packages: ["@acme/pkg-{number}"]
    actions: [publish]
    provider: github-actions
    when:
      repository: acme/pkg-{number}
      repository_id: {id}
      workflow-file: release.yml
      environment: release
      tag: {{ template: "v{{version}}" }}
  - packages: ["@acme/pkg-{number}-types"]
    actions: [publish]
    provider: github-actions
    when: {{ repository-pin: acme@1234567/pkg-{number}@{id}, workflow-file: types.yml, branch: [main, next] }}
  - packages:
      "@acme/tool-{number}": {{ repository-pin: acme@1234567/tool-{number}@{id} }}
      "@acme/tool-{number}-cli": {{ repository-pin: acme@1234567/cli-{number}@{id} }}
    actions: [publish]
    provider: github-actions
    when: {{ workflow-file: {{ glob: "release*.yml" }}, environment: release }}
"#
    )
}
