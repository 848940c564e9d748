//! What a registry's operator has set.

use std::collections::BTreeMap;

use trustctl_records::{Profile, Settings};

use crate::failure::Failure;

/// The settings of each registry: its own, as files change them, and what `--set` changes last.
pub(super) fn read(
    given: &[String],
    of_files: &BTreeMap<(&'static str, String), Vec<String>>,
    profiles: &[&'static Profile],
) -> Result<BTreeMap<&'static str, Settings>, Failure> {
    let mut all: BTreeMap<&'static str, Settings> =
        profiles.iter().map(|profile| (profile.registry.as_str(), Settings::of(profile))).collect();
    let mut changed: BTreeMap<(&'static str, String), Vec<String>> = BTreeMap::new();
    for text in given {
        let Some((name, value)) = text.split_once('=') else {
            return Err(Failure::new(format!("`{text}` sets nothing"))
                .help("write `--set NAME=VALUE`; several values stand between commas"));
        };
        let (profile, setting) = find(name, profiles)?;
        let values = value.split(',').map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned);
        changed.entry((&profile.registry, setting.to_owned())).or_default().extend(values);
    }
    for ((registry, setting), values) in of_files.iter().chain(&changed) {
        if let Some(settings) = all.get_mut(registry) {
            settings.set(setting, values.clone());
        }
    }
    Ok(all)
}

/// The registry and its setting that `pypi.audience`, or `audience` where one registry is asked, stands for.
fn find<'n>(name: &'n str, profiles: &[&'static Profile]) -> Result<(&'static Profile, &'n str), Failure> {
    let (registry, setting) = match name.split_once('.') {
        Some((registry, setting)) => (Some(registry), setting),
        None => (None, name),
    };
    let profile = match (registry, profiles) {
        (None, [only]) => only,
        (None, _) => {
            return Err(Failure::new(format!("`{name}` does not say whose setting it is"))
                .help(format!("with `--as all`, write `--set REGISTRY.{name}=VALUE`")));
        }
        (Some(registry), _) => {
            let names = profiles.iter().map(|profile| profile.registry.as_str());
            profiles
                .iter()
                .find(|profile| profile.registry == registry)
                .ok_or_else(|| super::unknown(format!("there is no registry `{registry}` here"), registry, names))?
        }
    };
    if profile.settings.contains_key(setting) {
        return Ok((profile, setting));
    }
    let message = format!("{} has no setting `{setting}`", profile.title);
    if profile.settings.is_empty() {
        return Err(Failure::new(message).help("its operator sets nothing that a decision hangs on"));
    }
    Err(super::unknown(message, setting, profile.settings.keys().map(String::as_str)))
}
