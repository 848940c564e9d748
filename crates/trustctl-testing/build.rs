//! Lists the suites, so that adding one is adding one Markdown file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Where suites lie, from the repository's folder.
const FOLDERS: [&str; 4] = ["tests/suites", "policies/tests", "docs/language.md", "docs/testing.md"];

fn main() -> io::Result<()> {
    let crate_folder = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let repository = crate_folder.join("../..");
    let mut files = Vec::new();
    for folder in FOLDERS {
        println!("cargo::rerun-if-changed={}", repository.join(folder).display());
        find(&repository, Path::new(folder), &mut files)?;
    }
    files.sort();
    let mut tests = String::new();
    for file in files {
        let name: String =
            file.trim_end_matches(".md").chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let _ = writeln!(tests, "#[test]\nfn {name}() {{\n    run({file:?});\n}}");
    }
    fs::write(Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("suites.rs"), tests)
}

fn find(repository: &Path, path: &Path, files: &mut Vec<String>) -> io::Result<()> {
    let whole = repository.join(path);
    if whole.is_dir() {
        println!("cargo::rerun-if-changed={}", whole.display());
        for entry in fs::read_dir(whole)? {
            find(repository, &path.join(entry?.file_name()), files)?;
        }
    } else if path.extension().is_some_and(|extension| extension == "md")
        && whole.exists()
        && !path.ends_with("README.md")
    {
        files.push(path.to_string_lossy().replace('\\', "/"));
    }
    Ok(())
}
