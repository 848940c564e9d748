//! Reusable workflows: the job is written in a workflow of another repository, or at another ref.

use trustctl_catalog::Role;
use trustctl_catalog::profile::Take;

use super::Failed;
use crate::take::take;

/// The repository that runs calls a workflow of another one, and the registry compares the called one.
pub(super) fn called_from_elsewhere(failed: &Failed<'_>) -> Option<String> {
    if failed.role() != Some(Role::Workflow) || !failed.is_other() {
        return None;
    }
    let name = failed.claim_name()?;
    let whole = failed.text_of(name)?;
    let called = take(Take::WorkflowRepository, whole)?;
    let caller = failed.text_of("repository")?;
    if !called.eq_ignore_ascii_case(caller) {
        return Some(format!(
            "the job is written in a workflow of `{called}`, which `{caller}` calls; {} compares the workflow that was called",
            failed.title()
        ));
    }
    let expected = failed.only_expected()?;
    let same_file = take(Take::WorkflowFile, expected)? == take(Take::WorkflowFile, whole)?;
    same_file.then(|| format!("the file is the right one, at another ref than the run's: `{name}` has `{whole}`"))
}
