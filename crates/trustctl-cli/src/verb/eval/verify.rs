//! Checking the token, with keys of the issuer that the trust files name.

use std::collections::BTreeMap;

use trustctl_catalog::Catalogue;
use trustctl_claims::Value;
use trustctl_policy::Policy;
use trustctl_token::{IssuerRules, RulesError, TokenBuffer, TokenError, UnixTime, Verified, Verifier, inspect};

use crate::failure::Failure;
use crate::input::Input;
use crate::moment;
use crate::verdict::{Basis, Question, Refusal, Signature};

use super::keys::Keys;

/// When the token says it was issued. Nobody has checked that; at any other time than the true one the token is
/// refused, because the signature covers it.
pub(super) fn issued_at(token: &str, input: &Input) -> Result<Option<i64>, Failure> {
    // What cannot be read is refused by verification, whatever the time.
    let Ok((_, claims)) = inspect(token) else { return Ok(None) };
    let issued = claims.named("iat").and_then(Value::as_integer).and_then(|text| text.parse().ok());
    match issued {
        Some(second) => Ok(Some(second)),
        None => Err(super::never_issued(input)),
    }
}

/// What verification came to, and the claims where they can be believed.
pub(super) fn verify(
    token: &str,
    policies: &[(String, Policy)],
    question: &Question,
    catalogue: &Catalogue,
    keys: &Keys,
    (at, now): (i64, i64),
) -> Result<(Basis, Option<Verified<'static>>), Failure> {
    let rules = rules(policies, question)?;
    // Looked up before keys are read or fetched: the token names an issuer, it does not choose one.
    let named =
        inspect(token).ok().and_then(|(_, claims)| claims.named("iss").and_then(Value::as_str).map(str::to_owned));
    let (mut known, mut from) = (None, String::new());
    if let Some(rules) = named.and_then(|issuer| rules.get(&issuer)) {
        let (set, place) = keys.of(rules.issuer(), &jwks_hosts(policies, rules.issuer(), catalogue))?;
        known = Some((rules.clone(), set));
        from = place;
    }
    let verifier = Verifier::new(known).map_err(|error| Failure::new(error.to_string()))?;
    match verifier.verify(&mut TokenBuffer::default(), token, UnixTime(at)) {
        Ok(verified) => Ok((Basis::Verified(signature(&verified, from)), Some(verified.into_owned()))),
        Err(error) => Ok((Basis::Refused(refusal(&error, &rules, (at, now))), None)),
    }
}

/// What tokens of each issuer of the policies must be like to be for the registry that is asked.
fn rules(policies: &[(String, Policy)], question: &Question) -> Result<BTreeMap<String, IssuerRules>, Failure> {
    let mut all: BTreeMap<String, IssuerRules> = BTreeMap::new();
    let failure = |error: RulesError| Failure::new(error.to_string());
    for (_, policy) in policies {
        let Some((registry, _)) = policy.registry_named(&question.registry) else { continue };
        for rules in trustctl::issuer_rules(policy, Some(registry)).map_err(failure)? {
            let both = match all.get(rules.issuer()) {
                Some(known) => together(known, &rules).map_err(failure)?,
                None => rules,
            };
            all.insert(both.issuer().to_owned(), both);
        }
    }
    Ok(all)
}

/// The rules of one issuer that two policies name: audiences of either, and what is stricter of the rest.
fn together(one: &IssuerRules, other: &IssuerRules) -> Result<IssuerRules, RulesError> {
    let algorithms = one.algorithms().iter().filter(|algorithm| other.algorithms().contains(algorithm)).copied();
    let audiences = one.audiences().iter().chain(other.audiences()).cloned();
    let rules = IssuerRules::new(one.issuer(), algorithms, audiences)?
        .with_audience_lists(one.audience_lists() && other.audience_lists());
    let longest = [one, other].iter().filter_map(|rules| rules.maximum_lifetime()).min();
    Ok(match longest {
        Some(seconds) => rules.with_maximum_lifetime(seconds),
        None => rules,
    })
}

/// Hosts that the catalogue lets serve the issuer's keys.
fn jwks_hosts(policies: &[(String, Policy)], issuer: &str, catalogue: &Catalogue) -> Vec<String> {
    let of = |policy: &Policy| {
        let ours = policy
            .providers()
            .filter(|(_, provider)| policy.issuer(provider.issuer).is_some_and(|it| it.text == issuer));
        let kinds = ours.filter_map(|(_, provider)| catalogue.provider(&provider.kind));
        kinds.flat_map(|provider| provider.jwks_hosts.clone()).collect::<Vec<_>>()
    };
    policies.iter().flat_map(|(_, policy)| of(policy)).collect()
}

fn signature(verified: &Verified<'_>, keys_from: String) -> Signature {
    Signature {
        issuer: verified.issuer().to_owned(),
        algorithm: verified.algorithm().name().to_owned(),
        key: verified.key_id().to_owned(),
        keys_from,
        issued_at: verified.issued().0,
        expires_at: verified.expiry().0,
    }
}

fn refusal(error: &TokenError, rules: &BTreeMap<String, IssuerRules>, (at, now): (i64, i64)) -> Refusal {
    let off = |second: i64| {
        if at == now {
            return moment::from_now(second, now);
        }
        let side = if second < at { "before" } else { "after" };
        format!("{} {side} the time it is judged at", moment::length(second.abs_diff(at)))
    };
    let message = match error {
        TokenError::Expired { expiry, .. } => {
            format!("the token expired at {}, {}", moment::in_words(expiry.0), off(expiry.0))
        }
        TokenError::NotYetValid { not_before, .. } => {
            format!("the token begins to hold at {}, {}", moment::in_words(not_before.0), off(not_before.0))
        }
        TokenError::IssuedInFuture { issued, .. } => {
            format!("the token says it was issued at {}, {}", moment::in_words(issued.0), off(issued.0))
        }
        other => other.to_string(),
    };
    let help = match error {
        TokenError::Expired { .. } if at == now => {
            Some("`--at issued` judges a captured token at the moment it was issued".to_owned())
        }
        TokenError::UnknownIssuer { .. } => Some(format!(
            "the trust files name {}",
            rules.keys().map(|issuer| format!("`{issuer}`")).collect::<Vec<_>>().join(", ")
        )),
        TokenError::WrongAudience { .. } => Some("the job must ask for the registry's audience".to_owned()),
        _ => None,
    };
    Refusal { code: code(error), message, help }
}

/// The stable name of a reason: `token-expired`.
pub(super) fn code(error: &TokenError) -> String {
    let code = error.code();
    format!("token-{}", code.strip_prefix("token-").unwrap_or(code))
}
