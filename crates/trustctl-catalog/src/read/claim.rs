//! The written form of a provider's `claims`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Place;
use crate::template::{self, Part};
use crate::{
    Around, AroundPart, CatalogueError, Claim, ClaimType, Derivation, JoinPart, NameKind, Piece, Role, SetBy, Shape,
    TenantMark,
};

/// Turns the claims of one file into the model, once all that they say of each other holds.
pub(crate) fn claims(
    written: BTreeMap<String, WrittenClaim>,
    place: &Place<'_>,
) -> Result<BTreeMap<String, Claim>, CatalogueError> {
    let mut claims = BTreeMap::new();
    for (name, one) in written {
        let claim = one.into_claim(place, &format!("claims.{name}"))?;
        claims.insert(name, claim);
    }
    for (name, claim) in &claims {
        check_references(name, claim, &claims, place)?;
    }
    Ok(claims)
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct WrittenClaim {
    #[serde(default)]
    r#type: ClaimType,
    role: Role,
    name_kind: NameKind,
    set_by: SetBy,
    #[serde(default)]
    optional: bool,
    tenant: Option<WrittenTenant>,
    #[serde(default)]
    source: bool,
    #[serde(default)]
    template: bool,
    #[serde(default)]
    composed: bool,
    shape: Option<WrittenShape>,
    #[serde(default)]
    forms: Vec<WrittenShape>,
    values: Option<String>,
    hint: Option<String>,
    #[serde(default)]
    pinned_by: Vec<String>,
    #[serde(default)]
    mistaken_for: BTreeMap<String, String>,
    about: String,
    example: String,
    derived: Option<WrittenDerivation>,
    joined: Option<String>,
    at: Option<String>,
    since: Option<String>,
    cite: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenTenant {
    delimiter: Option<String>,
    #[serde(default)]
    with: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenShape {
    text: String,
    pieces: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenDerivation {
    of: Option<String>,
    after: Option<String>,
    after_last: Option<String>,
    piece: Option<String>,
    between: Option<Vec<String>>,
    matching: Option<String>,
    join: Option<String>,
    #[serde(default)]
    only_if: BTreeMap<String, String>,
}

impl WrittenClaim {
    fn into_claim(self, place: &Place<'_>, field: &str) -> Result<Claim, CatalogueError> {
        place.check(!self.about.trim().is_empty(), field, || "`about` is empty".into())?;
        place
            .check(self.at.as_ref().is_none_or(|at| at.starts_with('/')), field, || "`at` is a JSON Pointer".into())?;
        let shape = match (self.shape, self.composed) {
            (Some(shape), _) => Some(shape.into_shape(place, &format!("{field}.shape"))?),
            (None, true) => Some(Shape { pieces: Vec::new() }),
            (None, false) => None,
        };
        place.check(shape.is_some() || self.forms.is_empty(), field, || "has `forms` and is not `composed`".into())?;
        let forms: Result<Vec<Shape>, _> =
            self.forms.into_iter().map(|form| form.into_shape(place, &format!("{field}.forms"))).collect();
        let derived = match self.derived {
            Some(written) => Some(written.into_derivation(place, &format!("{field}.derived"))?),
            None => None,
        };
        let joined = match &self.joined {
            Some(text) => {
                place.check(derived.is_none(), field, || "is `derived`, so it is not `joined`".into())?;
                let parts = template::parts(text).map_err(|problem| place.error(format!("{field}.joined"), problem))?;
                Some(parts.into_iter().map(JoinPart::from).collect())
            }
            None => None,
        };
        Ok(Claim {
            kind: self.r#type,
            role: self.role,
            name_kind: self.name_kind,
            set_by: self.set_by,
            optional: self.optional,
            tenant: self.tenant.map(|mark| TenantMark { delimiter: mark.delimiter, with: mark.with }),
            source: self.source,
            template: self.template,
            shape,
            forms: forms?,
            values: self.values,
            hint: self.hint,
            pinned_by: self.pinned_by,
            mistaken_for: self.mistaken_for,
            about: self.about,
            example: self.example,
            derived,
            joined,
            at: self.at,
            since: self.since,
            cite: self.cite,
        })
    }
}

impl WrittenShape {
    fn into_shape(self, place: &Place<'_>, field: &str) -> Result<Shape, CatalogueError> {
        let parts = template::parts(&self.text).map_err(|problem| place.error(field, problem))?;
        let mut pieces = Vec::new();
        for part in parts {
            pieces.push(match part {
                Part::Text(text) => Piece::Text(text.to_owned()),
                Part::Name(name) => {
                    let pattern = self.pieces.get(name);
                    let pattern =
                        pattern.ok_or_else(|| place.error(field, format!("`{name}` is none of its pieces")))?;
                    Piece::Named { name: name.to_owned(), pattern: pattern.clone() }
                }
            });
        }
        for name in self.pieces.keys() {
            let is_it = |piece: &&Piece| matches!(piece, Piece::Named { name: used, .. } if used == name);
            let count = pieces.iter().filter(is_it).count();
            place.check(count == 1, field, || format!("the piece `{name}` stands {count} times in its text"))?;
        }
        Ok(Shape { pieces })
    }
}

impl WrittenDerivation {
    fn into_derivation(self, place: &Place<'_>, field: &str) -> Result<Derivation, CatalogueError> {
        let conditional = !self.only_if.is_empty();
        place.check(!conditional || self.after.is_some(), field, || "`only-if` goes with `after`".into())?;
        place.check(self.after_last.as_ref().is_none_or(|text| !text.is_empty()), field, || {
            "`after-last` is empty".into()
        })?;
        match (self.of, self.after, self.after_last, self.piece, self.between, self.matching, self.join) {
            (Some(of), None, None, None, None, None, None) => Ok(Derivation::Alias { of }),
            (Some(of), Some(prefix), None, None, None, None, None) => {
                Ok(Derivation::After { of, prefix, only_if: self.only_if })
            }
            (Some(of), None, Some(delimiter), None, None, None, None) => Ok(Derivation::AfterLast { of, delimiter }),
            (Some(of), None, None, Some(piece), None, None, None) => Ok(Derivation::Piece { of, piece }),
            (Some(of), None, None, None, Some(templates), Some(pattern), None) => {
                place.check(!templates.is_empty(), field, || "`between` is empty".into())?;
                let templates: Result<_, _> = templates.iter().map(|template| around(template)).collect();
                Ok(Derivation::Between { of, templates: templates.map_err(|problem| place.error(field, problem))?, pattern })
            }
            (None, None, None, None, None, None, Some(join)) => {
                let parts = template::parts(&join).map_err(|problem| place.error(field, problem))?;
                Ok(Derivation::Join { parts: parts.into_iter().map(JoinPart::from).collect() })
            }
            _ => Err(place.error(
                field,
                "is either `join`, or `of` with at most one of `after`, `after-last`, `piece`, and `between` with `matching`",
            )),
        }
    }
}

/// The texts on both sides of `{}`.
fn around(template: &str) -> Result<Around, String> {
    let (before, after) = template.split_once("{}").ok_or_else(|| format!("`{template}` has no `{{}}`"))?;
    let side = |text| -> Result<Vec<AroundPart>, String> {
        let parts = template::parts(text)?.into_iter().map(|part| match part {
            Part::Text(text) => AroundPart::Text(text.to_owned()),
            Part::Name("issuer") => AroundPart::Issuer,
            Part::Name(name) => AroundPart::Claim(name.to_owned()),
        });
        Ok(parts.collect())
    };
    Ok(Around { before: side(before)?, after: side(after)? })
}

impl From<Part<'_>> for JoinPart {
    fn from(part: Part<'_>) -> Self {
        match part {
            Part::Text(text) => Self::Text(text.to_owned()),
            Part::Name(name) => Self::Claim(name.to_owned()),
        }
    }
}

/// Whatever a claim says of others must be of this file; a derivation starts from the token's own claims, a join
/// also from derived ones that are no joins themselves, so that evaluation needs one pass and cannot loop.
fn check_references(
    name: &str,
    claim: &Claim,
    claims: &BTreeMap<String, Claim>,
    place: &Place<'_>,
) -> Result<(), CatalogueError> {
    let field = format!("claims.{name}");
    let known = |other: &str, part: &str| {
        place.check(claims.contains_key(other) && other != name, &format!("{field}.{part}"), || {
            format!("`{other}` is no other claim of this file")
        })
    };
    for other in &claim.pinned_by {
        known(other, "pinned-by")?;
    }
    for other in claim.mistaken_for.keys() {
        known(other, "mistaken-for")?;
    }
    for other in claim.tenant.iter().flat_map(|mark| mark.with.keys()) {
        known(other, "tenant.with")?;
    }
    for part in claim.joined.iter().flatten() {
        if let JoinPart::Claim(other) = part {
            known(other, "joined")?;
            if let Some(source) = claims.get(other) {
                require_text(claim, source, place, &format!("{field}.joined"))?;
            }
        }
    }
    let part = format!("{field}.derived");
    let token_claim = |other: &str| {
        let own = claims.get(other).filter(|source| source.derived.is_none());
        own.ok_or_else(|| place.error(&*part, format!("`{other}` is no claim of the token")))
    };
    match &claim.derived {
        None => {}
        Some(Derivation::Alias { of }) => {
            let source = token_claim(of)?;
            place.check(source.kind == claim.kind, &field, || format!("`type` is not that of `{of}`"))?;
        }
        Some(Derivation::After { of, only_if, .. }) => {
            require_text(claim, token_claim(of)?, place, &part)?;
            for other in only_if.keys() {
                token_claim(other)?;
            }
        }
        Some(Derivation::AfterLast { of, .. }) => require_text(claim, token_claim(of)?, place, &part)?,
        Some(Derivation::Piece { of, piece }) => {
            let source = token_claim(of)?;
            require_text(claim, source, place, &part)?;
            let is_it = |one: &Piece| matches!(one, Piece::Named { name, .. } if name == piece);
            let has = source.shape.as_ref().is_some_and(|shape| shape.pieces.iter().any(is_it));
            place.check(has, &part, || format!("`{of}` has no piece `{piece}`"))?;
        }
        Some(Derivation::Between { of, templates, .. }) => {
            require_text(claim, token_claim(of)?, place, &part)?;
            let mut named: Vec<&str> = templates.iter().flat_map(Around::claims).collect();
            for other in &named {
                let source = token_claim(other)?;
                require_text(claim, source, place, &part)?;
                // The evaluator knows no claims of the envelope; of the issuer it knows what every such token has.
                place.check(source.role != Role::Envelope && other != of, &part, || {
                    format!("`{other}` cannot stand in `between`")
                })?;
            }
            place.check(templates.iter().all(|template| template.claims().next().is_some()), &part, || {
                "a template of `between` names no claim".into()
            })?;
            place.check(!claims.contains_key("issuer"), &part, || "`issuer` is a claim, and no other word".into())?;
            named.sort_unstable();
            named.dedup();
            place.check(named.len() <= Around::MOST_CLAIMS, &part, || "`between` names too many claims".into())?;
        }
        Some(Derivation::Join { parts }) => {
            for joined in parts {
                let JoinPart::Claim(other) = joined else {
                    continue;
                };
                known(other, "derived")?;
                let source =
                    claims.get(other).filter(|source| !matches!(source.derived, Some(Derivation::Join { .. })));
                let source = source.ok_or_else(|| place.error(&*part, format!("`{other}` is a join itself")))?;
                require_text(claim, source, place, &part)?;
            }
        }
    }
    Ok(())
}

/// A text is cut from a text and joined from texts.
fn require_text(claim: &Claim, source: &Claim, place: &Place<'_>, field: &str) -> Result<(), CatalogueError> {
    let text = claim.kind == ClaimType::String && source.kind == ClaimType::String;
    place.check(text, field, || "only strings are cut and joined".into())
}
