//! The reader's own lists of keys and words are what the documentation describes.

use trustctl_catalog::{Catalogue, DataFile};

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
