//! The providers that the grants of an import name, and what a trust file must declare of them.

use trustctl_catalog::Catalogue;

use crate::said::Issuer;

/// Every issuer of an import, once.
pub(super) struct Providers {
    all: Vec<Provider>,
}

/// One issuer under the name that grants give it.
pub(super) struct Provider {
    issuer: Issuer,
    /// What grants call it.
    pub(super) name: String,
    /// The catalogue's kind.
    pub(super) kind: String,
    /// What the trust file says of it; nothing for the catalogue's default.
    pub(super) keys: Vec<(String, String)>,
}

impl Providers {
    pub(super) fn of<'i>(catalogue: &Catalogue, issuers: impl Iterator<Item = &'i Issuer>) -> Self {
        let mut all: Vec<Provider> = Vec::new();
        for issuer in issuers {
            if all.iter().any(|known| known.issuer == *issuer) {
                continue;
            }
            let kind = issuer.provider.clone().unwrap_or_default();
            let keys = keys(catalogue, issuer);
            // The kind is the name of its default issuer, or of the only other one.
            let taken = all.iter().filter(|known| known.kind == kind).count();
            let name = if taken == 0 { kind.clone() } else { format!("{kind}-{}", taken + 1) };
            all.push(Provider { issuer: issuer.clone(), name, kind, keys });
        }
        // A grant's bare kind stands for the default wherever nothing declares it.
        for at in 0..all.len() {
            let Some(kind) = all.get(at).filter(|one| one.keys.is_empty()).map(|one| one.kind.clone()) else {
                continue;
            };
            let name = all.get(at).map(|one| one.name.clone()).unwrap_or_default();
            if let Some(first) = all.iter_mut().find(|one| one.name == kind) {
                first.name = name;
            }
            if let Some(default) = all.get_mut(at) {
                default.name = kind;
            }
        }
        Self { all }
    }

    /// What grants call the issuer.
    pub(super) fn name(&self, issuer: &Issuer) -> &str {
        self.all.iter().find(|known| known.issuer == *issuer).map_or("", |known| known.name.as_str())
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
