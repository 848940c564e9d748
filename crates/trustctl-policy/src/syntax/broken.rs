//! Why a text is not YAML, in the words of somebody who writes trust files.
//!
//! The parser says what it expected; here that becomes what the author most likely did. Where the cause is text that only lacks quotes, the reading goes on as if it
//! had them ([`Repair::hide`]), so that ten unquoted `@acme/…` are told at once.

use granit_parser::ErrorKind;
use trustctl_diag::{Diagnostic, Span};

use super::MAX_DEPTH;
use super::chars::{self, Hidden};
use super::lines::{
    bracketed_before, byte_at, char_span, directives, indent, line_rest, line_start, value_text, word_start,
};
use super::report::{Report, quoted, shown, single_quoted, slice, span};

/// What stopped the parser, and how to go on.
#[derive(Debug)]
pub(super) struct Repair {
    /// What to tell; `None` when the scan of the characters told it.
    pub diagnostic: Option<Diagnostic>,
    /// What to read as letters in the next pass, in order; nothing: there is no going on.
    pub hide: Vec<Span>,
}

/// Where the parser stopped, and what it had seen.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    pub text: &'a str,
    /// The parser's own place.
    pub at: usize,
    /// The innermost open `[` or `{`.
    pub bracket: Option<usize>,
    /// End of the latest content.
    pub end: usize,
    pub scalar: Span,
    /// The latest alias or collection in brackets.
    pub closed: Span,
    pub hidden: &'a Hidden,
}

/// Says why the text is not YAML.
pub(super) fn explain(kind: &ErrorKind, around: &Surroundings<'_>, report: &Report) -> Repair {
    use ErrorKind as E;
    match kind {
        E::BomInsideDocument => return hide_hidden(around),
        E::UnexpectedCharacter { character } if chars::is_hidden(*character) => {
            return hide_hidden(around);
        }
        _ => {}
    }
    if let Some(place) = lacks_quotes(kind, around) {
        return Repair { diagnostic: Some(needs_quotes(around.text, place, report)), hide: vec![place] };
    }
    let cause = match kind {
        E::UnknownQuotedScalarEscape
        | E::InvalidQuotedScalarHexEscape
        | E::InvalidLowSurrogateHexEscape
        | E::InvalidLowSurrogate
        | E::MissingLowSurrogate
        | E::UnpairedLowSurrogate
        | E::InvalidUnicodeEscape => return bad_escape(around, report),
        E::MappingValueNotAllowed | E::ExpectedFlowMappingSeparator
            if around.scalar.end.saturating_sub(around.scalar.start) > 1024 =>
        {
            Cause::new("key-too-long", around.scalar, "a key has more than 1024 characters", "write a shorter one")
        }
        E::MappingValueNotAllowed => return second_colon(around, report),
        E::RecursionLimitExceeded => {
            return fatal(too_deep(around.text, around.at, report));
        }
        E::ExpectedDocumentStart | E::MissingDocumentEndBeforeDirective | E::DirectiveDisallowed => {
            match directives(slice(around.text, span(0, around.at))).next() {
                Some(line) => return fatal(directive(around.text, line, report)),
                None => outside_root(around),
            }
        }
        E::DuplicateVersionDirective
        | E::UnsupportedYamlMajorVersion
        | E::DuplicateTagDirective
        | E::InvalidDirectiveTerminator
        | E::MissingYamlVersionSeparator
        | E::MissingDirectiveName
        | E::InvalidDirectiveName
        | E::DirectiveByteLimitExceeded { .. }
        | E::YamlVersionTooLong
        | E::MissingYamlVersion
        | E::ExpectedTagDirectiveBang
        | E::InvalidTagDirectiveTerminator => {
            let line = directives(slice(around.text, span(0, around.at + 1))).last();
            return fatal(directive(around.text, line.unwrap_or(point(around)), report));
        }
        E::TabInIndentation
        | E::TabInBlockIndentation
        | E::TabInPlainScalar
        | E::TabNotAllowed
        | E::TabAtBlockScalarStart => tab(around),
        E::UnclosedQuotedScalar | E::InvalidQuotedScalarIndent | E::DocumentIndicatorInQuotedScalar => {
            unclosed_quote(around)
        }
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => Cause::new(
            "text-after-quote",
            rest_of_line(around),
            "text after the closing quote",
            "put the whole value between the quotes; a single quote between single quotes is written twice: `'it''s'`",
        ),
        E::MismatchedFlowCollectionEnd { open, close } => Cause::new(
            "wrong-bracket",
            point(around),
            format!("`{open}` is closed by `{close}`"),
            "a list stands between `[` and `]`, a map between `{` and `}`",
        ),
        E::MisplacedFlowCollectionEnd => Cause::new(
            "wrong-bracket",
            point(around),
            "this bracket closes nothing",
            "remove it; text that begins with a bracket stands in quotes",
        ),
        _ if matches!(byte_at(around.text, around.at), Some(b',')) && around.bracket.is_some() => Cause::new(
            "missing-value",
            point(around),
            "nothing stands before this comma",
            "remove the comma, or write the value",
        ),
        E::UnclosedFlowCollection { .. }
        | E::InvalidColonPlacement
        | E::UnexpectedEofFlowMapping
        | E::UnexpectedEofFlowSequence
        | E::UnexpectedEofImplicitFlowMapping => unclosed_bracket(around),
        E::ExpectedFlowMappingSeparator | E::ExpectedFlowSequenceSeparator
            if slice(around.text, around.scalar).contains('\n') =>
        {
            let start = around.scalar.start as usize;
            let line = line_rest(around.text, start).trim_end();
            Cause::new(
                "missing-comma",
                span(start, start + line.len()),
                "a comma or the closing bracket is missing after this",
                "separate what stands between brackets by commas: `[a, b]`, `{ a: 1, b: 2 }`",
            )
        }
        E::ExpectedFlowMappingSeparator | E::ExpectedFlowSequenceSeparator => Cause::new(
            "missing-comma",
            point(around),
            "a comma or the closing bracket is missing before this",
            "separate what stands between brackets by commas: `[a, b]`, `{ a: 1, b: 2 }`",
        ),
        E::SimpleKeyExpected | E::InvalidSimpleKey => no_colon(around),
        E::BlockSequenceEntryNotAllowed => Cause::new(
            "bad-indentation",
            point(around),
            "a list item cannot begin here",
            "begin the list on the line after its key, each item with `- `, or write `[a, b]`",
        ),
        E::BlockEntryInFlowCollection => Cause::new(
            "not-yaml",
            point(around),
            "a list item with `- ` cannot stand between brackets",
            "separate the items by commas: `[a, b]`",
        ),
        E::CommentInterceptedScalar => Cause::new(
            "multi-line-value",
            point(around),
            "the value goes on after a comment",
            "write the value on one line",
        ),
        E::CommentNotSeparated => Cause::new(
            "not-yaml",
            point(around),
            "a comment stands directly after a value",
            "write a blank before the `#`",
        ),
        E::ExpectedBlockMappingKey
        | E::ExpectedBlockSequenceEntry
        | E::InvalidIndentation
        | E::InvalidFlowScalarIndent
        | E::MappingKeyNotAllowed
        | E::InvalidBlockScalarIndent => indentation(around),
        other => Cause::new(
            "not-yaml",
            point(around),
            format!("this is not YAML: {other}"),
            "if it is meant as text, put it in quotes",
        ),
    };
    fatal(cause.diagnostic(report))
}

struct Cause {
    code: &'static str,
    place: Span,
    message: String,
    help: String,
    also: Option<(Span, &'static str)>,
}

impl Cause {
    fn new(code: &'static str, place: Span, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, place, message: message.into(), help: help.into(), also: None }
    }

    fn diagnostic(self, report: &Report) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.code, report.place(self.place), self.message).help(self.help);
        match self.also {
            Some((place, text)) => diagnostic.also(report.place(place), text),
            None => diagnostic,
        }
    }
}

fn fatal(diagnostic: Diagnostic) -> Repair {
    Repair { diagnostic: Some(diagnostic), hide: Vec::new() }
}

fn hide_hidden(around: &Surroundings<'_>) -> Repair {
    Repair { diagnostic: None, hide: around.hidden.spans.clone() }
}

/// The value that begins with what YAML keeps for itself, if that is why the parser stopped.
fn lacks_quotes(kind: &ErrorKind, around: &Surroundings<'_>) -> Option<Span> {
    use ErrorKind as E;
    let text = around.text;
    let in_flow = around.bracket.is_some();
    let closed = around.closed;
    let first = byte_at(text, around.at);
    let start = match kind {
        E::UnexpectedCharacter { .. } => bracketed_before(text, around.at),
        E::MissingAnchorOrAliasName if matches!(first, Some(b'*' | b'&')) => bracketed_before(text, around.at),
        E::InvalidBlockScalarHeader | E::ZeroBlockScalarIndent if matches!(first, Some(b'|' | b'>')) => around.at,
        E::MappingKeyNotAllowed if matches!(first, Some(b'?')) => around.at,
        E::UndeclaredTagHandle
        | E::InvalidGlobalTagCharacter
        | E::InvalidTagTerminator
        | E::MissingTagUri
        | E::UnclosedVerbatimTag
        | E::InvalidTagEscape
        | E::InvalidTagUtf8LeadingByte
        | E::InvalidTagUtf8TrailingByte
        | E::InvalidTagUtf8
        | E::ExpectedTagBang => word_start(text, around.at, b'!')?,
        E::UnexpectedEofBlockMapping | E::UnexpectedEofBlockSequence if first == Some(b',') => around.at,
        // `{ template: v{version} }`: a bracket begins right behind a plain value.
        E::ExpectedFlowMappingSeparator | E::ExpectedFlowSequenceSeparator
            if around.scalar.end > around.scalar.start
                && matches!(byte_at(text, around.scalar.end as usize), Some(b'{' | b'[')) =>
        {
            around.scalar.start as usize
        }
        // `{version}-rc`, `[ab]*`, `*.{js,ts}`: a bracket or an alias ended, and the value goes on.
        _ if closed.end > closed.start && closed.end as usize <= around.at => {
            let between = slice(text, Span { start: closed.end, end: span(around.at, around.at).start });
            let goes_on = first.is_some_and(|byte| !matches!(byte, b'\n' | b'\r' | b'#' | b']' | b'}'));
            if !goes_on || !between.chars().all(|c| c == ' ') {
                return None;
            }
            closed.start as usize
        }
        _ => return None,
    };
    let value = value_text(text, start, in_flow);
    (!value.is_empty()).then(|| span(start, start + value.len()))
}

/// The error about a value that YAML would read as something else.
pub(super) fn needs_quotes(text: &str, place: Span, report: &Report) -> Diagnostic {
    let value = slice(text, place);
    let first = value.chars().next().unwrap_or(' ');
    let message = match value.find(['{', '[']) {
        Some(at) if at > 0 && first.is_alphanumeric() => {
            format!(
                "a value with `{}` in it must stand in quotes here",
                value.chars().find(|c| "{[".contains(*c)).unwrap_or(first)
            )
        }
        _ => format!("a value cannot begin with `{first}` unless it stands in quotes"),
    };
    Diagnostic::error("needs-quotes", report.place(place), message)
        .help(format!("put it in quotes: `{}`", quoted(value)))
}

/// The error about more collections inside one another than are read.
pub(super) fn too_deep(text: &str, at: usize, report: &Report) -> Diagnostic {
    let place = char_span(text, at);
    Diagnostic::error(
        "too-deep",
        report.place(place),
        format!("more than {MAX_DEPTH} lists and maps inside one another"),
    )
    .help("the language itself needs about ten")
}

/// The error about a `%` line.
pub(super) fn directive(text: &str, place: Span, report: &Report) -> Diagnostic {
    let line = slice(text, place);
    Diagnostic::error("directive", report.place(place), format!("`{}` is a YAML directive", shown(line)))
        .help(format!("remove the line; as text it stands in quotes: `{}`", quoted(line)))
}

fn second_colon(around: &Surroundings<'_>, report: &Report) -> Repair {
    let text = around.text;
    let scalar = slice(text, around.scalar);
    let line = line_start(text, around.scalar.start as usize);
    let before = slice(text, span(line, around.scalar.start as usize)).trim_end();
    if let Some((first, _)) = scalar.split_once('\n') {
        let start = around.scalar.start as usize;
        let first = first.trim_end();
        let last = line_start(text, around.scalar.end as usize);
        let last = span(last + indent(text, last), around.scalar.end as usize);
        let cause = if before.ends_with(':') {
            Cause::new(
                "bad-indentation",
                last,
                format!(
                    "`{}` stands deeper than the key before it, which has its value already",
                    shown(slice(text, last))
                ),
                "begin it below that key, or give that key no value on its own line",
            )
        } else {
            Cause::new(
                "missing-colon",
                span(start, start + first.len()),
                format!("`{}` has no colon", shown(first)),
                "a key is followed by a colon and a blank: `key: value`",
            )
        };
        return fatal(cause.diagnostic(report));
    }
    if around.at == around.scalar.end as usize && before.ends_with(':') {
        let start = around.scalar.start as usize;
        let rest = line_rest(text, start);
        let value = rest.split(" #").next().unwrap_or(rest).trim_end();
        let place = span(start, start + value.len());
        let diagnostic = Diagnostic::error(
            "second-colon",
            report.place(place),
            format!("`{}` holds a colon and a blank, and the line has a key already", shown(value)),
        )
        .help(format!("put the value in quotes: `{}`; a map begins on the next line", quoted(value)));
        return Repair { diagnostic: Some(diagnostic), hide: vec![place] };
    }
    fatal(
        Cause::new(
            "not-yaml",
            point(around),
            "a colon stands where no key can be",
            "write one `key: value` a line; text with a colon and a blank stands in quotes",
        )
        .diagnostic(report),
    )
}

fn bad_escape(around: &Surroundings<'_>, report: &Report) -> Repair {
    // The parser's place is the opening quote, or inside the value.
    let text = around.text;
    let start = word_start(text, around.at, b'"').unwrap_or(around.at);
    let line = line_rest(text, start);
    let body = line.strip_prefix('"').unwrap_or(line);
    let mut escaped = false;
    let closing = body.find(|c| {
        let closes = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    });
    let inside = closing.and_then(|end| body.get(..end)).unwrap_or(body);
    let end = (start + inside.len() + 1 + usize::from(closing.is_some())).min(start + line.len());
    let place = span(start, end);
    let diagnostic = Diagnostic::error(
        "bad-escape",
        report.place(place),
        "`\\` between double quotes begins an escape that YAML does not know",
    )
    .help(format!("write it between single quotes, where `\\` is itself: `{}`", single_quoted(inside)));
    Repair { diagnostic: Some(diagnostic), hide: if closing.is_some() { vec![place] } else { Vec::new() } }
}

fn tab(around: &Surroundings<'_>) -> Cause {
    let text = around.text;
    let mut start = line_start(text, around.at);
    // The parser may stop at the value above the tab.
    for line in text.get(start..).unwrap_or("").split_inclusive('\n').take(100) {
        let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line.get(..blanks).and_then(|blanks| blanks.find('\t')) {
            return Cause::new(
                "tab-indentation",
                span(start + tab, start + tab + 1),
                "a tab in the indentation",
                "indent with blanks: how wide a tab is differs from reader to reader",
            );
        }
        start += line.len();
    }
    Cause::new("tab-indentation", point(around), "a tab where YAML takes only blanks", "write a blank")
}

fn unclosed_quote(around: &Surroundings<'_>) -> Cause {
    let text = around.text;
    let is_quote = |at| matches!(byte_at(text, at), Some(b'"' | b'\''));
    let start = if is_quote(around.at) {
        around.at
    } else {
        let from = around.end.min(around.at);
        let between = slice(text, span(from, around.at));
        let found =
            between.char_indices().zip(std::iter::once(' ').chain(between.chars())).find(|((_, c), previous)| {
                matches!(c, '"' | '\'') && matches!(previous, ' ' | '\n' | '\t' | '[' | '{' | ',' | ':')
            });
        found.map_or(around.at, |((index, _), _)| from + index)
    };
    let line = line_rest(text, start).trim_end();
    Cause::new(
        "unclosed-quote",
        span(start, start + line.len()),
        "this quote is not closed on its line",
        "close it; a value stands on one line",
    )
}

fn unclosed_bracket(around: &Surroundings<'_>) -> Cause {
    let text = around.text;
    let is_open = |at: &usize| matches!(byte_at(text, *at), Some(b'[' | b'{'));
    let open = Some(around.at).filter(is_open).or(around.bracket.filter(is_open));
    let place = open.map_or_else(|| point(around), |open| char_span(text, open));
    let bracket = shown(slice(text, place));
    let mut help = match bracket.as_str() {
        "[" => "close it with `]`; text that begins with `[` stands in quotes".to_owned(),
        "{" => "close it with `}`; text that begins with `{` stands in quotes".to_owned(),
        _ => "close the bracket before it".to_owned(),
    };
    let line = line_rest(text, place.start as usize);
    if let Some(comment) = line.find(" #").and_then(|index| line.get(index + 1..)) {
        help = format!(
            "`{}` is read as a comment: put the value it belongs to in quotes, or close the bracket before it",
            shown(comment.trim_end())
        );
    }
    Cause::new("unclosed-bracket", place, format!("`{bracket}` is not closed"), help)
}

fn no_colon(around: &Surroundings<'_>) -> Cause {
    let line = value_text(around.text, around.at, around.bracket.is_some());
    let help = match line.split_once(':') {
        Some((key, value)) if !key.is_empty() && !value.is_empty() => {
            format!("write a blank after the colon: `{}: {}`", shown(key), shown(value))
        }
        _ => "a key is followed by a colon and a blank: `key: value`; a list item begins with `- `".to_owned(),
    };
    let place = span(around.at, around.at + line.len());
    Cause::new("missing-colon", place, format!("`{}` has no colon", shown(line)), help)
}

fn indentation(around: &Surroundings<'_>) -> Cause {
    let text = around.text;
    let start = line_start(text, around.at);
    let first = start + indent(text, start);
    let line = line_rest(text, first).trim_end();
    let place = span(first, first + line.len());
    if line.starts_with("- ") || line == "-" {
        return Cause::new(
            "bad-indentation",
            place,
            "a list item where a key is expected",
            "indent it below the key whose list it belongs to; or `- ` is one too many",
        );
    }
    if around.at > first {
        return Cause::new(
            "not-yaml",
            rest_of_line(around),
            "text after the end of a value",
            "put the whole value in quotes",
        );
    }
    let mut cause = Cause::new(
        "bad-indentation",
        place,
        "the indentation of this line fits no line above",
        "begin it exactly below the key or the dash that it belongs beside",
    );
    let above = slice(text, around.scalar);
    if !above.is_empty() && (around.scalar.end as usize) <= first {
        cause.also = Some((around.scalar, "what stands before it"));
    }
    cause
}

fn outside_root(around: &Surroundings<'_>) -> Cause {
    Cause::new(
        "bad-indentation",
        rest_of_line(around),
        "this stands outside the file's one map",
        "begin every key of the file at the start of its line, each `key: value`",
    )
}

fn rest_of_line(around: &Surroundings<'_>) -> Span {
    let line = line_rest(around.text, around.at).trim_end();
    if line.is_empty() { point(around) } else { span(around.at, around.at + line.len()) }
}

fn point(around: &Surroundings<'_>) -> Span {
    char_span(around.text, around.at)
}
