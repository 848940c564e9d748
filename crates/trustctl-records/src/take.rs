//! Pieces of a claim's text, as registries cut them.
//!
//! Each is a linear walk over the text and no regular expression, because the text is the caller's. Where a text has
//! no such piece there is none: never the whole text instead.

use trustctl_catalog::profile::Take;
use trustctl_claims::Claims;

/// The piece of `text` that is meant; `None` where it has none.
pub fn take(piece: Take, text: &str) -> Option<&str> {
    match piece {
        Take::Whole => Some(text),
        Take::BeforeFirstSlash => text.split_once('/').map(|(before, _)| before),
        Take::AfterFirstSlash => text.split_once('/').map(|(_, after)| after),
        Take::BeforeLastSlash => text.rsplit_once('/').map(|(before, _)| before),
        Take::AfterLastSlash => text.rsplit_once('/').map(|(_, after)| after),
        Take::BeforeFirstAt => text.split_once('@').map(|(before, _)| before),
        Take::WorkflowFilename => workflow_filename(text),
        Take::ConfigFilepath => config_filepath(text),
        Take::ConfigFilepathBySuffix => config_filepath_by_suffix(text),
        Take::WorkflowRepository => workflow(text).map(|parts| parts.repository),
        Take::WorkflowFile => workflow(text).map(|parts| parts.file),
        Take::WorkflowRef => workflow(text).map(|parts| parts.reference),
        Take::TwoComponents => components(text, 2),
        Take::FourComponents => components(text, 4),
        Take::Host => host(text),
    }
}

/// Whether the job runs in a workflow that the started one calls: `job_workflow_ref` and `workflow_ref` differ.
pub fn is_reusable(claims: &Claims<'_>) -> bool {
    let text = |claim| claims.named(claim).and_then(|value| value.as_str());
    matches!((text("job_workflow_ref"), text("workflow_ref")), (Some(called), Some(started)) if called != started)
}

/// The first part between slashes in which a name ends in `.yml` or `.yaml` before an `@`, up to the last such place.
///
/// So a file's name may hold an `@`, and a ref may hold anything. PyPI and crates.io share this reading.
fn workflow_filename(text: &str) -> Option<&str> {
    text.split('/').find_map(last_yaml_before_at)
}

/// What stands between the first `//` and the last `@`, if it is the path of a YAML file.
fn config_filepath(text: &str) -> Option<&str> {
    let (_, after) = text.split_once("//")?;
    let (path, _) = after.rsplit_once('@')?;
    has_yaml_suffix(path).then_some(path)
}

/// What stands between the first `//` and the last `@` that ends the path of a YAML file.
fn config_filepath_by_suffix(text: &str) -> Option<&str> {
    let (_, after) = text.split_once("//")?;
    last_yaml_before_at(after)
}

/// What stands before the last `@` that follows `.yml` or `.yaml`.
fn last_yaml_before_at(text: &str) -> Option<&str> {
    text.rmatch_indices('@').filter_map(|(at, _)| text.get(..at)).find(|path| has_yaml_suffix(path))
}

/// Ends in `.yml` or `.yaml`, with something before that which is no slash.
fn has_yaml_suffix(path: &str) -> bool {
    let stem = path.strip_suffix(".yml").or_else(|| path.strip_suffix(".yaml"));
    stem.is_some_and(|stem| !stem.is_empty() && !stem.ends_with('/'))
}

/// Host and port of an address.
fn host(text: &str) -> Option<&str> {
    let (_, after) = text.split_once("://")?;
    after.split(['/', '?', '#']).next().filter(|host| !host.is_empty())
}

struct Workflow<'t> {
    repository: &'t str,
    file: &'t str,
    reference: &'t str,
}

/// `OWNER/NAME/.github/workflows/FILE@REF`, where the text has that form; a file's name holds no `@`.
fn workflow(text: &str) -> Option<Workflow<'_>> {
    let (owner, rest) = text.split_once('/')?;
    let (name, rest) = rest.split_once('/')?;
    let (file, reference) = rest.strip_prefix(".github/workflows/")?.split_once('@')?;
    let repository = text.get(..owner.len() + 1 + name.len())?;
    (!owner.is_empty() && !name.is_empty() && !file.is_empty()).then_some(Workflow { repository, file, reference })
}

/// The first `count` parts between colons, where there are as many and none of them is empty.
fn components(text: &str, count: usize) -> Option<&str> {
    let mut end = 0;
    let mut parts = text.split(':');
    for at in 0..count {
        let part = parts.next().filter(|part| !part.is_empty())?;
        end += part.len() + usize::from(at > 0);
    }
    text.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_cut_as_registries_cut_them() {
        for (piece, text, expected) in [
            (Take::WorkflowFilename, "a/b/.github/workflows/x.yml@refs/heads/main", Some("x.yml")),
            (Take::WorkflowFilename, "a/b/.github/workflows/nested@evil.yml@refs/heads/main", Some("nested@evil.yml")),
            (Take::WorkflowFilename, "a/b/.github/workflows/x.yml@refs/heads/bad@branch.yml", Some("x.yml")),
            (Take::WorkflowFilename, "a/b/.github/workflows/.yml@refs/heads/main", None),
            (Take::WorkflowFilename, "a/b/.github/workflows/x.yml", None),
            (Take::ConfigFilepath, "gitlab.com/a/b//c/d.yml@refs/heads/main", Some("c/d.yml")),
            (Take::ConfigFilepath, "gitlab.com/a/b//c/.yml@refs/heads/main", None),
            (Take::ConfigFilepath, "gitlab.com/a/b//d.yml@refs/tags/d@1", None),
            (Take::ConfigFilepathBySuffix, "gitlab.com/a/b//d.yml@refs/tags/d@1", Some("d.yml")),
            (Take::ConfigFilepathBySuffix, "gitlab.com/a/b//@d.yml@e.yml@refs/tags/1", Some("@d.yml@e.yml")),
            (Take::ConfigFilepathBySuffix, "gitlab.com/a/b//c/.yml@refs/heads/main", None),
            (Take::Host, "https://gitlab.acme.example:8443/path", Some("gitlab.acme.example:8443")),
            (Take::Host, "gitlab.acme.example", None),
            (Take::WorkflowRepository, "a/b/.github/workflows/x.yml@r", Some("a/b")),
            (Take::WorkflowRef, "a/b/.github/workflows/x.yml@r@s", Some("r@s")),
            (Take::WorkflowRef, "a/b/c/.github/workflows/x.yml@r", None),
            (Take::TwoComponents, "project_path:a/b:ref:main", Some("project_path:a/b")),
            (Take::TwoComponents, "project_path:", None),
            (Take::BeforeLastSlash, "a/b/c", Some("a/b")),
            (Take::BeforeLastSlash, "abc", None),
        ] {
            assert_eq!(take(piece, text), expected, "{piece:?} of {text}");
        }
    }
}
