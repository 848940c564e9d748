//! The providers that the grants of an import name, and what a trust file must declare of them.

use trustctl_catalog::{Catalogue, ClaimType};

use crate::said::{Clause, Issuer};

/// Every issuer of an import, once for each audience.
pub(super) struct Providers {
    all: Vec<Provider>,
}

/// One issuer under the name that grants give it.
pub(super) struct Provider {
    issuer: Issuer,
    /// The audience of its tokens, where records say it.
    pub(super) audience: Option<String>,
    /// What grants call it.
    pub(super) name: String,
    /// The catalogue's kind.
    pub(super) kind: String,
    /// What chooses the issuer among those of its provider; nothing for the catalogue's default.
    pub(super) keys: Vec<(String, String)>,
    /// Claims that the catalogue's entry lacks.
    pub(super) claims: Vec<(String, ClaimType)>,
}

impl Provider {
    /// Whether the trust file says anything of it.
    pub(super) fn is_declared(&self) -> bool {
        !self.keys.is_empty() || !self.claims.is_empty() || self.name != self.kind
    }

    fn is_of(&self, clause: &Clause) -> bool {
        self.issuer == clause.issuer && self.audience == clause.audience
    }
}

impl Providers {
    pub(super) fn of<'c>(catalogue: &Catalogue, clauses: impl Iterator<Item = &'c Clause>) -> Self {
        let mut all: Vec<Provider> = Vec::new();
        for clause in clauses {
            if let Some(known) = all.iter_mut().find(|known| known.is_of(clause)) {
                let new = clause.claims.iter().filter(|(name, _)| !known.claims.iter().any(|(other, _)| other == name));
                let new: Vec<_> = new.cloned().collect();
                known.claims.extend(new);
                continue;
            }
            let kind = clause.issuer.provider.clone().unwrap_or_default();
            // The kind is the name of the first, further ones are counted.
            let taken = all.iter().filter(|known| known.kind == kind).count();
            let name = if taken == 0 { kind.clone() } else { format!("{kind}-{}", taken + 1) };
            all.push(Provider {
                issuer: clause.issuer.clone(),
                audience: clause.audience.clone(),
                name,
                keys: keys(catalogue, &clause.issuer),
                kind,
                claims: clause.claims.clone(),
            });
        }
        Self { all }
    }

    /// What grants call the issuer of a clause.
    pub(super) fn name(&self, clause: &Clause) -> &str {
        self.all.iter().find(|known| known.is_of(clause)).map_or("", |known| known.name.as_str())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.all.iter()
    }
}

/// The keys that choose the issuer among those of its provider.
fn keys(catalogue: &Catalogue, issuer: &Issuer) -> Vec<(String, String)> {
    let fixed = issuer.issuer.as_ref().and_then(|text| catalogue.fixed_issuer(text));
    match fixed.filter(|(kind, _)| issuer.provider.as_deref() == Some(kind)) {
        Some((_, form)) => form.switch.iter().map(|switch| (switch.clone(), "true".to_owned())).collect(),
        None => issuer.fields.clone(),
    }
}
