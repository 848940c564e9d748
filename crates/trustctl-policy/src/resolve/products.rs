//! No products: a grant that names several packages lets in one source.
//!
//! Ten packages times ten repositories would be a hundred pairs, ninety of them never meant. A table says which
//! belongs to which.

use trustctl_diag::{Diagnostic, Place};

use crate::model::{Condition, Matcher, ProviderId};

use super::build::Builder;

/// Says so where a grant of `packages` packages lets in more than one source.
pub(crate) fn check(
    provider: ProviderId,
    conditions: &[Condition],
    packages: usize,
    place: Place,
    builder: &mut Builder<'_>,
) {
    if packages < 2 || builder.generic() {
        return;
    }
    let Some(facts) = builder.facts(provider) else { return };
    let names: Vec<&str> = match facts.entry {
        Some(entry) => entry.claims.iter().filter(|(_, claim)| claim.source).map(|(name, _)| name.as_str()).collect(),
        None => vec!["sub"],
    };
    let is_source = |condition: &&Condition| {
        facts.source_claims.contains(&condition.claim)
            || builder.claim(provider, condition.claim).is_some_and(|claim| names.contains(&claim.name.as_str()))
    };
    let mut sources: Option<usize> = None;
    for condition in conditions.iter().filter(is_source) {
        let values = match builder.parts.matchers.get(condition.matcher.0 as usize) {
            Some(Matcher::EqualsIgnoringCase(_)) => Some(1),
            Some(matcher) => matcher.literals().map(|values| values.len()),
            None => None,
        };
        if let Some(values) = values {
            sources = Some(sources.map_or(values, |known| known.min(values)));
        }
    }
    if sources == Some(1) {
        return;
    }
    let pairs = match sources {
        Some(sources) => {
            format!("{packages} packages times {sources} sources are {} pairs", packages.saturating_mul(sources))
        }
        None => format!("any source may act on each of {packages} packages"),
    };
    let first = names.first().copied().unwrap_or("sub").to_owned();
    builder.push(
        Diagnostic::error("package-product", place, "a grant of several packages lets in more than one source")
            .here(pairs)
            .help(format!("fix `{first}` or another of the source's claims to one value, or write a table of packages whose rows say which source belongs to which")),
    );
}
