//! Tokens that were made for somebody else.

use trustctl_claims::Claims;
use trustctl_policy::{Audience, Grant};

use crate::evaluate::Evaluator;
use crate::trace::shown;
use crate::value::AudienceClaim;

/// Whose audience the token has.
pub(crate) fn audience(evaluator: &Evaluator, claims: &Claims<'_>, grant: &Grant) -> Option<String> {
    let policy = evaluator.policy();
    let provider = policy.provider(grant.provider)?;
    let expected = match policy.audience(grant.registry, grant.provider)? {
        Audience::Exact(audience) => shown(audience),
        Audience::Any => return None,
    };
    let found = match evaluator.sources.audience(claims) {
        AudienceClaim::Missing => return Some("the token has no audience, so it could be used anywhere".to_owned()),
        AudienceClaim::Other => return Some(format!("the token is for several audiences; ask for `{expected}` alone")),
        AudienceClaim::ListOfOne(_) => {
            return Some("the audience is an array, which this provider's tokens never have".to_owned());
        }
        AudienceClaim::Text(text) => text,
    };
    if provider.default_audience.as_deref().is_some_and(|default| fits(default, found)) {
        return Some(format!(
            "this is what the provider puts there when a job asks for no audience; ask for `{expected}`"
        ));
    }
    let other = policy.registries().find(|(id, _)| {
        *id != grant.registry && policy.audience(*id, grant.provider) == Some(&Audience::Exact(found.to_owned()))
    });
    if let Some((_, registry)) = other {
        return Some(format!(
            "the token was made for the registry `{}`; a token for one never acts at another",
            shown(&registry.name)
        ));
    }
    if found.trim_end_matches('/') == expected.trim_end_matches('/') {
        return Some("they differ in a `/` at the end, and audiences are compared exactly".to_owned());
    }
    Some(format!("the job asked for a token for somebody else; it must ask for the audience `{expected}`"))
}

/// Whether `text` is the template with something without `/` in the places of its `{…}`.
fn fits(template: &str, text: &str) -> bool {
    match template.split_once('{') {
        None => template == text,
        Some((before, rest)) => {
            let (Some((_, after)), Some(rest)) = (rest.split_once('}'), text.strip_prefix(before)) else {
                return false;
            };
            let end = rest.find('/').unwrap_or(rest.len());
            rest.split_at_checked(end).is_some_and(|(hole, rest)| !hole.is_empty() && fits(after, rest))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_default_audience_is_known_by_its_template() {
        let template = "https://github.com/{repository_owner}";
        assert!(fits(template, "https://github.com/acme"));
        assert!(!fits(template, "https://github.com/acme/widgets"));
        assert!(!fits(template, "https://github.com/"));
        assert!(!fits(template, "https://example.com/acme"));
        assert!(fits("sts", "sts") && !fits("sts", "sts2"));
        assert!(!fits("broken{", "broken"));
    }
}
