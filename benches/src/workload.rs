//! The same policy at every size: one package, one repository, one workflow file, one environment, hosted runners.

use std::fmt::Write;

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
