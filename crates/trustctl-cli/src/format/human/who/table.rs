//! The picture itself: a staircase of adversaries, a line of answers for each row.

use trustctl_analysis::{Adversary, Answer};

use super::super::page::Page;
use super::sections::{Row, Section};
use crate::access::{Openness, openness};
use crate::look::{Style, shown, wrap};
use crate::moment;
use crate::words::{adversary, counted};

/// Columns of an answer with the gap behind it.
const CELL: usize = 6;
/// Columns before the first answer.
const INDENT: usize = 2;
/// Columns between the last answer and what is granted.
const GAP: usize = 1;
/// Columns that the text beside the answers needs; with fewer it stands above them.
const LEAST_LABEL: usize = 26;

/// Draws a section, with the names of its columns or without.
pub(super) fn draw(page: &mut Page, section: &Section<'_>, is_named: bool) {
    if is_named {
        staircase(page, &section.columns);
    }
    let number = section.rows.iter().map(|row| row.line.to_string().len()).max().unwrap_or(1) + 1;
    for row in &section.rows {
        line(page, section, row, number);
    }
    let left_out: usize = section.left_out.iter().map(|row| 1 + row.more).sum();
    if left_out > 0 {
        let nobody = section.left_out.iter().all(|row| openness(&row.reach.reach) == Openness::Nobody);
        let who = if nobody { ": nobody gets in but whom they name" } else { "" };
        let more = format!(
            "and {}{who} (`--package NAME` asks about one, `--format json` has all)",
            counted(left_out, "more grant")
        );
        page.gap();
        page.aside(INDENT, &more);
    }
}

fn staircase(page: &mut Page, columns: &[Adversary]) {
    let look = page.look();
    let (corner, bar) = if look.unicode { ("\u{250c}\u{2574}", "\u{2502}") } else { (".-", "|") };
    for (at, column) in columns.iter().enumerate() {
        let bars: String = (0..at).map(|_| format!("{bar:CELL$}")).collect();
        let left = look.paint(Style::Faint, format!("{bars}{corner}"));
        page.line(format_args!("{:INDENT$}{left} {}", "", adversary(*column)));
    }
    let bars: String = columns.iter().map(|_| format!("{bar:CELL$}")).collect();
    if !columns.is_empty() {
        page.line(format_args!("{:INDENT$}{}", "", look.paint(Style::Faint, bars.trim_end())));
    }
}

/// A row; its line's number has `column` characters.
fn line(page: &mut Page, section: &Section<'_>, row: &Row<'_>, column: usize) {
    let look = page.look();
    let cells: String = section
        .columns
        .iter()
        .map(|column| {
            let (word, style) = cell(row, *column);
            format!("{}{:pad$}", look.paint(style, word), "", pad = CELL - word.len())
        })
        .collect();
    let left = INDENT + CELL * section.columns.len() + GAP;
    let at = format!("{:>column$} ", format!(":{}", row.line));
    let label = format!("{}{}", shown(&row.label(section)), ended(row));
    let beside = look.width >= left + LEAST_LABEL;
    let indent = if beside { left } else { INDENT };
    let room = look.width.saturating_sub(indent + at.len());
    let mut lines = wrap(&label, room).into_iter();
    let first = lines.next().unwrap_or_default();
    let number = look.paint(Style::Faint, &at);
    if beside {
        page.line(format_args!("{:INDENT$}{cells}{:GAP$}{number}{first}", "", ""));
    } else {
        page.line(format_args!("{:INDENT$}{number}{first}", ""));
    }
    for line in lines {
        page.line(format_args!("{:width$}{line}", "", width = indent + at.len()));
    }
    if !beside {
        page.line(format_args!("{:INDENT$}{cells}", ""));
    }
}

/// An answer in a few letters.
fn cell(row: &Row<'_>, column: Adversary) -> (&'static str, Style) {
    match row.reach.reach.iter().find(|reach| reach.adversary == column).map(|reach| &reach.answer) {
        Some(Some(Answer::Yes(_))) => ("yes", Style::Bad),
        Some(Some(Answer::No)) => ("no", Style::Good),
        Some(Some(Answer::Unknown(_))) => ("?", Style::Care),
        Some(None) => ("(yes)", Style::AlsoBad),
        None => ("-", Style::Faint),
    }
}

/// Why nobody at all was asked about.
fn ended(row: &Row<'_>) -> String {
    if !row.reach.reach.is_empty() {
        return String::new();
    }
    match row.policy.grant(row.reach.grant).and_then(|grant| grant.expires_at()) {
        Some(end) => format!(": nobody, its last day was {}", moment::day(end.saturating_sub(1))),
        None => ": nobody".to_owned(),
    }
}
