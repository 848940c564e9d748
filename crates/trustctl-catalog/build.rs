//! Lists the data files, so that adding a provider or a registry is adding a file and nothing else.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let mut source = String::new();
    for (folder, constant) in
        [("providers", "PROVIDERS"), ("registries", "REGISTRIES"), ("profiles", "PROFILES"), ("models", "MODELS")]
    {
        println!("cargo::rerun-if-changed={folder}");
        let mut names = Vec::new();
        for entry in fs::read_dir(Path::new(&root).join(folder))? {
            let name = entry?.file_name().into_string().map_err(|name| format!("{folder}/{name:?} is not UTF-8"))?;
            if name.ends_with(".yaml") && !name.starts_with('.') {
                names.push(name);
            }
        }
        names.sort();
        writeln!(
            source,
            "/// The files of `{folder}/`, sorted.\npub(crate) const {constant}: &[crate::DataFile<'static>] = &["
        )?;
        for name in names {
            let path = Path::new(&root).join(folder).join(&name);
            writeln!(
                source,
                "    crate::DataFile {{ name: {:?}, text: include_str!({:?}) }},",
                format!("{folder}/{name}"),
                path.to_str().ok_or("the source folder is not UTF-8")?
            )?;
        }
        writeln!(source, "];")?;
    }
    fs::write(Path::new(&env::var("OUT_DIR")?).join("files.rs"), source)?;
    Ok(())
}
