//! How a registry judges a token before it looks at any record.

use std::fmt::Write as _;

use trustctl_catalog::profile::{AudienceCheck, Envelope, Profile, Publisher, ReplayScope, WhenIssued};

use super::{code, codes};

/// The checks of the envelope, in the order they are made.
pub(super) fn checks(page: &mut String, profile: &Profile) {
    let rule = &profile.envelope;
    let mut checks = Vec::new();
    let key = if rule.needs_key_id { ", and a `kid`" } else { "" };
    checks.push(match rule.algorithms.as_slice() {
        [] => format!("Header: whatever algorithm the issuer's keys sign with, as far as is known; never `none`{key}."),
        known => format!("Header: {}{key}.", codes(known, " or ")),
    });
    let blank = if rule.blank_is_missing { "; one of nothing but blanks is missing" } else { "" };
    checks.push(format!("Claims of every token: {}{blank}.", codes(&rule.requires, ", ")));
    let mut types: Vec<(&str, Vec<&String>)> = Vec::new();
    for (claim, kind) in &rule.types {
        match types.iter_mut().find(|(word, _)| *word == kind.word()) {
            Some((_, claims)) => claims.push(claim),
            None => types.push((kind.word(), vec![claim])),
        }
    }
    if !types.is_empty() {
        let types = types.into_iter().map(|(word, claims)| format!("{word}: {}", codes(claims, ", ")));
        checks.push(format!("Types, where they are there: {}.", types.collect::<Vec<_>>().join("; ")));
    }
    let https = if rule.issuer_is_https { ", and an `https` address" } else { "" };
    checks.push(format!("Issuer: one that a kind of record is for{https}."));
    if let Some(oldest) = rule.oldest_keys {
        checks.push(format!("Keys: fetched in the last {oldest} s."));
    }
    checks.push(format!("Times: {}.", times(rule)));
    checks.push(format!("Audience: {}.", audience(rule, profile)));
    checks.push(format!("First use: {}.", replay(rule)));
    for (at, check) in checks.iter().enumerate() {
        let _ = writeln!(page, "{}. {check}", at + 1);
    }
    settings(page, profile);
}

/// What the registry's operator sets.
fn settings(page: &mut String, profile: &Profile) {
    if !profile.settings.is_empty() {
        page.push_str("\nSet by its operator (`--set NAME=VALUE`):\n\n");
        for (name, setting) in &profile.settings {
            let default = match setting.default.as_slice() {
                [] => String::new(),
                values => format!("; {} by default", codes(values, ", ")),
            };
            let _ = writeln!(page, "- `{name}`: {}{default}", setting.about);
        }
    }
}

fn times(rule: &Envelope) -> String {
    let last = if rule.holds_at_exp { ", which still holds in that very second" } else { "" };
    let mut text = format!("clocks may differ by {} s; not after `exp`{last}", rule.leeway);
    text.push_str(if rule.not_before { "; not before `nbf`" } else { "; `nbf` is not looked at" });
    text.push_str(match rule.issued {
        WhenIssued::RefusedInFuture => "; not issued in the future",
        WhenIssued::Ignored => "; `iat` is not compared with the clock",
    });
    if let Some(longest) = rule.longest_life {
        let _ = write!(text, "; at most {longest} s from `iat` to `exp`");
    }
    text
}

/// How `aud` is compared; an operator's setting is shown with what it is by default.
fn audience(rule: &Envelope, profile: &Profile) -> String {
    let wanted = rule.audience.as_ref().map_or(String::new(), |audience| {
        let default = |name: &str| profile.settings.get(name).and_then(|setting| setting.default.first());
        match audience.settings().next().and_then(default) {
            Some(default) if audience.parts.len() == 1 => {
                format!("{}, which is {} by default", code(&audience.text), code(default))
            }
            _ => code(&audience.text),
        }
    });
    match rule.audiences {
        AudienceCheck::OneString => format!("one text and no array, equal to {wanted}"),
        AudienceCheck::ExactlyOne => format!("a text or an array of exactly one, equal to {wanted}"),
        AudienceCheck::Permissions => "JSON text of what the token may do".to_owned(),
        AudienceCheck::ByRecord => "only looked at where the record has a condition on it".to_owned(),
    }
}

/// What becomes of a second use.
fn replay(rule: &Envelope) -> String {
    let claim = code(&rule.replay.claim);
    let kept = match rule.replay.kept {
        0 => String::new(),
        seconds => format!(", remembered until {seconds} s after `exp`"),
    };
    match rule.replay.scope {
        ReplayScope::Issuer => format!("a {claim} counts once for each issuer{kept}"),
        ReplayScope::Registry => format!("a {claim} counts once at the whole registry{kept}"),
        ReplayScope::Nowhere => "a token is taken again until it expires".to_owned(),
        ReplayScope::Unknown => "whether a token is taken twice is not known".to_owned(),
    }
}

/// What of the envelope differs for this kind.
pub(super) fn differences(page: &mut String, profile: &Profile, publisher: &Publisher) {
    let Some(parts) = &publisher.envelope else { return };
    let rule = profile.envelope.with(parts);
    let mut said = Vec::new();
    if parts.requires.is_some() {
        said.push(format!("claims of every token: {}", codes(&rule.requires, ", ")));
    }
    if parts.audiences.is_some() {
        said.push(format!("audience: {}", audience(&rule, profile)));
    }
    if parts.replay.is_some() {
        said.push(format!("first use: {}", replay(&rule)));
    }
    let _ = writeln!(page, "\nOf a token's envelope, here: {}.", said.join("; "));
}
