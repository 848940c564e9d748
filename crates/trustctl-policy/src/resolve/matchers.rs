//! One condition's value: a literal, a list, or a map of matchers.

use trustctl_catalog::{ClaimType, Derivation};
use trustctl_diag::{Diagnostic, FileId, Place};
use trustctl_pattern::{Pattern, PatternError};

use crate::model::{ClaimId, Matcher, PatternId, ProviderId};
use crate::syntax::{Entry, Node, NodeKind, Scalar};

use super::build::Builder;
use super::literals;
use super::suggest::unknown_help;
use super::templates::{self, TemplateScope};

/// Where a matcher stands.
pub(crate) struct Position<'a> {
    pub(crate) file: FileId,
    pub(crate) provider: ProviderId,
    pub(crate) claim: ClaimId,
    pub(crate) scope: Option<&'a TemplateScope<'a>>,
}

impl Position<'_> {
    pub(crate) fn place(&self, node: &Node<'_>) -> Place {
        Place { file: self.file, span: node.span }
    }

    pub(crate) fn key_place(&self, entry: &Entry<'_>) -> Place {
        Place { file: self.file, span: entry.key.span }
    }
}

/// What the claim is, as far as matchers care.
#[derive(Clone)]
pub(crate) struct Subject {
    pub(crate) name: String,
    pub(crate) kind: ClaimType,
    pub(crate) composed: bool,
}

const KEYS: [&str; 8] = ["equals", "ignore-case", "glob", "regex", "template", "contains", "not", "present"];
const GENERIC_KEYS: [&str; 10] =
    ["equals", "ignore-case", "glob", "crossing", "regex", "search", "template", "contains", "not", "present"];

/// Reads the value of a condition.
pub(crate) fn read(position: &Position<'_>, node: &Node<'_>, builder: &mut Builder<'_>) -> Option<Matcher> {
    let claim = builder.claim(position.provider, position.claim)?;
    let kind = claim.kind;
    if let NodeKind::Scalar(scalar) = &node.kind
        && kind != ClaimType::List
    {
        // The way of nearly every condition, kept free of allocation.
        return literals::read(position, kind, scalar, node, true, builder).map(Matcher::Equals);
    }
    let subject = Subject { name: claim.name.clone(), kind, composed: claim.composed };
    let matcher =
        any(position, &subject, node, Allow { lists: true, present: true, template: true, not: true }, builder)?;
    if subject.composed && !builder.generic() && matcher.literals().is_none() {
        composed(position, &subject, node, builder);
        return None;
    }
    Some(matcher)
}

/// What may stand at one point of a matcher.
#[derive(Clone, Copy)]
struct Allow {
    lists: bool,
    present: bool,
    template: bool,
    not: bool,
}

fn any(
    position: &Position<'_>,
    subject: &Subject,
    node: &Node<'_>,
    allow: Allow,
    builder: &mut Builder<'_>,
) -> Option<Matcher> {
    if subject.kind == ClaimType::List && matches!(node.kind, NodeKind::Scalar(_) | NodeKind::List(_)) {
        list_claim(subject, position.place(node), builder);
        return None;
    }
    match &node.kind {
        NodeKind::Bad => None,
        NodeKind::Scalar(scalar) => {
            literals::read(position, subject.kind, scalar, node, true, builder).map(Matcher::Equals)
        }
        NodeKind::List(members) if allow.lists => {
            let generic = builder.generic();
            let inner = Allow { lists: false, present: generic, template: false, not: generic };
            let matchers: Vec<Option<Matcher>> =
                members.iter().map(|member| any(position, subject, member, inner, builder)).collect();
            matchers.into_iter().collect::<Option<Vec<_>>>().map(|members| Matcher::AnyOf(members.into()))
        }
        NodeKind::List(_) => {
            builder.push(
                Diagnostic::error("nested-list", position.place(node), "a list inside a list")
                    .help("write its members in the outer one"),
            );
            None
        }
        NodeKind::Map(entries) => map(position, subject, node, entries, allow, builder),
    }
}

fn map(
    position: &Position<'_>,
    subject: &Subject,
    node: &Node<'_>,
    entries: &[Entry<'_>],
    allow: Allow,
    builder: &mut Builder<'_>,
) -> Option<Matcher> {
    let find = |key: &str| entries.iter().find(|entry| entry.key.text == key);
    let mut bad = false;
    let generic = builder.generic();
    for entry in entries {
        let key = &*entry.key.text;
        let known: &[&str] = if generic { &GENERIC_KEYS } else { &KEYS };
        let refused = match key {
            _ if !known.contains(&key) => Some(
                Diagnostic::error("unknown-matcher", position.key_place(entry), format!("there is no matcher `{key}`"))
                    .help(unknown_help(key, known.iter().copied())),
            ),
            "present" if !allow.present => {
                Some(misplaced(position, entry, "present", "it stands alone, as the whole condition"))
            }
            "not" if !allow.not => {
                Some(misplaced(position, entry, "not", "say `not` of the whole list, beside what has to match"))
            }
            "template" if !allow.template => Some(misplaced(
                position,
                entry,
                "template",
                "it stands in a grant's `when`, outside of `not` and lists",
            )),
            "present" if entries.len() > 1 => Some(misplaced(
                position,
                entry,
                "present",
                "it stands alone: any other matcher asks for the claim anyway",
            )),
            _ => None,
        };
        if let Some(diagnostic) = refused {
            builder.push(diagnostic);
            bad = true;
        }
    }
    if let Some(entry) = find("ignore-case")
        && find("equals").is_none()
    {
        builder.push(misplaced(
            position,
            entry,
            "ignore-case",
            "it belongs to `equals`: `{ equals: PROD, ignore-case: true }`",
        ));
        bad = true;
    }
    if let Some(entry) = find("crossing")
        && find("glob").is_none()
    {
        builder.push(misplaced(
            position,
            entry,
            "crossing",
            "it belongs to `glob`: `{ glob: \"a*\", crossing: true }`",
        ));
        bad = true;
    }
    if bad {
        return None;
    }
    let mut matchers = Vec::new();
    for entry in entries {
        let matcher = match &*entry.key.text {
            "equals" => equals(position, subject, entry, find("ignore-case"), builder)?,
            "ignore-case" | "crossing" => continue,
            "glob" => {
                let crossing = match find("crossing") {
                    Some(crossing) => flag(position, crossing, builder)?,
                    None => false,
                };
                let (kind, compile): (u8, Compile) =
                    if crossing { (1, Pattern::crossing_glob) } else { (0, Pattern::glob) };
                Matcher::Pattern(pattern(position, subject, entry, kind, compile, builder)?)
            }
            "regex" => Matcher::Pattern(pattern(position, subject, entry, 2, Pattern::regex, builder)?),
            "search" => Matcher::Pattern(pattern(position, subject, entry, 3, Pattern::search, builder)?),
            "template" => Matcher::Template(templates::read(position, subject, entry, builder)?),
            "contains" => contains(position, subject, entry, builder)?,
            "not" => {
                let inner = Allow { lists: true, present: false, template: false, not: false };
                Matcher::Not(Box::new(any(position, subject, &entry.value, inner, builder)?))
            }
            _ => Matcher::Present(flag(position, entry, builder)?),
        };
        matchers.push(matcher);
    }
    match matchers.len() {
        0 => {
            builder.push(
                Diagnostic::error("empty-matcher", position.place(node), "the condition asks for nothing")
                    .help("write a value, or `{ present: true }`"),
            );
            None
        }
        1 => matchers.pop(),
        _ => Some(Matcher::AllOf(matchers.into())),
    }
}

/// On a list claim nothing but `contains` and `present` says what is meant.
fn list_claim(subject: &Subject, place: Place, builder: &mut Builder<'_>) {
    let name = &subject.name;
    builder.push(
        Diagnostic::error(
            "list-claim",
            place,
            format!("`{name}` is a list in the token, so no single value equals it"),
        )
        .help(format!("write `{name}: {{ contains: … }}`, or `{{ not: {{ contains: … }} }}`")),
    );
}

fn misplaced(position: &Position<'_>, entry: &Entry<'_>, key: &str, help: &str) -> Diagnostic {
    Diagnostic::error("misplaced-matcher", position.key_place(entry), format!("`{key}` cannot stand here")).help(help)
}

fn equals(
    position: &Position<'_>,
    subject: &Subject,
    entry: &Entry<'_>,
    ignore_case: Option<&Entry<'_>>,
    builder: &mut Builder<'_>,
) -> Option<Matcher> {
    if subject.kind == ClaimType::List {
        list_claim(subject, position.key_place(entry), builder);
        return None;
    }
    let scalar = builder.scalar(position.file, &entry.value, "the value of `equals`")?;
    match ignore_case {
        Some(flagged) if flag(position, flagged, builder)? => {
            if subject.kind != ClaimType::String {
                builder.push(misplaced(position, flagged, "ignore-case", "only strings have letters"));
                return None;
            }
            if let Ok(folded) = Pattern::regex(&folded(&scalar.text))
                && !literals::possible(position, &folded.language(), &scalar.text, &entry.value, builder)
            {
                return None;
            }
            Some(Matcher::EqualsIgnoringCase(builder.text(&scalar.text)))
        }
        _ => literals::read(position, subject.kind, scalar, &entry.value, false, builder).map(Matcher::Equals),
    }
}

/// The text in every case of its ASCII letters, as a regular expression.
fn folded(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            _ if c.is_ascii_alphabetic() => format!("[{}{}]", c.to_ascii_lowercase(), c.to_ascii_uppercase()),
            _ if c.is_ascii_digit() || !c.is_ascii() => c.to_string(),
            _ => format!("\\x{:02x}", u32::from(c)),
        })
        .collect()
}

fn flag(position: &Position<'_>, entry: &Entry<'_>, builder: &mut Builder<'_>) -> Option<bool> {
    let Scalar { text, .. } = builder.scalar(position.file, &entry.value, &format!("`{}`", entry.key.text))?;
    match &**text {
        "true" => Some(true),
        "false" => Some(false),
        _ => {
            builder.push(
                Diagnostic::error(
                    "not-a-boolean",
                    position.place(&entry.value),
                    format!("`{text}` is neither `true` nor `false`"),
                )
                .help(format!("write `{}: true` or `{}: false`", entry.key.text, entry.key.text)),
            );
            None
        }
    }
}

type Compile = fn(&str) -> Result<Pattern, PatternError>;

fn pattern(
    position: &Position<'_>,
    subject: &Subject,
    entry: &Entry<'_>,
    kind: u8,
    compile: Compile,
    builder: &mut Builder<'_>,
) -> Option<PatternId> {
    let key = &entry.key.text;
    let scalar = builder.scalar(position.file, &entry.value, &format!("the value of `{key}`"))?;
    let place = position.place(&entry.value);
    if subject.kind == ClaimType::List {
        list_claim(subject, position.key_place(entry), builder);
        return None;
    }
    if subject.kind != ClaimType::String {
        builder.push(
            Diagnostic::error(
                "pattern-on-number",
                place,
                format!("`{}` is no text, so no pattern stands on it", subject.name),
            )
            .help("write the value, or a list of values"),
        );
        return None;
    }
    if subject.composed && !builder.generic() {
        let node = &entry.value;
        composed(position, subject, node, builder);
        return None;
    }
    if let Some(known) = builder.known_pattern(kind, &scalar.text) {
        // Known from another claim perhaps, of which other values are possible.
        if builder.facts(position.provider).is_some_and(|facts| facts.fitting.contains(&(position.claim, known))) {
            return Some(known);
        }
        let language = builder.parts.patterns.get(known.0 as usize)?.language();
        return (literals::possible(position, &language, &scalar.text, &entry.value, builder)
            && fitting(position, known, builder))
        .then_some(known);
    }
    let compiled = match compile(&scalar.text) {
        Ok(compiled) => compiled,
        Err(error) => {
            let mut diagnostic =
                Diagnostic::error("bad-pattern", place, format!("`{}` is no {key}: {error}", scalar.text));
            if let Some(help) = error.help() {
                diagnostic = diagnostic.help(help);
            }
            builder.push(diagnostic);
            return None;
        }
    };
    if !literals::possible(position, &compiled.language(), &scalar.text, &entry.value, builder) {
        return None;
    }
    let id = builder.pattern(compiled);
    match id {
        Some(id) => _ = fitting(position, id, builder),
        None => builder.push(
            Diagnostic::error("patterns-too-large", place, "the patterns of this policy take too much memory together")
                .help("write values or globs in place of the largest regular expressions"),
        ),
    }
    id
}

/// Notes that some value of the claim is in the pattern.
fn fitting(position: &Position<'_>, pattern: PatternId, builder: &mut Builder<'_>) -> bool {
    let facts = builder.providers.get_mut(usize::from(position.provider.0));
    facts.is_some_and(|facts| facts.fitting.insert((position.claim, pattern)))
}

fn contains(
    position: &Position<'_>,
    subject: &Subject,
    entry: &Entry<'_>,
    builder: &mut Builder<'_>,
) -> Option<Matcher> {
    if subject.kind != ClaimType::List {
        let name = &subject.name;
        builder.push(
            Diagnostic::error(
                "not-a-list-claim",
                position.key_place(entry),
                format!("`{name}` is no list in the token"),
            )
            .help(format!("write `{name}: …` with the value itself")),
        );
        return None;
    }
    let member = Subject { kind: ClaimType::String, ..subject.clone() };
    let inner = Allow { lists: true, present: false, template: false, not: true };
    any(position, &member, &entry.value, inner, builder).map(|inner| Matcher::Contains(Box::new(inner)))
}

/// The same for what only looks like a pattern, where the claim is such a one; whether it is.
pub(crate) fn refuse_composed(position: &Position<'_>, node: &Node<'_>, builder: &mut Builder<'_>) -> bool {
    let subject = match builder.claim(position.provider, position.claim) {
        Some(claim) if claim.composed => {
            Subject { name: claim.name.clone(), kind: claim.kind, composed: claim.composed }
        }
        _ => return false,
    };
    composed(position, &subject, node, builder);
    true
}

/// Refuses a pattern on a claim that is put together from parts, and names the parts.
fn composed(position: &Position<'_>, subject: &Subject, node: &Node<'_>, builder: &mut Builder<'_>) {
    let parts: Vec<String> = builder
        .facts(position.provider)
        .and_then(|facts| facts.entry)
        .into_iter()
        .flat_map(|entry| &entry.claims)
        .filter(|(_, claim)| {
            matches!(&claim.derived, Some(Derivation::Piece { of, .. } | Derivation::Between { of, .. }) if *of == subject.name)
        })
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    let parts =
        if parts.is_empty() { "`repository`, `ref`, `environment` and the like".to_owned() } else { parts.join(", ") };
    let name = &subject.name;
    builder.push(
        Diagnostic::error(
            "pattern-on-composed-claim",
            position.place(node),
            format!("`{name}` is put together from several parts, so only whole values stand on it"),
        )
        .here("a part that somebody else chooses could run over into the next")
        .help(format!("ask the parts themselves: {parts}")),
    );
}
