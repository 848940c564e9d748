//! Fields of the record that hold more than the one thing that is meant: an address, a path, a whole ref.

use super::Failed;

/// An address where a name belongs.
pub(super) fn address(failed: &Failed<'_>) -> Option<String> {
    if !failed.is_other() {
        return None;
    }
    let is_address = |text: &str| text.contains("://") || text.starts_with("git@") || text.starts_with("github.com/");
    let (field, value) = failed.fields().into_iter().find(|(_, value)| is_address(value))?;
    let name = value.rsplit('/').next().unwrap_or(value);
    let example = failed.prepared.publisher.field(field).map_or(name, |field| &field.example);
    Some(format!("`{field}` holds an address, `{value}`: write what is compared alone, as in `{example}`"))
}

/// A path for a file's name, `OWNER/NAME` for a name, a whole ref for a branch: more than its field should hold.
pub(super) fn too_much(failed: &Failed<'_>) -> Option<String> {
    let found = failed.found().filter(|_| failed.is_other())?;
    failed.fields().into_iter().find_map(|(field, value)| {
        let (before, name) = value.rsplit_once('/')?;
        let example = &failed.prepared.publisher.field(field)?.example;
        // A field whose values hold slashes by themselves may be wrong in other ways.
        if example.contains('/') || !(found == name || found.ends_with(&format!("/{name}"))) {
            return None;
        }
        let what = match before {
            _ if value.starts_with("refs/") => "a whole ref",
            ".github/workflows" | "/.github/workflows" => "a path",
            _ if has_yaml_suffix(name) => "a path",
            _ => "its owner as well",
        };
        Some(format!("`{field}` holds {what}, `{value}`: write `{name}` alone"))
    })
}

fn has_yaml_suffix(name: &str) -> bool {
    name.ends_with(".yml") || name.ends_with(".yaml")
}
