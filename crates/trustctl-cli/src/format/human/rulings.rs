//! What every registry would say of a token, as a table for people.
//!
//! A token is made for one audience, so nearly every registry refuses it for that alone. The table therefore has two
//! answers: of this token as it is, and of the same job's token with the registry's own audience.

use std::collections::BTreeMap;

use trustctl_catalog::Basis;
use trustctl_records::{Miss, RecordReport, StepReport, StepState};

use super::page::Page;
use super::ruling::{at, unverified};
use crate::look::{Look, Style};
use crate::ruling::{Believed, Origin, RegistryAnswer, Rulings, Taken, is_audience};

/// Columns of the words at the left: `audience  `.
const TERM: usize = 10;
/// Columns of each answer: `own aud  `.
const ANSWER: usize = 9;

/// The answers as a table.
pub(crate) fn rulings(rulings: &Rulings, look: Look) -> String {
    let mut page = Page::new(look);
    headline(&mut page, rulings);
    match &rulings.believed {
        Believed::Refused(refusal) => {
            page.term(2, "token", TERM, None, &refusal.message);
            if let Some(help) = &refusal.help {
                page.term(2, "help", TERM, Some(Style::Advice), help);
            }
            page.aside(2 + TERM, "what a refused token says is not believed, so no registry was asked");
            at(&mut page, rulings, TERM);
            return page.finish();
        }
        Believed::Signed(signed) => {
            let text = format!("{} signature holds under key {} of {}", signed.algorithm, signed.key, signed.keys_from);
            page.term(2, "signed", TERM, None, &text);
        }
        Believed::Unverified => {}
    }
    page.term(2, "audience", TERM, None, rulings.audience.as_deref().unwrap_or("none"));
    at(&mut page, rulings, TERM);
    table(&mut page, rulings);
    page.gap();
    legend(&mut page, rulings);
    page.finish()
}

fn headline(page: &mut Page, rulings: &Rulings) {
    let count = |taken: Taken| rulings.answers.iter().filter(|answer| answer.taken() == taken).count();
    let (now, asked) = (count(Taken::Yes), count(Taken::WithAudience));
    let registries = |count: usize| if count == 1 { "1 registry".to_owned() } else { format!("{count} registries") };
    let takes = |count: usize| if count == 1 { "takes" } else { "take" };
    let (word, style) = if now > 0 { ("allow", Style::Good) } else { ("deny", Style::Bad) };
    let mut said = match now {
        0 => "no registry takes this token".to_owned(),
        _ => format!("{} {} this token", registries(now), takes(now)),
    };
    match asked {
        0 => {}
        1 => said.push_str("; 1 would with its own audience"),
        _ => said.push_str(&format!("; {asked} would with their own audience")),
    }
    let left = format!("{}: {said}", page.look().paint(style, word));
    let aside = unverified(rulings);
    let right = page.look().paint(Style::Care, aside).to_string();
    page.beside(&left, word.len() + 2 + said.chars().count(), &right, aside.len());
}

fn table(page: &mut Page, rulings: &Rulings) {
    let name = |answer: &RegistryAnswer| {
        let mark = if answer.profile.basis == Basis::Documentation { " *" } else { "" };
        format!("{}{mark}", answer.profile.registry)
    };
    let column = rulings.answers.iter().map(|answer| name(answer).chars().count()).max().unwrap_or(0).max(8) + 2;
    page.heading(&format!("{:column$}{:ANSWER$}{:ANSWER$}because", "registry", "now", "own aud"));
    for answer in &rulings.answers {
        let taken = answer.taken();
        let (now, asked) = (yes(taken == Taken::Yes), yes(taken >= Taken::WithAudience));
        let left = format!("{:column$}{now:ANSWER$}{asked:ANSWER$}", name(answer));
        let style = match taken {
            Taken::Yes => Some(Style::Good),
            Taken::WithAudience => None,
            Taken::No => Some(Style::Bad),
        };
        let because = because(answer).join("; ");
        page.term(0, left.trim_end(), left.chars().count(), style, &because);
    }
}

fn yes(taken: bool) -> &'static str {
    if taken { "yes" } else { "no" }
}

/// Why, in a sentence or two.
fn because(answer: &RegistryAnswer) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(problem) = answer.unfit.first() {
        let field = if problem.field.is_empty() { String::new() } else { format!("`{}`: ", problem.field) };
        said.push(format!("it takes no record that this token needs: {field}{}", problem.reason));
        return said;
    }
    if let Some(step) = answer.refused_otherwise() {
        said.push(refused(step));
        return said;
    }
    if let Some(step) = answer.explanation.refused().filter(|step| is_audience(step) && answer.rule.is_allow()) {
        said.push(match &step.expected[..] {
            [] => "the audience of one of its registries".to_owned(),
            expected => format!("audience {}", expected.join(" or ")),
        });
    }
    match answer.rule.records.first() {
        Some(at) => said.extend(answer.records.get(*at).map(|record| match &record.origin {
            Origin::Token { fields } => {
                let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                format!("a record with {}", fields.join(", "))
            }
            Origin::File { file, place: 0 } => format!("by {file}"),
            Origin::File { file, place } => format!("by record {place} of {file}"),
        })),
        None => said.push(nearest(answer)),
    }
    said
}

fn refused(step: &StepReport) -> String {
    match (&step.state, &step.cause) {
        (StepState::Refused(reason), Some(cause)) => format!("{reason}: {cause}"),
        (StepState::Refused(reason), None) => reason.clone(),
        _ => step.name.clone(),
    }
}

/// Why the nearest record does not hold.
fn nearest(answer: &RegistryAnswer) -> String {
    let explanation = &answer.explanation;
    let nearest = explanation.nearest.and_then(|at| explanation.records.get(at));
    let Some(step) = nearest.and_then(RecordReport::first_failure) else {
        return match explanation.records.len() {
            0 => "it has no record for such tokens".to_owned(),
            _ => "its records are for tokens of another issuer".to_owned(),
        };
    };
    let what = match (&step.cause, &step.state, &step.found) {
        (Some(cause), ..) => cause.clone(),
        (None, StepState::Misses(Miss::Missing(claim) | Miss::Blank(claim)), _) => {
            format!("the token has no `{claim}`")
        }
        (None, _, Some(found)) if !step.expected.is_empty() => {
            format!("the token has {found}, the record {}", step.expected.join(" or "))
        }
        (None, _, Some(found)) => format!("the token has {found}"),
        (None, ..) => "it does not hold".to_owned(),
    };
    format!("{}: {what}", step.name)
}

fn legend(page: &mut Page, rulings: &Rulings) {
    page.aside(
        0,
        "now: what becomes of this token; own aud: what would of the same job's, made for the registry's own audience",
    );
    let made = rulings.answers.iter().flat_map(|answer| &answer.records);
    if made.clone().count() > 0 && made.clone().all(|record| matches!(record.origin, Origin::Token { .. })) {
        page.aside(0, "no records were given: each registry is asked about the record that this token would need");
    }
    let mut documented: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for profile in rulings.answers.iter().map(|answer| answer.profile).filter(|it| it.basis == Basis::Documentation) {
        documented.entry(&profile.checked).or_default().push(&profile.title);
    }
    for (checked, titles) in documented {
        page.aside(0, &format!("* known from documentation only, compared on {checked}: {}", titles.join(", ")));
    }
    page.aside(0, "not checked: whether it was used before (replay); `--as REGISTRY` shows every step");
}
