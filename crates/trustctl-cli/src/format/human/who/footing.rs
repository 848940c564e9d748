//! What the answers mean and what the proofs cover, each said once.

use std::collections::BTreeMap;

use trustctl_analysis::{Adversary, Answer};
use trustctl_catalog::model::Model;

use super::super::page::Page;
use super::sections::Section;
use crate::access::Access;
use crate::look::Style;
use crate::moment;

/// What is said under the tables.
pub(super) fn draw(page: &mut Page, access: &Access, sections: &[Section<'_>]) {
    page.gap();
    legend(page, sections);
    models(page, access);
    notes(page, access);
}

fn legend(page: &mut Page, sections: &[Section<'_>]) {
    let rows = || sections.iter().flat_map(|section| section.rows.iter().map(move |row| (section, row)));
    let answers = || rows().flat_map(|(_, row)| &row.reach.reach);
    let lacks = rows().any(|(section, row)| {
        let all = &row.reach.reach;
        section.columns.iter().any(|column| all.iter().all(|reach| reach.adversary != *column)) && !all.is_empty()
    });
    let mut term = |word: &str, text: &str| {
        // Faint as a whole: it is looked up, not read.
        page.aside_term(0, word, 7, text);
    };
    if answers().any(|reach| matches!(reach.answer, Some(Answer::Yes(_)))) {
        term("yes", "with such a token, which the evaluator was shown and let in");
    }
    if answers().any(|reach| reach.answer.is_none()) {
        term("(yes)", "as anyone, who already gets in");
    }
    if answers().any(|reach| matches!(reach.answer, Some(Answer::Unknown(_)))) {
        term("?", "unclear: it could not be decided within its bounds; regard it as a yes");
    }
    if answers().any(|reach| matches!(reach.answer, Some(Answer::No))) {
        term("no", "proved: no such token of the provider's model gets in");
    }
    if lacks {
        term("-", "does not apply: the grant names nothing that would make them one");
    }
}

/// What a proof covers and what not, provider by provider.
fn models(page: &mut Page, access: &Access) {
    let mut covered: BTreeMap<&str, Covered<'_>> = BTreeMap::new();
    for (policy, reach) in access.grants() {
        let no = |who: &Adversary| {
            reach.reach.iter().any(|asked| asked.adversary == *who && asked.answer == Some(Answer::No))
        };
        if !reach.reach.iter().any(|asked| asked.answer.is_some()) {
            continue;
        }
        let provider = policy.grant(reach.grant).and_then(|grant| policy.provider(grant.provider));
        let Some(provider) = provider else { continue };
        let covers = covered.entry(&provider.kind).or_insert_with(|| Covered {
            model: Model::bundled(&provider.kind).ok().flatten(),
            leaves_out: &reach.leaves_out,
            guarded: false,
        });
        covers.guarded |= covers.guards().iter().any(no);
    }
    for (kind, covers) in covered {
        page.gap();
        match covers.model {
            Some(model) => {
                let checked = format!("the model of {kind}, compared with its documentation on {}", model.checked);
                page.aside(0, &if covers.leaves_out.is_empty() { checked } else { format!("{checked}, leaves out:") });
            }
            None => page.aside(0, &format!(
                "there is no model of {kind}: its claims are taken to be free of each other, so a no holds whatever its \
                 tokens say, and a yes may need a token that it never makes"
            )),
        }
        for sentence in covers.leaves_out {
            page.aside_term(2, "-", 2, sentence);
        }
        if covers.guarded {
            let guarded = "it takes for granted that an environment which a grant names is guarded: not everybody who can push \
                           may run jobs in it";
            page.aside(0, guarded);
        }
    }
}

/// What the proofs for a kind of provider rest on.
struct Covered<'a> {
    model: Option<&'static Model>,
    leaves_out: &'a [String],
    /// Whether a no rests on an environment.
    guarded: bool,
}

impl Covered<'_> {
    /// Those of whom a no may rest on an environment.
    fn guards(&self) -> Vec<Adversary> {
        match self.model {
            Some(model) => {
                let guarded = model.adversaries.iter().filter(|who| !who.unnamed.is_empty());
                guarded.filter_map(|who| Adversary::of_word(&who.who)).collect()
            }
            None => vec![Adversary::AnyWriter],
        }
    }
}

fn notes(page: &mut Page, access: &Access) {
    let mut notes = Vec::new();
    for of in access.policies.iter().filter(|of| !of.policy.refusals().is_empty()) {
        notes.push(format!(
            "{} does not load for deciding (`trustctl lint` says why); this is what it would let in",
            of.name
        ));
    }
    notes.extend(access.sought.iter().map(|root| format!("{root} was found above the trust file that it includes")));
    if access.at != access.now {
        notes.push(format!("at {} ({})", moment::in_words(access.at), moment::from_now(access.at, access.now)));
    }
    if !notes.is_empty() {
        page.gap();
    }
    for note in notes {
        page.term(0, "note:", 6, Some(Style::Care), &note);
    }
}
