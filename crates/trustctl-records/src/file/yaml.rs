//! Events of a YAML text: maps, lists and scalars; whatever makes a text mean something else than it looks like is refused.

use granit_parser::{Event, Parser, ScalarStyle, options};
use serde_json::Value;
use trustctl_diag::Span;

use super::places::Builder;
use super::scalar;

/// More than the builder takes, which says so in its own words.
const NESTING: usize = 64;

/// Reads a whole text, or up to where it stops being YAML.
pub(super) fn read(text: &str, builder: &mut Builder<'_>) {
    let options = options! {
        disallow_directives: true,
        emit_comments: false,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        flow_nesting_limit: NESTING,
        block_nesting_limit: NESTING,
    };
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut reading = Reading { documents: 0, end: 0, open_flows: Vec::new() };
    loop {
        match parser.next_event() {
            None => return,
            Some(Ok((event, at))) => {
                if !reading.event(&event, &at, builder) {
                    return;
                }
            }
            Some(Err(error)) => {
                let at = error.marker().byte_offset().unwrap_or(0).min(text.len());
                let message = format!("this is no YAML: {}", error.kind());
                builder.error(
                    "not-yaml",
                    span(at, at),
                    message,
                    "check the quotes, brackets and indentation before it",
                );
                return;
            }
        }
    }
}

struct Reading {
    documents: usize,
    /// Behind the latest content: where a block collection ends.
    end: u32,
    open_flows: Vec<bool>,
}

impl Reading {
    /// `false`: there is no use in reading on.
    fn event(&mut self, event: &Event<'_>, at: &granit_parser::Span, builder: &mut Builder<'_>) -> bool {
        let place = convert(at);
        if event.tag().is_some() {
            let tag = at.tag_span().map_or(place, |tag| convert(&tag));
            let raw = raw(builder, tag).to_owned();
            builder.error(
                "tag",
                tag,
                format!("`{raw}` is a YAML tag"),
                "leave it out, or put text that begins with `!` in quotes",
            );
        }
        match event {
            Event::Scalar(content, style, ..) => {
                self.end = place.end;
                scalar(builder, content, *style, place);
            }
            Event::SequenceStart(style, ..) | Event::MappingStart(style, ..) => {
                self.open_flows.push(*style == granit_parser::StructureStyle::Flow);
                return builder.open(matches!(event, Event::SequenceStart(..)), place);
            }
            Event::SequenceEnd | Event::MappingEnd => {
                // The end of a block is told at the next token, lines below.
                if self.open_flows.pop() == Some(true) {
                    self.end = place.end;
                }
                builder.close(self.end);
            }
            Event::Anchor(_, name) => {
                builder.error(
                    "anchor",
                    place,
                    format!("`&{name}` is a YAML anchor"),
                    "leave it out, and write the value where it is wanted",
                );
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let raw = raw(builder, place).to_owned();
                let help = format!("write the value out, or put it in quotes if it is text: `\"{raw}\"`");
                builder.error("alias", place, format!("`{raw}` is a YAML alias"), help);
                if builder.awaits_key() {
                    builder.key(raw, place);
                } else {
                    builder.scalar(Value::Null, place);
                }
            }
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    builder.error(
                        "second-document",
                        place,
                        "a second document begins here",
                        "several records are a list: `- …`",
                    );
                    return false;
                }
            }
            _ => {}
        }
        true
    }
}

fn scalar(builder: &mut Builder<'_>, content: &str, style: ScalarStyle, place: Span) {
    let is_plain = style == ScalarStyle::Plain;
    if builder.awaits_key() {
        if is_plain && content == "<<" {
            builder.error("merge-key", place, "`<<` would merge another map into this one", "write the members out");
        }
        if is_plain && place.start == place.end {
            builder.error("key-not-text", place, "a key is missing", "write the member's name before the colon");
        }
        builder.key(content.to_owned(), place);
        return;
    }
    let value = if is_plain { scalar::plain(content) } else { Some(Value::String(content.to_owned())) };
    match value {
        Some(value) => builder.scalar(value, place),
        None => {
            scalar::refuse(builder, place, content);
            builder.scalar(Value::Null, place);
        }
    }
}

fn raw<'t>(builder: &Builder<'t>, place: Span) -> &'t str {
    builder.text.get(place.start as usize..place.end as usize).unwrap_or_default()
}

fn convert(at: &granit_parser::Span) -> Span {
    span(at.start.byte_offset().unwrap_or(0), at.end.byte_offset().unwrap_or(0))
}

fn span(start: usize, end: usize) -> Span {
    let cut = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span { start: cut(start), end: cut(end.max(start)) }
}
