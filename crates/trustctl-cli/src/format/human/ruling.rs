//! One registry's answer with its reasons, for people.
//!
//! ```text
//! deny: PyPI refuses this token
//!   nearest  GitHub Actions record of publisher.json         9 of 10 steps hold
//!   steps    ok  owner          acme
//!            no  workflow file  expected  publish.yml
//!                               found     build.yml (job_workflow_ref)
//!   cause    …
//! ```

use trustctl_catalog::Basis;
use trustctl_catalog::profile::{Combine, ReplayScope, Teller};
use trustctl_records::{Miss, Profile, RecordReport, StepReport, StepState};

use super::page::Page;
use crate::look::{Look, Style, shown};
use crate::moment;
use crate::ruling::{AskedRecord, Believed, Origin, RegistryAnswer, Rulings, Taken, is_audience};

/// Columns of the words at the left: `nearest  `.
const TERM: usize = 9;
/// Columns of the word before a value: `expected  `.
const WORD: usize = 10;
/// Records that a deny shows; the JSON has them all.
const MOST_RECORDS: usize = 3;

/// An answer in words.
pub(crate) fn ruling(rulings: &Rulings, look: Look) -> String {
    let mut page = Page::new(look);
    let title = rulings.asked.first().map_or("", |profile| &profile.title);
    headline(&mut page, rulings, title);
    if let Believed::Refused(refusal) = &rulings.believed {
        page.term(2, "token", TERM, None, &refusal.message);
        if let Some(help) = &refusal.help {
            page.term(2, "help", TERM, Some(Style::Advice), help);
        }
        page.aside(2 + TERM, "what a refused token says is not believed, so no record was looked at");
    }
    for answer in &rulings.answers {
        envelope(&mut page, rulings, answer);
        records(&mut page, answer);
        consequences(&mut page, answer);
        footing(&mut page, rulings, answer);
    }
    at(&mut page, rulings, TERM);
    page.finish()
}

fn headline(page: &mut Page, rulings: &Rulings, title: &str) {
    let what = rulings.package.as_ref().map_or(String::new(), |package| format!(" for {package}"));
    let (word, style, verb) = match rulings.is_allow() {
        true => ("allow", Style::Good, "takes"),
        false => ("deny", Style::Bad, "refuses"),
    };
    let said = format!("{title} {verb} this token{what}");
    let left = format!("{}: {}", page.look().paint(style, word), shown(&said));
    let columns = word.len() + 2 + said.chars().count();
    let aside = unverified(rulings);
    let right = page.look().paint(Style::Care, aside).to_string();
    page.beside(&left, columns, &right, aside.len());
}

/// What is to be said beside the answer where nobody signed the claims.
pub(super) fn unverified(rulings: &Rulings) -> &'static str {
    match rulings.believed {
        Believed::Unverified => "claims NOT verified (read from a file)",
        _ => "",
    }
}

/// The check of the token itself that does not hold.
fn envelope(page: &mut Page, rulings: &Rulings, answer: &RegistryAnswer) {
    let Some(step) = answer.explanation.refused() else { return };
    let StepState::Refused(reason) = &step.state else { return };
    page.term(2, "token", TERM, Some(Style::Bad), reason);
    let indent = 2 + TERM;
    let wanted: Vec<String> = match (&step.expected[..], is_audience(step)) {
        ([], true) => {
            answer.profile.envelope.audience.iter().map(|template| template.text.replace("setting.", "")).collect()
        }
        (expected, _) => expected.to_vec(),
    };
    // A claim that is missing has been named.
    if step.claim.is_some() {
        values(page, indent, &wanted, step, rulings.now);
    }
    if let Some(cause) = &step.cause {
        page.term(2, "cause", TERM, None, cause);
    }
    if is_audience(step) && !answer.unset.is_empty() {
        let set: Vec<String> = answer.unset.iter().map(|name| format!("`--set {name}=…`")).collect();
        page.term(
            2,
            "help",
            TERM,
            Some(Style::Advice),
            &format!("say which registry it is with {}", set.join(" and ")),
        );
    }
    if step.claim.as_deref() == Some("exp") && rulings.at == rulings.now {
        let help = "`--at issued` judges a captured token at the moment it was issued";
        page.term(2, "help", TERM, Some(Style::Advice), help);
    }
    if answer.rule.is_allow() && answer.refused_otherwise().is_none() {
        page.aside(indent, "nothing else is in the way: the records let it in");
    }
}

/// What was expected and what was found, one under the other.
fn values(page: &mut Page, indent: usize, expected: &[String], step: &StepReport, now: i64) {
    let word = |page: &mut Page, word: &str, text: &str| page.term(indent, word, WORD, None, text);
    for (at, text) in expected.iter().enumerate() {
        word(page, if at == 0 { "expected" } else { "or" }, text);
    }
    let time = step.found.as_deref().and_then(|text| text.parse::<i64>().ok()).filter(|_| step.stage.is_none());
    match (&step.found, time) {
        (_, Some(second)) => {
            word(page, "found", &format!("{} ({})", moment::in_words(second), moment::from_now(second, now)));
        }
        (Some(found), None) => word(page, "found", found),
        (None, None) => word(page, "found", "nothing"),
    }
}

fn records(page: &mut Page, answer: &RegistryAnswer) {
    for problem in &answer.unfit {
        let field = if problem.field.is_empty() { String::new() } else { format!("`{}`: ", problem.field) };
        let text = format!("{} takes no record that this token needs: {field}{}", answer.profile.title, problem.reason);
        page.term(2, "record", TERM, Some(Style::Bad), &text);
    }
    let explanation = &answer.explanation;
    let all: Vec<(&RecordReport, &AskedRecord)> = explanation.records.iter().zip(&answer.records).collect();
    if !answer.rule.records.is_empty() {
        for (report, record) in answer.rule.records.iter().filter_map(|at| all.get(*at)) {
            let term = if answer.taken() == Taken::Yes { "by" } else { "record" };
            record_lines(page, term, report, record);
        }
        return;
    }
    let mut about: Vec<(usize, &(&RecordReport, &AskedRecord))> =
        all.iter().enumerate().filter(|(_, (report, _))| report.is_about_issuer).collect();
    about.sort_by_key(|(at, (report, _))| (explanation.nearest != Some(*at), report.failures().len(), *at));
    for (shown, (_, (report, record))) in about.iter().take(MOST_RECORDS).enumerate() {
        record_lines(page, if shown == 0 { "nearest" } else { "next" }, report, record);
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
    if all.is_empty() && answer.unfit.is_empty() && explanation.refused().is_none() {
        page.term(2, "reason", TERM, None, "there is no record");
    }
}

fn record_lines(page: &mut Page, term: &str, report: &RecordReport, record: &AskedRecord) {
    let look = page.look();
    let (label, aside) = match &record.origin {
        Origin::File { file, place: 0 } => (shown(file).into_owned(), format!("  {}", record.kind)),
        Origin::File { file, place } => (format!("record {place} of {}", shown(file)), format!("  {}", record.kind)),
        Origin::Token { .. } => ("the record that it would need".to_owned(), format!("  {}", record.kind)),
    };
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
    steps(page, report);
    let failures = report.failures();
    let mut told: Vec<&Option<String>> = Vec::new();
    for step in &failures {
        // One claim is often compared in several steps, and its cause is the same in all of them.
        if step.claim.is_some() && told.contains(&&step.claim) {
            continue;
        }
        told.push(&step.claim);
        let which = if failures.len() > 1 { format!("{}: ", step.name) } else { String::new() };
        if let Some(cause) = &step.cause {
            page.term(2, "cause", TERM, None, &format!("{which}{cause}"));
        }
        if let Some(why) = &step.why {
            page.term(2, "why", TERM, None, &format!("{which}{why}"));
        }
    }
    for warning in &report.warnings {
        page.term(2, "care", TERM, Some(Style::Care), warning);
    }
}

/// Every step in the registry's order.
fn steps(page: &mut Page, report: &RecordReport) {
    let look = page.look();
    let (good, bad) = if look.unicode { ("\u{2713}", "\u{2717}") } else { ("ok", "no") };
    let mark = good.chars().count() + 2;
    let name = report.steps.iter().map(|step| step.name.chars().count()).max().unwrap_or(0) + 2;
    let column = TERM + mark + name;
    let room = look.width.saturating_sub(2 + column);
    for (at, step) in report.steps.iter().enumerate() {
        let word = if at == 0 { "steps" } else { "" };
        let sign = if step.holds() { good } else { bad };
        let term = format!("{word:TERM$}{sign:mark$}{}", step.name);
        let StepState::Misses(miss) = &step.state else {
            page.term(2, &term, column, None, &cut(&holds(step), room, look.unicode));
            continue;
        };
        let lines = difference(step, miss);
        // A value that cannot be broken stands under its step, further to the left, where it has more room.
        let fits = lines.iter().all(|(_, text)| WORD + text.chars().count() <= room || text.contains(' '));
        let (first, rest) = if fits { lines.split_at(lines.len().min(1)) } else { lines.split_at(0) };
        let indent = if fits { 2 + column } else { 2 + TERM + mark };
        match first {
            [(word, text)] => page.term(2, &format!("{term:column$}{word}"), column + WORD, Some(Style::Bad), text),
            _ => page.term(2, &term, column, Some(Style::Bad), ""),
        }
        for (word, text) in rest {
            page.term(indent, word, WORD, None, text);
        }
    }
}

/// A text that fits, or its beginning: what holds need not be seen whole.
fn cut(text: &str, room: usize, unicode: bool) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let end = if unicode { "\u{2026}" } else { "..." };
    let kept: String = text.chars().take(room.saturating_sub(end.chars().count())).collect();
    format!("{kept}{end}")
}

/// What holds, in a phrase.
fn holds(step: &StepReport) -> String {
    match (&step.found, &step.claim, step.expected.len()) {
        (Some(found), ..) => found.clone(),
        (None, None, 0) => String::new(),
        (None, None, 1) => "it is there".to_owned(),
        (None, None, count) => format!("{count} are there"),
        (None, Some(_), _) => "the token has none".to_owned(),
    }
}

/// What is asked and what the token has, as words with their texts.
fn difference(step: &StepReport, miss: &Miss) -> Vec<(String, String)> {
    let line = |word: &str, text: String| (word.to_owned(), text);
    let claim = step.claim.as_deref().filter(|claim| *claim != step.name);
    let named = |text: &str| claim.map_or_else(|| text.to_owned(), |claim| format!("{text} ({claim})"));
    let found = match (miss, &step.found) {
        (Miss::Missing(claim), _) => format!("no {claim}"),
        (Miss::Blank(claim), _) => format!("{claim} is empty"),
        (_, Some(found)) => named(found),
        (_, None) => named("nothing"),
    };
    let expected = |word: &str| {
        let texts = step.expected.iter().enumerate();
        texts.map(|(at, text)| line(if at == 0 { word } else { "or" }, text.clone())).collect::<Vec<_>>()
    };
    let mut lines = match miss {
        Miss::SwitchedOff(field) => return vec![line("expected", format!("{field}: true"))],
        Miss::TooLate(field) => return vec![line("expected", format!("a first use before {field}"))],
        Miss::Unclear(_, reason) => vec![line("unclear", reason.clone())],
        Miss::Banned(_) => expected("refused"),
        // The claims of a step that only wants them there are no values.
        Miss::Missing(_) | Miss::Blank(_) if step.claim.is_none() => Vec::new(),
        _ => expected("expected"),
    };
    lines.push(line("found", found));
    lines
}

/// What an answer brings about.
fn consequences(page: &mut Page, answer: &RegistryAnswer) {
    let ruling = &answer.explanation.ruling;
    if !ruling.grants.is_empty() {
        page.term(2, "grants", TERM, None, &ruling.grants.join(", "));
    }
    for (_, learned) in &ruling.learned {
        let text = format!("`{}` {}, and no other from then on", learned.field, learned.value);
        page.term(2, "learns", TERM, None, &text);
    }
    if !ruling.disabled.is_empty() {
        let text = format!("{} switches the record off, because its id is another now", answer.profile.title);
        page.term(2, "then", TERM, Some(Style::Care), &text);
    }
    if !answer.explanation.suggests_environment.is_empty() {
        let text = format!(
            "the job runs in an environment and the record names none, so runs outside of it are let in as well; {} writes to the owners about it",
            answer.profile.title
        );
        page.term(2, "care", TERM, Some(Style::Care), &text);
    }
    if !answer.explanation.unknown_claims.is_empty() {
        let claims: Vec<String> = answer.explanation.unknown_claims.iter().map(|claim| format!("`{claim}`")).collect();
        page.term(
            2,
            "unknown",
            TERM,
            None,
            &format!("{}: reported to the registry's operators only", claims.join(", ")),
        );
    }
}

fn footing(page: &mut Page, rulings: &Rulings, answer: &RegistryAnswer) {
    let profile = answer.profile;
    if let Believed::Signed(signed) = &rulings.believed {
        let text = format!("{} signature holds under key {} of {}", signed.algorithm, signed.key, signed.keys_from);
        page.term(2, "signed", TERM, None, &text);
    }
    if !answer.from_token.is_empty() {
        let set: Vec<String> = answer.from_token.iter().map(|(name, value)| format!("{name} {value}")).collect();
        page.term(2, "asked", TERM, None, &format!("{}, as the token's audience has it", set.join(", ")));
    }
    if let Some(version) = &answer.version {
        page.term(
            2,
            "version",
            TERM,
            None,
            &format!("{version}, as the tag has it; `--package NAME@VERSION` gives another"),
        );
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

/// The moment, where it is not now.
pub(super) fn at(page: &mut Page, rulings: &Rulings, term: usize) {
    if rulings.at != rulings.now {
        let at = format!("{} ({})", moment::in_words(rulings.at), moment::from_now(rulings.at, rulings.now));
        page.term(2, "at", term, None, &at);
    }
}
