//! What holds for any text, and for any tree that is written down.

use std::fmt::Write as _;

use proptest::prelude::*;
use trustctl_diag::{FileId, Span};

use super::outline;
use crate::syntax::{Node, NodeKind, Tree, read};

/// Text of the pieces that the rules are about: far more often nearly right than random characters.
fn scraps() -> impl Strategy<Value = String> {
    let pieces = [
        "a",
        "b: ",
        "- ",
        "\n",
        "\r\n",
        "  ",
        " ",
        "\t",
        ":",
        ": ",
        ",",
        ", ",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "'",
        "#",
        " #1",
        "# c",
        "*",
        "*x",
        "&x ",
        "!t ",
        "|",
        ">-",
        "%",
        "@x/y",
        "`",
        "~",
        "null",
        "<<: ",
        "? ",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "\\",
        "\\n",
        "\u{feff}",
        "\u{200b}",
        "\u{a0}",
        "\0",
        "\u{85}",
        "\r",
        "é",
        "漢字",
        "😀\u{fe0f}",
        "key: value\n",
        "list:\n  - x\n",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..24).prop_map(|pieces| pieces.concat())
}

fn spans(node: &Node<'_>, all: &mut Vec<(Span, Span)>, parent: Span) {
    all.push((node.span, parent));
    match &node.kind {
        NodeKind::List(items) => items.iter().for_each(|item| spans(item, all, node.span)),
        NodeKind::Map(entries) => entries.iter().for_each(|entry| {
            all.push((entry.key.span, node.span));
            spans(&entry.value, all, node.span);
        }),
        _ => {}
    }
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let inside = |span: Span| span.start <= span.end && text.get(span.start as usize..span.end as usize).is_some();
    let mut diagnostics = Vec::new();
    let Tree { root, comments } = read(FileId(7), text, &mut diagnostics);
    let mut all = Vec::new();
    if let Some(root) = &root {
        spans(root, &mut all, Span { start: 0, end: u32::MAX });
    }
    for (span, _) in &all {
        prop_assert!(inside(*span), "a node at {:?} of {:?}", span, text);
    }
    if diagnostics.is_empty() {
        prop_assert!(root.is_some());
        for (span, parent) in all {
            prop_assert!(
                span.start >= parent.start && span.end <= parent.end,
                "{:?} not in {:?} of {:?}",
                span,
                parent,
                text
            );
        }
    }
    prop_assert!(comments.iter().all(|comment| inside(comment.span)));
    for diagnostic in &diagnostics {
        prop_assert!(diagnostic.help.is_some());
        for label in &diagnostic.labels {
            prop_assert!(inside(label.place.span), "{:?} of {:?}", diagnostic, text);
        }
    }
    prop_assert!(diagnostics.is_sorted_by_key(|diagnostic| diagnostic.place()));
    let shows_all = !diagnostics.iter().any(|diagnostic| diagnostic.message.contains(['\n', '\u{200b}']));
    prop_assert!(shows_all, "{:?}", diagnostics);
    Ok(())
}

/// A tree to write down.
#[derive(Debug, Clone)]
enum Plain {
    Text(String),
    List(Vec<Plain>),
    Map(Vec<(String, Plain)>),
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z][a-z0-9_.-]{0,6}", "[ -~é]{1,8}".prop_filter("blanks at an edge", |text| text.trim() == text),]
}

fn tree() -> impl Strategy<Value = Plain> {
    text().prop_map(Plain::Text).prop_recursive(4, 24, 4, |inner| {
        let map = prop::collection::btree_map(text(), inner.clone(), 1..4);
        prop_oneof![
            prop::collection::vec(inner, 1..4).prop_map(Plain::List),
            map.prop_map(|map| Plain::Map(map.into_iter().rev().collect())),
        ]
    })
}

fn scalar(text: &str, out: &mut String) {
    let plain = text.chars().all(|c| c.is_ascii_lowercase()) && text != "null";
    if plain {
        out.push_str(text);
    } else {
        write!(out, "'{}'", text.replace('\'', "''")).unwrap();
    }
}

fn flow(tree: &Plain, out: &mut String) {
    match tree {
        Plain::Text(text) => scalar(text, out),
        Plain::List(items) => {
            out.push('[');
            for item in items {
                flow(item, out);
                out.push_str(", ");
            }
            out.push(']');
        }
        Plain::Map(entries) => {
            out.push('{');
            for (key, value) in entries {
                scalar(key, out);
                out.push_str(": ");
                flow(value, out);
                out.push_str(", ");
            }
            out.push('}');
        }
    }
}

fn block(tree: &Plain, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match tree {
        Plain::Text(text) => {
            write!(out, "{pad}").unwrap();
            scalar(text, out);
            out.push('\n');
        }
        Plain::List(items) => {
            for item in items {
                writeln!(out, "{pad}-").unwrap();
                block(item, indent + 2, out);
            }
        }
        Plain::Map(entries) => {
            for (key, value) in entries {
                out.push_str(&pad);
                scalar(key, out);
                out.push_str(":\n");
                block(value, indent + 2, out);
            }
        }
    }
}

fn same(tree: &Plain, node: &Node<'_>) -> bool {
    match (tree, &node.kind) {
        (Plain::Text(text), NodeKind::Scalar(scalar)) => *text == scalar.text,
        (Plain::List(items), NodeKind::List(nodes)) => {
            items.len() == nodes.len() && items.iter().zip(nodes).all(|(item, node)| same(item, node))
        }
        (Plain::Map(entries), NodeKind::Map(nodes)) => {
            entries.len() == nodes.len()
                && entries
                    .iter()
                    .zip(nodes)
                    .all(|((key, value), entry)| *key == entry.key.text && same(value, &entry.value))
        }
        _ => false,
    }
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,60}") {
        check(&text)?;
    }

    #[test]
    fn any_bytes_are_read(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn any_scraps_are_read(text in scraps()) {
        check(&text)?;
    }

    #[test]
    fn what_is_written_is_read(tree in tree()) {
        let mut flowed = String::new();
        flow(&tree, &mut flowed);
        let mut blocked = String::new();
        block(&tree, 0, &mut blocked);
        for written in [&flowed, &blocked, &blocked.replace('\n', "\r\n"), &format!("\u{feff}{blocked}")] {
            let mut diagnostics = Vec::new();
            let read = read(FileId(0), written, &mut diagnostics).root;
            prop_assert!(diagnostics.is_empty(), "{:?} gives {:?}", written, diagnostics);
            let root = read.unwrap();
            prop_assert!(same(&tree, &root), "{:?} is read as {}", written, outline(&root));
        }
    }
}
