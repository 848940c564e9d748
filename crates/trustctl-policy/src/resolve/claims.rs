//! The claims of a provider, as conditions name them.

use rustc_hash::FxHashMap;
use trustctl_catalog::{self as catalog, ClaimType, Derivation, NameKind, Role, SetBy};
use trustctl_pattern::PatternError;

use crate::model::{Between, Claim, ClaimId, ClaimSource, Cut, JoinPart, ProviderId};

use super::build::Builder;
use super::suggest::nearest;

/// Claims that every token has and no condition names.
pub(crate) const ENVELOPE: [&str; 6] = ["iss", "aud", "exp", "iat", "nbf", "jti"];

/// Claims that one provider can have.
const MOST_CLAIMS: usize = 1000;

/// The table of a catalogue entry for one issuer: every claim but the envelope's.
///
/// # Errors
///
/// A shape does not compile, which a test of the catalogue rules out for bundled data.
pub(crate) fn table(
    entry: &catalog::Provider,
    issuer: &str,
) -> Result<(Vec<Claim>, FxHashMap<String, ClaimId>), PatternError> {
    let named = || entry.claims.iter().filter(|(_, claim)| claim.role != Role::Envelope);
    let ids: FxHashMap<String, ClaimId> =
        named().zip(0_u16..).map(|((name, _), at)| (name.clone(), ClaimId(at))).collect();
    let claims = named()
        .map(|(name, claim)| {
            Ok(Claim {
                name: name.clone(),
                kind: claim.kind,
                role: claim.role,
                name_kind: claim.name_kind,
                set_by: claim.set_by,
                composed: claim.shape.is_some(),
                mistaken_for: claim.mistaken_for.iter().map(|(name, why)| (name.clone(), why.clone())).collect(),
                source: source(entry, issuer, claim, &ids)?,
            })
        })
        .collect::<Result<_, PatternError>>()?;
    Ok((claims, ids))
}

fn source(
    entry: &catalog::Provider,
    issuer: &str,
    claim: &catalog::Claim,
    ids: &FxHashMap<String, ClaimId>,
) -> Result<ClaimSource, PatternError> {
    // An unknown name cannot occur in bundled data (tested); it would never match.
    let id = |name: &str| ids.get(name).copied().unwrap_or(ClaimId(u16::MAX));
    let Some(derivation) = &claim.derived else {
        return Ok(match &claim.at {
            Some(pointer) => ClaimSource::Nested(pointer_segments(pointer)),
            None => ClaimSource::Token,
        });
    };
    Ok(match derivation {
        Derivation::Alias { of } => ClaimSource::Alias(id(of)),
        Derivation::After { of, prefix, only_if } => ClaimSource::After {
            of: id(of),
            prefix: prefix.clone(),
            only_if: only_if.iter().map(|(name, value)| (id(name), value.clone())).collect(),
        },
        Derivation::AfterLast { of, delimiter } => ClaimSource::AfterLast { of: id(of), delimiter: delimiter.clone() },
        Derivation::Piece { of, piece } => {
            let shape = entry.claims.get(of).and_then(|claim| claim.shape.as_ref());
            let cut = Cut::new(shape.unwrap_or(&catalog::Shape { pieces: Vec::new() }))?;
            let piece = cut.index(piece).unwrap_or(usize::MAX);
            ClaimSource::Piece { of: id(of), cut, piece }
        }
        Derivation::Between { of, templates, pattern } => {
            ClaimSource::Between { of: id(of), between: Between::new(templates, pattern, issuer, id)? }
        }
        Derivation::Join { parts } => ClaimSource::Join(
            parts
                .iter()
                .map(|part| match part {
                    catalog::JoinPart::Text(text) => JoinPart::Text(text.clone()),
                    catalog::JoinPart::Claim(name) => JoinPart::Claim(id(name)),
                })
                .collect(),
        ),
    })
}

/// The names of a JSON Pointer (RFC 6901), unescaped, from the outside in.
pub(crate) fn pointer_segments(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~")).collect()
}

/// Why a name is no claim of a provider.
pub(crate) enum NoClaim {
    /// It belongs to the envelope.
    Envelope,
    /// The provider has none of that name; perhaps another was meant.
    Unknown(Option<String>),
}

/// The claim of that name; adds it where the provider has an open family of such claims, or the dialect keeps unknown ones.
pub(crate) fn find(builder: &mut Builder<'_>, provider: ProviderId, name: &str) -> Result<ClaimId, NoClaim> {
    let at = usize::from(provider.0);
    let generic = builder.generic();
    let Some(facts) = builder.providers.get_mut(at) else {
        return Err(NoClaim::Unknown(None));
    };
    if let Some(id) = facts.claims.get(name) {
        return Ok(*id);
    }
    let envelope = ENVELOPE.contains(&name)
        || facts.entry.and_then(|entry| entry.claims.get(name)).is_some_and(|claim| claim.role == Role::Envelope);
    if envelope {
        return Err(NoClaim::Envelope);
    }
    let family = facts.entry.is_some_and(|entry| {
        entry.families.iter().any(|prefix| name.strip_prefix(prefix.as_str()).is_some_and(|rest| !rest.is_empty()))
    });
    let Some(table) = builder.parts.providers.get_mut(at) else {
        return Err(NoClaim::Unknown(None));
    };
    if (generic || family) && table.claims.len() < MOST_CLAIMS {
        let id = ClaimId(u16::try_from(table.claims.len()).unwrap_or(u16::MAX));
        table.claims.push(plain(name, ClaimType::String, ClaimSource::Token));
        facts.claims.insert(name.to_owned(), id);
        return Ok(id);
    }
    let known = table.claims.iter().map(|claim| claim.name.as_str());
    Err(NoClaim::Unknown(nearest(name, known).map(str::to_owned)))
}

/// A claim of which the catalogue says nothing.
pub(crate) fn plain(name: &str, kind: ClaimType, source: ClaimSource) -> Claim {
    Claim {
        name: name.to_owned(),
        kind,
        role: if name == "sub" { Role::Subject } else { Role::Other },
        name_kind: NameKind::Value,
        set_by: SetBy::Author,
        composed: false,
        mistaken_for: Vec::new(),
        source,
    }
}
