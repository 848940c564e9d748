//! What registries do to a field's value before they look at it.

use trustctl_catalog::profile::Normal;

/// The value after one such change; `owner` is the record's `owner` field, where it has one.
pub(crate) fn apply(normal: Normal, value: &str, owner: Option<&str>) -> String {
    match normal {
        Normal::Trim => value.trim().to_owned(),
        Normal::BlanksAreEmpty => if value.trim().is_empty() { "" } else { value }.to_owned(),
        Normal::Lower => value.to_lowercase(),
        Normal::RepositoryName => repository_name(value, owner).to_owned(),
        Normal::WorkflowFile => workflow_file(value),
        Normal::LastSegment => last_segment(value).to_owned(),
        Normal::NoEndSlash => value.strip_suffix('/').unwrap_or(value).to_owned(),
    }
}

/// `NAME` of `https://github.com/OWNER/NAME`, `github.com/OWNER/NAME/` or `OWNER/NAME`, where `OWNER` is the record's
/// own; anything else stays as it is, and never matches.
fn repository_name<'v>(value: &'v str, owner: Option<&str>) -> &'v str {
    let without = |text: &'v str, prefix: &str| {
        let start = text.get(..prefix.len()).filter(|start| start.eq_ignore_ascii_case(prefix));
        start.and_then(|_| text.get(prefix.len()..)).unwrap_or(text)
    };
    let path = without(without(value, "https://"), "github.com/").trim_end_matches('/');
    match path.split_once('/') {
        Some((first, name))
            if !name.is_empty()
                && !name.contains('/')
                && owner.is_some_and(|owner| owner.eq_ignore_ascii_case(first)) =>
        {
            name
        }
        _ => value,
    }
}

/// The part after `.github/workflows/`, backslashes read as slashes, one slash before it allowed.
fn workflow_file(value: &str) -> String {
    const FOLDER: &str = ".github/workflows/";
    let path = value.replace('\\', "/");
    let inside = path.strip_prefix('/').unwrap_or(&path);
    match inside.get(..FOLDER.len()) {
        Some(start) if start.eq_ignore_ascii_case(FOLDER) => inside.get(FOLDER.len()..).unwrap_or_default().to_owned(),
        _ => path,
    }
}

/// The last part between slashes, query and fragment cut off.
fn last_segment(value: &str) -> &str {
    let path = value.split(['?', '#']).next().unwrap_or(value).trim_end_matches('/');
    path.rsplit('/').next().unwrap_or(path)
}
