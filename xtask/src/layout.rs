//! The rules of ARCHITECTURE.md that a machine can hold.
//!
//! Arrows between crates, what stays out of the libraries, how long a file may be. Each rule is a table here and a
//! sentence there; whoever changes one changes both.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::{ChoreError, root};

mod source;

/// Which crates each crate may import, development apart. Arrows point down only: no crate names one above it.
const ARROWS: [(&str, &[&str]); 13] = [
    ("trustctl-diag", &[]),
    ("trustctl-pattern", &[]),
    ("trustctl-claims", &[]),
    ("trustctl-catalog", &[]),
    ("trustctl-policy", &["trustctl-catalog", "trustctl-pattern", "trustctl-diag"]),
    ("trustctl-eval", &["trustctl-policy", "trustctl-pattern", "trustctl-claims"]),
    (
        "trustctl-records",
        &["trustctl-policy", "trustctl-catalog", "trustctl-claims", "trustctl-pattern", "trustctl-diag"],
    ),
    (
        "trustctl-analysis",
        &[
            "trustctl-eval",
            "trustctl-policy",
            "trustctl-pattern",
            "trustctl-catalog",
            "trustctl-claims",
            "trustctl-diag",
        ],
    ),
    ("trustctl-token", &["trustctl-claims"]),
    ("trustctl-jwks", &["trustctl-token", "trustctl-claims"]),
    (
        "trustctl",
        &["trustctl-eval", "trustctl-policy", "trustctl-token", "trustctl-claims", "trustctl-catalog", "trustctl-diag"],
    ),
    ("trustctl-cli", EVERYTHING),
    ("trustctl-testing", EVERYTHING),
];

const EVERYTHING: &[&str] = &["*"];

/// Crates that may read clocks, files and the environment; everywhere else time and text are parameters.
const OUTSIDE: [&str; 4] = ["trustctl-cli", "trustctl-jwks", "trustctl-testing", "xtask"];

/// Crates of others that have one home: who else wants what they do asks that crate.
const HOMES: [(&str, &[&str], &str); 9] = [
    ("aws-lc-rs", &["trustctl-token"], "signatures are checked in one place"),
    ("clap", &["trustctl-cli"], "only the command has arguments"),
    (
        "granit-parser",
        &["trustctl-policy", "trustctl-records"],
        "trust files are read in one place, and records in one",
    ),
    ("jsonwebtoken", &["trustctl-token"], "tokens are read in one place"),
    ("miette", &["trustctl-cli"], "only the command prints"),
    ("regex", &["trustctl-pattern"], "one definition of what a pattern means"),
    ("regex-automata", &["trustctl-pattern"], "one definition of what a pattern means"),
    ("regex-syntax", &["trustctl-pattern"], "one definition of what a pattern means"),
    ("reqwest", &["trustctl-jwks"], "one crate talks to the network"),
];

/// What must not come in below the crates that may use it, however far down.
const NETWORK: [&str; 4] = ["reqwest", "hyper", "tokio", "ureq"];
const ON_THE_NETWORK: [&str; 4] = ["trustctl-cli", "trustctl-jwks", "trustctl-testing", "xtask"];

/// Archived by its author, without spans, and stops at the first error.
const BANNED: &str = "serde_yaml";

/// Longest source file, in lines.
const LONGEST: usize = 600;

/// Checks every rule.
///
/// # Errors
///
/// [`ChoreError::Found`] with a line for each break, or what could not be read.
pub fn check() -> Result<(), ChoreError> {
    let found = problems(&root())?;
    if found.is_empty() { Ok(()) } else { Err(ChoreError::Found(found)) }
}

/// Every break of a rule below `root`, sorted within its rule.
///
/// # Errors
///
/// A file that cannot be read.
pub fn problems(root: &Path) -> Result<Vec<String>, ChoreError> {
    let crates = crates(root)?;
    let lock = Lock::read(&text(&root.join("Cargo.lock"))?);
    let mut found = Vec::new();
    for one in &crates {
        arrows(one, &mut found);
        homes(one, &mut found);
        network(one, &lock, &mut found);
        if !one.inherits_lints {
            found
                .push(format!("`{}` does not inherit the workspace's lints: add `[lints] workspace = true`", one.name));
        }
        if !OUTSIDE.contains(&one.name.as_str()) {
            purity(one, root, &mut found)?;
        }
    }
    for (name, _) in ARROWS {
        if !crates.iter().any(|one| one.name == name) {
            found.push(format!("there is no crate `{name}`: take it out of the table of arrows"));
        }
    }
    if lock.needs.contains_key(BANNED) {
        found.push(format!("`{BANNED}` is in Cargo.lock: see the table of dependencies for what stands in its place"));
    }
    lengths(root, &mut found)?;
    Ok(found)
}

/// A crate of the workspace, as its manifest says.
struct Crate {
    name: String,
    folder: PathBuf,
    /// Normal dependencies, not those of tests and build scripts.
    imports: BTreeSet<String>,
    inherits_lints: bool,
}

fn crates(root: &Path) -> Result<Vec<Crate>, ChoreError> {
    let mut folders = entries(&root.join("crates"))?;
    folders.push(root.join("xtask"));
    let mut crates = Vec::new();
    for folder in folders.into_iter().filter(|folder| folder.join("Cargo.toml").is_file()) {
        let manifest = text(&folder.join("Cargo.toml"))?;
        let name = section(&manifest, "package").into_iter().find_map(|(key, value)| (key == "name").then_some(value));
        let imports = section(&manifest, "dependencies").into_iter().map(|(key, _)| key).collect();
        let inherits_lints = section(&manifest, "lints").contains(&("workspace".to_owned(), "true".to_owned()));
        crates.push(Crate { name: name.unwrap_or_default(), folder, imports, inherits_lints });
    }
    Ok(crates)
}

/// The keys and values of `[name]`, and the names of `[name.KEY]`, in the plain TOML that our manifests are.
fn section(manifest: &str, name: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in manifest.lines().map(str::trim) {
        if let Some(header) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            inside = header == name;
            // `[target.'cfg(…)'.dependencies]` counts as `[dependencies]` does.
            inside |= name == "dependencies" && header.starts_with("target.") && header.ends_with(".dependencies");
            if let Some(key) = header.strip_prefix(name).and_then(|rest| rest.strip_prefix('.')) {
                found.push((key.to_owned(), String::new()));
            }
        } else if inside
            && !line.starts_with('#')
            && let Some((key, value)) = line.split_once('=')
        {
            let key = key.trim().trim_matches('"');
            let key = key.strip_suffix(".workspace").unwrap_or(key);
            found.push((key.to_owned(), value.trim().trim_matches('"').to_owned()));
        }
    }
    found
}

fn arrows(one: &Crate, found: &mut Vec<String>) {
    if one.name == "xtask" {
        return;
    }
    let Some((_, may)) = ARROWS.iter().find(|(name, _)| *name == one.name) else {
        found.push(format!("`{}` is not in the table of arrows: say there what it may import", one.name));
        return;
    };
    for import in one.imports.iter().filter(|import| import.starts_with("trustctl")) {
        if !may.contains(&"*") && !may.contains(&import.as_str()) {
            found.push(format!("`{}` must not import `{import}`", one.name));
        }
        if import == "trustctl-testing" {
            found.push(format!(
                "`{}` imports `trustctl-testing`, which is for tests: make it a dev-dependency",
                one.name
            ));
        }
    }
}

fn homes(one: &Crate, found: &mut Vec<String>) {
    for (name, homes, why) in HOMES {
        let is_free = one.name == "xtask" || one.name == "trustctl-testing" || homes.contains(&one.name.as_str());
        if one.imports.contains(name) && !is_free {
            found.push(format!(
                "`{}` must not import `{name}`, which belongs to `{}`: {why}",
                one.name,
                homes.join("`, `")
            ));
        }
    }
}

fn network(one: &Crate, lock: &Lock, found: &mut Vec<String>) {
    if ON_THE_NETWORK.contains(&one.name.as_str()) {
        return;
    }
    for name in NETWORK {
        if let Some(way) = lock.way(&one.imports, name) {
            found.push(format!(
                "`{}` reaches `{name}`, by way of `{}`: only the network crate and the command may",
                one.name, way
            ));
        }
    }
}

/// Cargo.lock: which crate needs which. Of our own crates' needs it mixes in those of their tests, so a search
/// starts from a manifest's imports and never walks through a crate of ours unawares.
struct Lock {
    needs: BTreeMap<String, BTreeSet<String>>,
}

impl Lock {
    fn read(lock: &str) -> Self {
        let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for package in lock.split("[[package]]").skip(1) {
            let mut lines = package.lines().map(str::trim);
            let Some(name) = lines.find_map(|line| line.strip_prefix("name = ")) else { continue };
            // `"bitflags 2.9.0",` where there are several versions: one name stands for all.
            let list = lines.skip_while(|line| *line != "dependencies = [").skip(1).take_while(|line| *line != "]");
            let list = list.filter_map(|line| line.trim_matches(['"', ',']).split(' ').next()).map(str::to_owned);
            needs.entry(name.trim_matches('"').to_owned()).or_default().extend(list);
        }
        Self { needs }
    }

    /// Through which of the imports a crate of others is reached.
    fn way(&self, imports: &BTreeSet<String>, target: &str) -> Option<String> {
        let foreign = |name: &&String| !name.starts_with("trustctl");
        imports.iter().filter(foreign).find(|import| self.reaches(import, target)).cloned()
    }

    fn reaches(&self, from: &str, target: &str) -> bool {
        let mut seen = BTreeSet::from([from]);
        let mut open = vec![from];
        while let Some(name) = open.pop() {
            if name == target {
                return true;
            }
            open.extend(
                self.needs.get(name).into_iter().flatten().map(String::as_str).filter(|next| seen.insert(next)),
            );
        }
        false
    }
}

fn purity(one: &Crate, root: &Path, found: &mut Vec<String>) -> Result<(), ChoreError> {
    let mut files = Vec::new();
    sources(&one.folder.join("src"), &mut files)?;
    for file in files {
        let is_test = file.components().any(|part| part.as_os_str() == "tests") || file.ends_with("tests.rs");
        if is_test {
            continue;
        }
        for (line, what) in source::outside(&text(&file)?) {
            found.push(format!(
                "{}:{line}: `{what}` in a library, which reads nothing but what it is given",
                name(root, &file)
            ));
        }
    }
    Ok(())
}

fn lengths(root: &Path, found: &mut Vec<String>) -> Result<(), ChoreError> {
    let mut files = Vec::new();
    for folder in ["crates", "xtask", "fuzz/fuzz_targets", "benches"] {
        sources(&root.join(folder), &mut files)?;
    }
    for file in files {
        let lines = text(&file)?.lines().count();
        if lines > LONGEST {
            found.push(format!("{}: {lines} lines; at {LONGEST} a file is two files", name(root, &file)));
        }
    }
    Ok(())
}

/// Every Rust file below a folder, sorted, build folders apart.
fn sources(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), ChoreError> {
    if !folder.is_dir() {
        return Ok(());
    }
    for path in entries(folder)? {
        if path.is_dir() && !path.ends_with("target") {
            sources(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, ChoreError> {
    let read = || fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>();
    let mut paths = read().map_err(|cause| ChoreError::file(folder, cause))?;
    paths.sort();
    Ok(paths)
}

fn text(path: &Path) -> Result<String, ChoreError> {
    fs::read_to_string(path).map_err(|cause| ChoreError::file(path, cause))
}

fn name(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str, imports: &[&str]) -> Crate {
        let imports = imports.iter().map(|&import| import.to_owned()).collect();
        Crate { name: name.to_owned(), folder: PathBuf::new(), imports, inherits_lints: true }
    }

    #[test]
    fn the_arrows_have_no_circle() {
        // Each crate imports only those that stand above it in the table.
        for (at, (name, may)) in ARROWS.iter().enumerate() {
            for import in may.iter().filter(|import| **import != "*") {
                assert!(ARROWS.iter().take(at).any(|(above, _)| above == import), "`{name}` → `{import}`");
            }
        }
    }

    #[test]
    fn an_arrow_that_points_up_is_found() {
        for (name, import, is_found) in [
            ("trustctl-catalog", "trustctl-pattern", true),
            ("trustctl-eval", "trustctl-token", true),
            ("trustctl-eval", "trustctl-policy", false),
            ("trustctl-eval", "trustctl-testing", true),
            ("trustctl-cli", "trustctl-analysis", false),
            ("trustctl-new", "serde", true),
        ] {
            let mut found = Vec::new();
            arrows(&one(name, &[import]), &mut found);
            assert_eq!(!found.is_empty(), is_found, "{name} → {import}: {found:?}");
        }
    }

    #[test]
    fn a_manifest_is_read_as_cargo_does() {
        let manifest = "[package]\nname = \"a\"\n[dependencies]\nb.workspace = true\n# c = \"1\"\nd = { version = \"1\" }\n\
            [target.'cfg(unix)'.dependencies]\ne = \"1\"\n[dev-dependencies]\nf = \"1\"\n[dependencies.g]\nversion = \"1\"\n";
        let names: Vec<String> = section(manifest, "dependencies").into_iter().map(|(key, _)| key).collect();
        assert_eq!(names, ["b", "d", "e", "g"]);
    }

    #[test]
    fn the_network_is_found_however_far_down() {
        let lock = Lock::read(
            "[[package]]\nname = \"a\"\nversion = \"1\"\ndependencies = [\n \"b 1.0.0\",\n]\n\n[[package]]\nname = \"b\"\n\
            dependencies = [\n \"tokio\",\n]\n\n[[package]]\nname = \"tokio\"\n\n[[package]]\nname = \"c\"\n",
        );
        let mut found = Vec::new();
        network(&one("trustctl-eval", &["c"]), &lock, &mut found);
        assert_eq!(found, Vec::<String>::new());
        network(&one("trustctl-eval", &["a", "c"]), &lock, &mut found);
        assert!(found.first().is_some_and(|line| line.contains("by way of `a`")), "{found:?}");
        network(&one("trustctl-jwks", &["a"]), &lock, &mut found);
        assert_eq!(found.len(), 1);
    }
}
