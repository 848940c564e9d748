//! Records with fields: the profile says what each means.

use trustctl_catalog::profile::{Direction, Loss as DeclaredLoss, Meaning, Operation, Profile, Sense};
use trustctl_pattern::Pattern;

use super::{Ask, Clause, Condition, Given, Issuer, Loss};
use crate::prepare::{Fill, Text, TextPart};
use crate::{FieldValue, Settings};

/// The one way in that such a record is.
pub(super) fn clause(profile: &Profile, fill: &Fill<'_>, settings: &Settings) -> Clause {
    let publisher = fill.publisher;
    let (given, unsaid) = given(profile, fill);
    let declared = publisher.loses.iter().filter(|loss| applies(loss, fill)).map(|loss| Loss {
        is: loss.is,
        claims: loss.claims.clone(),
        about: loss.about.clone(),
    });
    let conditions: Vec<Condition> =
        publisher.means.iter().filter_map(|meaning| condition(meaning, fill, settings)).collect();
    let inexact = conditions.iter().filter_map(|condition| inexact(profile, condition));
    let losses = declared.chain(unsaid).chain(inexact).collect();
    let (audience, claims) = (None, Vec::new());
    Clause { issuer: issuer(fill, settings), conditions, given, audience, claims, until: until(fill), losses }
}

/// The end of the time within which the record must have been used first.
fn until(fill: &Fill<'_>) -> Option<i64> {
    let moments = super::steps(fill).filter_map(|step| match &step.operation {
        Operation::Until { field } => fill.record.fields.get(field),
        _ => None,
    });
    let moments = moments.filter_map(|value| match value {
        FieldValue::Moment(moment) => Some(*moment),
        _ => None,
    });
    moments.min()
}

/// What of a condition the trust language cannot ask.
fn inexact(profile: &Profile, condition: &Condition) -> Option<Loss> {
    let (title, claim) = (&profile.title, &condition.claim);
    let (is, about) = match &condition.asks {
        Ask::Contains(texts) if texts.len() > 1 => {
            (Direction::Wider, format!("{title} wants all of the `{claim}`, and a trust file asks for the first"))
        }
        Ask::EqualsIgnoringCase(texts) if !texts.iter().all(|text| text.is_ascii()) => {
            (Direction::Narrower, format!("{title} folds letters beyond ASCII in `{claim}`, and a trust file does not"))
        }
        _ => return None,
    };
    Some(Loss { is, claims: vec![claim.clone()], about })
}

/// Whether a loss is about this record.
pub(super) fn applies(loss: &DeclaredLoss, fill: &Fill<'_>) -> bool {
    let fits = |(field, language): &(String, String)| {
        let text = fill.record.text(field).unwrap_or_default();
        Pattern::regex(language).is_ok_and(|language| language.is_match(text))
    };
    loss.when.as_ref().is_none_or(|field| fill.is_set(field))
        && !loss.unless.as_ref().is_some_and(|field| fill.is_set(field))
        && loss.field.as_ref().is_none_or(fits)
}

fn issuer(fill: &Fill<'_>, settings: &Settings) -> Issuer {
    let publisher = fill.publisher;
    let named = publisher.issuer_field.as_ref().and_then(|field| fill.record.text(field)).map(str::to_owned);
    let only = || match publisher.issuers.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    };
    let fields = publisher.issuer_fields.iter();
    let fields = fields.filter_map(|(name, template)| Some((name.clone(), whole(&fill.fill(template, settings)?)?)));
    Issuer { provider: publisher.provider.clone(), issuer: named.or_else(only), fields: fields.collect() }
}

/// The condition that a meaning is in this record, where it is one.
fn condition(meaning: &Meaning, fill: &Fill<'_>, settings: &Settings) -> Option<Condition> {
    let is_set = |field: &Option<String>| field.as_ref().map(|field| fill.is_set(field));
    if is_set(&meaning.when) == Some(false) || is_set(&meaning.unless) == Some(true) {
        return None;
    }
    let texts: Vec<Text> = meaning.values.iter().flat_map(|template| fill.fill_each(template, settings)).collect();
    let among = meaning.among.iter().filter(|(_, field)| field.is_empty() || fill.record.is_true(field));
    let values: Vec<String> = texts.iter().filter_map(whole).chain(among.map(|(value, _)| value.clone())).collect();
    let asks = match meaning.is {
        Sense::Present => Ask::Present,
        Sense::Template => Ask::Template(texts.first().and_then(template)?),
        // Where the record lacks what a condition is made of, the condition is not in it.
        _ if values.is_empty() => return None,
        Sense::Equals => Ask::Equals(values),
        Sense::EqualsIgnoringCase => Ask::EqualsIgnoringCase(values),
        Sense::Not => Ask::Not(values),
        Sense::Contains => Ask::Contains(values),
    };
    Some(Condition { claim: meaning.claim.clone(), asks })
}

/// A text that nothing of the token or the request is a part of.
fn whole(text: &Text) -> Option<String> {
    let fixed = |part: &TextPart| match part {
        TextPart::Fixed(text) => Some(text.clone()),
        TextPart::Version | TextPart::Token(..) => None,
    };
    text.parts.iter().map(fixed).collect()
}

/// As the trust language writes a template.
fn template(text: &Text) -> Option<String> {
    let parts = text.parts.iter().map(|part| match part {
        TextPart::Fixed(text) => Some(text.as_str()),
        TextPart::Version => Some("{version}"),
        TextPart::Token(..) => None,
    });
    parts.collect()
}

/// What the record lets its holder do, and what of that the trust language has no word for.
pub(super) fn given(profile: &Profile, fill: &Fill<'_>) -> (Given, Vec<Loss>) {
    let gives = &fill.publisher.gives;
    let list = |field: &String| match fill.record.fields.get(field) {
        Some(FieldValue::List(texts)) => texts.clone(),
        _ => Vec::new(),
    };
    let mut losses = Vec::new();
    let of_field = gives.actions.as_ref().and_then(|actions| Some((actions, actions.field.as_ref()?)));
    let actions = of_field.map(|(actions, field)| {
        let (known, other): (Vec<String>, Vec<String>) =
            list(field).into_iter().partition(|text| actions.are.contains_key(text));
        for text in other {
            let about = format!("{} lets it do `{text}`, which the trust language has no action for", profile.title);
            losses.push(Loss { is: Direction::Narrower, claims: Vec::new(), about });
        }
        known.iter().filter_map(|text| actions.are.get(text).cloned()).collect()
    });
    let packages = gives.packages.as_ref().map(list).unwrap_or_default();
    let accounts = gives.accounts.as_ref().map(list);
    (Given { actions, packages, accounts }, losses)
}
