//! A token that the registry refuses before it looks at any record.

use trustctl_catalog::profile::AudienceCheck;
use trustctl_claims::{Claims, Value};

use super::{absence, audience, either, provider};
use crate::envelope::{Envelope, Header, Refused};
use crate::judge::Judge;

/// Why the registry refuses the envelope.
pub(crate) fn refusal(
    judge: &Judge<'_>,
    envelope: &Envelope,
    refused: &Refused,
    header: Option<&Header<'_>>,
    claims: &Claims<'_>,
) -> String {
    let title = &judge.profile.title;
    let issuer = || claims.named("iss").and_then(Value::as_str).unwrap_or_default().to_owned();
    match refused {
        Refused::Algorithm => match header.and_then(|header| header.algorithm) {
            // Where no list is known, only a token without a signature is refused.
            Some(algorithm) if envelope.rule.algorithms.is_empty() => {
                format!("the token's header says `{algorithm}`, and {title} takes signed tokens only")
            }
            Some(algorithm) => {
                format!("the token is signed with {algorithm}, and {title} takes {}", either(&envelope.rule.algorithms))
            }
            None => "the token does not say how it is signed".to_owned(),
        },
        Refused::NoKeyId => "the token's header has no `kid`, so it does not say which key signed it".to_owned(),
        Refused::Missing(claim) => format!("the token has no `{claim}`"),
        Refused::WrongType(claim) => format!("`{claim}` is of another type than {title} takes"),
        Refused::IssuerForm => "`iss` is no `https` address".to_owned(),
        Refused::Issuer => format!("{title} takes no tokens of `{}`", issuer()),
        Refused::OldKeys => format!("the issuer's keys are older than {title} uses them"),
        Refused::Expired => "the token has expired".to_owned(),
        Refused::Early => "the token does not hold yet".to_owned(),
        Refused::Future => "the token was issued in the future".to_owned(),
        Refused::LongLife => match envelope.rule.longest_life {
            Some(longest) => format!("the token lives longer than {longest} seconds, the longest that {title} takes"),
            None => "the token lives longer than the registry takes".to_owned(),
        },
        Refused::AudienceForm => format!("`aud` has not the form that {title} takes"),
        Refused::Audience if is_of_permissions(envelope) => {
            "the permissions in the token's `aud` are for something else".to_owned()
        }
        Refused::Audience => match unset(judge, envelope).as_slice() {
            [] => "the token was made for another audience".to_owned(),
            unset => format!("which audience it has to be is not said without {}", either(unset)),
        },
        Refused::Used => "the token was used before".to_owned(),
    }
}

/// Whether `aud` says itself what the token may do.
fn is_of_permissions(envelope: &Envelope) -> bool {
    envelope.rule.audiences == AudienceCheck::Permissions
}

/// The settings that the audience is put together from and that nobody has set.
fn unset(judge: &Judge<'_>, envelope: &Envelope) -> Vec<String> {
    let named = envelope.rule.audience.iter().flat_map(|template| template.settings());
    named.filter(|name| judge.settings.all(name).is_empty()).map(str::to_owned).collect()
}

/// The usual cause of a refused envelope.
pub(crate) fn of_envelope(
    judge: &Judge<'_>,
    refused: &Refused,
    expected: &[String],
    claims: &Claims<'_>,
) -> Option<String> {
    let issuer = claims.named("iss").and_then(Value::as_str);
    let provider = provider(None, claims);
    match refused {
        Refused::Audience if is_of_permissions(judge.envelope_for(claims)) => {
            Some("a token is for one package and version: ask for a new one when another is published".to_owned())
        }
        Refused::Audience | Refused::AudienceForm => audience::whose(judge.profile, expected, claims, provider),
        Refused::Missing(claim) if claim == "aud" => {
            let audience: Vec<String> = judge.envelope_for(claims).audience.clone().into_iter().collect();
            audience::whose(judge.profile, &audience, claims, provider)
        }
        Refused::Missing(claim) => absence::older(provider?, claim, claims),
        Refused::Issuer => unknown_issuer(judge, issuer?),
        Refused::Expired => {
            let (title, typical) = provider.map(|provider| (&provider.title, provider.lifetime.typical))?;
            Some(format!(
                "tokens of {title} live {} minutes: ask for one in the step that publishes, right before it",
                typical / 60
            ))
        }
        Refused::LongLife => Some("ask for a token with a shorter life".to_owned()),
        Refused::Early | Refused::Future => Some("the clocks of the two differ by more than is granted".to_owned()),
        Refused::Used => Some("a job asks for a new token for every exchange".to_owned()),
        _ => None,
    }
}

fn unknown_issuer(judge: &Judge<'_>, issuer: &str) -> Option<String> {
    let title = &judge.profile.title;
    let known = || judge.profile.publishers.values().flat_map(|publisher| &publisher.issuers);
    let plain = |text: &str| text.trim_end_matches('/').to_ascii_lowercase();
    if known().any(|known| plain(known) == plain(issuer)) {
        return Some(
            "it differs from one that is taken in case or a `/` at the end, which makes it another".to_owned(),
        );
    }
    if known().any(|known| issuer.strip_prefix(known.as_str()).is_some_and(|rest| rest.starts_with('/'))) {
        return Some(format!(
            "the enterprise has an issuer of its own turned on, and {title} takes only the one without the enterprise's name"
        ));
    }
    let titles: Vec<String> = judge.profile.publishers.values().map(|publisher| publisher.title.clone()).collect();
    Some(format!("{title} has records for {}", titles.join(", ")))
}
