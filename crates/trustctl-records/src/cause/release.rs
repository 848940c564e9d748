//! Runs that are for a branch or another tag than the version that is published.

use trustctl_catalog::Role;

use super::Failed;
use crate::check::Miss;

/// Nobody said which version.
pub(super) fn no_version(failed: &Failed<'_>) -> Option<String> {
    let (Miss::NothingToCompare(claim), None) = (failed.miss, failed.question.version) else { return None };
    let step = failed.prepared.steps.iter().find(|prepared| prepared.step.name == failed.step.name)?;
    step.asks
        .needs_version()
        .then(|| format!("`{claim}` is compared with the version that is published, and none was given"))
}

/// A branch where a tag is asked for.
pub(super) fn branch(failed: &Failed<'_>) -> Option<String> {
    let found = failed.found().filter(|_| failed.is_other() && failed.role() == Some(Role::Ref))?;
    let wants_tag = failed.expected().iter().any(|text| text == "tag" || text.starts_with("refs/tags/"));
    let is_branch = found == "branch" || found.starts_with("refs/heads/");
    (wants_tag && is_branch).then(|| {
        let name = failed.text_of("ref").map_or("a branch", |name| name.strip_prefix("refs/heads/").unwrap_or(name));
        format!(
            "the run is for the branch `{name}`, and {} takes only runs for a tag: push the tag of the version",
            failed.title()
        )
    })
}

/// The tag of another version.
pub(super) fn another_tag(failed: &Failed<'_>) -> Option<String> {
    let tag = |text: &'_ str| text.strip_prefix("refs/tags/").map(str::to_owned);
    let found = tag(failed.found().filter(|_| failed.is_other() && failed.role() == Some(Role::Ref))?)?;
    let expected = tag(failed.only_expected()?)?;
    Some(match failed.question.version {
        Some(version) => {
            format!("the run is for the tag `{found}`, and version {version} must come from the tag `{expected}`")
        }
        None => format!("the run is for the tag `{found}`, and the record asks for `{expected}`"),
    })
}
