//! The written form of `providers/*.yaml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::claim::{self, WrittenClaim};
use super::{Head, Place, parse, stretch};
use crate::template;
use crate::{
    AudienceRule, CatalogueError, Claim, DataFile, Issuer, IssuerField, Lifetime, Missing, Provider, Requirement,
    SubjectForm, Tenants, Trap, TrapKind,
};

/// Reads one file.
pub(crate) fn read(file: &DataFile<'_>) -> Result<Provider, CatalogueError> {
    let (written, place) = parse::<Written>(file)?;
    written.into_provider(&place)
}

/// The issuers of one file, and nothing else of it.
pub(crate) fn issuers(file: &DataFile<'_>) -> Result<Vec<Issuer>, CatalogueError> {
    #[derive(Deserialize)]
    struct Stretch {
        issuers: Vec<WrittenIssuer>,
    }
    let text = stretch(file.text, "issuers");
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let (written, place) = parse::<Stretch>(&DataFile { name: file.name, text })?;
    forms(written.issuers, &place)
}

fn forms(written: Vec<WrittenIssuer>, place: &Place<'_>) -> Result<Vec<Issuer>, CatalogueError> {
    let mut issuers: Vec<Issuer> = Vec::new();
    for one in written {
        issuers.push(one.into_issuer(place, &issuers)?);
    }
    Ok(issuers)
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Written {
    kind: String,
    title: String,
    about: String,
    #[serde(default)]
    issuers: Vec<WrittenIssuer>,
    #[serde(default)]
    audience: WrittenAudience,
    lifetime: WrittenLifetime,
    algorithms: Vec<String>,
    #[serde(default)]
    jwks_hosts: Vec<String>,
    #[serde(default)]
    claims: BTreeMap<String, WrittenClaim>,
    #[serde(default)]
    families: Vec<String>,
    #[serde(default)]
    requires: Vec<WrittenRequirement>,
    #[serde(default)]
    subjects: Vec<WrittenSubject>,
    #[serde(default)]
    traps: Vec<WrittenTrap>,
    #[serde(default)]
    notes: Vec<String>,
    sources: Vec<String>,
    checked: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenIssuer {
    template: String,
    #[serde(default)]
    fields: BTreeMap<String, WrittenIssuerField>,
    switch: Option<String>,
    tenants: Tenants,
    about: String,
    audience: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenIssuerField {
    pattern: String,
    about: String,
    example: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenAudience {
    default: Option<String>,
    #[serde(default)]
    caller_chooses: bool,
    #[serde(default)]
    lists: bool,
    #[serde(default)]
    shared: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenLifetime {
    typical: u32,
    maximum: Option<u32>,
}

/// A requirement of a provider or of a registry.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct WrittenRequirement {
    claim: String,
    values: Vec<String>,
    missing: Missing,
    why: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenSubject {
    prefix: String,
    delimiter: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenTrap {
    kind: TrapKind,
    #[serde(default)]
    claims: Vec<String>,
    about: String,
    source: Option<String>,
}

impl Written {
    fn into_provider(self, place: &Place<'_>) -> Result<Provider, CatalogueError> {
        place.check_head(&Head {
            key: "kind",
            kind: &self.kind,
            title: &self.title,
            about: &self.about,
            sources: &self.sources,
            checked: &self.checked,
        })?;
        let claims = claim::claims(self.claims, place)?;
        let issuers = forms(self.issuers, place)?;
        let longest = self.lifetime.maximum.unwrap_or(u32::MAX);
        place.check(self.lifetime.typical <= longest, "lifetime", || "typical is over maximum".into())?;
        place.check(!self.algorithms.is_empty(), "algorithms", || "is empty".into())?;
        if let Some(default) = &self.audience.default {
            for name in template::names(default).map_err(|problem| place.error("audience.default", problem))? {
                place.check(claims.contains_key(name), "audience.default", || format!("`{name}` is no claim"))?;
            }
        }
        let mut requires = Vec::new();
        for written in self.requires {
            let field = format!("requires.{}", written.claim);
            place.check(claims.contains_key(&written.claim), &field, || "is no claim of this file".into())?;
            requires.push(written.into_requirement(place, "requires")?);
        }
        for subject in &self.subjects {
            place.check(!subject.prefix.is_empty() && !subject.delimiter.is_empty(), "subjects", || {
                "an empty text".into()
            })?;
        }
        let mut traps = Vec::new();
        for written in self.traps {
            traps.push(written.into_trap(place, &claims)?);
        }
        let fixed = traps.iter().any(|trap| trap.kind == TrapKind::FixedAudience);
        place.check(fixed != self.audience.caller_chooses, "traps", || {
            "the trap `fixed-audience` goes with `caller-chooses: false`, and only with it".into()
        })?;
        Ok(Provider {
            kind: self.kind,
            title: self.title,
            about: self.about,
            issuers,
            audience: AudienceRule {
                default: self.audience.default,
                caller_chooses: self.audience.caller_chooses,
                lists: self.audience.lists,
                shared: self.audience.shared,
            },
            lifetime: Lifetime { typical: self.lifetime.typical, maximum: self.lifetime.maximum },
            algorithms: self.algorithms,
            jwks_hosts: self.jwks_hosts,
            claims,
            families: self.families,
            requires,
            subjects: self
                .subjects
                .into_iter()
                .map(|subject| SubjectForm { prefix: subject.prefix, delimiter: subject.delimiter })
                .collect(),
            traps,
            notes: self.notes,
            sources: self.sources,
            checked: self.checked,
        })
    }
}

impl WrittenIssuer {
    /// `earlier`: the forms before this one, which it must differ from.
    fn into_issuer(self, place: &Place<'_>, earlier: &[Issuer]) -> Result<Issuer, CatalogueError> {
        let field = format!("issuers.{}", self.template);
        place.check(self.template.starts_with("https://"), &field, || "an issuer begins with https://".into())?;
        // Azure's clusters do write a slash behind a path.
        let bare = self.template.strip_suffix('/').is_some_and(|rest| rest.matches('/').count() == 2);
        place.check(!bare, &field, || "has a slash behind the bare host, which no known issuer has".into())?;
        let names = template::names(&self.template).map_err(|problem| place.error(&*field, problem))?;
        for name in &names {
            place.check(self.fields.contains_key(*name), &field, || format!("`{name}` is none of its fields"))?;
        }
        for name in self.fields.keys() {
            let count = names.iter().filter(|used| *used == name).count();
            place.check(count == 1, &field, || format!("the field `{name}` stands {count} times in the template"))?;
        }
        for (name, own) in &self.fields {
            let differs = |other: &IssuerField| other.pattern != own.pattern || other.about != own.about;
            let other = earlier.iter().filter_map(|other| other.fields.get(name)).find(|other| differs(other));
            place.check(other.is_none(), &field, || format!("the field `{name}` is another one in an earlier form"))?;
        }
        let chosen_alike = |other: &Issuer| other.switch == self.switch && other.fields.keys().eq(self.fields.keys());
        place.check(!earlier.iter().any(chosen_alike), &field, || {
            "is chosen by the same keys as an earlier form".into()
        })?;
        Ok(Issuer {
            template: self.template,
            fields: self
                .fields
                .into_iter()
                .map(|(name, field)| {
                    (name, IssuerField { pattern: field.pattern, about: field.about, example: field.example })
                })
                .collect(),
            switch: self.switch,
            tenants: self.tenants,
            about: self.about,
            audience: self.audience,
        })
    }
}

impl WrittenTrap {
    fn into_trap(self, place: &Place<'_>, claims: &BTreeMap<String, Claim>) -> Result<Trap, CatalogueError> {
        let field = format!("traps.{}", self.kind.word());
        place.check(!self.about.trim().is_empty(), &field, || "`about` is empty".into())?;
        place.check(self.source.as_ref().is_none_or(|source| source.starts_with("https://")), &field, || {
            "`source` is no page".into()
        })?;
        let of_all = matches!(self.kind, TrapKind::SharedKeys | TrapKind::FixedAudience);
        place.check(of_all || !self.claims.is_empty(), &field, || "`claims` names none".into())?;
        for name in &self.claims {
            let claim = claims.get(name);
            let claim = claim.ok_or_else(|| place.error(&*field, format!("`{name}` is no claim of this file")))?;
            match self.kind {
                TrapKind::OptInClaim => {
                    place.check(claim.optional, &field, || format!("`{name}` is not `optional`"))?;
                }
                TrapKind::AmbiguousSubject | TrapKind::FreeTextSubject => {
                    place.check(claim.shape.is_some(), &field, || format!("`{name}` is not `composed`"))?;
                }
                _ => {}
            }
        }
        Ok(Trap { kind: self.kind, claims: self.claims, about: self.about, source: self.source })
    }
}

impl WrittenRequirement {
    pub(crate) fn into_requirement(self, place: &Place<'_>, within: &str) -> Result<Requirement, CatalogueError> {
        let field = format!("{within}.{}", self.claim);
        place.check(!self.values.is_empty(), &field, || "no value passes".into())?;
        place.check(!self.why.is_empty() && !self.source.is_empty(), &field, || {
            "`why` and `source` must say something".into()
        })?;
        Ok(Requirement {
            claim: self.claim,
            values: self.values,
            missing: self.missing,
            why: self.why,
            source: self.source,
        })
    }
}
