//! A data file that does not fit the format is refused with its name and the place.

use trustctl_catalog::{Catalogue, CatalogueError, DataFile, NormalForm};

const PROVIDER: &str = include_str!("../../providers/gitlab.yaml");
const REGISTRY: &str = include_str!("../../registries/npm.yaml");

/// How `own-config-file` is cut.
const OWN: &str = r#"between: ["{issuer}/{project_path}//{}@{ref_path}", "{issuer}/{project_path}//{}@{sha}"]"#;

fn read_provider(text: &str) -> Result<Catalogue, CatalogueError> {
    Catalogue::read(&[DataFile { name: "providers/gitlab.yaml", text }], &[])
}

/// Changes one stretch of a good file and returns what the reader says.
fn broken(from: &str, to: &str) -> String {
    assert_eq!(PROVIDER.matches(from).count(), 1, "`{from}`");
    let error = read_provider(&PROVIDER.replace(from, to)).unwrap_err().to_string();
    assert!(error.starts_with("`providers/gitlab.yaml`, "), "{error}");
    error
}

#[test]
fn the_unchanged_file_is_good() {
    read_provider(PROVIDER).unwrap();
}

#[test]
fn what_yaml_or_types_refuse_is_shown_by_line() {
    for (from, to, said) in [
        ("title: GitLab CI/CD", "titel: GitLab CI/CD", "titel"),
        (
            "    name-kind: name\n    set-by: admin\n    composed: true",
            "    nam-kind: name\n    set-by: admin\n    composed: true",
            "nam-kind",
        ),
        ("lifetime: { typical: 3600 }", "lifetime: { typical: soon }", ""),
        ("lifetime: { typical: 3600 }", "lifetime: { typical: -1 }", ""),
        ("  caller-chooses: true", "  caller-chooses: yes", ""),
        ("algorithms: [RS256]", "algorithms: RS256", ""),
        ("    tenants: shared\n    about: an", "    tenants: everybody\n    about: an", "everybody"),
        ("  project_id:\n    role", "  project_path:\n    role", "project_path"),
        ("checked: 2026-11-21\n", "", "checked"),
        ("checked: 2026-11-21\n", "checked: 2026-11-21\nchecked: 2026-11-21\n", "checked"),
        ("requires:\n", "requires: [\n", ""),
        ("  - kind: shared-keys\n", "  - kind: shared-key\n", "shared-key"),
    ] {
        let error = broken(from, to);
        assert!(error.contains("line "), "{error}");
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn what_does_not_make_sense_is_shown_by_field() {
    for (from, to, field) in [
        ("kind: gitlab\n", "kind: gitlub\n", "`kind`"),
        ("checked: 2026-11-21\n", "checked: today\n", "`checked`"),
        ("template: https://{host}", "template: https://{hots}", "`issuers.https://{hots}`"),
        ("template: https://{host}", "template: http://{host}", "`issuers.http://{host}`"),
        ("template: https://{host}", "template: https://{host}/", "`issuers.https://{host}/`"),
        ("    fields:\n      host:\n", "    fields:\n      hots:\n", "`issuers.https://{host}`"),
        (
            "    pinned-by: [namespace_id]\n    about: \"The group",
            "    pinned-by: [namespace_ids]\n    about: \"The group",
            "`claims.namespace_path.pinned-by`",
        ),
        ("of: ci_config_ref_uri, piece: file", "of: ci_config_ref_uri, piece: path", "`claims.config-file.derived`"),
        ("of: ci_config_ref_uri, piece: file", "of: ci_config_ref, piece: file", "`claims.config-file.derived`"),
        (
            "{ join: \"{project_path}@{project_id}\" }",
            "{ join: \"{project_path}@{id}\" }",
            "`claims.project-pin.derived`",
        ),
        (
            "{ join: \"{project_path}@{project_id}\" }",
            "{ join: \"{project_path}@{project_id\" }",
            "`claims.project-pin.derived`",
        ),
        (
            "{ join: \"{project_path}@{project_id}\" }",
            "{ join: \"{project_path}@{runner_id}\" }",
            "`claims.project-pin.derived`",
        ),
        (
            "{ join: \"{project_path}@{project_id}\" }",
            "{ join: \"{project_path}\", of: project_id }",
            "`claims.project-pin.derived`",
        ),
        (OWN, "between: []", "`claims.own-config-file.derived`"),
        (OWN, "between: [\"{issuer}/{project_path}//@{ref_path}\"]", "`claims.own-config-file.derived`"),
        (OWN, "between: [\"{issuer}/{project_path}//{}{}@{ref_path}\"]", "`claims.own-config-file.derived`"),
        (OWN, "between: [\"{issuer}/{path}//{}@{ref_path}\"]", "`claims.own-config-file.derived`"),
        (OWN, "between: [\"{issuer}/{branch}//{}@{ref_path}\"]", "`claims.own-config-file.derived`"),
        (OWN, "between: [\"{issuer}/{runner_id}//{}@{ref_path}\"]", "`claims.own-config-file.derived`"),
        (OWN, "between: [\"{iss}/{project_path}//{}@{ref_path}\"]", "`claims.own-config-file.derived`"),
        (OWN, "between: [\"{issuer}/{ci_config_ref_uri}//{}@{ref_path}\"]", "`claims.own-config-file.derived`"),
        (OWN, "between: [\"{issuer}//{}\"]", "`claims.own-config-file.derived`"),
        (OWN, "after: gitlab.com/", "`claims.own-config-file.derived`"),
        (OWN, "piece: file", "`claims.own-config-file.derived`"),
        ("text: \"{project}//{file}@{ref_path}\"", "text: \"{project}//{file}\"", "`claims.ci_config_ref_uri.shape`"),
        (
            "text: \"{project}//{file}@{ref_path}\"",
            "text: \"{host}//{file}@{ref_path}\"",
            "`claims.ci_config_ref_uri.shape`",
        ),
        ("  - claim: pipeline_source", "  - claim: pipeline", "`requires.pipeline`"),
        (
            "    values: [push, web, webide, schedule, api, trigger, pipeline]",
            "    values: []",
            "`requires.pipeline_source`",
        ),
        ("  - kind: shared-keys\n", "  - kind: fixed-audience\n", "`traps`"),
        ("  caller-chooses: true", "  caller-chooses: false", "`traps`"),
        ("  - kind: shared-keys\n", "  - kind: speculative-run\n", "`traps.speculative-run`"),
        ("  - kind: shared-keys\n", "  - kind: debug-shell\n    claims: [nobody]\n", "`nobody`"),
        ("  - kind: shared-keys\n", "  - kind: shared-keys\n    source: a page\n", "`traps.shared-keys`"),
        ("  - kind: shared-keys\n", "  - kind: opt-in-claim\n    claims: [sha, ref]\n", "`ref` is not `optional`"),
        (
            "  - kind: free-text-subject\n    claims: [sub]",
            "  - kind: free-text-subject\n    claims: [ref]",
            "`composed`",
        ),
        (
            "  - kind: free-text-subject\n    claims: [sub]",
            "  - kind: ambiguous-subject\n    claims: [ref]",
            "`composed`",
        ),
    ] {
        let error = broken(from, to);
        assert!(error.contains(field), "{error}");
    }
}

/// A trust file's key means one thing, whichever form it chooses.
#[test]
fn forms_share_their_fields() {
    let github = include_str!("../../providers/github-actions.yaml");
    let (first, second) = github.split_at(github.rfind("own part of SUBDOMAIN.ghe.com").unwrap());
    let text =
        format!("{first}other part of SUBDOMAIN.ghe.com{}", second.trim_start_matches("own part of SUBDOMAIN.ghe.com"));
    let error = Catalogue::read(&[DataFile { name: "providers/github-actions.yaml", text: &text }], &[]).unwrap_err();
    assert!(error.to_string().contains("the field `subdomain` is another one"), "{error}");
}

#[test]
fn registries_are_checked_alike() {
    let providers = [DataFile { name: "providers/gitlab.yaml", text: PROVIDER }];
    for (from, to, said) in [
        ("longest: 214", "longest: 3", "`packages`"),
        ("basis: documentation", "basis: hearsay", "line "),
        ("  - { name: stage,", "  - { name: publish,", "`actions`"),
        ("audience: { fixed: \"npm:registry.npmjs.org\" }", "audience: { fixed: \"npm:{host}\" }", "`audience`"),
        // The other providers' files are not there.
        ("kind: npm", "kind: npm", "`requires.circleci`"),
    ] {
        assert_eq!(REGISTRY.matches(from).count(), 1, "`{from}`");
        let text = REGISTRY.replace(from, to);
        let error = Catalogue::read(&providers, &[DataFile { name: "registries/npm.yaml", text: &text }])
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("`registries/npm.yaml`, ") && error.contains(said), "{error}");
    }
}

#[test]
fn one_kind_is_defined_once() {
    let file = DataFile { name: "providers/gitlab.yaml", text: PROVIDER };
    let error = Catalogue::read(&[file, file], &[]).unwrap_err();
    assert!(matches!(error, CatalogueError::Twice { .. }), "{error}");
}

#[test]
fn the_version_changes_with_any_file_and_with_nothing_else() {
    let version = |text: &str| read_provider(text).unwrap().version;
    assert_eq!(version(PROVIDER), version(PROVIDER));
    assert_ne!(version(PROVIDER), version(&format!("{PROVIDER}# a comment\n")));
    assert!(version(PROVIDER).starts_with("2026.11-"));
}

#[test]
fn names_are_brought_to_normal_form() {
    for (name, normal) in [("Acme.Widgets", "acme-widgets"), ("a__b--c..d", "a-b-c-d"), ("plain", "plain")] {
        assert_eq!(NormalForm::Pep503.apply(name), normal);
    }
    assert_eq!(NormalForm::Lower.apply("Acme.Widgets"), "acme.widgets");
    assert_eq!(NormalForm::Exact.apply("Acme_Widgets"), "Acme_Widgets");
}

#[test]
#[ignore = "says how long it takes; run it with --nocapture"]
fn time_to_read_everything() {
    let start = std::time::Instant::now();
    let catalogue = Catalogue::bundled().unwrap();
    println!("to know the kinds and the version: {:?}", start.elapsed());
    catalogue.provider("github-actions").unwrap();
    catalogue.registry("npm").unwrap();
    println!("and github-actions and npm: {:?}", start.elapsed());
    let start = std::time::Instant::now();
    println!("{} issuers: {:?}", catalogue.issuers().count(), start.elapsed());
    let start = std::time::Instant::now();
    catalogue.check().unwrap();
    println!("the rest: {:?}", start.elapsed());
}
