//! What every registry would say of a token, as a table for people.
//!
//! A token is made for one audience, so nearly every registry refuses it for that alone: where nothing else is in the
//! way, the table says so, and which audience to ask for.

use std::collections::BTreeMap;

use trustctl_catalog::Basis;
use trustctl_catalog::profile::AudienceCheck;
use trustctl_records::{Miss, RecordReport, StepReport, StepState};

use super::page::Page;
use super::ruling::{at, at_issued, quoted, refused, signed, word};
use crate::look::{Look, Style, breakable};
use crate::ruling::{Believed, Origin, RegistryAnswer, Rulings, Taken};

/// Columns of the words at the left: `audience  `.
const TERM: usize = 10;
/// Columns of the answer: `answer  `.
const ANSWER: usize = 8;

/// The answers as a table.
pub(crate) fn rulings(rulings: &Rulings, look: Look) -> String {
    let mut page = Page::new(look);
    headline(&mut page, rulings);
    signed(&mut page, rulings, TERM);
    match &rulings.believed {
        Believed::Refused(refusal) => {
            let so = "what a refused token says is not believed, so no registry was asked";
            refused(&mut page, refusal, TERM, so);
            at(&mut page, rulings, TERM);
            return page.finish();
        }
        Believed::Unverified => page.term(2, "claims", TERM, Some(Style::Care), "NOT verified (read from a file)"),
        Believed::Signed(_) => {}
    }
    page.term(2, "audience", TERM, None, rulings.audience.as_deref().unwrap_or("none"));
    at(&mut page, rulings, TERM);
    at_issued(&mut page, rulings, TERM);
    for answer in &rulings.answers {
        for set in &answer.settings {
            let registry = &answer.profile.registry;
            let text = format!("{registry}.{} is {}, by {}", set.name, set.values.join(", "), set.origin());
            page.term(2, "set", TERM, Some(Style::Care), &text);
        }
    }
    table(&mut page, rulings);
    page.gap();
    legend(&mut page, rulings);
    page.finish()
}

fn headline(page: &mut Page, rulings: &Rulings) {
    let count = |taken: Taken| rulings.answers.iter().filter(|answer| answer.taken() == taken).count();
    let (now, otherwise, all) = (count(Taken::Yes), count(Taken::WithAudience), rulings.answers.len());
    let takes = match (now, rulings.records_given) {
        (_, false) => "would take",
        (0 | 1, true) => "takes",
        (_, true) => "take",
    };
    let who = if now == 0 { "no registry".to_owned() } else { format!("{now} of {all} registries") };
    let more = match (now, otherwise) {
        (_, 0) => String::new(),
        (0, _) => format!("; {otherwise} would with the right audience"),
        _ => format!(", {otherwise} more with the right audience"),
    };
    let (word, style) = word(rulings);
    page.term(0, &format!("{word}:"), word.len() + 2, Some(style), &format!("{who} {takes} this token{more}"));
}

fn table(page: &mut Page, rulings: &Rulings) {
    let name = |answer: &RegistryAnswer| {
        let mark = if answer.profile.basis == Basis::Documentation { " *" } else { "" };
        format!("{}{mark}", answer.profile.registry)
    };
    let column = rulings.answers.iter().map(|answer| name(answer).chars().count()).max().unwrap_or(0).max(8) + 2;
    page.heading(&format!("{:column$}{:ANSWER$}why", "registry", "answer"));
    for answer in &rulings.answers {
        let (word, style) = match answer.taken() {
            Taken::Yes => ("yes", Some(Style::Good)),
            Taken::WithAudience => ("no", None),
            Taken::No => ("no", Some(Style::Bad)),
        };
        let left = format!("{:column$}{word}", name(answer));
        let room = page.look().width.saturating_sub(column + ANSWER);
        page.term(0, &left, column + ANSWER, style, &breakable(&why(answer), room));
    }
}

/// Why, in a sentence.
fn why(answer: &RegistryAnswer) -> String {
    match (answer.taken(), answer.audience()) {
        (Taken::Yes, _) => by(answer),
        (Taken::WithAudience, Some(audience)) => format!("only the audience: it must be {audience}"),
        (Taken::WithAudience, None) if answer.profile.envelope.audiences == AudienceCheck::Permissions => {
            "only the audience: it must list the permission to publish the package".to_owned()
        }
        (Taken::WithAudience, None) => "only the audience: it must be the one that the record names".to_owned(),
        (Taken::No, Some(audience)) => format!("{}; and the audience must be {audience}", in_the_way(answer)),
        (Taken::No, None) => in_the_way(answer),
    }
}

/// The record that lets the token in.
fn by(answer: &RegistryAnswer) -> String {
    let record = answer.rule.records.first().and_then(|at| answer.records.get(*at));
    match record.map(|record| &record.origin) {
        Some(Origin::File { file, place: 0 }) => format!("by {file}"),
        Some(Origin::File { file, place }) => format!("by record {place} of {file}"),
        Some(Origin::Token { .. }) | None => {
            format!("by the record that `--as {}` shows", answer.profile.registry)
        }
    }
}

/// What keeps the token out, whatever its audience is.
fn in_the_way(answer: &RegistryAnswer) -> String {
    if let Some(problem) = answer.unfit.first() {
        let field = if problem.field.is_empty() { String::new() } else { format!("`{}`: ", problem.field) };
        return format!("it takes no record that this token needs: {field}{}", problem.reason);
    }
    if let Some(step) = answer.refused_otherwise() {
        return of_token(step);
    }
    if let Some(one) = answer.set_aside.first().filter(|one| answer.records.is_empty() || one.record.is_none()) {
        return format!("its record: {}", one.reason);
    }
    let explanation = &answer.explanation;
    let nearest = explanation.nearest.and_then(|at| explanation.records.get(at));
    match nearest.and_then(RecordReport::first_failure) {
        Some(step) => of_record(step),
        None if explanation.records.is_empty() => "it has no record for such tokens".to_owned(),
        None => "its records are for tokens of another issuer".to_owned(),
    }
}

/// A check of the token itself that does not hold.
fn of_token(step: &StepReport) -> String {
    match (&step.state, &step.cause) {
        // Of a claim that is missing, the cause says more than that it is.
        (StepState::Refused(_), Some(cause)) if step.claim.is_none() => cause.clone(),
        (StepState::Refused(reason), _) => reason.clone(),
        _ => step.name.clone(),
    }
}

/// A step of the nearest record that does not hold: the difference, or the cause where the record has no part in it.
fn of_record(step: &StepReport) -> String {
    let (name, expected) = (&step.name, step.expected.iter().map(|text| quoted(text)));
    let expected = expected.collect::<Vec<_>>().join(" or ");
    match (&step.state, &step.found, &step.cause) {
        (StepState::Misses(Miss::Differs(_) | Miss::OtherId(_)), Some(found), _)
            if !step.fields.is_empty() && !expected.is_empty() =>
        {
            format!("{name}: the token has {}, the record {expected}", quoted(found))
        }
        (_, _, Some(cause)) => cause.clone(),
        (StepState::Misses(Miss::Missing(claim) | Miss::Blank(claim)), ..) => format!("the token has no `{claim}`"),
        (_, Some(found), None) => format!("{name}: the token has {}", quoted(found)),
        (_, None, None) => format!("{name} does not hold"),
    }
}

fn legend(page: &mut Page, rulings: &Rulings) {
    let mut documented: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for profile in rulings.answers.iter().map(|answer| answer.profile).filter(|it| it.basis == Basis::Documentation) {
        documented.entry(&profile.checked).or_default().push(&profile.registry);
    }
    let alone = documented.len() == 1;
    for (checked, names) in documented {
        let names = if alone { String::new() } else { format!(": {}", names.join(", ")) };
        page.aside(0, &format!("* known from its documentation only, compared on {checked}{names}"));
    }
    if !rulings.records_given {
        page.aside(0, "no records were given: each is asked by the record that the token would need, which nobody has made, so the exit code is 1");
    }
    page.aside(0, "`--as REGISTRY` shows every step; earlier uses (replay) are not checked");
}
