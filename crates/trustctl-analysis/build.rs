//! Lists the rules, so that adding one is adding one file: `src/rules/FAMILY/RULE.rs`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let crate_folder = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let rules = crate_folder.join("src").join("rules");
    println!("cargo::rerun-if-changed={}", rules.display());

    let (mut modules, mut list) = (String::new(), Vec::new());
    for (family, folder) in sorted(&rules)?.into_iter().filter(|(_, path)| path.is_dir()) {
        let _ = writeln!(modules, "pub(crate) mod {family} {{");
        for (name, file) in sorted(&folder)? {
            let Some(module) = name.strip_suffix(".rs") else { continue };
            let _ = writeln!(modules, "    #[path = {:?}]\n    pub(crate) mod {module};", file.display().to_string());
            list.push((module.to_owned(), family.clone()));
        }
        modules.push_str("}\n");
    }
    // By name, as `rule()` searches them and as every list shows them.
    list.sort();
    modules.push_str("pub(crate) static FILES: &[RuleFile] = &[\n");
    for (module, family) in list {
        let _ = writeln!(
            modules,
            "    RuleFile {{ family: {family:?}, file: {module:?}, rule: &{family}::{module}::RULE }},"
        );
    }
    modules.push_str("];\n");
    fs::write(Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("rules.rs"), modules)
}

fn sorted(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        entries.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
    }
    entries.sort();
    Ok(entries)
}
