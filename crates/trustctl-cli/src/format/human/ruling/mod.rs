//! One registry's answer with its reasons, for people.
//!
//! ```text
//! deny: PyPI refuses this token
//!   nearest  publisher.json  GitHub Actions              9 of 10 steps hold
//!   steps    ok  owner          acme
//!            no  workflow file  expected  publish.yml
//!                               found     build.yml (job_workflow_ref)
//!   cause    …
//! ```

mod footing;
mod records;
mod steps;

use trustctl_records::StepState;

use super::page::Page;
use crate::look::{Look, Style, shown};
use crate::moment;
use crate::ruling::{Believed, RegistryAnswer, Rulings, is_audience};
use crate::verdict::Refusal;

pub(super) use steps::quoted;

/// Columns of the words at the left: `nearest  `.
const TERM: usize = 9;
/// What is said beside the answer where nobody signed the claims.
const UNVERIFIED: &str = "claims NOT verified (read from a file)";

/// An answer in words.
pub(crate) fn ruling(rulings: &Rulings, look: Look) -> String {
    let mut page = Page::new(look);
    let title = rulings.asked.first().map_or("", |profile| &profile.title);
    headline(&mut page, rulings, title);
    if let Believed::Refused(refusal) = &rulings.believed {
        refused(&mut page, refusal, TERM, "what a refused token says is not believed, so no record was looked at");
    }
    for answer in &rulings.answers {
        for set in &answer.settings {
            let text = format!("{} is {}, by {}", set.name, set.values.join(", "), set.origin());
            page.term(2, "set", TERM, Some(Style::Care), &text);
        }
        envelope(&mut page, rulings, answer);
        records::records(&mut page, rulings, answer);
        footing::footing(&mut page, rulings, answer);
    }
    at(&mut page, rulings, TERM);
    page.finish()
}

fn headline(page: &mut Page, rulings: &Rulings, title: &str) {
    let what = rulings.package.as_ref().map_or(String::new(), |package| format!(" for {package}"));
    let (word, style) = word(rulings);
    let verb = match (rulings.is_allow(), rulings.records_given) {
        (true, true) => "takes",
        (true, false) => "would take",
        (false, _) => "refuses",
    };
    let said = format!("{title} {verb} this token{what}");
    let left = format!("{}: {}", page.look().paint(style, word), shown(&said));
    let columns = word.len() + 2 + said.chars().count();
    let aside = if rulings.believed == Believed::Unverified { UNVERIFIED } else { "" };
    let right = page.look().paint(Style::Care, aside).to_string();
    page.beside(&left, columns, &right, aside.len());
}

/// The answer's word and how it is painted.
pub(super) fn word(rulings: &Rulings) -> (&'static str, Style) {
    match (rulings.is_allow(), rulings.records_given) {
        (true, true) => ("allow", Style::Good),
        (true, false) => ("possible", Style::Care),
        (false, _) => ("deny", Style::Bad),
    }
}

/// A token that no registry is asked about.
pub(super) fn refused(page: &mut Page, refusal: &Refusal, term: usize, so: &str) {
    page.term(2, "token", term, Some(Style::Bad), &refusal.message);
    if let Some(help) = &refusal.help {
        page.term(2, "help", term, Some(Style::Advice), help);
    }
    page.aside(2 + term, so);
}

/// The check of the token itself that does not hold.
fn envelope(page: &mut Page, rulings: &Rulings, answer: &RegistryAnswer) {
    let Some(step) = answer.explanation.refused() else { return };
    let StepState::Refused(reason) = &step.state else { return };
    page.term(2, "token", TERM, Some(Style::Bad), reason);
    let wanted = if is_audience(step) { answer.audience().into_iter().collect() } else { step.expected.clone() };
    // A claim that is missing has been named.
    if step.claim.is_some() {
        steps::values(page, 2 + TERM, &wanted, step, rulings.now);
    }
    if let Some(cause) = &step.cause {
        page.term(2, "cause", TERM, None, cause);
    }
    if is_audience(step) && !answer.unset.is_empty() {
        let set: Vec<String> = answer.unset.iter().map(|name| format!("`--set {name}=NAME`")).collect();
        page.term(2, "help", TERM, Some(Style::Advice), &format!("say which registry it is: {}", set.join(" ")));
    }
    at_issued(page, rulings, TERM);
    if answer.rule.is_allow() && answer.refused_otherwise().is_none() {
        page.aside(2 + TERM, "nothing else is in the way");
    }
}

/// What to do about a captured token, which has nearly always expired by now.
pub(super) fn at_issued(page: &mut Page, rulings: &Rulings, term: usize) {
    let refused = rulings.answers.iter().filter_map(|answer| answer.explanation.refused());
    let is_expired = refused.into_iter().any(|step| step.claim.as_deref() == Some("exp"));
    if is_expired && rulings.at == rulings.now {
        let help = "`--at issued` judges a captured token at the moment it was issued";
        page.term(2, "help", term, Some(Style::Advice), help);
    }
}

/// The moment, where it is not now.
pub(super) fn at(page: &mut Page, rulings: &Rulings, term: usize) {
    if rulings.at != rulings.now {
        let at = format!("{} ({})", moment::in_words(rulings.at), moment::from_now(rulings.at, rulings.now));
        page.term(2, "at", term, None, &at);
    }
}

/// Whose signature holds.
pub(super) fn signed(page: &mut Page, rulings: &Rulings, term: usize) {
    if let Believed::Signed(signed) = &rulings.believed {
        let text = format!("{}, by key {} of {}", signed.algorithm, signed.key, signed.keys_from);
        page.term(2, "signed", term, None, &text);
    }
}
