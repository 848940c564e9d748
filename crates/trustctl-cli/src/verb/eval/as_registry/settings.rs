//! What a registry's operator has set.

use std::collections::BTreeMap;

use trustctl_records::{Profile, Settings};

use crate::failure::Failure;
use crate::registries::one_value;
use crate::ruling::OtherSetting;

/// What an operator has set: the values, and those of them that are not the registry's own, with who gave them.
#[derive(Debug, Clone)]
pub(super) struct Set {
    pub(super) settings: Settings,
    pub(super) others: Vec<OtherSetting>,
}

impl Set {
    pub(super) fn of(profile: &Profile) -> Self {
        Self { settings: Settings::of(profile), others: Vec::new() }
    }
}

/// The settings of each registry: its own, as files change them, and what `--set` changes last.
pub(super) fn read(
    given: &[String],
    of_files: BTreeMap<(&'static str, String), (Vec<String>, String)>,
    profiles: &[&'static Profile],
) -> Result<BTreeMap<&'static str, Set>, Failure> {
    let mut all: BTreeMap<&'static str, Set> =
        profiles.iter().map(|profile| (profile.registry.as_str(), Set::of(profile))).collect();
    let mut changed: BTreeMap<(&'static str, String), Vec<String>> = BTreeMap::new();
    for text in given {
        let is_whole = |(_, value): &(&str, &str)| value.split(',').all(|one| !one.trim().is_empty());
        let Some((name, value)) = text.split_once('=').filter(is_whole) else {
            return Err(Failure::new(format!("`{text}` sets nothing"))
                .help("write `--set NAME=VALUE`; several values stand between commas"));
        };
        let (profile, setting) = find(name, profiles)?;
        one_value(profile, setting, value)?;
        let values = value.split(',').map(str::trim).map(str::to_owned);
        changed.entry((&profile.registry, setting.to_owned())).or_default().extend(values);
    }
    type Given = (Vec<String>, Option<String>);
    let mut last: BTreeMap<(&'static str, String), Given> =
        of_files.into_iter().map(|(key, (values, file))| (key, (values, Some(file)))).collect();
    last.extend(changed.into_iter().map(|(key, values)| (key, (values, None))));
    for ((registry, name), (values, file)) in last {
        let Some(set) = all.get_mut(registry) else { continue };
        if set.settings.all(&name) != values {
            set.others.push(OtherSetting { name: name.clone(), values: values.clone(), file });
        }
        set.settings.set(&name, values);
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
