//! No composed claim can be cut in two ways, and derived claims never take one thing for another.

use std::collections::BTreeMap;

use crate::common::{cuts, value};
use trustctl_catalog::{Catalogue, Derivation, Piece, Provider, Shape};
use trustctl_pattern::{Cut, Language, LanguagePart, Pattern, ambiguous_cut};

fn provider(kind: &str) -> &'static Provider {
    Catalogue::bundled().unwrap().provider(kind).unwrap()
}

/// The value of derived `name` where `claim` is `text` and everything else is absent.
fn derived(kind: &str, name: &str, claims: &[(&str, &str)]) -> Option<String> {
    let token: BTreeMap<String, String> =
        claims.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    value(provider(kind), &token, name)
}

/// The language of some pieces in a row.
fn language(pieces: &[Piece]) -> Language {
    enum Own<'a> {
        Text(&'a str),
        Pattern(Pattern),
    }
    let own: Vec<Own<'_>> = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => Own::Text(text),
            Piece::Named { pattern, .. } => Own::Pattern(Pattern::regex(pattern).unwrap()),
        })
        .collect();
    let parts: Vec<LanguagePart<'_>> = own
        .iter()
        .map(|own| match own {
            Own::Text(text) => LanguagePart::Literal(text),
            Own::Pattern(pattern) => LanguagePart::Pattern(pattern),
        })
        .collect();
    Language::concat(&parts).unwrap()
}

/// Every border between two pieces stands in one place only, so the whole cut is the only one.
fn assert_unambiguous(shape: &Shape, what: &str) {
    for border in 1..shape.pieces.len() {
        let (left, right) = shape.pieces.split_at(border);
        assert_eq!(ambiguous_cut(&language(left), &language(right)), Cut::Unique, "{what}, after piece {border}");
    }
}

#[test]
fn no_shape_can_be_cut_in_two_ways() {
    for provider in Catalogue::bundled().unwrap().providers() {
        for (name, claim) in &provider.claims {
            for shape in claim.shape.iter().chain(&claim.forms) {
                assert_unambiguous(shape, &format!("{}: {name}", provider.kind));
            }
        }
    }
}

/// The proof would not notice a file that may hold a slash, were the prover not asked.
#[test]
fn the_prover_sees_an_ambiguous_shape() {
    let named = |name: &str, pattern: &str| Piece::Named { name: name.into(), pattern: pattern.into() };
    let pieces = [named("file", ".+\\.yml"), Piece::Text("@".into()), named("ref", "refs/.+")];
    let (left, right) = pieces.split_at(1);
    assert!(matches!(ambiguous_cut(&language(left), &language(right)), Cut::Ambiguous { .. }));
    assert_eq!(cuts(&Shape { pieces: pieces.to_vec() }, "a.yml@refs/b.yml@refs/c").len(), 2);
}

#[test]
fn workflow_files_are_found_whatever_they_are_called() {
    let file = |text: &str| derived("github-actions", "workflow-file", &[("workflow_ref", text)]);
    for (text, expected) in [
        ("foo/bar/.github/workflows/basic.yml@refs/heads/main", "basic.yml"),
        ("foo/bar/.github/workflows/basic.yaml@refs/heads/main", "basic.yaml"),
        ("foo/bar/.github/workflows/has-dash.yml@refs/heads/main", "has-dash.yml"),
        ("foo/bar/.github/workflows/has_under.score.yml@refs/heads/main", "has_under.score.yml"),
        ("foo/bar/.github/workflows/foo.yml.foo.yml@refs/heads/main", "foo.yml.foo.yml"),
        ("foo/bar/.github/workflows/nested@evil.yml@refs/heads/main", "nested@evil.yml"),
        ("foo/bar/.github/workflows/nested.yml@evil.yml@refs/heads/main", "nested.yml@evil.yml"),
        ("foo/bar/.github/workflows/extra.yml@nested.yml@evil.yml@refs/heads/main", "extra.yml@nested.yml@evil.yml"),
        ("foo/bar/.github/workflows/basic.yml@refs/heads/misleading@branch.yml", "basic.yml"),
        ("foo/bar/.github/workflows/basic.yml@refs/heads/bad@branch@twomatches.yml", "basic.yml"),
        ("foo/bar/.github/workflows/basic.yml@refs/tags/v0.0.1", "basic.yml"),
        ("foo/bar/.github/workflows/basic.yml@2f9c1d5e8a7b4c3d2e1f0a9b8c7d6e5f4a3b2c1d", "basic.yml"),
        ("a_b/.github/.github/workflows/basic.yml@refs/heads/.github/workflows/x.yml@refs/heads/y", "basic.yml"),
    ] {
        assert_eq!(file(text).as_deref(), Some(expected), "{text}");
    }
    for text in [
        "foo/bar/.github/workflows/basic.wrongsuffix@refs/heads/main",
        "foo/bar/.github/workflows/@refs/heads/main",
        "foo/bar/.github/workflows/nosuffix@refs/heads/main",
        "foo/bar/.github/workflows/.yml@refs/heads/main",
        "foo/bar/.github/workflows/.yaml@refs/heads/main",
        "foo/bar/.github/workflows/main.yml",
        "foo/bar/.github/workflows/main.yml@",
        "foo/bar/.github/workflows/main.yml@@",
        "foo/bar/.github/workflows/main.yml@malicious.yml@",
        "foo/bar/.github/workflows/main.yml@fake.yml@notrailingslash",
        "foo/bar/.github/workflows/sub/main.yml@refs/heads/main",
        "foo/bar/baz/.github/workflows/main.yml@refs/heads/main",
        "foo/bar/dynamic/pages/pages-build-deployment@refs/heads/main",
        "main.yml@refs/heads/main",
        "@refs/heads/main",
        "",
    ] {
        assert_eq!(file(text), None, "{text}");
    }
}

#[test]
fn a_called_workflow_is_not_the_caller() {
    let claims = [
        ("workflow_ref", "acme/app/.github/workflows/ci.yml@refs/tags/v1"),
        ("job_workflow_ref", "acme/shared/.github/workflows/publish.yml@refs/tags/v2"),
    ];
    let get = |name| derived("github-actions", name, &claims);
    assert_eq!(get("workflow-file").as_deref(), Some("ci.yml"));
    assert_eq!(get("called-workflow-file").as_deref(), Some("publish.yml"));
    assert_eq!(get("called-workflow-repository").as_deref(), Some("acme/shared"));
    assert_eq!(get("called-workflow-ref").as_deref(), Some("refs/tags/v2"));
    assert_eq!(derived("github-actions", "workflow-file", &claims[1..]), None);
}

#[test]
fn a_workflow_is_the_repositorys_own_or_no_file() {
    let sha = "2f9c1d5e8a7b4c3d2e1f0a9b8c7d6e5f4a3b2c1d";
    let own = |text: &str, git_ref: &str| {
        let claims = [("repository", "acme/widgets"), ("ref", git_ref), ("sha", sha), ("job_workflow_ref", text)];
        derived("github-actions", "own-workflow-file", &claims)
    };
    let main = "refs/heads/main";
    for (text, git_ref) in [
        ("acme/widgets/.github/workflows/publish.yml@refs/heads/main", main),
        ("acme/widgets/.github/workflows/publish.yml@2f9c1d5e8a7b4c3d2e1f0a9b8c7d6e5f4a3b2c1d", main),
        ("acme/widgets/.github/workflows/publish.yml@2f9c1d5e8a7b4c3d2e1f0a9b8c7d6e5f4a3b2c1d", ""),
        ("acme/widgets/.github/workflows/publish.yml@refs/heads/a@b.yml", "refs/heads/a@b.yml"),
    ] {
        assert_eq!(own(text, git_ref).as_deref(), Some("publish.yml"), "{text}");
    }
    for text in [
        "acme/shared/.github/workflows/publish.yml@refs/heads/main",
        "acme/widgets-two/.github/workflows/publish.yml@refs/heads/main",
        "acme/widgets/.github/workflows/publish.yml@refs/heads/next",
        "acme/widgets/.github/workflows/publish.yml@main",
        "acme/widgets/.github/workflows/publish.yml@",
        "acme/widgets/.github/workflows/.yml@refs/heads/main",
        "acme/widgets/.github/workflows/a/publish.yml@refs/heads/main",
        "",
    ] {
        assert_eq!(own(text, main), None, "{text}");
    }
}

/// What `between` lets through is a value of the claim: `matching` says it where it is cut, `values` where it is written.
#[test]
fn a_piece_between_texts_is_a_value_of_its_claim() {
    let mut seen = 0;
    for provider in Catalogue::bundled().unwrap().providers() {
        for (name, claim) in &provider.claims {
            let Some(Derivation::Between { pattern, .. }) = &claim.derived else { continue };
            let language = |text: &str| Pattern::regex(text).unwrap().language();
            let values = language(claim.values.as_deref().expect("what its values are"));
            assert!(language(pattern).is_subset_of(&values).is_yes(), "{}: {name}", provider.kind);
            assert!(values.is_subset_of(&language(pattern)).is_yes(), "{}: {name}", provider.kind);
            assert!(claim.tenant.is_none() && !claim.source, "{}: {name}", provider.kind);
            seen += 1;
        }
    }
    assert_eq!(seen, 2);
}

#[test]
fn a_configuration_file_is_found_or_absent_never_guessed() {
    let file = |text: &str| derived("gitlab", "config-file", &[("ci_config_ref_uri", text)]);
    for (text, expected) in [
        ("gitlab.com/foo/bar//.gitlab-ci.yml@refs/heads/main", ".gitlab-ci.yml"),
        ("gitlab.com/foo/sub/bar//ci/release.yaml@refs/tags/v1", "ci/release.yaml"),
        ("gitlab.com/foo/bar//too//many//slashes.yml@refs/heads/main", "too//many//slashes.yml"),
        ("gitlab.example.com:8443/foo/bar//ci.yml@2f9c1d5e8a7b4c3d2e1f0a9b8c7d6e5f4a3b2c1d", "ci.yml"),
    ] {
        assert_eq!(file(text).as_deref(), Some(expected), "{text}");
    }
    for text in [
        // Either could be the file, the rest the ref.
        "gitlab.com/foo/bar//x.yml@evil.yml@refs/heads/main",
        "gitlab.com/foo/bar//x.yml@refs/heads/evil.yml@refs/heads/main",
        "gitlab.com/foo/bar//x.yml@refs/heads/renovate/@scope",
        "gitlab.com/foo/bar//@.yml.foo.yml@bar.yml@/some/ref",
        "gitlab.com/foo/bar//x.yml@/some/ref",
        "gitlab.com/foo/bar//.yml@refs/heads/main",
        "gitlab.com/foo/bar//somedir/.yaml@refs/heads/main",
        "gitlab.com/foo/bar//x.wrong@refs/heads/main",
        "gitlab.com/foo/bar//@refs/heads/main",
        "gitlab.com/foo/bar///x.yml@refs/heads/main",
        "gitlab.com//x.yml@refs/heads/main",
        "x.yml@refs/heads/main",
        "",
    ] {
        assert_eq!(file(text), None, "{text}");
    }
}

#[test]
fn a_tag_is_never_a_branch() {
    for (kind, branch, tag) in [
        ("github-actions", vec![("ref", "refs/heads/main")], vec![("ref", "refs/tags/main")]),
        ("gitlab", vec![("ref", "main"), ("ref_type", "branch")], vec![("ref", "main"), ("ref_type", "tag")]),
        (
            "circleci",
            vec![("oidc.circleci.com/vcs-ref", "refs/heads/main")],
            vec![("oidc.circleci.com/vcs-ref", "refs/tags/main")],
        ),
        ("buildkite", vec![("build_branch", "main")], vec![("build_branch", "main"), ("build_tag", "main")]),
    ] {
        assert_eq!(derived(kind, "branch", &branch).as_deref(), Some("main"), "{kind}");
        assert_eq!(derived(kind, "tag", &branch), None, "{kind}");
        assert_eq!(derived(kind, "tag", &tag).as_deref(), Some("main"), "{kind}");
        assert_eq!(derived(kind, "branch", &tag), None, "{kind}");
    }
    assert_eq!(derived("github-actions", "branch", &[("ref", "refs/heads/")]), None);
    assert_eq!(derived("github-actions", "branch", &[("ref", "refs/pull/1/merge")]), None);
    assert_eq!(derived("github-actions", "branch", &[]), None);
    assert_eq!(derived("gitlab", "branch", &[("ref", "main")]), None);
}

#[test]
fn a_pin_needs_all_of_its_parts() {
    let parts = [
        ("repository", "acme/widgets"),
        ("repository_owner", "acme"),
        ("repository_owner_id", "1"),
        ("repository_id", "2"),
    ];
    assert_eq!(derived("github-actions", "repository-pin", &parts).as_deref(), Some("acme@1/widgets@2"));
    for missing in 0..parts.len() {
        let rest: Vec<_> = parts.iter().enumerate().filter(|(at, _)| *at != missing).map(|(_, part)| *part).collect();
        assert_eq!(derived("github-actions", "repository-pin", &rest), None);
    }
}
