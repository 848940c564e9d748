//! What the answers mean and what the proofs cover, each said once.

use std::collections::{BTreeMap, BTreeSet};

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
            guarded: BTreeSet::new(),
        });
        let guards = covers.guards().into_iter().filter(|(who, _)| no(who)).flat_map(|(_, names)| names);
        let guards: Vec<&str> = guards.collect();
        covers.guarded.extend(guards);
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
        if !covers.guarded.is_empty() {
            let names: Vec<&str> = covers.guarded.into_iter().collect();
            let guarded = format!(
                "it takes for granted that what a grant names as {} is guarded: not everybody who can push has it",
                names.join(" or ")
            );
            page.aside(0, &guarded);
        }
    }
}

/// What the proofs for a kind of provider rest on.
struct Covered<'a> {
    model: Option<&'static Model>,
    leaves_out: &'a [String],
    /// What a no takes for granted that others do not have: `environment`.
    guarded: BTreeSet<&'static str>,
}

impl Covered<'_> {
    /// Those of whom a no rests on something that the grant names, and on what.
    fn guards(&self) -> Vec<(Adversary, Vec<&'static str>)> {
        let Some(model) = self.model else { return vec![(Adversary::AnyWriter, vec!["environment"])] };
        let guarded = model.adversaries.iter().filter(|who| !who.unnamed.is_empty());
        guarded
            .filter_map(|who| Some((Adversary::of_word(&who.who)?, who.unnamed.iter().map(String::as_str).collect())))
            .collect()
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
    notes.extend(access.notes.iter().cloned());
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
