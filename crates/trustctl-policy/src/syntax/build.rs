//! From YAML events to the tree, with the rules that need nothing but the event and its surroundings.
//!
//! A stack of open collections, no recursion. The usual scalar (one line, borrowed, nothing hidden in the
//! file) passes a handful of comparisons: a registry's file has millions of them.

mod scalars;

use granit_parser::{Event, Options, Parser, Placement, StructureStyle, options};
use trustctl_diag::{Diagnostic, Span};

use super::broken::{self, Repair, Surroundings};
use super::chars::Hidden;
use super::lines;
use super::report::{Report, quoted, shown, slice, span};
use super::{Comment, Entry, Key, MAX_DEPTH, MAX_NODES, Node, NodeKind, Tree, duplicates};

/// What one pass over the text gave.
#[derive(Debug)]
pub(super) struct Outcome<'t> {
    pub tree: Tree<'t>,
    pub report: Report,
    /// There when the text is not YAML: why, and what to read as letters to go on.
    pub repair: Option<Repair>,
}

/// Reads the whole text, or up to where it stops being YAML.
pub(super) fn build<'t>(text: &'t str, hidden: &Hidden, report: Report) -> Outcome<'t> {
    let mut builder = Builder::new(text, hidden, report);
    let repair = builder.run();
    if repair.is_some() {
        builder.tree.root = None;
    }
    Outcome { tree: builder.tree, report: builder.report, repair }
}

fn options() -> Options {
    options! {
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        max_buffered_comment_events: usize::MAX,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    }
}

struct Builder<'t, 'h> {
    text: &'t str,
    hidden: &'h Hidden,
    report: Report,
    tree: Tree<'t>,
    frames: Vec<Frame<'t>>,
    documents: usize,
    nodes: usize,
    /// How many open collections stand where a key should: one error is enough for all inside.
    muted: usize,
    /// Whether the latest node is nothing but its anchor or tag.
    bare: bool,
    seen: Seen,
}

/// What came last, for the end of block collections and for saying why YAML stops.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    /// End of the latest content.
    end: usize,
    scalar: Span,
    /// End of the latest scalar if it is plain.
    plain_end: usize,
    /// The latest alias, or collection in brackets.
    closed: Span,
}

struct Frame<'t> {
    start: usize,
    flow: bool,
    /// Stands where a key should.
    as_key: bool,
    body: Body<'t>,
}

enum Body<'t> {
    List(Vec<Node<'t>>),
    Map(MapBody<'t>),
}

#[derive(Default)]
struct MapBody<'t> {
    entries: Vec<Entry<'t>>,
    awaited: Awaited<'t>,
    dropped: bool,
    /// The error about the first key without a value, whose help may get better.
    missing: Option<usize>,
}

#[derive(Default)]
enum Awaited<'t> {
    #[default]
    Key,
    ValueOf(Key<'t>),
    /// The value of a key that is wrong: looked at, then dropped.
    Dropped,
}

/// Reading ends here; the reason is told.
struct Stop;

impl<'t, 'h> Builder<'t, 'h> {
    fn new(text: &'t str, hidden: &'h Hidden, report: Report) -> Self {
        Self {
            text,
            hidden,
            report,
            tree: Tree::default(),
            frames: Vec::new(),
            documents: 0,
            nodes: 0,
            muted: 0,
            bare: false,
            seen: Seen::default(),
        }
    }

    fn run(&mut self) -> Option<Repair> {
        let mut parser = Parser::new_from_str_with_options(self.text, options());
        loop {
            match parser.next_event() {
                None => break,
                Some(Ok((event, at))) => {
                    if self.event(event, at).is_err() {
                        self.tree.root = None;
                        return None;
                    }
                    if self.documents > 1 {
                        break;
                    }
                }
                Some(Err(error)) => {
                    let surroundings = Surroundings {
                        text: self.text,
                        at: error.marker().byte_offset().unwrap_or(0).min(self.text.len()),
                        bracket: self.innermost_bracket(),
                        end: self.seen.end,
                        scalar: self.seen.scalar,
                        closed: self.seen.closed,
                        hidden: self.hidden,
                    };
                    let repair = broken::explain(error.kind(), &surroundings, &self.report);
                    // A missing colon or comma makes one scalar of two lines: the cause is enough.
                    self.report.retract("multi-line-value", self.seen.scalar);
                    return Some(repair);
                }
            }
        }
        if self.tree.root.is_none() && self.documents <= 1 {
            self.empty_file();
        }
        None
    }

    fn innermost_bracket(&self) -> Option<usize> {
        let innermost = self.frames.iter().rev().find(|frame| frame.flow)?;
        Some(innermost.start)
    }

    fn empty_file(&mut self) {
        self.error("empty-file", Span::default(), || {
            ("the file is empty".to_owned(), "a trust file begins with `trust: 1`".to_owned())
        });
    }

    fn event(&mut self, event: Event<'t>, at: granit_parser::Span) -> Result<(), Stop> {
        let place = convert(at);
        match event {
            Event::Scalar(content, style, anchor, tag) => {
                if tag.is_some() {
                    self.tag(at, place.start == place.end);
                }
                self.count(place)?;
                self.scalar(content, style, place, anchor > 0 || tag.is_some());
            }
            Event::MappingStart(style, _, tag) => {
                if tag.is_some() {
                    self.tag(at, false);
                }
                self.open(style, place, Body::Map(MapBody::default()))?;
            }
            Event::SequenceStart(style, _, tag) => {
                if tag.is_some() {
                    self.tag(at, false);
                }
                self.open(style, place, Body::List(Vec::new()))?;
            }
            Event::MappingEnd | Event::SequenceEnd => self.close(place),
            Event::Anchor(_, name) => self.anchor(&name, place),
            Event::Alias(_) => self.alias(place, true),
            Event::UnresolvedAlias(_) => self.alias(place, false),
            Event::Comment(content, placement) => self.comment(&content, placement, place),
            Event::DocumentStart(explicit, _) => self.document(explicit, place),
            _ => {}
        }
        Ok(())
    }

    fn document(&mut self, explicit: bool, place: Span) {
        self.documents += 1;
        if self.documents > 1 {
            self.error("second-document", place, || {
                (
                    "a second document begins here".to_owned(),
                    "a trust file is one document; put the second into its own file".to_owned(),
                )
            });
        } else if explicit {
            let before = slice(self.text, Span { start: 0, end: place.start });
            for line in lines::directives(before) {
                let diagnostic = broken::directive(self.text, line, &self.report);
                self.report.add(diagnostic);
            }
        }
    }

    fn awaits_key(&self) -> bool {
        matches!(self.frames.last(), Some(Frame { body: Body::Map(MapBody { awaited: Awaited::Key, .. }), .. }))
    }

    fn await_value(&mut self, key: Option<Key<'t>>) {
        if let Some(Frame { body: Body::Map(map), .. }) = self.frames.last_mut() {
            map.dropped |= key.is_none();
            map.awaited = key.map_or(Awaited::Dropped, Awaited::ValueOf);
        }
    }

    fn open(&mut self, style: StructureStyle, place: Span, body: Body<'t>) -> Result<(), Stop> {
        self.count(place)?;
        if self.frames.len() >= MAX_DEPTH {
            let diagnostic = broken::too_deep(self.text, place.start as usize, &self.report);
            self.report.add(diagnostic);
            return Err(Stop);
        }
        let as_key = self.awaits_key();
        self.muted += usize::from(as_key);
        self.bare = false;
        self.frames.push(Frame { start: place.start as usize, flow: style == StructureStyle::Flow, as_key, body });
        Ok(())
    }

    fn close(&mut self, place: Span) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        // A block's end event stands at the next token, lines below.
        let end = if frame.flow { place.end as usize } else { self.seen.end };
        let place = span(frame.start, end.max(frame.start));
        self.seen.end = end;
        if frame.flow {
            self.seen.closed = place;
        }
        if frame.as_key {
            self.muted = self.muted.saturating_sub(1);
            self.key_not_text(place, matches!(frame.body, Body::List(_)));
            self.await_value(None);
            return;
        }
        let kind = match frame.body {
            Body::List(items) if items.is_empty() => self.empty("empty-list", "list", "[a, b]", place),
            Body::List(items) => NodeKind::List(items),
            Body::Map(map) if map.entries.is_empty() && !map.dropped && !self.is_provider() => {
                self.empty("empty-map", "map", "{ key: value }", place)
            }
            Body::Map(map) => {
                if self.muted == 0 {
                    duplicates::check(&map.entries, &mut self.report);
                    self.maybe_text(&map, place);
                }
                NodeKind::Map(map.entries)
            }
        };
        self.attach(Node { span: place, kind });
    }

    /// Whether the value that is read stands right below the outermost `providers`: the one place where an empty map says
    /// something, `gitlab: {}` opening a provider to included files.
    fn is_provider(&self) -> bool {
        match self.frames.as_slice() {
            [
                Frame { body: Body::Map(MapBody { awaited: Awaited::ValueOf(key), .. }), .. },
                Frame { body: Body::Map(_), .. },
            ] => key.text == "providers",
            _ => false,
        }
    }

    fn empty(&mut self, code: &'static str, what: &str, like: &str, place: Span) -> NodeKind<'t> {
        self.error(code, place, || {
            (format!("the {what} is empty"), format!("write what it holds, as in `{like}`, or remove the key"))
        });
        NodeKind::Bad
    }

    /// `{version}` alone is a map to YAML and a template to its author.
    fn maybe_text(&mut self, map: &MapBody<'t>, place: Span) {
        if let (Some(index), [only]) = (map.missing, map.entries.as_slice()) {
            let raw = slice(self.text, place);
            if raw.starts_with('{') && !raw.contains(['\n', ':']) {
                let key = shown(&only.key.text);
                self.report.amend(
                    index,
                    format!(
                        "write `{{ {key}: … }}`; if `{0}` is meant as text, put it in quotes: `{1}`",
                        shown(raw),
                        quoted(raw)
                    ),
                );
            }
        }
    }

    fn key_not_text(&mut self, place: Span, list: bool) {
        if self.report.full() {
            self.error("key-not-text", place, Default::default);
            return;
        }
        let before = slice(self.text, Span { start: 0, end: place.start });
        let after = lines::line_rest(self.text, place.end as usize);
        let raw = slice(self.text, place);
        let doubled = before.ends_with('{') && raw.starts_with('{') && after.starts_with('}');
        let text = if doubled { format!("{{{raw}}}") } else { raw.to_owned() };
        let what = if list { "a list" } else { "a map" };
        self.error("key-not-text", place, || {
            let message = format!("{what} stands where a key is expected: `{}`", shown(&text));
            (message, format!("a key is text; if this is meant as text, put it in quotes: `{}`", quoted(&text)))
        });
    }

    fn attach(&mut self, node: Node<'t>) {
        match self.frames.last_mut().map(|frame| &mut frame.body) {
            None => self.tree.root = Some(node),
            Some(Body::List(items)) => items.push(node),
            Some(Body::Map(map)) => {
                if let Awaited::ValueOf(key) = std::mem::take(&mut map.awaited) {
                    map.entries.push(Entry { key, value: node });
                }
            }
        }
    }

    fn tag(&mut self, at: granit_parser::Span, bare: bool) {
        let place = at.tag_span().map_or_else(|| convert(at), convert);
        let raw = slice(self.text, place);
        self.error("tag", place, || {
            let help = if bare {
                format!(
                    "text that begins with `!` stands in quotes: `{}`; to deny a match write `{{ not: … }}`",
                    quoted(raw)
                )
            } else {
                "remove it: quotes and tags never change what a value means".to_owned()
            };
            (format!("`{}` is a YAML tag", shown(raw)), help)
        });
    }

    fn anchor(&mut self, name: &str, place: Span) {
        let bare = self.bare;
        let raw = slice(self.text, place);
        self.error("anchor", place, || {
            let help = if bare {
                format!("text that begins with `&` stands in quotes: `{}`", quoted(raw))
            } else {
                "remove it, and write the value out where it is wanted".to_owned()
            };
            (format!("`&{}` is a YAML anchor", shown(name)), help)
        });
    }

    fn alias(&mut self, place: Span, known: bool) {
        let in_flow = self.frames.last().is_some_and(|frame| frame.flow);
        self.seen.end = place.end as usize;
        self.seen.closed = place;
        self.bare = false;
        if known {
            self.error("alias", place, || {
                (format!("`{}` is a YAML alias", shown(slice(self.text, place))), "write the value out".to_owned())
            });
        } else if self.report.full() {
            self.error("needs-quotes", place, Default::default);
        } else if self.muted == 0 {
            let start = place.start as usize;
            let whole = lines::value_text(self.text, start, in_flow);
            let wide = span(start, start + whole.len());
            let diagnostic = broken::needs_quotes(self.text, wide, &self.report);
            self.report.add(diagnostic);
        }
        if self.awaits_key() {
            self.await_value(None);
        } else {
            self.attach(Node { span: place, kind: NodeKind::Bad });
        }
    }

    fn comment(&mut self, content: &str, placement: Placement, place: Span) {
        let beside = placement == Placement::Right;
        self.tree.comments.push(Comment { span: place, own_line: !beside });
        if !beside || !is_glued(content) {
            return;
        }
        let before = slice(self.text, Span { start: 0, end: place.start });
        if before.trim_end_matches([' ', '\t']).len() != self.seen.plain_end {
            return;
        }
        let value = slice(self.text, self.seen.scalar);
        let comment = slice(self.text, place).trim_end();
        self.error("needs-quotes", place, || {
            let whole = format!("{value} {comment}");
            (
                format!("`{}` is read as a comment, not as part of the value `{}`", shown(comment), shown(value)),
                format!("put it in quotes: `{}`; a comment has a blank after its `#`", quoted(&whole)),
            )
        });
    }

    fn count(&mut self, place: Span) -> Result<(), Stop> {
        self.nodes += 1;
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        self.report.add(
            Diagnostic::error(
                "too-many-values",
                self.report.place(place),
                format!("the file holds more than {MAX_NODES} keys and values"),
            )
            .help("split the file"),
        );
        Err(Stop)
    }

    fn error(&mut self, code: &'static str, place: Span, make: impl FnOnce() -> (String, String)) {
        if self.muted == 0 {
            self.report.error(code, place, make);
        }
    }
}

fn convert(at: granit_parser::Span) -> Span {
    span(at.start.byte_offset().unwrap_or(0), at.end.byte_offset().unwrap_or(0))
}

/// Whether a comment's text follows its `#` without a blank, as `#1` in a title does.
fn is_glued(content: &str) -> bool {
    content.chars().next().is_some_and(|first| !first.is_whitespace() && first != '#')
}
