//! Claims that are not there, or of another type than they should be.

use trustctl_catalog::{Provider, Role};
use trustctl_claims::{Claims, Value};

use super::Failed;
use crate::check::Miss;

/// A token that was issued before its issuer wrote the claim.
pub(super) fn older_than_the_claim(failed: &Failed<'_>) -> Option<String> {
    older(failed.provider?, failed.claim_name().filter(|_| failed.is_absent())?, failed.claims)
}

/// The same of any claim that is not there.
pub(super) fn older(provider: &Provider, name: &str, claims: &Claims<'_>) -> Option<String> {
    let since = provider.claims.get(name)?.since.as_ref()?;
    let issued = claims.named("iat")?.as_integer()?.parse().ok()?;
    let issued = jiff::Timestamp::from_second(issued).ok()?.strftime("%Y-%m-%d").to_string();
    (issued < *since).then(|| {
        format!(
            "the token is of {issued}, and {} writes `{name}` since {since}: a token of today has it",
            provider.title
        )
    })
}

/// GitLab's empty `ci_config_ref_uri`.
pub(super) fn configuration_elsewhere(failed: &Failed<'_>) -> Option<String> {
    let name = failed.claim_name().filter(|_| failed.is_absent() && failed.role() == Some(Role::Workflow))?;
    let is_null = matches!(failed.claims.named(name), Some(Value::Null));
    is_null.then(|| {
        format!("`{name}` is empty because the pipeline's configuration lies outside of the project: keep it in the project's own repository")
    })
}

/// The record names an environment, and the job none.
pub(super) fn no_environment(failed: &Failed<'_>) -> Option<String> {
    if !failed.is_absent() || failed.role() != Some(Role::Environment) {
        return None;
    }
    Some(match failed.only_expected() {
        Some(wanted) => {
            format!(
                "the record names an environment and the job does not: add `environment: {wanted}` to the job that publishes"
            )
        }
        None => "the record names an environment and the job does not: add it to the job that publishes".to_owned(),
    })
}

/// A number where a text is compared, and the like.
pub(super) fn another_type(failed: &Failed<'_>) -> Option<String> {
    let Miss::WrongType(name) = failed.miss else { return None };
    let value = failed.claims.named(name)?;
    let found = match value {
        Value::Number(_) => "a number",
        Value::Bool(_) => "`true` or `false`, not a text",
        Value::List(_) => "a list",
        Value::Object(_) => "an object",
        Value::String(_) => "a text",
        Value::Null => return None,
    };
    Some(format!("the token has `{name}` as {found}, and {} takes no type for another", failed.title()))
}

/// A claim that tokens of this provider need not have.
pub(super) fn not_in_every_token(failed: &Failed<'_>) -> Option<String> {
    let claim = failed.claim().filter(|claim| failed.is_absent() && claim.optional)?;
    let (name, title) = (failed.claim_name()?, &failed.provider?.title);
    Some(format!("not every token of {title} has `{name}`: {}", claim.about.trim_end_matches('.')))
}
