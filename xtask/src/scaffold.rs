//! A new rule, provider or registry from a template that is right in form, so that only the substance is left to write.

use std::fs;
use std::path::Path;
use std::process::Command;

use trustctl_analysis::Family;

use crate::{ChoreError, root};

/// A file to begin with: path from the root, and text.
#[derive(Debug)]
pub struct Draft {
    /// Where it belongs.
    pub path: String,
    /// What it begins as.
    pub text: String,
}

/// A rule of a family: `workflow/missing-environment`.
///
/// # Errors
///
/// [`ChoreError::Found`] where there is no such family, or the name is none.
pub fn rule(name: &str) -> Result<Draft, ChoreError> {
    let words = Family::ALL.map(Family::word);
    let (family, name) = name.split_once('/').unwrap_or(("", name));
    let family = Family::ALL.into_iter().find(|known| known.word() == family);
    let Some(family) = family else {
        return Err(refuse(format!("write `rule FAMILY/NAME`, where FAMILY is one of {}", words.join(", "))));
    };
    check_name(name)?;
    let text = include_str!("../templates/rule.rs.txt")
        .replace("{{name}}", name)
        .replace("{{Family}}", &format!("{family:?}"))
        .replace("{{version}}", env!("CARGO_PKG_VERSION"));
    let file = name.replace('-', "_");
    Ok(Draft { path: format!("crates/trustctl-analysis/src/rules/{}/{file}.rs", family.word()), text })
}

/// A provider of the catalogue, and the suite that takes a token of it through: `example-ci`, looked up on `today`
/// (`2026-11-20`).
///
/// # Errors
///
/// [`ChoreError::Found`] where the name is none.
pub fn provider(name: &str, today: &str) -> Result<[Draft; 2], ChoreError> {
    check_name(name)?;
    let file = include_str!("../templates/provider.yaml").replace("{{name}}", name).replace("{{today}}", today);
    let suite = include_str!("../templates/provider-suite.md").replace("{{name}}", name);
    Ok([
        Draft { path: format!("crates/trustctl-catalog/providers/{name}.yaml"), text: file },
        Draft { path: format!("tests/suites/providers/{name}.md"), text: suite },
    ])
}

/// A registry of the catalogue and its suite, what it does with its own records, and vectors that say so: `example`,
/// looked up on `today` (`2026-11-20`).
///
/// # Errors
///
/// [`ChoreError::Found`] where the name is none.
pub fn registry(name: &str, today: &str) -> Result<[Draft; 4], ChoreError> {
    check_name(name)?;
    let fill = |text: &str| text.replace("{{name}}", name).replace("{{today}}", today);
    let draft = |path: String, text: &str| Draft { path, text: fill(text) };
    let catalogue = "crates/trustctl-catalog";
    Ok([
        draft(format!("{catalogue}/registries/{name}.yaml"), include_str!("../templates/registry.yaml")),
        draft(format!("{catalogue}/profiles/{name}.yaml"), include_str!("../templates/profile.yaml")),
        draft(format!("tests/vectors/matrix/{name}.jsonl"), include_str!("../templates/vectors.jsonl")),
        draft(format!("tests/suites/registries/{name}.md"), include_str!("../templates/registry-suite.md")),
    ])
}

/// Writes the drafts of a `rule`, a `provider` or a `registry`, and says what comes next. A registry may be in the
/// catalogue already and lack its profile: what is there of it stays as it is.
///
/// # Errors
///
/// A name that is none, or a file that is there already.
pub fn new(kind: &str, name: &str) -> Result<(), ChoreError> {
    let (drafts, next) = match kind {
        "rule" => {
            (vec![rule(name)?], "write it, give it a place in policies/bad, then `cargo xtask generate` and the tests")
        }
        "provider" => {
            (provider(name, &today()?)?.into(), "docs/catalogue-format.md, \"Adding a provider\", says what comes next")
        }
        "registry" => {
            (registry(name, &today()?)?.into(), "docs/profile-format.md, \"Adding a registry\", says what comes next")
        }
        _ => {
            return Err(refuse(format!(
                "there is no template for `{kind}`: write `rule FAMILY/NAME`, `provider NAME` or `registry NAME`"
            )));
        }
    };
    let is_there = |draft: &Draft| root().join(&draft.path).exists();
    let keeps = kind == "registry" && !drafts.iter().all(is_there);
    for draft in &drafts {
        if keeps && is_there(draft) {
            println!("{} (is there, and stays as it is)", draft.path);
            continue;
        }
        write_new(&root().join(&draft.path), &draft.text)?;
        println!("{}", draft.path);
    }
    println!("next: {next}");
    Ok(())
}

fn write_new(path: &Path, text: &str) -> Result<(), ChoreError> {
    use std::io::Write as _;
    let file = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::File::create_new(path));
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|cause| ChoreError::file(path, cause))
}

/// The calendar is the system's; nothing else here needs one.
fn today() -> Result<String, ChoreError> {
    let failed = |cause| ChoreError::Program { program: "date".to_owned(), cause, hint: "" };
    let output = Command::new("date").args(["-u", "+%Y-%m-%d"]).output().map_err(failed)?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn check_name(name: &str) -> Result<(), ChoreError> {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    if begins && name.split('-').all(is_word) {
        return Ok(());
    }
    Err(refuse(format!("`{name}` cannot be the name: use lower case words joined by `-`")))
}

fn refuse(line: String) -> ChoreError {
    ChoreError::Found(vec![line])
}

#[cfg(test)]
mod tests {
    use trustctl_catalog::{Catalogue, DataFile};
    use trustctl_records::Profile;

    use super::*;
    use crate::conformance::Outcome;

    #[test]
    fn a_provider_begins_as_one_that_the_catalogue_reads() {
        let [file, suite] = provider("example-ci", "2026-11-20").unwrap();
        assert!(![&file, &suite].into_iter().any(|draft| draft.text.contains("{{")), "{}{}", file.text, suite.text);
        let name = file.path.strip_prefix("crates/trustctl-catalog/").unwrap();
        let catalogue = Catalogue::read(&[DataFile { name, text: &file.text }], &[]).unwrap();
        let provider = catalogue.provider("example-ci").unwrap();
        assert_eq!(suite.path, format!("tests/suites/providers/{}.md", provider.kind));
        for trap in &provider.traps {
            assert!(suite.text.contains(&format!("\n## {}\n", trap.kind.word())), "{}", suite.text);
        }
    }

    #[test]
    fn a_registry_begins_as_one_whose_vectors_pass() {
        let [entry, file, vectors, suite] = registry("example", "2026-11-20").unwrap();
        for draft in [&entry, &file, &vectors, &suite] {
            assert!(!draft.text.contains("{{name}}") && !draft.text.contains("{{today}}"), "{}", draft.text);
        }
        let name = |draft: &Draft| draft.path.strip_prefix("crates/trustctl-catalog/").unwrap().to_owned();
        let catalogue = Catalogue::read(&[], &[DataFile { name: &name(&entry), text: &entry.text }]).unwrap();
        assert!(catalogue.registry("example").is_some() && suite.text.contains("\nregistry: example\n"));
        let profile = Profile::read(&DataFile { name: &name(&file), text: &file.text }).unwrap();
        let mut outcome = Outcome::default();
        outcome.add_by(&vectors.path, &vectors.text, &|asked| Ok((asked == "example").then_some(&profile)));
        assert_eq!((outcome.passed, outcome.failures), (5, Vec::new()));
    }

    /// What the documentation shows is what the chore writes.
    #[test]
    fn the_documented_example_is_the_template() {
        let documentation = fs::read_to_string(root().join("docs/profile-format.md")).unwrap();
        let [_, file, vectors, _] = registry("example", "2026-11-20").unwrap();
        let (_, text) = file.text.split_once('\n').unwrap();
        assert!(documentation.contains(&format!("```yaml\n{text}```\n")), "docs/profile-format.md is not the template");
        let first = vectors.text.lines().next().unwrap();
        assert!(documentation.contains(first), "docs/profile-format.md has another vector");
    }

    #[test]
    fn a_rule_begins_with_the_headings_of_the_others_and_examples_that_load() {
        let draft = rule("workflow/example-rule").unwrap();
        assert_eq!(draft.path, "crates/trustctl-analysis/src/rules/workflow/example_rule.rs");
        assert!(!draft.text.contains("{{"), "{}", draft.text);
        let headings = |text: &str| -> Vec<String> {
            text.lines()
                .map(|line| line.trim().trim_start_matches("///").trim().to_owned())
                .filter(|line| line.starts_with("## "))
                .collect()
        };
        let other = trustctl_analysis::rule("self-hosted-runner").unwrap().documentation();
        assert_eq!(headings(&draft.text), headings(&other));
        let examples: Vec<String> = draft
            .text
            .split("/// ```yaml\n")
            .skip(1)
            .filter_map(|rest| rest.split("/// ```").next())
            .map(|example| {
                example.lines().map(|line| line.trim().trim_start_matches("/// ").to_owned() + "\n").collect()
            })
            .collect();
        assert_eq!(examples.len(), 2);
        for example in examples {
            let read = trustctl_policy::read_text("trust.yaml", &example);
            assert!(
                read.policy.is_some_and(|policy| policy.refusals().is_empty()),
                "{:?}\n{example}",
                read.diagnostics
            );
        }
    }

    #[test]
    fn a_name_is_checked_before_it_becomes_a_path() {
        for bad in [
            "example",
            "nowhere/example",
            "workflow/Example",
            "workflow/../x",
            "workflow/",
            "workflow/a--b",
            "workflow/1a",
        ] {
            assert!(rule(bad).is_err(), "{bad}");
        }
        for bad in ["", "A", "a/b", "../a", "a.yaml", "-a"] {
            assert!(provider(bad, "2026-11-20").is_err(), "{bad}");
            assert!(registry(bad, "2026-11-20").is_err(), "{bad}");
        }
    }
}
