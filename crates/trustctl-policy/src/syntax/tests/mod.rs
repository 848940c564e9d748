//! Every rule with the code and the place that it gives, and laws that hold for any text.

mod laws;
mod rules;
mod words;

use trustctl_diag::{Diagnostic, FileId, Sources};

use super::{Node, NodeKind, read};

/// What is wrong with a text.
fn problems(text: &str) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let tree = read(FileId(0), text, &mut diagnostics);
    if let Some(root) = &tree.root {
        assert!(!diagnostics.is_empty() || !has_bad(root), "a bad node nobody told of: {text:?}");
    } else {
        assert!(!diagnostics.is_empty(), "no tree and no reason: {text:?}");
    }
    diagnostics
}

/// `code line:column` of each problem, by its primary place.
fn placed(text: &str) -> Vec<String> {
    let mut sources = Sources::default();
    sources.add("trust.yaml", text);
    problems(text)
        .iter()
        .map(|diagnostic| {
            let start = sources.range(diagnostic.place().unwrap()).start;
            format!("{} {}:{}", diagnostic.code, start.line, start.column)
        })
        .collect()
}

/// The text under the primary place of the only problem, its message and its help.
fn only(text: &str) -> (String, String, String) {
    let found = problems(text);
    let [diagnostic] = found.as_slice() else {
        panic!("{text:?} gives {found:#?}");
    };
    let span = diagnostic.place().unwrap().span;
    let raw = text.get(span.start as usize..span.end as usize).unwrap();
    (raw.to_owned(), diagnostic.message.clone(), diagnostic.help.clone().unwrap_or_default())
}

fn has_bad(node: &Node<'_>) -> bool {
    match &node.kind {
        NodeKind::Scalar(_) => false,
        NodeKind::List(items) => items.iter().any(has_bad),
        NodeKind::Map(entries) => entries.iter().any(|entry| has_bad(&entry.value)),
        NodeKind::Bad => true,
    }
}

/// A tree in one line: scalars as they are, quoted ones in `'…'`.
fn outline(node: &Node<'_>) -> String {
    match &node.kind {
        NodeKind::Scalar(scalar) if scalar.quoted => format!("'{}'", scalar.text),
        NodeKind::Scalar(scalar) => scalar.text.to_string(),
        NodeKind::List(items) => {
            format!("[{}]", items.iter().map(outline).collect::<Vec<_>>().join(", "))
        }
        NodeKind::Map(entries) => {
            let entry = |entry: &super::Entry<'_>| format!("{}: {}", entry.key.text, outline(&entry.value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        NodeKind::Bad => "!".to_owned(),
    }
}
