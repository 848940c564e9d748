//! What is made from code and data, written or compared.
//!
//! One place makes each page and schema; whoever changes a rule or a fact runs `cargo xtask generate` and commits
//! what comes out. The folders in `FOLDERS` hold nothing else, so that a page whose rule is gone is found too.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use trustctl_catalog::{Catalogue, CatalogueError};
use trustctl_records::Profile;

use crate::{ChoreError, pages, root, schema};

/// Folders in which every file is generated.
const FOLDERS: [&str; 4] = ["docs/providers", "docs/registries", "docs/rules", "schema"];

/// Every generated file: path from the root, with `/`, and text.
///
/// # Errors
///
/// The catalogue does not fit its format.
pub fn files() -> Result<BTreeMap<String, String>, ChoreError> {
    let catalogue = Catalogue::bundled()?;
    catalogue.check()?;
    let mut files = BTreeMap::new();
    files.insert("schema/trust.schema.json".to_owned(), schema::text(catalogue)?);
    for (name, text) in trustctl_cli::schemas() {
        files.insert(format!("schema/{name}"), with_last_line_ended(text));
    }
    files.extend(pages::all(catalogue, &profiles()?));
    files.extend(trustctl_analysis::docs::pages().into_iter().map(|(path, text)| (path, with_last_line_ended(text))));
    Ok(files)
}

/// Every profile, read and checked.
pub(crate) fn profiles() -> Result<Vec<&'static Profile>, CatalogueError> {
    Profile::names().filter_map(|name| Profile::bundled(name).transpose()).collect()
}

fn with_last_line_ended(text: String) -> String {
    if text.ends_with('\n') { text } else { text + "\n" }
}

/// Writes what differs, and removes what nothing makes any more.
///
/// # Errors
///
/// What cannot be made or written.
pub fn write() -> Result<(), ChoreError> {
    let files = files()?;
    for (path, what) in stale(&files)? {
        println!("{what} {path}");
        let place = root().join(&path);
        let written = match files.get(&path) {
            Some(text) => place.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&place, text)),
            None => fs::remove_file(&place),
        };
        written.map_err(|cause| ChoreError::file(&place, cause))?;
    }
    Ok(())
}

/// Names what is not as it would be written.
///
/// # Errors
///
/// [`ChoreError::Found`] with the stale files.
pub fn check() -> Result<(), ChoreError> {
    let stale = stale(&files()?)?;
    if stale.is_empty() {
        return Ok(());
    }
    let mut lines: Vec<String> = stale.into_iter().map(|(path, what)| format!("stale: {path} ({what})")).collect();
    lines.push("run `cargo xtask generate` and commit what it writes".to_owned());
    Err(ChoreError::Found(lines))
}

/// Each file that would be written or removed, with the word for it, sorted.
fn stale(files: &BTreeMap<String, String>) -> Result<BTreeMap<String, &'static str>, ChoreError> {
    let mut stale = BTreeMap::new();
    for (path, text) in files {
        let place = root().join(path);
        match fs::read_to_string(&place) {
            // Git may have put `\r\n` there on Windows.
            Ok(found) if found.replace("\r\n", "\n") == *text => {}
            Ok(_) => _ = stale.insert(path.clone(), "change"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => _ = stale.insert(path.clone(), "add"),
            Err(cause) => return Err(ChoreError::file(&place, cause)),
        }
    }
    for folder in FOLDERS {
        for name in names(&root().join(folder))? {
            let path = format!("{folder}/{name}");
            if !files.contains_key(&path) {
                stale.insert(path, "remove");
            }
        }
    }
    Ok(stale)
}

fn names(folder: &Path) -> Result<Vec<String>, ChoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(ChoreError::file(folder, cause)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|cause| ChoreError::file(folder, cause))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    Ok(names)
}
