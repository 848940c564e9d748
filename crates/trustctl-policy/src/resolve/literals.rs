//! Values: of the claim's type, meant as values, and possible at all.

use trustctl_catalog::ClaimType;
use trustctl_diag::Diagnostic;
use trustctl_pattern::{Answer, Language, Pattern, Reading, looks_like_pattern};

use crate::known;
use crate::model::Text;
use crate::syntax::{Node, Scalar};

use super::build::Builder;
use super::matchers::{self, Position};
use super::suggest::one_of;

/// Reads a value of the claim; a `bare` one must not look like a pattern.
pub(crate) fn read(
    position: &Position<'_>,
    kind: ClaimType,
    scalar: &Scalar<'_>,
    node: &Node<'_>,
    bare: bool,
    builder: &mut Builder<'_>,
) -> Option<Text> {
    let text = &*scalar.text;
    if bare && !plain(text) && looks_like_a_pattern(position, text, node, builder) {
        return None;
    }
    if !of_type(position, kind, text, node, builder) || !possible_value(position, text, node, builder) {
        return None;
    }
    Some(builder.text(text))
}

/// Whether a text holds nothing that patterns are made of; nearly all do not.
fn plain(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'@' | b':' | b'.' | b' '))
}

fn looks_like_a_pattern(position: &Position<'_>, text: &str, node: &Node<'_>, builder: &mut Builder<'_>) -> bool {
    let Some(suspicion) = looks_like_pattern(text) else {
        return false;
    };
    if !builder.generic() && matchers::refuse_composed(position, node, builder) {
        return true;
    }
    let what = if suspicion.reading == Reading::Template { "template" } else { "pattern" };
    let would = match suspicion.pattern().and_then(|pattern| pattern.language().shortest().ok().flatten()) {
        Some(example) => format!("as a pattern it would accept `{example}`, among others"),
        None => "a value is compared as it stands".to_owned(),
    };
    builder.push(
        Diagnostic::error(
            "value-looks-like-pattern",
            position.place(node),
            format!("`{text}` looks like a {what}, but stands where a value does"),
        )
        .here(would)
        .help(format!(
            "write `{}` if the {what} is meant, `{{ equals: '{}' }}` if the text is",
            suspicion.matcher(),
            text.replace('\'', "''")
        )),
    );
    true
}

fn of_type(position: &Position<'_>, kind: ClaimType, text: &str, node: &Node<'_>, builder: &mut Builder<'_>) -> bool {
    let (fits, what, help) = match kind {
        ClaimType::String | ClaimType::List => return true,
        ClaimType::Integer => (is_integer(text), "a whole number", "write digits only, such as `42`"),
        ClaimType::Boolean => (matches!(text, "true" | "false"), "`true` or `false`", "write `true` or `false`"),
    };
    if !fits {
        let name = builder.claim(position.provider, position.claim).map_or("", |claim| &claim.name).to_owned();
        builder.push(
            Diagnostic::error(
                "wrong-type",
                position.place(node),
                format!("`{name}` is {what} in the token, and `{text}` is not"),
            )
            .help(help),
        );
    }
    fits
}

/// `0|-?[1-9][0-9]*`, any size.
fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    text == "0" || (!digits.starts_with('0') && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

fn possible_value(position: &Position<'_>, text: &str, node: &Node<'_>, builder: &mut Builder<'_>) -> bool {
    let fits = match values(position, builder) {
        Some(values) => values.is_match(text),
        None => true,
    };
    if !fits {
        impossible(position, text, node, builder);
    }
    fits
}

/// Whether some value of the claim is in the language; says so where none is.
pub(crate) fn possible(
    position: &Position<'_>,
    language: &Language,
    text: &str,
    node: &Node<'_>,
    builder: &mut Builder<'_>,
) -> bool {
    if builder.generic() {
        // Another system's dead pattern is a finding, not a mistake in writing it down.
        return true;
    }
    let common = match values(position, builder) {
        Some(values) => language.intersect(&values.language()),
        None => language.clone(),
    };
    if common.is_empty() != Answer::Yes {
        return true;
    }
    impossible(position, text, node, builder);
    false
}

/// The language of the claim's values, compiled once; nothing where it is not known, or another system's text is read.
fn values<'b>(position: &Position<'_>, builder: &'b mut Builder<'_>) -> Option<&'b Pattern> {
    if builder.generic() {
        return None;
    }
    let entry = builder.claim_entry(position.provider, position.claim);
    let facts = builder.providers.get_mut(usize::from(position.provider.0))?;
    facts
        .values
        .entry(position.claim)
        .or_insert_with(|| {
            entry.and_then(|claim| claim.values.as_deref()).and_then(|values| known::pattern(values).ok())
        })
        .as_ref()
}

fn impossible(position: &Position<'_>, text: &str, node: &Node<'_>, builder: &mut Builder<'_>) {
    let name = builder.claim(position.provider, position.claim).map_or("", |claim| &claim.name).to_owned();
    let entry = builder.claim_entry(position.provider, position.claim);
    let help = match entry {
        Some(claim) => match &claim.hint {
            Some(hint) => hint.clone(),
            None => match claim.values.as_deref().and_then(words) {
                Some(words) => format!("write {}", one_of(words)),
                None => format!("its values are like `{}`", claim.example),
            },
        },
        None => "no text at all is accepted".to_owned(),
    };
    builder.push(
        Diagnostic::error("impossible-value", position.place(node), format!("no token's `{name}` can be `{text}`"))
            .here("never true")
            .help(help),
    );
}

/// The values of a claim that has a handful of them: `true|false`.
fn words(values: &str) -> Option<Vec<&str>> {
    let words: Vec<&str> = values.split('|').collect();
    let plain = |word: &&str| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (words.len() > 1 && words.iter().all(plain)).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_canonical_and_of_any_size() {
        for text in ["0", "7", "-1", "123456789012345678901234567890"] {
            assert!(is_integer(text), "{text}");
        }
        for text in ["", "-", "00", "-0", "01", "+1", "1.0", "1e3", "٣", "0x1", "1_000"] {
            assert!(!is_integer(text), "{text}");
        }
    }
}
