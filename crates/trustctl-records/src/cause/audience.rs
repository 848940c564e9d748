//! Tokens that were made for somebody else.

use trustctl_catalog::Provider;
use trustctl_catalog::profile::{AudienceCheck, Hole, Part, Profile};
use trustctl_claims::{Claims, Value};
use trustctl_pattern::Pattern;

use super::{Failed, either};

/// Whose audience the token has, where a step compares `aud`.
pub(super) fn of_a_step(failed: &Failed<'_>) -> Option<String> {
    (failed.step.claim.as_deref() == Some("aud"))
        .then(|| whose(failed.judge.profile, failed.expected(), failed.claims, failed.provider))?
}

/// Whose audience the token has.
pub(super) fn whose(
    profile: &Profile,
    expected: &[String],
    claims: &Claims<'_>,
    provider: Option<&Provider>,
) -> Option<String> {
    let ask = match expected {
        [] if profile.envelope.audiences == AudienceCheck::Permissions => {
            "ask for the JSON text that names the package, its version and its digest".to_owned()
        }
        [] => "ask for the registry's own".to_owned(),
        expected => format!("ask for {}", either(expected)),
    };
    let found = match claims.named("aud") {
        None | Some(Value::Null) => return Some(format!("the token has no audience: {ask}")),
        Some(Value::String(text)) => text.as_ref(),
        Some(Value::List(items)) => match items.as_slice() {
            [Value::String(_)] => {
                return Some(format!("the audience is a list, and {} takes one text: {ask} alone", profile.title));
            }
            _ => return Some(format!("the token is for several audiences: {ask} alone")),
        },
        Some(_) => return None,
    };
    if let Some(provider) = provider.filter(|provider| is_default(provider, found)) {
        return Some(format!("this is what {} puts there when a job asks for no audience: {ask}", provider.title));
    }
    let others: Vec<String> = Profile::names()
        .filter(|name| *name != profile.registry)
        .filter_map(|name| Profile::bundled(name).ok()?)
        .filter(|other| default_audience(other).as_deref() == Some(found))
        .map(|other| other.title.clone())
        .collect();
    if !others.is_empty() {
        return Some(format!(
            "the token was made for {}; a token for one registry never acts at another: {ask}",
            others.join(" and ")
        ));
    }
    let plain = |text: &str| text.trim().trim_end_matches('/').to_ascii_lowercase();
    if expected.iter().any(|expected| plain(expected) == plain(found)) {
        return Some(format!(
            "they differ in case, blanks or a `/` at the end, and audiences are compared exactly: {ask}"
        ));
    }
    Some(format!("the job asked for a token for somebody else: {ask}"))
}

/// The audience that a registry takes as its operator leaves it, where that is one text.
fn default_audience(profile: &Profile) -> Option<String> {
    let parts = profile.envelope.audience.as_ref()?.parts.iter().map(|part| match part {
        Part::Text(text) => Some(text.clone()),
        Part::Hole(Hole::Setting(name)) => profile.settings.get(name)?.default.first().cloned(),
        Part::Hole(_) => None,
    });
    parts.collect()
}

/// Whether the provider writes this audience where a job asks for none.
fn is_default(provider: &Provider, audience: &str) -> bool {
    let Some(template) = &provider.audience.default else { return false };
    let mut pattern = String::new();
    let mut rest = template.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        pattern.push_str(&escaped(before));
        pattern.push_str("[^/]+");
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    pattern.push_str(&escaped(rest));
    Pattern::regex(&pattern).is_ok_and(|pattern| pattern.is_match(audience))
}

/// A text as a regular expression of itself.
fn escaped(text: &str) -> String {
    text.chars().flat_map(|c| (!c.is_ascii_alphanumeric()).then_some('\\').into_iter().chain([c])).collect()
}
