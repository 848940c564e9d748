//! What a change newly allows and newly denies, for people.
//!
//! ```text
//! main:npm.trust.yaml -> npm.trust.yaml: access widens
//!
//! newly allowed
//!
//!   + publish @acme/widgets at npm                              npm.trust.yaml:6
//!     any writer gets in: whoever can push a branch to the repository
//!     before: `main:npm.trust.yaml:6` asked for `environment: npm`, the token has none
//!       event_name  push
//!       …
//! ```

use trustctl_analysis::Answer;

use super::page::Page;
use super::witness;
use crate::comparison::{Changed, Comparison, Folded, Outcome, Side, Way};
use crate::look::{Look, Style, shown, wrap};
use crate::moment;

/// Changes of each kind that are shown; the JSON has them all.
const MOST_SHOWN: usize = 50;

/// A comparison in words.
pub(crate) fn diff(comparison: &Comparison, look: Look) -> String {
    let mut page = Page::new(look);
    headline(&mut page, comparison);
    section(&mut page, comparison, Way::Allowed);
    section(&mut page, comparison, Way::Denied);
    footing(&mut page, comparison);
    page.finish()
}

fn headline(page: &mut Page, comparison: &Comparison) {
    let look = page.look();
    let outcome = comparison.outcome();
    let style = match outcome {
        Outcome::Same | Outcome::Narrowed => Style::Good,
        Outcome::Widened => Style::Bad,
        Outcome::PerhapsWidened => Style::Care,
    };
    let arrow = if look.unicode { "\u{2192}" } else { "->" };
    let sides = format!("{} {arrow} {}: ", shown(&comparison.base.given), shown(&comparison.head.given));
    let words = outcome.words();
    if sides.chars().count() + words.len() <= look.width {
        page.line(format_args!("{sides}{}", look.paint(style, words)));
        return;
    }
    for line in wrap(&sides, look.width) {
        page.line(line);
    }
    page.line(format_args!("  {}", look.paint(style, words)));
}

fn section(page: &mut Page, comparison: &Comparison, way: Way) {
    let (side, all) = way.of(comparison);
    let folded = side.folded(all);
    if folded.is_empty() {
        return;
    }
    page.heading(way.words());
    for change in folded.iter().take(MOST_SHOWN) {
        page.gap();
        draw(page, side, change, way);
    }
    if let Some(more) = folded.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
        page.gap();
        page.aside(2, &format!("and {more} more (`--format json` has all)"));
    }
}

fn draw(page: &mut Page, side: &Side, folded: &Folded<'_>, way: Way) {
    let Changed { change, refusal, .. } = folded.first;
    title(page, &folded.what(side, &str::to_owned), &folded.at(side), way);
    if let Some(from) = change.from {
        page.term(4, "from", 5, Some(Style::Care), &format!("{} on", moment::in_words(from.0)));
    }
    match &change.answer {
        Answer::Yes(found) => page.paragraph(4, &way.who(found.adversary)),
        Answer::Unknown(why) => {
            page.term(4, "unclear:", 9, Some(Style::Care), &format!("{why}; regard it as allowed"));
        }
        Answer::No => {}
    }
    if let Some(refusal) = refusal {
        let (term, asks) = way.other();
        let words = refusal.words(asks, &|text| format!("`{text}`"));
        page.term(4, term, term.len() + 1, Some(Style::Advice), &words);
    }
    if let Answer::Yes(found) = &change.answer {
        witness::values(page, 6, &witness::claims(found));
    }
}

/// The sign, what is granted, and where, at the right edge or below.
fn title(page: &mut Page, what: &str, at: &str, way: Way) {
    let look = page.look();
    let (sign, style) = match way {
        Way::Allowed => ("+", Style::Bad),
        Way::Denied => ("-", Style::Good),
    };
    let (what, at) = (shown(what), shown(at));
    let mut lines = wrap(&what, look.width.saturating_sub(4)).into_iter();
    let first = lines.next().unwrap_or_default();
    let columns = 4 + first.chars().count();
    let left = format!("  {} {}", look.paint(style, sign), look.paint(Style::Strong, first));
    let rest: Vec<String> = lines.collect();
    if rest.is_empty() && columns + 2 + at.chars().count() <= look.width {
        page.beside(&left, columns, &look.paint(Style::Faint, &at).to_string(), at.chars().count());
        return;
    }
    page.line(left);
    for line in rest {
        page.line(format_args!("    {}", look.paint(Style::Strong, line)));
    }
    page.aside(4, &at);
}

fn footing(page: &mut Page, comparison: &Comparison) {
    page.gap();
    for note in &comparison.notes {
        page.term(0, "note:", 6, Some(Style::Care), note);
    }
    if comparison.at != comparison.now {
        let at = moment::in_words(comparison.at);
        let from_now = moment::from_now(comparison.at, comparison.now);
        page.term(0, "note:", 6, Some(Style::Care), &format!("compared from {at} ({from_now}) on"));
    }
    let counts = format!("{} newly allowed, {} no longer allowed", comparison.allowed.len(), comparison.denied.len());
    let counts = match comparison.outcome() {
        Outcome::Same => "both let in the same tokens, for the same packages".to_owned(),
        _ => counts,
    };
    page.aside(0, &counts);
    page.aside(0, "decided for the providers' models; `trustctl who` says what those leave out");
}
