//! What is said below the records: what an answer brings about, what the caller learns, and how the rules are known.

use trustctl_catalog::Basis;
use trustctl_catalog::profile::{Combine, ReplayScope, Teller};
use trustctl_records::Profile;

use super::{TERM, signed};
use crate::format::human::page::Page;
use crate::look::Style;
use crate::ruling::{RegistryAnswer, Rulings, Taken};

pub(super) fn footing(page: &mut Page, rulings: &Rulings, answer: &RegistryAnswer) {
    consequences(page, answer);
    signed(page, rulings, TERM);
    let profile = answer.profile;
    if !answer.from_token.is_empty() {
        let set: Vec<String> = answer.from_token.iter().map(|(name, value)| format!("{name} {value}")).collect();
        page.term(2, "asked", TERM, None, &format!("{}, as the token's audience has it", set.join(", ")));
    }
    if let Some(version) = &answer.version {
        let text = format!("{version}, as the tag has it; `--package NAME@VERSION` gives another");
        page.term(2, "version", TERM, None, &text);
    }
    if answer.records.len() > 1 {
        page.term(2, "several", TERM, None, &several(&profile.combine));
    }
    if answer.taken() == Taken::Yes {
        page.term(2, "replay", TERM, None, replay(answer));
    } else {
        page.term(2, "caller", TERM, None, &caller(answer));
    }
    page.term(2, "known", TERM, Some(Style::Care).filter(|_| profile.basis == Basis::Documentation), &basis(profile));
}

/// What an answer brings about.
fn consequences(page: &mut Page, answer: &RegistryAnswer) {
    let ruling = &answer.explanation.ruling;
    let title = &answer.profile.title;
    if !ruling.grants.is_empty() {
        page.term(2, "grants", TERM, None, &ruling.grants.join(", "));
    }
    for (_, learned) in &ruling.learned {
        let text = format!("`{}` {}, and no other from then on", learned.field, learned.value);
        page.term(2, "learns", TERM, None, &text);
    }
    if !ruling.disabled.is_empty() {
        let text = format!("{title} switches the record off, because its id is another now");
        page.term(2, "then", TERM, Some(Style::Care), &text);
    }
    let suggests = &answer.explanation.suggests_environment;
    if answer.taken() == Taken::Yes && answer.rule.records.iter().any(|at| suggests.contains(at)) {
        let text = format!(
            "the job runs in an environment and the record names none, so runs outside of it are let in as well; {title} writes to the owners about it"
        );
        page.term(2, "care", TERM, Some(Style::Care), &text);
    }
    if !answer.explanation.unknown_claims.is_empty() {
        let claims: Vec<String> = answer.explanation.unknown_claims.iter().map(|claim| format!("`{claim}`")).collect();
        let text = format!("{}: {title} does not know these claims, and only tells its operators", claims.join(", "));
        page.term(2, "unknown", TERM, None, &text);
    }
}

/// Which of several records counts.
fn several(combine: &Combine) -> String {
    match combine {
        Combine::Only => "there is one record at most; the first that holds was taken".to_owned(),
        Combine::Union => "every record that holds counts".to_owned(),
        Combine::Prefer(field) => {
            format!("the record that names `{field}` counts, and one without it only where there is none")
        }
        Combine::Oldest => "the oldest record that holds counts".to_owned(),
    }
}

fn replay(answer: &RegistryAnswer) -> &'static str {
    let taken = answer.rule.records.first().and_then(|at| answer.explanation.records.get(*at));
    let own = taken.and_then(|record| answer.profile.publisher(&record.publisher)?.envelope.as_ref()?.replay.as_ref());
    match own.unwrap_or(&answer.profile.envelope.replay).scope {
        ReplayScope::Issuer | ReplayScope::Registry => "not checked here: the registry takes a token once",
        ReplayScope::Nowhere => "the registry takes a token again and again until it expires",
        ReplayScope::Unknown => "not checked here; whether the registry takes a token twice is not known",
    }
}

/// What somebody who is refused learns.
fn caller(answer: &RegistryAnswer) -> String {
    let about = &answer.profile.discloses.about;
    let first = answer.explanation.nearest.and_then(|at| answer.explanation.records.get(at)?.first_failure());
    match (answer.profile.discloses.tells, first) {
        (Teller::Tiered, Some(step)) if step.told => format!("{about}; of this step it is told"),
        (Teller::Tiered, Some(_)) => format!("{about}; of this step it is told nothing"),
        _ => about.clone(),
    }
}

/// How the registry's rules are known.
fn basis(profile: &Profile) -> String {
    match profile.basis {
        Basis::Documentation => {
            format!("from {}'s documentation only, compared on {}", profile.title, profile.checked)
        }
        Basis::Source | Basis::Ours => format!("from {}'s source, compared on {}", profile.title, profile.checked),
    }
}
