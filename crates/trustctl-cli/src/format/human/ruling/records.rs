//! The records that were asked: those that let the token in, or the nearest ones.

use trustctl_records::{RecordReport, StepReport};

use super::{TERM, steps};
use crate::format::human::page::Page;
use crate::look::{Style, shown};
use crate::ruling::{AskedRecord, Origin, RegistryAnswer, Rulings, Taken};

/// Records that a deny shows; the JSON has them all.
const MOST_RECORDS: usize = 3;

pub(super) fn records(page: &mut Page, rulings: &Rulings, answer: &RegistryAnswer) {
    for problem in &answer.unfit {
        let field = if problem.field.is_empty() { String::new() } else { format!("`{}`: ", problem.field) };
        let text = format!("{} takes no record that this token needs: {field}{}", answer.profile.title, problem.reason);
        page.term(2, "record", TERM, Some(Style::Bad), &text);
    }
    for one in &answer.set_aside {
        let which = match &one.record {
            Some(Origin::File { file, place: 0 }) => format!("{file}: "),
            Some(Origin::File { file, place }) => format!("record {place} of {file}: "),
            Some(Origin::Token { .. }) | None => String::new(),
        };
        page.term(2, "record", TERM, Some(Style::Bad), &format!("{which}{}", one.reason));
    }
    let explanation = &answer.explanation;
    let all: Vec<(&RecordReport, &AskedRecord)> = explanation.records.iter().zip(&answer.records).collect();
    if !answer.rule.records.is_empty() {
        for (report, record) in answer.rule.records.iter().filter_map(|at| all.get(*at)) {
            let term = if answer.taken() == Taken::Yes { "by" } else { "record" };
            record_lines(page, term, answer, report, record);
        }
        return;
    }
    let mut about: Vec<(usize, &(&RecordReport, &AskedRecord))> =
        all.iter().enumerate().filter(|(_, (report, _))| report.is_about_issuer).collect();
    about.sort_by_key(|(at, (report, _))| (explanation.nearest != Some(*at), report.failures().len(), *at));
    for (shown, (_, (report, record))) in about.iter().take(MOST_RECORDS).enumerate() {
        record_lines(page, if shown == 0 { "nearest" } else { "next" }, answer, report, record);
    }
    let more = about.len().saturating_sub(MOST_RECORDS);
    if more > 0 {
        let records = if more == 1 { "record is" } else { "records are" };
        page.aside(2 + TERM, &format!("{more} more {records} further off; `--format json` has them"));
    }
    let others = all.len() - about.len();
    if others > 0 {
        let records = if others == 1 { "record is" } else { "records are" };
        page.aside(2 + TERM, &format!("{others} {records} for tokens of another issuer"));
    }
    if all.is_empty() && answer.unfit.is_empty() && answer.set_aside.is_empty() {
        match (rulings.records_given, answer.refused_otherwise()) {
            (true, _) => page.term(2, "record", TERM, Some(Style::Bad), "there is none"),
            (false, None) => {
                page.term(2, "record", TERM, Some(Style::Bad), "no such record is for tokens of this issuer")
            }
            // The token itself says why no record is made for it.
            (false, Some(_)) => {}
        }
    }
}

fn record_lines(page: &mut Page, term: &str, answer: &RegistryAnswer, report: &RecordReport, record: &AskedRecord) {
    let look = page.look();
    let (term, label) = match &record.origin {
        Origin::File { file, place: 0 } => (term, shown(file).into_owned()),
        Origin::File { file, place } => (term, format!("record {place} of {}", shown(file))),
        Origin::Token { .. } if report.holding() == report.steps.len() => {
            ("record", "none given, this would do".to_owned())
        }
        Origin::Token { .. } => ("record", "none given, none would do".to_owned()),
    };
    let aside = format!("  {}", record.kind);
    let (all, holding) = (report.steps.len(), report.holding());
    let count = match holding == all {
        true => format!("all {all} steps hold"),
        false => format!("{holding} of {all} steps hold"),
    };
    let left =
        format!("  {term:TERM$}{}{}", look.paint(Style::Strong, &label), look.paint(Style::Faint, shown(&aside)));
    let columns = 2 + TERM + label.chars().count() + aside.chars().count();
    page.beside(&left, columns, &look.paint(Style::Faint, &count).to_string(), count.len());
    if let Origin::Token { fields } = &record.origin {
        let column = fields.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0) + 2;
        for (at, (name, value)) in fields.iter().enumerate() {
            let word = if at == 0 { "fields" } else { "" };
            page.term(2, &format!("{word:TERM$}{name}"), TERM + column, None, value);
        }
    }
    // Of a record further off, only what keeps the token out is of interest.
    steps::steps(page, report, term != "next");
    reasons(page, answer, report);
    for warning in &report.warnings {
        page.term(2, "care", TERM, Some(Style::Care), warning);
    }
}

/// Why its steps fail, in words, and what to do: each once.
fn reasons(page: &mut Page, answer: &RegistryAnswer, report: &RecordReport) {
    let failures = report.failures();
    let of_token = answer.explanation.refused().and_then(|step| step.cause.as_deref());
    let mut told: Vec<&StepReport> = Vec::new();
    for step in &failures {
        // One claim is often compared in several steps, and its cause is the same in all of them.
        let is_told = |earlier: &&StepReport| {
            step.claim.is_some() && earlier.claim == step.claim || step.cause.is_some() && earlier.cause == step.cause
        };
        if told.iter().any(is_told) {
            continue;
        }
        told.push(step);
        let which = if failures.len() > 1 { format!("{}: ", step.name) } else { String::new() };
        if let Some(cause) = step.cause.as_deref().filter(|cause| of_token != Some(*cause)) {
            page.term(2, "cause", TERM, None, &format!("{which}{cause}"));
        }
        if let Some(why) = &step.why {
            page.term(2, "why", TERM, None, &format!("{which}{why}"));
        }
        if let Some(help) = answer.help(&report.publisher, step) {
            page.term(2, "help", TERM, Some(Style::Advice), &help);
        }
    }
}
