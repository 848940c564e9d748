//! The catalogue's provider of an issuer that a record names.

use std::collections::BTreeMap;

use trustctl_catalog::Catalogue;
use trustctl_pattern::Pattern;

use crate::fitting::{Known, ways};
use crate::said::Issuer;

/// The provider, with the fields of its issuer's template; `None` where none or several could be meant.
pub(super) fn known(issuer: &str) -> Option<Issuer> {
    let catalogue = Catalogue::bundled().ok()?;
    let of = |provider: &str, fields: Vec<(String, String)>| Issuer {
        provider: Some(provider.to_owned()),
        issuer: Some(issuer.to_owned()),
        fields,
    };
    if let Some((provider, _)) = catalogue.fixed_issuer(issuer) {
        return Some(of(provider, Vec::new()));
    }
    let mut found: Option<Issuer> = None;
    for (provider, form) in catalogue.issuers() {
        // A form that leaves all but `https://` open fits every issuer; only its users know which it is.
        let is_open =
            form.fields.len() == 1 && form.fields.keys().any(|name| form.template == format!("https://{{{name}}}"));
        if form.fields.is_empty() || form.switch.is_some() || is_open {
            continue;
        }
        let fits = |name: &String, value: &String| {
            let rule = form.fields.get(name).and_then(|field| Pattern::regex(&field.pattern).ok());
            rule.is_some_and(|rule| rule.is_match(value))
        };
        let Some(fields) = filled(&form.template, issuer) else { continue };
        if fields.iter().all(|(name, value)| fits(name, value)) {
            if found.is_some() {
                return None;
            }
            found = Some(of(provider, fields.into_iter().collect()));
        }
    }
    found
}

/// The fields with which an issuer's template comes to the issuer, where that is in one way only.
pub(crate) fn filled(template: &str, issuer: &str) -> Option<BTreeMap<String, String>> {
    let mut form = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        form.extend([Known::Text(before.to_owned()), Known::Field(name)]);
        rest = after;
    }
    if !rest.is_empty() {
        form.push(Known::Text(rest.to_owned()));
    }
    let [only] = <[_; 1]>::try_from(ways(&form, issuer)).ok()?;
    let fields = only.into_iter().filter_map(|(known, value)| match known {
        Known::Field(name) => Some((name.to_owned(), value)),
        _ => None,
    });
    Some(fields.collect())
}
