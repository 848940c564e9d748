//! Who gets in, as a picture: the adversaries across, a grant a line, and under it the tokens.
//!
//! ```text
//! npm.trust.yaml                                          github-actions at npm
//!
//!   .- anyone
//!   |     .- re-registered name
//!   |     |     .- any writer
//!   no    no    yes   :6 publish @acme/widgets
//! ```

mod footing;
mod sections;
mod table;

use std::collections::BTreeMap;

use trustctl_analysis::{Adversary, Answer};

use super::page::Page;
use super::witness;
use crate::access::{Access, Openness, openness};
use crate::look::{Look, Style, wrap};
use crate::words::{adversary, counted};

use sections::{MOST_PICTURES, Row, Section, Sections};

/// Grants whose tokens are shown; the JSON has them all.
const MOST_SHOWN: usize = 40;

/// The answers as a picture with its footnotes.
pub(crate) fn who(access: &Access, look: Look) -> String {
    let mut page = Page::new(look);
    let Sections { shown: sections, left_out } = sections::of(access);
    let mut left = MOST_SHOWN;
    let mut before: Option<&Section<'_>> = None;
    for section in &sections {
        page.gap();
        heading(&mut page, section, before.is_none_or(|before| before.file != section.file));
        // Of many, one names the columns for those behind it, as long as nothing else stands between.
        let same = before.filter(|before| before.columns == section.columns && !before.rows.iter().any(is_open));
        table::draw(&mut page, section, sections.len() <= MOST_PICTURES || same.is_none());
        for row in &section.rows {
            tokens(&mut page, row, &mut left);
        }
        before = Some(section);
    }
    if sections.is_empty() {
        nothing(&mut page, access);
    }
    more(&mut page, &sections, left_out);
    footing::draw(&mut page, access, &sections);
    summary(&mut page, access);
    let mut text = page.finish();
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// What is not shown.
fn more(page: &mut Page, sections: &[Section<'_>], left_out: usize) {
    let open = sections.iter().flat_map(|section| &section.rows).filter(|row| is_open(row)).count();
    if left_out > 0 {
        page.gap();
        let more = counted(left_out, "more grant");
        page.aside(0, &format!("and {more} in other files (`--package NAME` asks about one, `--format json` has all)"));
    }
    if open > MOST_SHOWN {
        page.gap();
        page.aside(
            0,
            &format!(
                "tokens are shown of {MOST_SHOWN} grants; `--package NAME` shows those of one, `--format json` all"
            ),
        );
    }
}

/// Whether there is more to be said of a row than its answers.
fn is_open(row: &Row<'_>) -> bool {
    openness(&row.reach.reach) != Openness::Nobody
}

fn heading(page: &mut Page, section: &Section<'_>, is_first: bool) {
    let look = page.look();
    let file = if is_first { section.file } else { "" };
    let source = format!("{} at {}", section.provider, section.registries.join(", "));
    let left = look.paint(Style::Strong, crate::look::shown(file)).to_string();
    let right = look.paint(Style::Faint, crate::look::shown(&source)).to_string();
    page.beside(&left, file.chars().count(), &right, source.chars().count());
    page.gap();
}

/// The tokens with which somebody gets in by the row's first grant, and what could not be decided.
fn tokens(page: &mut Page, row: &Row<'_>, left: &mut usize) {
    if !is_open(row) || *left == 0 {
        return;
    }
    *left -= 1;
    page.gap();
    let at = format!(":{}", row.line);
    let mut first = None;
    let mut unclear: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for reach in &row.reach.reach {
        match &reach.answer {
            Some(Answer::Yes(found)) => {
                let (values, but) = match first {
                    None => (witness::claims(found), ""),
                    Some(before) => match witness::differences(before, found) {
                        same if same.is_empty() => (same, "; with the same token"),
                        differ => (differ, "; with the same token, but"),
                    },
                };
                first = first.or(Some(found));
                let who = format!("{} gets in: {}{but}", adversary(reach.adversary), reach.adversary.about());
                page.term(2, &at, at.len() + 1, Some(Style::Strong), &who);
                witness::values(page, 2 + at.len() + 3, &values);
            }
            Some(Answer::Unknown(why)) => {
                unclear.entry(why).or_default().push(adversary(reach.adversary));
            }
            Some(Answer::No) | None => {}
        }
    }
    for (why, who) in unclear {
        let says = format!("unclear for {}: {why}", who.join(", "));
        page.term(2, &at, at.len() + 1, Some(Style::Care), &says);
    }
}

fn nothing(page: &mut Page, access: &Access) {
    let Some(package) = &access.package else { return };
    page.paragraph(0, &format!("no grant is for `{package}`, so nobody can do anything with it"));
    if let Some(near) = &access.near {
        page.term(0, "help:", 6, Some(Style::Advice), &format!("did you mean `{near}`?"));
    }
}

/// A line that counts grants by the strongest who gets in.
fn summary(page: &mut Page, access: &Access) {
    let mut counts: BTreeMap<Openness, usize> = BTreeMap::new();
    for (_, reach) in access.grants() {
        *counts.entry(openness(&reach.reach)).or_default() += 1;
    }
    let all: usize = counts.values().sum();
    if all == 0 {
        return;
    }
    let lets = |who: &Adversary| Some((adversary(*who), *counts.get(&Openness::Lets(*who))?));
    let mut parts: Vec<String> = Vec::new();
    for (who, count) in Adversary::ALL.iter().filter_map(lets) {
        let gets_in = if parts.is_empty() { " gets in" } else { "" };
        parts.push(format!("{who}{gets_in} by {count}"));
    }
    let style = match (parts.is_empty(), counts.contains_key(&Openness::Unclear)) {
        (false, _) => Style::Bad,
        (true, true) => Style::Care,
        (true, false) => Style::Good,
    };
    parts.extend(counts.get(&Openness::Unclear).map(|count| format!("unclear for {count}")));
    parts.extend(counts.get(&Openness::Nobody).map(|count| match count {
        _ if *count == all => "nobody gets in but whom they name".to_owned(),
        count => format!("nobody but whom they name by {count}"),
    }));
    page.gap();
    let count = format!("{}:", counted(all, "grant"));
    let room = page.look().width.saturating_sub(count.len() + 1);
    for (at, line) in wrap(&parts.join(", "), room).into_iter().enumerate() {
        let left = if at == 0 { count.as_str() } else { "" };
        let line = page.look().paint(style, line);
        page.line(format_args!("{left:width$} {line}", width = count.len()));
    }
}
