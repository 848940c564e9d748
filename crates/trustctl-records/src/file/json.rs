//! Events of a text that is JSON: `serde_json` has said so before, and reads every scalar; here only places are found.

use serde_json::Value;
use trustctl_diag::Span;

use super::places::Builder;
use super::scalar;

/// Reads a whole text.
pub(super) fn read(text: &str, builder: &mut Builder<'_>) {
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        let end = match byte {
            b'"' => string_end(text, at),
            b'{' | b'[' | b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' => at + 1,
            _ => literal_end(text, at),
        };
        let span = span(at, end);
        let raw = text.get(at..end).unwrap_or_default();
        match byte {
            b'{' | b'[' => {
                if !builder.open(*byte == b'[', span) {
                    return;
                }
            }
            b'}' | b']' => builder.close(span.end),
            b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' => {}
            _ => match serde_json::from_str::<Value>(raw) {
                Ok(Value::String(key)) if builder.awaits_key() => builder.key(key, span),
                Ok(value) => {
                    if let Value::Number(number) = &value
                        && number.to_string() != raw
                    {
                        scalar::refuse(builder, span, raw);
                    }
                    builder.scalar(value, span);
                }
                Err(_) => scalar::refuse(builder, span, raw),
            },
        }
        at = end;
    }
}

/// Behind the quote that closes the one at `start`.
fn string_end(text: &str, start: usize) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(start + 1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Behind the number or the word that begins at `start`.
fn literal_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.')).unwrap_or(rest.len());
    start + length.max(1)
}

fn span(start: usize, end: usize) -> Span {
    let cut = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span { start: cut(start), end: cut(end) }
}
