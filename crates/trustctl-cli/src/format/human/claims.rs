//! A token's header and claims, for people.

use trustctl_catalog::Catalogue;
use trustctl_claims::{Claims, Value};

use super::page::Page;
use crate::look::{Look, Style, shown};
use crate::moment;
use crate::recognise::{Recognised, recognise};

/// Claims that every token has, in the order in which they are read.
const ENVELOPE: [&str; 7] = ["iss", "aud", "sub", "iat", "nbf", "exp", "jti"];

/// What a token says. Nobody has checked any of it.
pub(crate) fn token(header: &Claims<'_>, claims: &Claims<'_>, catalogue: &Catalogue, now: i64, look: Look) -> String {
    let mut page = Page::new(look);
    page.line(look.paint(Style::Care, "NOT verified: this is what the token says, and anybody can have written it"));
    let issuer = claims.named("iss").and_then(Value::as_str);
    let recognised = issuer.and_then(|issuer| recognise(catalogue, issuer));
    page.heading("provider");
    match (&recognised, issuer) {
        (Some(found), _) => recognised_lines(&mut page, found),
        (None, Some(_)) => page.paragraph(2, "none that can be told from this issuer: a provider of one's own, or a self-managed one; `trustctl providers` lists them"),
        (None, None) => page.paragraph(2, "the token has no `iss` that is a string"),
    }
    page.heading("header");
    members(&mut page, header.iter(), now);
    page.heading("claims");
    let envelope = ENVELOPE.into_iter().filter_map(|name| Some((name, claims.named(name)?)));
    members(&mut page, envelope.chain(claims.iter().filter(|(name, _)| !ENVELOPE.contains(name))), now);
    let derived = recognised.map(|found| found.derived(catalogue, claims)).unwrap_or_default();
    if !derived.is_empty() {
        page.heading("derived and nested claims, as trust files can name them");
        let column = derived.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0) + 2;
        for (name, value) in &derived {
            page.term(2, name, column, None, value);
        }
    }
    page.finish()
}

fn recognised_lines(page: &mut Page, found: &Recognised<'_>) {
    let fields: Vec<String> = found.fields.iter().map(|(name, value)| format!(", {name} {value}")).collect();
    page.paragraph(2, &format!("{} ({}){}", found.provider.kind, found.provider.title, fields.concat()));
    page.paragraph(2, &found.form.about);
}

fn members<'a>(page: &mut Page, members: impl Iterator<Item = (&'a str, &'a Value<'a>)>, now: i64) {
    let members: Vec<_> = members.collect();
    let column = members.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).min(32) + 2;
    for (name, value) in members {
        let written = match value {
            Value::String(text) if !text.is_empty() => shown(text).into_owned(),
            other if other.is_absent() => format!("{other} (absent)"),
            other => other.to_string(),
        };
        let time = match (name, value.as_integer().and_then(|digits| digits.parse::<i64>().ok())) {
            ("iat" | "nbf" | "exp", Some(second)) => {
                format!(" ({}, {})", moment::in_words(second), moment::from_now(second, now))
            }
            _ => String::new(),
        };
        page.term(2, name, column, None, &format!("{written}{time}"));
    }
}
