//! The grammars of names and versions, by example.

use trustctl_catalog::{AudienceForm, Catalogue, NameRule, Registry};
use trustctl_pattern::Pattern;

fn registry(kind: &str) -> &'static Registry {
    Catalogue::bundled().unwrap().registry(kind).unwrap()
}

/// As the language uses a grammar: the whole name, in normal form, not too long.
fn takes(rule: &Option<NameRule>, name: &str) -> bool {
    let rule = rule.as_ref().unwrap();
    name.len() <= rule.longest
        && rule.normal_form.apply(name) == name
        && Pattern::regex(&rule.pattern).unwrap().is_match(name)
}

fn check(kind: &str, rule: &Option<NameRule>, good: &[&str], bad: &[&str]) {
    for name in good {
        assert!(takes(rule, name), "{kind}: {name}");
    }
    for name in bad {
        assert!(!takes(rule, name), "{kind}: {name}");
    }
}

#[test]
fn package_names() {
    let long = "a".repeat(215);
    check(
        "npm",
        &registry("npm").packages,
        &["widgets", "@acme/widgets", "left-pad", "lodash.get", "@types/node", "a", &long[..214]],
        &[
            "",
            "@acme",
            "@acme/",
            "acme/widgets",
            ".widgets",
            "_widgets",
            "Widgets",
            "@acme/widgets/x",
            "a b",
            "@/a",
            "../x",
            &long,
        ],
    );
    check(
        "pypi",
        &registry("pypi").packages,
        &["acme-widgets", "requests", "a2"],
        &["Acme", "acme_widgets", "acme.widgets", "-a", "a-", "a--b", ""],
    );
    check(
        "crates-io",
        &registry("crates-io").packages,
        &["serde", "serde_json", "Inflector", "acme-widgets", &long[..64]],
        &["", "1st", "-a", "a.b", "@acme/widgets", &long[..65]],
    );
    check(
        "generic",
        &registry("generic").packages,
        &["@acme/widgets", "widgets", "a/b/c", "a.b", "a.", "a_b-c", "9"],
        &["", "@", "a..b", "..", "/a", "a/", "a//b", ".a", "a b", "a/../b", "a/.b", "@@a", "a@b"],
    );
    for kind in ["cloudsmith", "buildkite"] {
        check(kind, &registry(kind).packages, &["libstdc++6", "@acme/widgets"], &["", "a..b", "/a", "a b"]);
    }
    check(
        "rubygems",
        &registry("rubygems").packages,
        &["rails", "RedCloth", "acme-widgets", "acme_widgets", "net-http2", "3llo", "1.2a", "z"],
        &["", "-a", "_a", ".a", "123", "1.2", "a/b", "@a", "a b", "a\n"],
    );
    check(
        "nuget",
        &registry("nuget").packages,
        &["newtonsoft.json", "acme.widgets-core", "_a", "7", &long[..100]],
        &["", "Newtonsoft.Json", "a..b", "a.-b", ".a", "a.", "a-", "a/b", &long[..101]],
    );
    check(
        "pub-dev",
        &registry("pub-dev").packages,
        &["http", "acme_widgets", "_discoveryapis_commons", "a1", &long[..64]],
        &["", "1a", "Acme", "acme-widgets", "acme.widgets", &long[..65]],
    );
    check(
        "jsr",
        &registry("jsr").packages,
        &["@std/fs", "@acme/widgets", "@a-b/c-d", "@acme.x/w2", "@a1/b2", "@a-.b/cd"],
        &[
            "", "std/fs", "@std", "@std/", "@a/bc", "@ab/c", "@a--b/cd", "@a..b/cd", "@-ab/cd", "@ab/c--d", "@ab/c.d",
            "@ab/-cd", "@ab/cd-", "@AB/cd",
        ],
    );
}

#[test]
fn versions() {
    let semver_bad = ["", "1", "1.2", "01.2.3", "1.2.3-", "1.2.3-01", "v1.2.3", "1.2.3 ", "1.2.3-a..b"];
    for kind in ["npm", "crates-io", "pub-dev", "jsr", "nuget"] {
        check(kind, &registry(kind).versions, &["1.2.3", "0.0.0", "1.2.3-rc.1", "10.20.30-alpha-1.0"], &semver_bad);
    }
    for kind in ["npm", "nuget"] {
        check(kind, &registry(kind).versions, &[], &["1.2.3+build"]);
    }
    for kind in ["crates-io", "pub-dev", "jsr"] {
        check(kind, &registry(kind).versions, &["1.2.3+build", "1.2.3-rc.1+a.01"], &["1.2.3+", "1.2.3+a+b", "1.2.3.4"]);
    }
    check("nuget", &registry("nuget").versions, &["1.2.3.4", "1.2.3.4-rc.1"], &["1.2.3.0", "1.2.3.04", "1.2.3.4.5"]);
    check(
        "rubygems",
        &registry("rubygems").versions,
        &["1", "1.4.0", "2.0.0.rc1", "1.0.0.pre.2", "2026.11"],
        &["", "v1", "1.0-rc1", "1..0", "1.", "rc1", "1.0+x"],
    );
    check(
        "pypi",
        &registry("pypi").versions,
        &["1", "1.0", "1.4.0", "2!1.0", "1.0a1", "1.0rc2.post3.dev4", "2026.11"],
        &["", "v1.0", "1.0-1", "1.0+local", "1.0RC1", "01.0", "1.0.a1", "1."],
    );
    check(
        "generic",
        &registry("generic").versions,
        &["1.2.3", "2026-11-20", "1.0+x", "nightly"],
        &["", "1..2", "-1", "1/2", "1@2"],
    );
}

#[test]
fn audiences_are_what_the_registries_documentation_says() {
    assert_eq!(registry("npm").audience, AudienceForm::Fixed("npm:registry.npmjs.org".into()));
    assert_eq!(registry("pypi").audience, AudienceForm::Fixed("pypi".into()));
    assert_eq!(registry("crates-io").audience, AudienceForm::Fixed("crates.io".into()));
    assert_eq!(
        registry("cloudsmith").audience,
        AudienceForm::Default("https://api.cloudsmith.io/openid/{account}".into())
    );
    assert_eq!(registry("rubygems").audience, AudienceForm::Fixed("rubygems.org".into()));
    assert_eq!(registry("nuget").audience, AudienceForm::Fixed("https://www.nuget.org".into()));
    assert_eq!(registry("pub-dev").audience, AudienceForm::Fixed("https://pub.dev".into()));
    assert_eq!(
        registry("buildkite").audience,
        AudienceForm::Default("https://packages.buildkite.com/{organization}/{registry}".into())
    );
    // JSR's is a text for each artifact, so nobody else can say it.
    assert_eq!(registry("jsr").audience, AudienceForm::Given);
    assert_eq!(registry("generic").audience, AudienceForm::Given);
}

#[test]
fn publishing_is_the_main_action_and_reading_is_marked() {
    for registry in Catalogue::bundled().unwrap().registries() {
        assert_eq!(registry.actions[0].name, "publish", "{}", registry.kind);
        for action in &registry.actions {
            assert_eq!(action.reads, action.name == "read", "{}: {}", registry.kind, action.name);
        }
    }
}

#[test]
fn npm_takes_hosted_runners_only() {
    let requires = &registry("npm").requires;
    assert_eq!(requires["github-actions"][0].values, ["github-hosted"]);
    assert_eq!(requires["gitlab"][0].values, ["gitlab-hosted"]);
    assert_eq!(requires["circleci"][0].claim, "ssh-rerun");
    assert!(!registry("npm").package_globs);
}

#[test]
fn pub_dev_takes_tags_only() {
    let requires = &registry("pub-dev").requires["github-actions"];
    let rules: Vec<_> = requires.iter().map(|one| (one.claim.as_str(), one.values.join("|"))).collect();
    assert_eq!(rules, [("ref_type", "tag".to_owned()), ("event_name", "push|workflow_dispatch".to_owned())]);
}
