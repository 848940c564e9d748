//! One file's outermost keys.

use trustctl_diag::{Diagnostic, FileId, Place, Span};

use crate::model::Dialect;
use crate::syntax::{Entry, Node, NodeKind, Scalar};

use super::build::Builder;
use super::suggest::{entry_meant, unknown_help};

/// A trust file whose outermost keys are known ones.
pub(crate) struct Document<'n, 's> {
    pub(crate) file: FileId,
    pub(crate) dialect: Dialect,
    pub(crate) start: Place,
    entries: &'n [Entry<'s>],
}

const ROOT_KEYS: [&str; 7] = ["trust", "dialect", "registry", "registries", "providers", "grants", "include"];
const INCLUDED_KEYS: [&str; 2] = ["trust", "grants"];

impl<'n, 's> Document<'n, 's> {
    pub(crate) fn root(file: FileId, node: &'n Node<'s>, builder: &mut Builder<'_>) -> Option<Self> {
        let mut document = Self::new(file, node, builder)?;
        for entry in document.entries {
            let key = &*entry.key.text;
            if !ROOT_KEYS.contains(&key) {
                builder.push(
                    Diagnostic::error(
                        "unknown-key",
                        document.key_place(entry),
                        format!("`{key}` is no key of a trust file"),
                    )
                    .help(unknown_help(key, ROOT_KEYS)),
                );
            }
        }
        document.version(builder);
        document.dialect = document.read_dialect(builder);
        Some(document)
    }

    pub(crate) fn included(file: FileId, node: &'n Node<'s>, builder: &mut Builder<'_>) -> Option<Self> {
        let document = Self::new(file, node, builder)?;
        for entry in document.entries {
            let key = &*entry.key.text;
            if INCLUDED_KEYS.contains(&key) {
                continue;
            }
            let place = document.key_place(entry);
            let diagnostic = if ROOT_KEYS.contains(&key) {
                Diagnostic::error("included-key", place, format!("an included file cannot say `{key}`"))
                    .help("it holds `trust` and `grants` only; the rest belongs to the root file")
            } else {
                Diagnostic::error("unknown-key", place, format!("`{key}` is no key of an included file"))
                    .help(unknown_help(key, INCLUDED_KEYS))
            };
            builder.push(diagnostic);
        }
        document.version(builder);
        Some(document)
    }

    fn new(file: FileId, node: &'n Node<'s>, builder: &mut Builder<'_>) -> Option<Self> {
        let start = Place { file, span: Span { start: node.span.start, end: node.span.start } };
        match &node.kind {
            NodeKind::Map(entries) => Some(Self { file, dialect: Dialect::Trust, start, entries }),
            NodeKind::Bad => None,
            _ => {
                let place = Place { file, span: node.span };
                builder.push(
                    Diagnostic::error("not-a-trust-file", place, "a trust file is a map of keys")
                        .help("begin with `trust: 1`, `registry:` and `grants:`"),
                );
                None
            }
        }
    }

    fn version(&self, builder: &mut Builder<'_>) {
        let Some(entry) = self.entry("trust") else {
            builder.push(
                Diagnostic::error(
                    "missing-version",
                    self.start,
                    "the file does not say which version of the language it is written in",
                )
                .help("begin it with `trust: 1`"),
            );
            return;
        };
        if let Some(scalar) = builder.scalar(self.file, &entry.value, "the version of the language")
            && scalar.text != "1"
        {
            let place = self.place(&entry.value);
            builder.push(
                Diagnostic::error(
                    "unknown-version",
                    place,
                    format!("there is no version `{}` of the trust language", scalar.text),
                )
                .help("write `trust: 1`"),
            );
        }
    }

    fn read_dialect(&self, builder: &mut Builder<'_>) -> Dialect {
        let Some(entry) = self.entry("dialect") else {
            return Dialect::Trust;
        };
        match builder.scalar(self.file, &entry.value, "the dialect") {
            Some(Scalar { text, .. }) if text == "generic" => Dialect::Generic,
            Some(Scalar { text, .. }) => {
                let place = self.place(&entry.value);
                builder.push(
                    Diagnostic::error("unknown-dialect", place, format!("there is no dialect `{text}`"))
                        .help("write `generic`, or leave the key out for the trust language itself"),
                );
                Dialect::Trust
            }
            None => Dialect::Trust,
        }
    }

    /// The entry with that key.
    pub(crate) fn entry(&self, key: &str) -> Option<&'n Entry<'s>> {
        entry_meant(self.entries, key, &ROOT_KEYS)
    }

    pub(crate) fn place(&self, node: &Node<'_>) -> Place {
        Place { file: self.file, span: node.span }
    }

    pub(crate) fn key_place(&self, entry: &Entry<'_>) -> Place {
        Place { file: self.file, span: entry.key.span }
    }
}
