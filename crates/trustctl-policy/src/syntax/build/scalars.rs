//! The rules for scalars: what a key and what a value may be, and what it means that there is none.

use std::borrow::Cow;

use granit_parser::ScalarStyle;
use trustctl_diag::Span;

use super::{Awaited, Body, Builder, Frame, MapBody, is_glued};
use crate::syntax::chars;
use crate::syntax::lines;
use crate::syntax::report::{quoted, shown, slice, span};
use crate::syntax::{Key, MAX_SCALAR, Node, NodeKind, Scalar};

impl<'t> Builder<'t, '_> {
    pub(super) fn scalar(&mut self, content: Cow<'t, str>, style: ScalarStyle, place: Span, told: bool) {
        let missing = style == ScalarStyle::Plain && place.start == place.end;
        self.bare = missing;
        if missing {
            if self.awaits_key() {
                self.missing_key(place, told);
            } else {
                self.missing_value(place, told);
            }
            return;
        }
        self.seen.end = place.end as usize;
        self.seen.scalar = place;
        self.seen.plain_end = if style == ScalarStyle::Plain { self.seen.end } else { usize::MAX };
        let borrowed = matches!(content, Cow::Borrowed(_));
        let fine = self.check_scalar(&content, borrowed, style, place);
        if self.awaits_key() {
            self.key(content, style, place, fine);
        } else {
            let kind = if fine && self.is_value(&content, style, place) {
                let quoted = style != ScalarStyle::Plain;
                NodeKind::Scalar(Scalar { text: content, quoted })
            } else {
                NodeKind::Bad
            };
            self.attach(Node { span: place, kind });
        }
    }

    /// The rules for every scalar, key or value. `false`: it is wrong and its content is not to be used.
    fn check_scalar(&mut self, content: &str, borrowed: bool, style: ScalarStyle, place: Span) -> bool {
        let edge = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
        let bytes = content.as_bytes();
        let usual = borrowed
            && bytes.len() <= MAX_SCALAR
            && !edge(bytes.first())
            && !edge(bytes.last())
            && !self.hidden.tabs
            && self.hidden.spans.is_empty()
            && !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        usual || self.check_unusual(content, style, place)
    }

    #[cold]
    fn check_unusual(&mut self, content: &str, style: ScalarStyle, place: Span) -> bool {
        let raw = slice(self.text, place);
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            let header = lines::block_header(self.text, place);
            self.error("block-scalar", header, || {
                let lines: Vec<&str> = raw.lines().collect();
                let help = match lines.as_slice() {
                    [line] => format!("write the value on the key's line: `{}`", shown(line.trim())),
                    _ => "write the value on the key's line; several values are a list: `[a, b]`".to_owned(),
                };
                ("a block of text is no value here".to_owned(), help)
            });
            return false;
        }
        if raw.contains(['\n', '\r']) {
            self.error("multi-line-value", place, || {
                let first = raw.lines().next().unwrap_or("").trim_end();
                (
                    format!("the value that begins `{}` goes on over several lines", shown(first)),
                    "write it on one line; if a colon or a dash is missing, add it".to_owned(),
                )
            });
            return false;
        }
        if content.len() > MAX_SCALAR {
            self.error("value-too-long", place, || {
                let message = format!("the value has {} bytes", content.len());
                (message, format!("at most {MAX_SCALAR} are read"))
            });
            return false;
        }
        if self.hidden.within(place) {
            return false;
        }
        if let Some(c) = content.chars().find(|c| chars::is_hidden(*c)) {
            // A raw one is told by the scan, so this is a tab, or an escape between double quotes.
            let place = match raw.find(c) {
                Some(index) => {
                    let start = place.start as usize + index;
                    span(start, start + c.len_utf8())
                }
                None => place,
            };
            self.error("hidden-character", place, || {
                let message = format!("{} in `{}`: U+{:04X}", chars::name(c), shown(raw), u32::from(c));
                (message, "a value is visible text on one line; remove the character".to_owned())
            });
            return false;
        }
        let trimmed = content.trim_matches([' ', '\t']);
        if trimmed.len() != content.len() {
            self.error("blank-at-edge", place, || {
                let message = if trimmed.is_empty() {
                    format!("{} holds nothing but blanks", shown(raw))
                } else {
                    format!("a blank at the edge of `{}`", shown(raw))
                };
                let help = if trimmed.is_empty() {
                    "write a value".to_owned()
                } else {
                    format!("write it without: `{}`", quoted(trimmed))
                };
                (message, help)
            });
            return false;
        }
        true
    }

    fn is_value(&mut self, content: &str, style: ScalarStyle, place: Span) -> bool {
        if content.is_empty() {
            self.error("empty-value", place, || {
                (
                    "the value is empty".to_owned(),
                    "write a value, or remove the key; `{ present: false }` says that a claim must be absent"
                        .to_owned(),
                )
            });
            return false;
        }
        if style == ScalarStyle::Plain && is_null(content) {
            self.error("null-value", place, || null(content));
            return false;
        }
        true
    }

    fn key(&mut self, content: Cow<'t, str>, style: ScalarStyle, place: Span, fine: bool) {
        let plain = style == ScalarStyle::Plain;
        let mut keep = fine;
        if plain && content == "<<" {
            keep = false;
            self.error("merge-key", place, || {
                (
                    "`<<` would merge another map into this one".to_owned(),
                    "write the keys out: nothing is merged in a trust file".to_owned(),
                )
            });
        } else if content.is_empty() {
            keep = false;
            self.error("empty-key", place, || ("the key is empty".to_owned(), "write the key's name".to_owned()));
        } else if plain && is_null(&content) {
            keep = false;
            self.error("null-value", place, || null(&content));
        }
        self.await_value(keep.then_some(Key { span: place, text: content }));
    }

    fn missing_key(&mut self, place: Span, told: bool) {
        if !told {
            let colon = slice(self.text, Span { start: place.start, end: place.start.saturating_add(1) });
            let place = span(place.start as usize, place.start as usize + colon.len());
            self.error("empty-key", place, || {
                ("a colon with no key before it".to_owned(), "write the key's name before the colon".to_owned())
            });
        }
        self.await_value(None);
    }

    fn missing_value(&mut self, place: Span, told: bool) {
        let Some(frame) = self.frames.last() else {
            // `---` and nothing else.
            if !told {
                return;
            }
            self.tree.root = Some(Node { span: place, kind: NodeKind::Bad });
            return;
        };
        if !told && self.muted == 0 && self.report.full() {
            self.error("missing-value", place, Default::default);
        } else if !told && self.muted == 0 {
            match &frame.body {
                Body::List(_) => {
                    let dash = lines::dash_before(self.text, place.start as usize);
                    self.missing_after(
                        dash,
                        "the list item has no value",
                        "write a value after the dash, or remove it",
                    );
                }
                Body::Map(MapBody { awaited: Awaited::ValueOf(key), .. }) => {
                    let key_span = key.span;
                    let message = format!("`{}` has no value", shown(&key.text));
                    let help = match key.text.split_once(':') {
                        Some((name, rest)) if !name.is_empty() && !rest.is_empty() && !rest.starts_with('/') => {
                            format!("write a blank after the colon: `{}: {}`", shown(name), shown(rest))
                        }
                        _ => format!("write a value after the colon: `{}: …`", shown(&key.text)),
                    };
                    self.missing_after(key_span, &message, &help);
                }
                Body::Map(_) => {}
            }
        }
        self.attach(Node { span: place, kind: NodeKind::Bad });
    }

    /// Tells that nothing follows the key or dash at `before`, or that a comment swallowed what does.
    fn missing_after(&mut self, before: Span, message: &str, help: &str) {
        let rest = lines::line_rest(self.text, before.end as usize);
        let value = rest.trim_start_matches([':', ' ', '\t']);
        if value.starts_with('#') && is_glued(value.get(1..).unwrap_or("")) {
            let start = before.end as usize + (rest.len() - value.len());
            let value = value.trim_end();
            self.error("needs-quotes", span(start, start + value.len()), || {
                (format!("`{}` is read as a comment", shown(value)), format!("put it in quotes: `{}`", quoted(value)))
            });
            return;
        }
        let index = self.report.len();
        self.error("missing-value", before, || (message.to_owned(), help.to_owned()));
        if let Some(Frame { body: Body::Map(map), .. }) = self.frames.last_mut()
            && self.report.len() > index
        {
            map.missing.get_or_insert(index);
        }
    }
}

fn is_null(content: &str) -> bool {
    matches!(content, "~" | "null" | "Null" | "NULL")
}

fn null(content: &str) -> (String, String) {
    (
        format!("`{content}` means nothing at all to YAML"),
        format!(
            "write a value; `{{ present: false }}` says that a claim must be absent; as text put it in quotes: `{}`",
            quoted(content)
        ),
    )
}
