//! What a change lets in, as a comment on a pull request.
//!
//! Whatever comes from a file, a token or the command line stands in code, where neither Markdown nor HTML nor an `@` means
//! anything; what is around it is ours. The comment stays below the 65,536 characters that GitHub takes.

mod escape;

use trustctl_analysis::{Answer, Witness};

use crate::comparison::{Comparison, Folded, Outcome, Side, Way};
use crate::moment;
use crate::words::counted;

use escape::{code, fence};

/// Characters of a comment; the rest of GitHub's limit is for what stands below the list.
const MOST_CHARACTERS: usize = 56_000;
/// Characters of a claim's value.
const MOST_OF_A_VALUE: usize = 300;
/// Notes that are shown.
const MOST_NOTES: usize = 20;

/// A comparison as Markdown.
pub(crate) fn diff(comparison: &Comparison) -> String {
    let mut text = headline(comparison);
    for way in [Way::Allowed, Way::Denied] {
        section(&mut text, comparison, way);
    }
    for note in comparison.notes.iter().take(MOST_NOTES) {
        text.push_str(&format!("\n> {}\n", code(note)));
    }
    if comparison.at != comparison.now {
        text.push_str(&format!("\n> Compared from {} on.\n", moment::in_words(comparison.at)));
    }
    text.push_str("\n<sub>Decided for the providers' models; `trustctl who` says what those leave out.</sub>\n");
    text
}

fn headline(comparison: &Comparison) -> String {
    let outcome = comparison.outcome();
    let mark = match outcome {
        Outcome::Same | Outcome::Narrowed => ":white_check_mark:",
        Outcome::Widened | Outcome::PerhapsWidened => ":warning:",
    };
    let counts = match outcome {
        Outcome::Same => "both sides let in the same tokens, for the same packages".to_owned(),
        _ => format!("{} newly allowed, {} no longer allowed", comparison.allowed.len(), comparison.denied.len()),
    };
    let (base, head) = (code(&comparison.base.given), code(&comparison.head.given));
    format!("{mark} **Trust policy: {}**: {counts} ({base} \u{2192} {head})\n", outcome.words())
}

fn section(text: &mut String, comparison: &Comparison, way: Way) {
    let (side, all) = way.of(comparison);
    let folded = side.folded(all);
    if folded.is_empty() {
        return;
    }
    let heading = match way {
        Way::Allowed => "Newly allowed",
        Way::Denied => "No longer allowed",
    };
    text.push_str(&format!("\n#### {heading}\n\n"));
    for (at, change) in folded.iter().enumerate() {
        let item = item(side, change, way);
        if text.len() + item.len() > MOST_CHARACTERS {
            let left = folded.len() - at;
            text.push_str(&format!("- and {}; `trustctl diff --format json` has all\n", counted(left, "more change")));
            return;
        }
        text.push_str(&item);
    }
}

/// One change as a list item.
fn item(side: &Side, folded: &Folded<'_>, way: Way) -> String {
    let changed = folded.first;
    let mut item = format!("- {} ({})", folded.what(side, &code), code(&folded.at(side)));
    if let Some(from) = changed.change.from {
        item.push_str(&format!(", from {} on", moment::in_words(from.0)));
    }
    match &changed.change.answer {
        Answer::Yes(witness) => item.push_str(&format!("<br>{}", way.who(witness.adversary))),
        Answer::Unknown(why) => item.push_str(&format!("<br>**unclear**: {}; regard it as allowed", code(why))),
        Answer::No => {}
    }
    if let Some(refusal) = &changed.refusal {
        let (term, asks) = way.other();
        item.push_str(&format!("<br>{term} {}", refusal.words(asks, &code)));
    }
    item.push('\n');
    if let Answer::Yes(witness) = &changed.change.answer {
        item.push_str(&details(witness));
    }
    item
}

/// The claims that matter, folded away.
fn details(witness: &Witness) -> String {
    let column = witness.highlights.iter().map(|(claim, _)| claim.chars().count()).max().unwrap_or(0);
    let lines: Vec<String> = witness
        .highlights
        .iter()
        .map(|(claim, value)| format!("{claim:column$}  {}", crate::words::cut(value, MOST_OF_A_VALUE)))
        .collect();
    let mut details = "  <details><summary>the token</summary>\n\n".to_owned();
    for line in fence(&lines) {
        details.push_str(&format!("  {line}\n"));
    }
    details.push_str("\n  </details>\n");
    details
}
