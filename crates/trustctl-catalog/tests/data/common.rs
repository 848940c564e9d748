//! The example token of a provider, and a second, slow reading of derivations.

use std::collections::{BTreeMap, BTreeSet};

use trustctl_catalog::{AroundPart, Claim, Derivation, JoinPart, Piece, Provider, Shape};
use trustctl_pattern::Pattern;

/// The text of `claim`'s example, other claims' examples filled in.
pub(crate) fn example(provider: &Provider, claim: &str) -> String {
    fill(provider, &provider.claims[claim].example, 8)
}

fn fill(provider: &Provider, text: &str, depth: u8) -> String {
    assert!(depth > 0, "{}: `{text}` never ends", provider.kind);
    let Some((before, rest)) = text.split_once('{') else {
        return text.replace("}}", "}");
    };
    let before = before.replace("}}", "}");
    if let Some(after) = rest.strip_prefix('{') {
        return format!("{before}{{{}", fill(provider, after, depth));
    }
    let (name, after) = rest.split_once('}').expect("a closing brace");
    let claim = provider.claims.get(name).unwrap_or_else(|| panic!("{}: `{name}` is no claim", provider.kind));
    format!("{before}{}{}", fill(provider, &claim.example, depth - 1), fill(provider, after, depth))
}

/// What the provider's own claims are in its example token; the absent ones are left out.
pub(crate) fn example_token(provider: &Provider) -> BTreeMap<String, String> {
    let own = provider.claims.iter().filter(|(_, claim)| claim.derived.is_none());
    own.map(|(name, _)| (name.clone(), example(provider, name))).filter(|(_, value)| !value.is_empty()).collect()
}

/// The value of a claim, derived or not, in `token`.
pub(crate) fn value(provider: &Provider, token: &BTreeMap<String, String>, name: &str) -> Option<String> {
    let claim: &Claim = &provider.claims[name];
    let found = match claim.derived.as_ref() {
        None => token.get(name).cloned(),
        Some(Derivation::Alias { of }) => token.get(of).cloned(),
        Some(Derivation::After { of, prefix, only_if }) => {
            let holds = only_if.iter().all(|(other, wanted)| token.get(other).map_or("", String::as_str) == wanted);
            holds.then(|| token.get(of)?.strip_prefix(prefix.as_str()).map(str::to_owned)).flatten()
        }
        Some(Derivation::AfterLast { of, delimiter }) => token
            .get(of)?
            .rsplit_once(delimiter.as_str())
            .filter(|(before, _)| !before.is_empty())
            .map(|(_, after)| after.to_owned()),
        Some(Derivation::Piece { of, piece }) => {
            let cuts = cuts(provider.claims[of].shape.as_ref()?, token.get(of)?);
            assert!(cuts.len() <= 1, "{of} was cut in {} ways", cuts.len());
            cuts.first()?.get(piece).cloned()
        }
        Some(Derivation::Between { of, templates, pattern }) => {
            let (whole, pattern) = (token.get(of)?, Pattern::regex(pattern).unwrap());
            let side = |parts: &[AroundPart]| -> Option<String> {
                let part = |part: &AroundPart| match part {
                    AroundPart::Text(text) => Some(text.clone()),
                    AroundPart::Claim(other) => token.get(other).filter(|value| !value.is_empty()).cloned(),
                    AroundPart::Issuer => token.get("iss")?.strip_prefix("https://").map(str::to_owned),
                };
                parts.iter().map(part).collect()
            };
            // Every stretch that makes the whole value together with the texts around it.
            let mut found = BTreeSet::new();
            for template in templates {
                let (Some(before), Some(after)) = (side(&template.before), side(&template.after)) else { continue };
                for start in 0..whole.len() {
                    for end in start..=whole.len() {
                        let piece = whole.get(start..end).unwrap_or_default();
                        if format!("{before}{piece}{after}") == *whole && pattern.is_match(piece) && !piece.is_empty() {
                            found.insert(piece.to_owned());
                        }
                    }
                }
            }
            found.pop_first().filter(|_| found.is_empty())
        }
        Some(Derivation::Join { parts }) => {
            let mut joined = String::new();
            for part in parts {
                match part {
                    JoinPart::Text(text) => joined.push_str(text),
                    JoinPart::Claim(other) => joined.push_str(&value(provider, token, other)?),
                }
            }
            Some(joined)
        }
    };
    found.filter(|value| !value.is_empty())
}

/// Every way in which `text` fits `shape`, by trying all of them.
pub(crate) fn cuts(shape: &Shape, text: &str) -> Vec<BTreeMap<String, String>> {
    fn go(pieces: &[Piece], text: &str, taken: &BTreeMap<String, String>, found: &mut Vec<BTreeMap<String, String>>) {
        match pieces {
            [] if text.is_empty() => found.push(taken.clone()),
            [] => {}
            [Piece::Text(literal), rest @ ..] => {
                if let Some(text) = text.strip_prefix(literal.as_str()) {
                    go(rest, text, taken, found);
                }
            }
            [Piece::Named { name, pattern }, rest @ ..] => {
                let pattern = Pattern::regex(pattern).unwrap();
                for end in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
                    if pattern.is_match(&text[..end]) {
                        let mut taken = taken.clone();
                        taken.insert(name.clone(), text[..end].to_owned());
                        go(rest, &text[end..], &taken, found);
                    }
                }
            }
        }
    }
    let mut found = Vec::new();
    go(&shape.pieces, text, &BTreeMap::new(), &mut found);
    found
}
