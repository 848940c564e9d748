//! `claims` of a provider: what the catalogue does not know of its tokens.

use trustctl_catalog::ClaimType;
use trustctl_diag::Diagnostic;

use crate::model::{Claim, ClaimId, ClaimSource, ProviderId};
use crate::syntax::{Entry, Node, NodeKind};

use super::build::Builder;
use super::claims::{self, ENVELOPE, plain};
use super::document::Document;
use super::suggest::unknown_help;

/// `claims`: what the catalogue lacks; never another meaning for what it has.
pub(crate) fn add(document: &Document<'_, '_>, id: ProviderId, added: &Entry<'_>, builder: &mut Builder<'_>) {
    let NodeKind::Map(entries) = &added.value.kind else {
        if !matches!(added.value.kind, NodeKind::Bad) {
            builder.push(
                Diagnostic::error("not-a-map", document.place(&added.value), "`claims` is a map of names to types")
                    .help(
                        "write `claims: { pipeline: string, build: integer, team: { at: /org/team, type: string } }`",
                    ),
            );
        }
        return;
    };
    for entry in entries.iter().take(500) {
        let name = &*entry.key.text;
        let place = document.key_place(entry);
        let known = builder
            .facts(id)
            .is_some_and(|facts| facts.claims.contains_key(name) && (name != "sub" || facts.entry.is_some()));
        if ENVELOPE.contains(&name) || known {
            builder.push(
                Diagnostic::error(
                    "known-claim",
                    place,
                    format!("`{name}` is known already and cannot be given another meaning"),
                )
                .help("remove it here"),
            );
            continue;
        }
        let Some((kind, source, tenant, single)) = claim_type(document, &entry.value, builder) else { continue };
        if (tenant || single) && builder.facts(id).is_some_and(|facts| facts.entry.is_some()) {
            builder.push(
                Diagnostic::error(
                    "known-tenants",
                    document.place(&entry.value),
                    "the catalogue says which claims fix the tenant and name a source",
                )
                .help("leave `tenant` and `source` out; they are for issuers of your own"),
            );
            continue;
        }
        if let ClaimSource::Nested(way) = &source
            && let Some(known) = way.first().filter(|first| is_known(id, first, builder))
        {
            builder.push(
                Diagnostic::error(
                    "known-claim",
                    document.place(&entry.value),
                    format!("`{known}` is known already and cannot be given another name"),
                )
                .help(format!("write conditions on `{known}` itself, or on what is derived from it")),
            );
            continue;
        }
        if let Some(other) = means_otherwise(id, name, kind, &source, builder) {
            builder.push(
                Diagnostic::error(
                    "known-claim",
                    place,
                    format!("`{name}` has another meaning for `{other}`, whose issuer is the same"),
                )
                .help("give both the same type and place, or one of them another name"),
            );
            continue;
        }
        let (Some(provider), Some(facts)) =
            (builder.parts.providers.get_mut(usize::from(id.0)), builder.providers.get_mut(usize::from(id.0)))
        else {
            return;
        };
        let claim = match facts.claims.get(name) {
            Some(claim) => *claim,
            None => {
                let claim = ClaimId(u16::try_from(provider.claims.len()).unwrap_or(u16::MAX));
                provider.claims.push(plain(name, kind, source));
                facts.claims.insert(name.to_owned(), claim);
                claim
            }
        };
        if tenant {
            facts.tenant_claims.push(claim);
        }
        if single {
            facts.source_claims.push(claim);
        }
    }
}

/// Another provider with the same issuer for which the claim is read otherwise: what either requires holds for both, so
/// the claim must be the same.
fn means_otherwise(
    id: ProviderId,
    name: &str,
    kind: ClaimType,
    source: &ClaimSource,
    builder: &Builder<'_>,
) -> Option<String> {
    let issuer = builder.parts.providers.get(usize::from(id.0))?.issuer;
    let same = |claim: &Claim| {
        claim.kind == kind
            && match (&claim.source, source) {
                (ClaimSource::Token, ClaimSource::Token) => true,
                (ClaimSource::Nested(a), ClaimSource::Nested(b)) => a == b,
                _ => false,
            }
    };
    let others = builder
        .parts
        .providers
        .iter()
        .enumerate()
        .filter(|(at, other)| *at != usize::from(id.0) && other.issuer == issuer);
    let mut odd = others.filter(|(_, other)| other.claim(name).is_some_and(|(_, claim)| !same(claim)));
    odd.next().map(|(_, other)| other.name.clone())
}

/// Whether a member of the token is in the envelope or in the catalogue: what its values may be and what may stand on it
/// is settled.
fn is_known(id: ProviderId, member: &str, builder: &Builder<'_>) -> bool {
    let entry = builder.facts(id).and_then(|facts| facts.entry);
    ENVELOPE.contains(&member) || entry.is_some_and(|entry| entry.claims.contains_key(member))
}

/// `string`, or `{ at: /org/team, type: string, tenant: true, source: true }`.
fn claim_type(
    document: &Document<'_, '_>,
    node: &Node<'_>,
    builder: &mut Builder<'_>,
) -> Option<(ClaimType, ClaimSource, bool, bool)> {
    const KEYS: [&str; 4] = ["at", "type", "tenant", "source"];
    let entries = match &node.kind {
        NodeKind::Scalar(scalar) => {
            return Some((type_word(document, node, &scalar.text, builder)?, ClaimSource::Token, false, false));
        }
        NodeKind::Map(entries) => entries,
        NodeKind::Bad => return None,
        NodeKind::List(_) => {
            builder.push(
                Diagnostic::error(
                    "bad-claim-type",
                    document.place(node),
                    "the type of a claim is a word or a map, not a list",
                )
                .help("write `list` for a claim that is a list"),
            );
            return None;
        }
    };
    let (mut kind, mut source, mut flags) = (None, ClaimSource::Token, [false, false]);
    for entry in entries {
        let key = &*entry.key.text;
        if !KEYS.contains(&key) {
            builder.push(
                Diagnostic::error("unknown-key", document.key_place(entry), format!("`{key}` is no key of a claim"))
                    .help(unknown_help(key, KEYS)),
            );
            continue;
        }
        let text = &*builder.scalar(document.file, &entry.value, &format!("`{key}`"))?.text;
        match key {
            "type" => kind = Some(type_word(document, &entry.value, text, builder)?),
            "at" if text.starts_with('/') && text.len() > 1 => {
                source = ClaimSource::Nested(claims::pointer_segments(text))
            }
            "at" => builder.push(
                Diagnostic::error("bad-pointer", document.place(&entry.value), format!("`{text}` is no JSON Pointer"))
                    .help("write the way to the member, such as `/org/team`"),
            ),
            _ if text == "true" => flags = if key == "tenant" { [true, flags[1]] } else { [flags[0], true] },
            _ => builder.push(
                Diagnostic::error("bad-switch", document.place(&entry.value), format!("`{key}` is `true` or left out"))
                    .help(format!("write `{key}: true`, or remove it")),
            ),
        }
    }
    let Some(kind) = kind else {
        builder.push(
            Diagnostic::error("bad-claim-type", document.place(node), "the claim does not say its type")
                .help("add `type: string`"),
        );
        return None;
    };
    Some((kind, source, flags[0], flags[1]))
}

fn type_word(document: &Document<'_, '_>, node: &Node<'_>, word: &str, builder: &mut Builder<'_>) -> Option<ClaimType> {
    Some(match word {
        "string" => ClaimType::String,
        "integer" => ClaimType::Integer,
        "boolean" => ClaimType::Boolean,
        "list" => ClaimType::List,
        _ => {
            builder.push(
                Diagnostic::error("bad-claim-type", document.place(node), format!("there is no claim type `{word}`"))
                    .help(unknown_help(word, ["string", "integer", "boolean", "list"])),
            );
            return None;
        }
    })
}
