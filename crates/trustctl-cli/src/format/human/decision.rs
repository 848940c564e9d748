//! A decision with its reasons, for people.
//!
//! ```text
//! deny: publish @acme/widgets 1.4.0 at npm
//!   nearest  widgets-release  npm.trust.yaml:6              8 of 9 conditions hold
//!         11 |       workflow-file: publish.yml
//!            |                      ~~~~~~~~~~~ the token says `ci.yml`
//!   cause    publish.yml is the workflow that was called …
//! ```

use trustctl_eval::{DenyReason, Effect, GrantTrace, Line, Status, What};

use super::page::Page;
use super::snippet;
use crate::look::{Look, Style, shown};
use crate::moment;
use crate::verdict::{Basis, Bound, PolicyAnswer, Refusal, Resource, Signature, UnjudgedTime, Verdict};

/// Columns of the words at the left: `nearest  `.
const TERM: usize = 9;
/// Grants that a deny shows; the JSON has them all.
const MOST_GRANTS: usize = 3;

/// A verdict in words.
pub(crate) fn decision(verdict: &Verdict, look: Look) -> String {
    let mut page = Page::new(look);
    headline(&mut page, verdict);
    let mut answers: Vec<&PolicyAnswer> = verdict.answers.iter().collect();
    match verdict.effect {
        Effect::Allow => {
            for grant in answers.iter().flat_map(|answer| &answer.trace.grants).filter(|grant| grant.holds) {
                allowed(&mut page, grant);
            }
            bound(&mut page, verdict);
        }
        Effect::Deny => {
            // The policy in which the token came furthest says most.
            answers.sort_by(|a, b| b.trace.reason.cmp(&a.trace.reason));
            denied(&mut page, verdict, &answers);
        }
    }
    footing(&mut page, verdict);
    page.finish()
}

fn headline(page: &mut Page, verdict: &Verdict) {
    let look = page.look();
    let style = if verdict.is_allow() { Style::Good } else { Style::Bad };
    let question = verdict.question.in_words();
    let left = format!("{}: {}", look.paint(style, verdict.effect.word()), shown(&question));
    let columns = verdict.effect.word().len() + 2 + question.chars().count();
    let aside = match verdict.basis {
        Basis::Unverified => "claims NOT verified (read from a file)",
        _ => "",
    };
    page.beside(&left, columns, &look.paint(Style::Care, aside).to_string(), aside.len());
}

fn grant_line(page: &mut Page, term: &str, grant: &GrantTrace) {
    let look = page.look();
    let holding = grant.lines.iter().filter(|line| line.status == Status::Pass).count();
    let all = grant.lines.len();
    let count = if holding == all {
        format!("all {all} conditions hold")
    } else {
        format!("{holding} of {all} conditions hold")
    };
    let label = shown(&grant.label);
    let at = if grant.label == grant.at { String::new() } else { format!("  {}", shown(&grant.at)) };
    let left = format!("  {term:TERM$}{}{}", look.paint(Style::Strong, &label), look.paint(Style::Faint, &at));
    let columns = 2 + TERM + label.chars().count() + at.chars().count();
    page.beside(&left, columns, &look.paint(Style::Faint, &count).to_string(), count.len());
}

fn allowed(page: &mut Page, grant: &GrantTrace) {
    grant_line(page, "by", grant);
    let column = grant.lines.iter().map(|line| name(line).len()).max().unwrap_or(0) + 2;
    for (at, line) in grant.lines.iter().enumerate() {
        let term = if at == 0 { "holds" } else { "" };
        let origin = match line.what.origin() {
            "provider" => format!("  ({} requires it)", grant.provider),
            "registry" => "  (the registry requires it)".to_owned(),
            "require" | "registry-require" => "  (`require`)".to_owned(),
            _ => String::new(),
        };
        let found = match (line.what, line.found.to_string()) {
            (What::Expiry, _) => line.expected.clone(),
            (_, found) => found,
        };
        page.term(2, &format!("{term:TERM$}{}", name(line)), TERM + column, None, &format!("{found}{origin}"));
    }
}

fn bound(page: &mut Page, verdict: &Verdict) {
    let asked = match &verdict.question.resource {
        Resource::Package { version, .. } => version.is_some(),
        Resource::Account { .. } => true,
    };
    match &verdict.bound {
        _ if asked => {}
        Bound::Any => page.term(2, "bound", TERM, None, "to no version: whatever version the caller publishes"),
        Bound::Versions(versions) => {
            let text = format!("to {} only: the registry must bind the credential to it", versions.join(", "));
            page.term(2, "bound", TERM, Some(Style::Care), &text);
        }
    }
}

fn denied(page: &mut Page, verdict: &Verdict, answers: &[&PolicyAnswer]) {
    if let Basis::Refused(refusal) = &verdict.basis {
        refused(page, refusal);
        return;
    }
    let grants: Vec<&GrantTrace> = answers.iter().flat_map(|answer| &answer.trace.grants).collect();
    for (at, grant) in grants.iter().take(MOST_GRANTS).enumerate() {
        grant_line(page, if at == 0 { "nearest" } else { "next" }, grant);
        failed(page, verdict, grant);
    }
    let more =
        grants.len().saturating_sub(MOST_GRANTS) + answers.iter().map(|answer| answer.trace.left_out).sum::<usize>();
    if more > 0 {
        let grants = if more == 1 { "grant is" } else { "grants are" };
        page.aside(2 + TERM, &format!("{more} more {grants} further off; `--format json` has the nearest of them"));
    }
    if grants.is_empty() {
        let mut said = Vec::new();
        for answer in answers {
            if let Some(reason) = answer.trace.reason.as_ref().filter(|reason| !said.contains(reason)) {
                page.term(2, "reason", TERM, None, reason.about());
                said.push(reason);
            }
        }
        if let Some(issuer) = verdict.issuer.as_ref().filter(|_| said.contains(&&DenyReason::UnknownIssuer)) {
            page.term(2, "found", TERM, None, &format!("the token's issuer is `{issuer}`"));
        }
        // One name can come close in several ways; the first says most.
        let mut names = Vec::new();
        for near in answers.iter().flat_map(|answer| &answer.trace.near) {
            if !names.contains(&&near.name) {
                page.term(2, "near", TERM, None, &format!("`{}`: {}", near.name, near.about));
                names.push(&near.name);
            }
        }
    }
}

fn refused(page: &mut Page, refusal: &Refusal) {
    page.term(2, "token", TERM, None, &refusal.message);
    if let Some(help) = &refusal.help {
        page.term(2, "help", TERM, Some(Style::Advice), help);
    }
    page.aside(2 + TERM, "what a refused token says is not believed, so no grant was looked at");
}

fn failed(page: &mut Page, verdict: &Verdict, grant: &GrantTrace) {
    for line in grant.failed() {
        snippet::draw(page, &verdict.sources, line.place, has_own_place(line, grant), &difference(line, grant));
        let beside: Vec<_> =
            line.beside.iter().map(|beside| (beside.claim.as_str(), beside.value.to_string())).collect();
        snippet::values(page, &beside);
        if let Some(why) = &line.why {
            page.term(2, "why", TERM, None, why);
        }
        if let Some(cause) = &line.cause {
            page.term(2, "cause", TERM, None, cause);
        }
        if let Some(mend) = &line.mend {
            page.term(2, "mend", TERM, Some(Style::Advice), &mend.to_string());
        }
    }
    if let Some(warning) = &grant.do_not_widen {
        page.term(2, "do not", TERM, Some(Style::Care), warning);
    }
    let holding: Vec<&str> = grant.lines.iter().filter(|line| line.status == Status::Pass).map(name).collect();
    if !holding.is_empty() {
        page.term(2, "holds", TERM, None, &holding.join(", "));
    }
}

/// Whether the line's place is a value of its own rather than the grant.
fn has_own_place(line: &Line, grant: &GrantTrace) -> bool {
    line.place != grant.place
}

/// What is asked and what the token has, in one phrase.
fn difference(line: &Line, grant: &GrantTrace) -> String {
    let found = match (line.status, &line.found) {
        (Status::Missing, _) => "the token has none".to_owned(),
        (Status::WrongType, found) => format!("the token has `{found}`, of another type"),
        (_, found) => format!("the token says `{found}`"),
    };
    let asks = |who: &str| format!("{who} asks for {}: {}; {found}", line.claim, line.expected);
    match (line.what, line.what.origin()) {
        (What::Action, _) => format!("allows {}, and the request is to {}", line.expected, line.found),
        (What::Expiry, _) => format!("held until {}", line.expected),
        (What::Version, _) => format!("its templates bind different versions: {}", line.found),
        (What::Issuer | What::Audience, _) => format!("{} must be {}; {found}", name(line), line.expected),
        (_, "provider") => asks(&grant.provider),
        (_, "registry") => asks("the registry"),
        _ => found,
    }
}

/// The line's word: `audience` rather than `aud`.
fn name(line: &Line) -> &str {
    match line.what {
        What::Condition { .. } => &line.claim,
        other => other.word(),
    }
}

fn footing(page: &mut Page, verdict: &Verdict) {
    if let Basis::Verified(signature) = &verdict.basis {
        token_lines(page, verdict, signature);
    }
    if verdict.at != verdict.now {
        let at = format!("{} ({})", moment::in_words(verdict.at), moment::from_now(verdict.at, verdict.now));
        page.term(2, "at", TERM, None, &at);
    }
    for UnjudgedTime { claim, second } in &verdict.unjudged_times {
        let side = if *second > verdict.at { "future" } else { "past" };
        let text = format!(
            "the claims' `{claim}` is in the {side}: {}; times are not judged with --claims, and a token would be refused",
            moment::in_words(*second)
        );
        page.term(2, "times", TERM, Some(Style::Care), &text);
    }
    if let Some(count) = verdict.looked_for {
        let files = if count == 1 { "trust file" } else { "trust files" };
        page.term(2, "asked", TERM, None, &format!("{count} {files} below the current folder"));
    }
    for root in &verdict.sought {
        page.term(2, "asked", TERM, None, &format!("{root}, found above the trust file that it includes"));
    }
    for policy in &verdict.not_asked {
        page.aside(2 + TERM, &format!("not {policy}, which has no registry `{}`", verdict.question.registry));
    }
}

fn token_lines(page: &mut Page, verdict: &Verdict, signature: &Signature) {
    let text =
        format!("{} signature holds under key {} of {}", signature.algorithm, signature.key, signature.keys_from);
    page.term(2, "token", TERM, None, &text);
    let (issued, ends) = (moment::in_words(signature.issued_at), moment::in_words(signature.expires_at));
    page.paragraph(2 + TERM, &format!("issued {issued}, ends {ends}"));
    if verdict.is_allow() {
        page.aside(2 + TERM, "not checked: whether it was used before (replay)");
    }
}
