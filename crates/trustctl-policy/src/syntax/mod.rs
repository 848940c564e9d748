//! YAML text to a spanned tree, with every problem of the text in one run.
//!
//! A trust file uses a small part of YAML: maps with text keys, lists, scalars on one line. The rest
//! (anchors, tags, block scalars, several documents …) makes text mean something else than it looks
//! like, so each is an error at its place. Scalars keep their content; typing them is for the caller.
//! A node whose problem is told already is [`NodeKind::Bad`], so that nobody tells it again.
//!
//! `text` → [`chars`] (what cannot be seen) → events → [`build`] (tree and rules) → [`duplicates`];
//! where the text is not YAML, [`broken`] says why in words.

mod broken;
mod build;
mod chars;
mod duplicates;
mod lines;
mod report;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use trustctl_diag::{Diagnostic, FileId, Place, Span};

use broken::Repair;
use report::Report;

/// Most bytes of one text: a policy of a registry's every package fits.
pub(crate) const MAX_TEXT: usize = 256 << 20;
/// Most collections inside one another; the language itself needs about ten.
pub(crate) const MAX_DEPTH: usize = 32;
/// Most keys, values and collections of one text.
pub(crate) const MAX_NODES: usize = 64_000_000;
/// Most bytes of one scalar's content.
pub(crate) const MAX_SCALAR: usize = 64 << 10;

/// Most bytes read again to go on after text that only lacks quotes: bounds the time on hostile text.
const REREAD_BUDGET: usize = 16 << 20;

/// What a text holds.
#[derive(Debug, Default)]
pub(crate) struct Tree<'s> {
    /// The one value; `None` where the text is empty or is not YAML, which is then told.
    pub root: Option<Node<'s>>,
    /// Every comment, in order.
    pub comments: Vec<Comment>,
}

/// A comment, from its `#` to the end of its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Comment {
    /// Where, the `#` included.
    pub span: Span,
    /// Nothing but blanks before it on its line.
    pub own_line: bool,
}

/// A value.
#[derive(Debug)]
pub(crate) struct Node<'s> {
    /// The value as written, quotes and brackets included.
    pub span: Span,
    /// What it is.
    pub kind: NodeKind<'s>,
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum NodeKind<'s> {
    /// Text; never empty.
    Scalar(Scalar<'s>),
    /// `[a, b]` or one `- ` per line; never empty.
    List(Vec<Node<'s>>),
    /// `{a: b}` or one `a: b` per line; never empty, except where each of its keys was wrong, and for a provider.
    Map(Vec<Entry<'s>>),
    /// Wrong in a way that is told already.
    Bad,
}

/// A scalar's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scalar<'s> {
    /// The content, without quotes and escapes.
    pub text: Cow<'s, str>,
    /// Written in quotes.
    pub quoted: bool,
}

/// A key with its value.
#[derive(Debug)]
pub(crate) struct Entry<'s> {
    /// The key.
    pub key: Key<'s>,
    /// Its value.
    pub value: Node<'s>,
}

/// A key of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key<'s> {
    /// The key as written, quotes included.
    pub span: Span,
    /// Its content.
    pub text: Cow<'s, str>,
}

/// Reads `text` and adds what is wrong with it to `diagnostics`, in the order of the places.
///
/// Takes time and memory linear in the text. Nothing is added exactly when the text keeps every rule.
pub(crate) fn read<'s>(file: FileId, text: &'s str, diagnostics: &mut Vec<Diagnostic>) -> Tree<'s> {
    let mut report = Report::new(file);
    let tree = if text.len() > MAX_TEXT {
        let place = Place { file, span: Span::default() };
        report.add(
            Diagnostic::error("file-too-large", place, format!("the file has {} bytes", text.len()))
                .help(format!("at most {} MiB are read; split the file", MAX_TEXT >> 20)),
        );
        Tree::default()
    } else {
        read_bounded(text, &mut report)
    };
    report.finish(text, diagnostics);
    tree
}

fn read_bounded<'s>(text: &'s str, report: &mut Report) -> Tree<'s> {
    let mut hidden = chars::scan(text, report);
    let mut outcome = build::build(text, &hidden, report.sibling());
    let Some(repair) = outcome.repair.take() else {
        report.append(outcome.report);
        return outcome.tree;
    };
    // The text is not YAML, so there is no tree; but where only quotes are missing, what follows can be
    // read as if they were there, for its problems.
    let mut text = text.to_owned();
    let mut budget = REREAD_BUDGET;
    let mut next = Some(repair);
    let mut last = outcome.report;
    while let Some(Repair { diagnostic, hide }) = next.take() {
        if let Some(diagnostic) = diagnostic {
            report.add(diagnostic);
        }
        let Some(left) = budget.checked_sub(text.len()) else {
            break;
        };
        budget = left;
        let Some(masked) = mask(&text, &hide) else {
            break;
        };
        text = masked;
        // What was masked is told; its letters mean nothing, so nothing more is told about it.
        hidden.spans.extend(hide);
        hidden.spans.sort_unstable();
        let outcome = build::build(&text, &hidden, report.sibling());
        last = outcome.report;
        next = outcome.repair;
    }
    report.append(last);
    Tree::default()
}

/// `text` with the spans hidden behind letters of the same length; `None` when that changes nothing.
fn mask(text: &str, hide: &[Span]) -> Option<String> {
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for span in hide {
        let (start, end) = (span.start as usize, span.end as usize);
        masked.push_str(text.get(at..start)?);
        masked.extend(std::iter::repeat_n('x', text.get(start..end)?.len()));
        at = end;
    }
    masked.push_str(text.get(at..)?);
    (masked != text).then_some(masked)
}
