//! The token: its signature is checked here, all else is the registry's to judge.

use trustctl_catalog::Catalogue;
use trustctl_claims::{Claims, Value};
use trustctl_records::{Judge, Profile};
use trustctl_token::{Algorithm, KeySet, TokenBuffer, TokenError, Unverified};

use crate::Outside;
use crate::failure::Failure;
use crate::input::{Input, read_text};
use crate::recognise::recognise;
use crate::ruling::{Believed, Signed};
use crate::token_text;
use crate::verdict::Refusal;

use super::super::{Eval, LARGEST, issued_at, no_claims, no_token, verify};

/// What was presented, and how far it is to be believed.
pub(super) struct Presented {
    pub(super) believed: Believed,
    /// None where no registry is asked.
    pub(super) claims: Option<Claims<'static>>,
    /// What of the header registries look at; none for claims from a file.
    pub(super) header: Option<Header>,
    pub(super) at: i64,
}

/// Algorithm and key of a token whose signature holds.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) algorithm: String,
    pub(super) key: String,
}

/// Reads the token or the claims, and checks the signature.
pub(super) fn present(
    given: &Eval,
    profiles: &[&'static Profile],
    judges: &[Judge<'_>],
    catalogue: &Catalogue,
    outside: &mut Outside<'_>,
) -> Result<Presented, Failure> {
    let now = outside.now;
    let Some(file) = &given.token else {
        let input = Input::from(given.claims.as_deref().unwrap_or("-"));
        let text = read_text(&input, outside.stdin, LARGEST)?;
        let claims = Claims::parse(&text).map_err(|error| no_claims(&error.to_string(), &text, &input))?.into_owned();
        let at = given.at(now, || issued_at(&claims, &input))?;
        return Ok(Presented { believed: Believed::Unverified, claims: Some(claims), header: None, at });
    };
    let input = Input::from(file.as_str());
    let text = read_text(&input, outside.stdin, LARGEST)?;
    let token = token_text::token(&text).map_err(|error| no_token(&error, &input))?;
    let at = given.at(now, || verify::issued_at(token, &input).map(|issued| issued.unwrap_or(now)))?;
    let refused = |refusal| Presented { believed: Believed::Refused(refusal), claims: None, header: None, at };
    let mut buffer = TokenBuffer::default();
    let unverified = match Unverified::read(&mut buffer, token) {
        Ok(unverified) => unverified,
        Err(error) => return Ok(refused(refusal(&error))),
    };
    let Some(issuer) = unverified.unverified_issuer().map(str::to_owned) else {
        return Ok(refused(refusal(&TokenError::ClaimMissing { name: "iss" })));
    };
    // The token names an issuer, it does not choose one: nobody's keys are fetched but those of a registry's or record's.
    if given.jwks.is_none() && !judges.iter().any(|judge| judge.knows_issuer(&issuer)) {
        return Ok(refused(unknown_issuer(&issuer, profiles)));
    }
    let hosts = recognise(catalogue, &issuer).map(|found| found.provider.jwks_hosts.clone()).unwrap_or_default();
    let (keys, keys_from) = given.keys(outside)?.of(&issuer, &hosts)?;
    match signed(unverified, &issuer, &keys, keys_from) {
        Ok((signed, claims)) => {
            let header = Header { algorithm: signed.algorithm.clone(), key: signed.key.clone() };
            Ok(Presented { believed: Believed::Signed(signed), claims: Some(claims), header: Some(header), at })
        }
        Err(error) => Ok(refused(refusal(&error))),
    }
}

fn signed(
    token: Unverified<'_>,
    issuer: &str,
    keys: &KeySet,
    keys_from: String,
) -> Result<(Signed, Claims<'static>), TokenError> {
    // Which algorithms the registry takes is a part of its rules, and said with its own words.
    let checked = token.check_signature_only(issuer, &Algorithm::ALL, keys)?;
    let claims = checked.claims_of_unjudged_times_and_audience().clone().into_owned();
    let signed = Signed {
        issuer: claims.named("iss").and_then(Value::as_str).unwrap_or_default().to_owned(),
        algorithm: checked.algorithm().name().to_owned(),
        key: checked.key_id().to_owned(),
        keys_from,
    };
    Ok((signed, claims))
}

fn unknown_issuer(issuer: &str, profiles: &[&'static Profile]) -> Refusal {
    let (who, has) = match profiles {
        [only] => (only.title.clone(), "it has records"),
        _ => ("no registry here".to_owned(), "there are records"),
    };
    let mut kinds: Vec<&str> = profiles
        .iter()
        .flat_map(|profile| profile.publishers.values())
        .map(|publisher| publisher.title.as_str())
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    let takes = if profiles.len() == 1 { "takes no tokens" } else { "takes tokens" };
    Refusal {
        code: "token-unknown-issuer".to_owned(),
        message: format!("{who} {takes} of `{issuer}`, so its keys were not fetched"),
        help: Some(format!("{has} for {}; `--jwks FILE` shows what else would be said", kinds.join(", "))),
    }
}

fn refusal(error: &TokenError) -> Refusal {
    Refusal { code: verify::code(error), message: error.to_string(), help: None }
}
