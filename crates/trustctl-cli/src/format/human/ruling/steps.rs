//! Every step of a record in the registry's order, with the exact difference where one does not hold.

use trustctl_records::{Miss, RecordReport, StepReport, StepState};

use super::TERM;
use crate::format::human::page::Page;
use crate::look::{Style, breakable};
use crate::moment;

/// Columns of the word before a value: `expected  `.
const WORD: usize = 10;

/// The steps of a record: all of them, or only those that do not hold.
pub(super) fn steps(page: &mut Page, report: &RecordReport, all: bool) {
    let look = page.look();
    let (good, bad) = if look.unicode { ("\u{2713}", "\u{2717}") } else { ("ok", "no") };
    let mark = good.chars().count() + 2;
    let name = report.steps.iter().map(|step| step.name.chars().count()).max().unwrap_or(0) + 2;
    let column = mark + name;
    let room = look.width.saturating_sub(2 + TERM + column);
    for (at, step) in report.steps.iter().filter(|step| all || !step.holds()).enumerate() {
        let label = (2, if at == 0 { "steps" } else { "" });
        let sign = if step.holds() { good } else { bad };
        let term = format!("{sign:mark$}{}", step.name);
        let StepState::Misses(miss) = &step.state else {
            let text = cut(&holds(step), room, look.unicode);
            page.labelled(label, (2 + TERM, &term), column, None, &text);
            continue;
        };
        let lines = difference(step, miss);
        // A value that is too long for its column stands under its step, where it has more room.
        let fits = lines.iter().flat_map(|(_, text)| text.split(' ')).all(|word| WORD + word.chars().count() <= room);
        let (first, rest) = if fits { lines.split_at(lines.len().min(1)) } else { lines.split_at(0) };
        let indent = if fits { 2 + TERM + column } else { 2 + TERM + mark };
        match first {
            [(word, text)] => {
                let term = format!("{term:column$}{word}");
                page.labelled(label, (2 + TERM, &term), column + WORD, Some(Style::Bad), text);
            }
            _ => page.labelled(label, (2 + TERM, &term), column, Some(Style::Bad), ""),
        }
        for (word, text) in rest {
            line(page, indent, word, text);
        }
    }
}

/// A value behind its word, broken where it is longer than the line.
fn line(page: &mut Page, indent: usize, word: &str, text: &str) {
    let room = page.look().width.saturating_sub(indent + WORD);
    page.term(indent, word, WORD, None, &breakable(text, room));
}

/// What was expected of the token itself and what was found, one under the other.
pub(super) fn values(page: &mut Page, indent: usize, expected: &[String], step: &StepReport, now: i64) {
    for (at, text) in expected.iter().enumerate() {
        line(page, indent, if at == 0 { "expected" } else { "or" }, &visible(text));
    }
    let is_time = matches!(step.claim.as_deref(), Some("exp" | "nbf" | "iat"));
    let time = step.found.as_deref().and_then(|text| text.parse::<i64>().ok()).filter(|_| is_time);
    match (&step.found, time) {
        (_, Some(second)) => {
            line(page, indent, "found", &format!("{} ({})", moment::in_words(second), moment::from_now(second, now)));
        }
        (Some(found), None) => line(page, indent, "found", &visible(found)),
        (None, None) => line(page, indent, "found", "nothing"),
    }
}

/// `text`, in backticks where it has blanks that nobody sees: at an end, or beside each other.
fn visible(text: &str) -> String {
    let is_plain = text.trim_matches(' ') == text && !text.contains("  ");
    if is_plain { text.to_owned() } else { quoted(text) }
}

/// `text` in backticks, every blank but the last of several written as an escape: lines are broken at blanks, and several
/// would become one.
pub(in crate::format::human) fn quoted(text: &str) -> String {
    let mut seen = String::from("`");
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letters.peek()) {
            (' ', Some(' ')) => seen.push_str("\\u{20}"),
            _ => seen.push(letter),
        }
    }
    seen + "`"
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
        (Some(found), ..) => visible(found),
        (None, None, 0) => String::new(),
        (None, None, 1) => "it is there".to_owned(),
        (None, None, count) => format!("all {count} are there"),
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
        (_, Some(found)) => named(&visible(found)),
        (_, None) => named("nothing"),
    };
    let expected = |word: &str| {
        let texts = step.expected.iter().enumerate();
        texts.map(|(at, text)| line(if at == 0 { word } else { "or" }, visible(text))).collect::<Vec<_>>()
    };
    let mut lines = match miss {
        Miss::SwitchedOff(field, on) => return vec![line("expected", format!("{field}: {on}"))],
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_that_nobody_sees_are_seen() {
        assert_eq!(visible("npm"), "npm");
        assert_eq!(visible("my environment"), "my environment");
        assert_eq!(visible(" npm"), "` npm`");
        assert_eq!(visible("npm "), "`npm `");
        assert_eq!(visible("a   b "), "`a\\u{20}\\u{20} b `");
        assert_eq!(visible("  "), "`\\u{20} `");
        assert_eq!(visible(""), "");
        assert_eq!(quoted("npm"), "`npm`");
    }
}
