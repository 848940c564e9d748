//! The audience of a registry's tokens, beside that of a trust file.

use trustctl_catalog::profile::{AudienceCheck, Hole, Part, Profile, Publisher, TemplateText};
use trustctl_policy::Audience;

use crate::Settings;

/// The one text that `aud` must be for records of this kind, where it is one and known.
pub(crate) fn audience(profile: &Profile, publisher: &Publisher, settings: &Settings) -> Option<String> {
    let envelope = profile.envelope.with(&publisher.envelope.clone().unwrap_or_default());
    let is_compared = matches!(envelope.audiences, AudienceCheck::OneString | AudienceCheck::ExactlyOne);
    fill(envelope.audience.as_ref().filter(|_| is_compared)?, settings)
}

/// Whether `aud` says what a token may do.
pub(crate) fn is_permissions(profile: &Profile, publisher: &Publisher) -> bool {
    let envelope = profile.envelope.with(&publisher.envelope.clone().unwrap_or_default());
    envelope.audiences == AudienceCheck::Permissions
}

/// How the registry's audience differs from that of a trust file, in a sentence; `None` where it is the same, or not known.
pub(crate) fn other_audience(
    profile: &Profile,
    publisher: &Publisher,
    settings: &Settings,
    own: Option<&Audience>,
) -> Option<String> {
    let title = &profile.title;
    if is_permissions(profile, publisher) {
        return Some(format!(
            "{title} reads in the audience what a token may do, and a trust file wants one text of its own"
        ));
    }
    let (Some(Audience::Exact(own)), Some(other)) = (own, audience(profile, publisher, settings)) else { return None };
    (*own != other).then(|| format!("{title} takes tokens for `{other}` here, and a trust file those for `{own}`"))
}

/// A template of settings, filled in; `None` where one of them has no value.
fn fill(template: &TemplateText, settings: &Settings) -> Option<String> {
    let parts = template.parts.iter().map(|part| match part {
        Part::Text(text) => Some(text.as_str()),
        Part::Hole(Hole::Setting(name)) => settings.one(name),
        Part::Hole(_) => None,
    });
    parts.collect()
}
