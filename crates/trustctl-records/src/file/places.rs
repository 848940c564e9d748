//! A value and where each part of it stands, put together from events; a tree, so that memory is linear in the text.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use trustctl_diag::{Diagnostic, FileId, Place, Span};

use super::RECORD_FILE;

/// Most collections inside one another.
const MAX_DEPTH: usize = 32;

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    /// The value, quotes and brackets included.
    pub(super) span: Span,
    /// Its key, where it is a member.
    pub(super) key: Option<Span>,
    children: Children,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Children {
    None,
    Items(Vec<Node>),
    Members(BTreeMap<String, Node>),
}

impl Node {
    /// The places of a list's items.
    pub(super) fn items(&self) -> &[Node] {
        match &self.children {
            Children::Items(items) => items,
            _ => &[],
        }
    }

    /// The place of a member.
    pub(super) fn member(&self, name: &str) -> Option<&Node> {
        match &self.children {
            Children::Members(members) => members.get(name),
            _ => None,
        }
    }

    /// What to point at for a JSON Pointer: the scalar, or the key of a collection or of a value that is meant to have
    /// another key; of what is not there, the nearest that is.
    pub(super) fn place(&self, pointer: &str, is_value: bool) -> Span {
        let (node, is_exact) = self.find(pointer);
        let is_shown = is_exact && is_value && node.children == Children::None && node.span.start < node.span.end;
        match node.key {
            Some(key) if !is_shown => key,
            _ => node.span,
        }
    }

    /// The node that a pointer leads to, or the last on its way; and whether the way was gone to its end.
    fn find(&self, pointer: &str) -> (&Node, bool) {
        let mut node = self;
        for segment in pointer.split('/').skip(1) {
            let segment = segment.replace("~1", "/").replace("~0", "~");
            let child = match &node.children {
                Children::None => None,
                Children::Items(items) => segment.parse::<usize>().ok().and_then(|at| items.get(at)),
                Children::Members(members) => members.get(&segment),
            };
            let Some(child) = child else { return (node, false) };
            node = child;
        }
        (node, true)
    }
}

/// Puts a value together with its places.
#[derive(Debug)]
pub(super) struct Builder<'t> {
    file: FileId,
    pub(super) text: &'t str,
    frames: Vec<Frame>,
    root: Option<(Value, Node)>,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Debug)]
struct Frame {
    start: u32,
    key: Option<Span>,
    body: Body,
}

#[derive(Debug)]
enum Body {
    List(Vec<Value>, Vec<Node>),
    Map { members: Map<String, Value>, nodes: BTreeMap<String, Node>, key: Option<(String, Span)> },
}

impl<'t> Builder<'t> {
    pub(super) fn new(file: FileId, text: &'t str) -> Self {
        Self { file, text, frames: Vec::new(), root: None, diagnostics: Vec::new() }
    }

    /// The value, `None` for a text without one, or what is wrong.
    pub(super) fn finish(self) -> Result<Option<(Value, Node)>, Vec<Diagnostic>> {
        if self.diagnostics.is_empty() { Ok(self.root) } else { Err(self.diagnostics) }
    }

    pub(super) fn is_sound(&self) -> bool {
        self.diagnostics.is_empty()
    }

    pub(super) fn error(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let place = Place { file: self.file, span };
        self.diagnostics.push(Diagnostic::error(code, place, message).help(help));
    }

    /// Whether a key comes next.
    pub(super) fn awaits_key(&self) -> bool {
        matches!(self.frames.last(), Some(Frame { body: Body::Map { key: None, .. }, .. }))
    }

    /// A list or a map begins; `false`: it is one too many inside one another.
    pub(super) fn open(&mut self, is_list: bool, span: Span) -> bool {
        if self.frames.len() >= MAX_DEPTH {
            let message = format!("values stand more than {MAX_DEPTH} deep in one another");
            self.error(RECORD_FILE, span, message, "a record is a few deep");
            return false;
        }
        if self.awaits_key() {
            self.error("key-not-text", span, "a list or a map stands where a key is expected", "a key is text");
            return false;
        }
        let body = if is_list {
            Body::List(Vec::new(), Vec::new())
        } else {
            Body::Map { members: Map::new(), nodes: BTreeMap::new(), key: None }
        };
        let key = self.key_span();
        self.frames.push(Frame { start: span.start, key, body });
        true
    }

    /// The innermost list or map ends.
    pub(super) fn close(&mut self, end: u32) {
        let Some(Frame { start, key, body }) = self.frames.pop() else { return };
        let (value, children) = match body {
            Body::List(items, nodes) => (Value::Array(items), Children::Items(nodes)),
            Body::Map { members, nodes, .. } => (Value::Object(members), Children::Members(nodes)),
        };
        self.add(value, Node { span: Span { start, end: end.max(start) }, key, children });
    }

    pub(super) fn scalar(&mut self, value: Value, span: Span) {
        let key = self.key_span();
        self.add(value, Node { span, key, children: Children::None });
    }

    pub(super) fn key(&mut self, text: String, span: Span) {
        let Some(Frame { body: Body::Map { members, nodes, key, .. }, .. }) = self.frames.last_mut() else { return };
        let first = members.contains_key(&text).then(|| nodes.get(&text).and_then(|node| node.key)).flatten();
        let message = format!("`{text}` stands twice");
        *key = Some((text, span));
        if let Some(first) = first {
            let place = |span| Place { file: self.file, span };
            let twice = Diagnostic::error("duplicate-key", place(span), message)
                .also(place(first), "it stands here first")
                .help("keep one of them: readers differ in which counts");
            self.diagnostics.push(twice);
        }
    }

    fn key_span(&self) -> Option<Span> {
        match self.frames.last() {
            Some(Frame { body: Body::Map { key: Some((_, span)), .. }, .. }) => Some(*span),
            _ => None,
        }
    }

    fn add(&mut self, value: Value, node: Node) {
        match self.frames.last_mut().map(|frame| &mut frame.body) {
            None => self.root = Some((value, node)),
            Some(Body::List(items, nodes)) => {
                items.push(value);
                nodes.push(node);
            }
            Some(Body::Map { members, nodes, key }) => {
                if let Some((key, _)) = key.take() {
                    members.insert(key.clone(), value);
                    nodes.insert(key, node);
                }
            }
        }
    }
}
