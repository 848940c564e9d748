//! The registries whose records are known, by the names that users give.

use trustctl_catalog::profile::Profile;

use crate::failure::Failure;
use crate::input::nearest;

/// The registry of that name.
///
/// # Errors
///
/// There is none, with all that there are.
pub(crate) fn named(name: &str) -> Result<&'static Profile, Failure> {
    let found = Profile::bundled(name)
        .map_err(|error| Failure::new(format!("the rules of `{name}` cannot be read: {error}")))?;
    found.ok_or_else(|| unknown(format!("there is no registry `{name}` with records"), name, Profile::names()))
}

/// A name that is none of those there are.
pub(crate) fn unknown<'n>(message: String, given: &str, known: impl Iterator<Item = &'n str>) -> Failure {
    let known: Vec<&str> = known.collect();
    let listed = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let there = if known.len() == 1 { "there is" } else { "there are" };
    let near = nearest(&given.to_lowercase(), known.iter().copied())
        .map_or(String::new(), |near| format!("did you mean `{near}`? "));
    Failure::new(message).help(format!("{near}{there} {listed}"))
}

/// That a setting which an audience is made of has one value: a token is for one registry.
pub(crate) fn one_value(profile: &Profile, name: &str, value: &str) -> Result<(), Failure> {
    let is_in_audience = profile.envelope.audience.iter().flat_map(|audience| audience.settings()).any(|it| it == name);
    match value.split(',').count() {
        2.. if is_in_audience => {
            Err(Failure::new(format!("`{name}` of {} has one value, and `{value}` is several", profile.title))
                .help(format!("write `--set {name}=VALUE`")))
        }
        _ => Ok(()),
    }
}
