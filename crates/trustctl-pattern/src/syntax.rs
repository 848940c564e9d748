//! From the text of a pattern to its syntax tree: what `*`, `?` and `\` mean, and what a regex may hold.
//!
//! A regex is parsed alone, so that `a|b` and `)|(` cannot reach outside of it; everything around it
//! is added to the tree, never to the text. The tree that leaves here holds printable ASCII only:
//! each class is cut down to it, so `[^/]` means "printable, not a slash" and never a newline.

use std::ops::Range;

use regex_syntax::ast::{self, AssertionKind, Ast};
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, Hir, HirKind, Repetition, translate::TranslatorBuilder};

use crate::PatternError;

/// The longest text of a pattern, in bytes.
pub(crate) const MAX_LENGTH: usize = 512;

/// How deep groups, repetitions and classes may nest in a regex.
const MAX_NESTING: u32 = 50;

/// First and last character of printable ASCII.
pub(crate) const PRINTABLE: std::ops::RangeInclusive<u8> = b' '..=b'~';

/// A glob; with `crossing`, `*` and `?` take delimiters too.
pub(crate) fn glob(text: &str, crossing: bool) -> Result<Hir, PatternError> {
    check_text(text)?;
    let one = if crossing { printable() } else { without_delimiters() };
    let mut parts = Vec::new();
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'*' if bytes.next_if(|&(_, next)| next == b'*').is_some() => {
                if bytes.peek().is_some() && !crossing {
                    return Err(PatternError::DoubleStar { span: at..at + 2 });
                }
                parts.push(any_run(printable()));
            }
            b'*' => parts.push(any_run(one.clone())),
            b'?' => parts.push(one.clone()),
            b'\\' => match bytes.next() {
                Some((_, escaped)) => parts.push(Hir::literal([escaped])),
                None => return Err(PatternError::DanglingEscape { span: at..at + 1 }),
            },
            b'[' | b']' | b'{' | b'}' | b'(' | b')' | b'|' | b'^' | b'$' => {
                return Err(PatternError::GlobCharacter { span: at..at + 1, found: char::from(byte) });
            }
            _ => parts.push(Hir::literal([byte])),
        }
    }
    Ok(Hir::concat(parts))
}

/// A regex for a whole value: no anchors.
pub(crate) fn regex(text: &str) -> Result<Hir, PatternError> {
    parse(text, false)
}

/// A regex to be found anywhere in a value; `^` and `$` are the value's start and end.
pub(crate) fn search(text: &str) -> Result<Hir, PatternError> {
    let body = parse(text, true)?;
    Ok(Hir::concat(vec![any_run(printable()), body, any_run(printable())]))
}

/// A text that stands for itself; an error where it is not printable.
pub(crate) fn literal(text: &str) -> Result<Hir, PatternError> {
    check_printable(text)?;
    Ok(Hir::literal(text.as_bytes()))
}

fn parse(text: &str, anchors: bool) -> Result<Hir, PatternError> {
    check_text(text)?;
    let tree = ast::parse::ParserBuilder::new()
        .nest_limit(MAX_NESTING)
        .build()
        .parse(text)
        .map_err(|error| syntax_error(text, &error))?;
    ast::visit(&tree, Allowed { text, anchors })?;
    // Without Unicode and without UTF-8 every class is one of bytes, which `printable_only` then cuts down.
    let hir = TranslatorBuilder::new()
        .unicode(false)
        .utf8(false)
        .build()
        .translate(text, &tree)
        .map_err(|error| PatternError::Syntax { span: range(error.span()), reason: error.kind().to_string() })?;
    Ok(printable_only(hir))
}

fn check_text(text: &str) -> Result<(), PatternError> {
    if text.len() > MAX_LENGTH {
        return Err(PatternError::TooLong { length: text.len(), limit: MAX_LENGTH });
    }
    check_printable(text)
}

fn check_printable(text: &str) -> Result<(), PatternError> {
    match text.char_indices().find(|(_, found)| !is_printable(*found)) {
        Some((at, found)) => Err(PatternError::NotPrintable { span: at..at + found.len_utf8(), found }),
        None => Ok(()),
    }
}

fn is_printable(character: char) -> bool {
    matches!(character, ' '..='~')
}

fn range(span: &ast::Span) -> Range<usize> {
    span.start.offset..span.end.offset
}

fn syntax_error(text: &str, error: &ast::Error) -> PatternError {
    let span = range(error.span());
    match error.kind() {
        ast::ErrorKind::UnsupportedLookAround => PatternError::LookAround { span },
        ast::ErrorKind::UnsupportedBackreference => PatternError::BackReference { span },
        ast::ErrorKind::NestLimitExceeded(limit) => {
            PatternError::TooComplex { limit: format!("it nests more than {limit} deep") }
        }
        ast::ErrorKind::FlagUnrecognized
        | ast::ErrorKind::FlagDuplicate { .. }
        | ast::ErrorKind::FlagRepeatedNegation { .. }
        | ast::ErrorKind::FlagDanglingNegation => {
            PatternError::Flags { found: text.get(span.clone()).unwrap_or_default().to_owned(), span }
        }
        kind => PatternError::Syntax { span, reason: kind.to_string() },
    }
}

/// Walks the tree as written, where spans are still known, and refuses what a pattern may not hold.
struct Allowed<'t> {
    text: &'t str,
    anchors: bool,
}

impl Allowed<'_> {
    fn found(&self, span: &ast::Span) -> String {
        self.text.get(range(span)).unwrap_or_default().to_owned()
    }
}

impl ast::Visitor for Allowed<'_> {
    type Output = ();
    type Err = PatternError;

    fn finish(self) -> Result<(), PatternError> {
        Ok(())
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), PatternError> {
        match ast {
            Ast::Flags(flags) => Err(PatternError::Flags { span: range(&flags.span), found: self.found(&flags.span) }),
            Ast::Group(group) => match group.flags() {
                Some(flags) if !flags.items.is_empty() => {
                    Err(PatternError::Flags { span: range(&flags.span), found: self.found(&flags.span) })
                }
                _ => Ok(()),
            },
            Ast::Assertion(assertion) => {
                let (span, found) = (range(&assertion.span), self.found(&assertion.span));
                match assertion.kind {
                    AssertionKind::StartLine
                    | AssertionKind::EndLine
                    | AssertionKind::StartText
                    | AssertionKind::EndText
                        if self.anchors =>
                    {
                        Ok(())
                    }
                    AssertionKind::StartLine
                    | AssertionKind::EndLine
                    | AssertionKind::StartText
                    | AssertionKind::EndText => Err(PatternError::Anchor { span, found }),
                    _ => Err(PatternError::WordBoundary { span, found }),
                }
            }
            Ast::Literal(literal) if !is_printable(literal.c) => {
                Err(PatternError::NotPrintable { span: range(&literal.span), found: literal.c })
            }
            Ast::ClassUnicode(class) => {
                Err(PatternError::UnicodeClass { span: range(&class.span), found: self.found(&class.span) })
            }
            _ => Ok(()),
        }
    }

    fn visit_class_set_item_pre(&mut self, item: &ast::ClassSetItem) -> Result<(), PatternError> {
        match item {
            ast::ClassSetItem::Unicode(class) => {
                Err(PatternError::UnicodeClass { span: range(&class.span), found: self.found(&class.span) })
            }
            _ => Ok(()),
        }
    }
}

/// The same tree over printable ASCII: classes cut down, groups dissolved, equal alternatives once.
///
/// Dropping repeated alternatives is for time: `(||||…)` would cost a step for each bar at each byte
/// when the automaton is built. Recursion is as deep as the parser's nesting limit allows.
fn printable_only(hir: Hir) -> Hir {
    match hir.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(Class::Bytes(class)) => restricted(class),
        // The tree's own simplifications write a choice of ASCII characters as a class of characters.
        HirKind::Class(Class::Unicode(class)) => restricted(class.to_byte_class().unwrap_or_else(ClassBytes::empty)),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Repetition(repetition) => {
            let Repetition { min, max, greedy, sub } = repetition;
            Hir::repetition(Repetition { min, max, greedy, sub: Box::new(printable_only(*sub)) })
        }
        HirKind::Capture(capture) => printable_only(*capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.into_iter().map(printable_only).collect()),
        HirKind::Alternation(parts) => {
            let mut distinct: Vec<Hir> = Vec::new();
            for part in parts.into_iter().map(printable_only) {
                if !distinct.contains(&part) {
                    distinct.push(part);
                }
            }
            Hir::alternation(distinct)
        }
    }
}

fn restricted(mut class: ClassBytes) -> Hir {
    class.intersect(&ClassBytes::new([ClassBytesRange::new(*PRINTABLE.start(), *PRINTABLE.end())]));
    Hir::class(Class::Bytes(class))
}

fn printable() -> Hir {
    restricted(ClassBytes::new([ClassBytesRange::new(0, 0xff)]))
}

fn without_delimiters() -> Hir {
    let mut class = ClassBytes::new(b"/:@".map(|byte| ClassBytesRange::new(byte, byte)));
    class.negate();
    restricted(class)
}

fn any_run(one: Hir) -> Hir {
    Hir::repetition(Repetition { min: 0, max: None, greedy: true, sub: Box::new(one) })
}
