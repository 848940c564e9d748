//! Which provider a token is from, by its issuer, and what trust files can say about it.

use std::sync::Arc;

use trustctl_catalog::{Catalogue, Issuer, Piece, Provider, Shape};
use trustctl_claims::{Claims, UnixTime};
use trustctl_diag::FileId;
use trustctl_eval::{Evaluator, Request, Shown, Target};
use trustctl_policy::{Cut, NoIncludes, RootFile, read};

/// A provider that an issuer belongs to.
#[derive(Debug)]
pub(crate) struct Recognised<'c> {
    /// The provider.
    pub(crate) provider: &'c Provider,
    /// Which of its forms the issuer has.
    pub(crate) form: &'c Issuer,
    /// The fields of the form, with their values.
    pub(crate) fields: Vec<(&'c str, String)>,
}

/// The provider whose issuer this is, whole; a form without fields before one that it would fit too.
pub(crate) fn recognise<'c>(catalogue: &'c Catalogue, issuer: &str) -> Option<Recognised<'c>> {
    if let Some((kind, form)) = catalogue.fixed_issuer(issuer) {
        return Some(Recognised { provider: catalogue.provider(kind)?, form, fields: Vec::new() });
    }
    // `https://{host}` is any issuer there is: a self-managed provider cannot be told from its issuer.
    let tells = |form: &Issuer| {
        form.template.strip_prefix("https://{").is_none_or(|rest| !rest.ends_with('}') || rest.contains('{'))
    };
    catalogue.issuers().filter(|(_, form)| !form.fields.is_empty() && tells(form)).find_map(|(kind, form)| {
        let cut = Cut::new(&shape(form)).ok()?;
        let fields = form.fields.keys().map(|name| {
            let value = cut.piece(issuer, cut.index(name)?)?;
            Some((name.as_str(), value.to_owned()))
        });
        let fields = fields.collect::<Option<Vec<_>>>()?;
        Some(Recognised { provider: catalogue.provider(kind)?, form, fields })
    })
}

/// The template of an issuer as a shape to cut.
fn shape(form: &Issuer) -> Shape {
    let mut pieces = Vec::new();
    let mut rest = form.template.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, tail)) = after.split_once('}') else { break };
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(Piece::Named {
            name: name.to_owned(),
            pattern: form.fields.get(name).map_or(String::new(), |field| field.pattern.clone()),
        });
        rest = tail;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Shape { pieces }
}

impl Recognised<'_> {
    /// The derived and nested claims that the token has, with their values.
    ///
    /// Asked of the evaluator itself, by a policy that names each, so that no second reading of a claim exists.
    pub(crate) fn derived(&self, catalogue: &Catalogue, claims: &Claims<'_>) -> Vec<(String, String)> {
        let derived: Vec<&str> = self
            .provider
            .claims
            .iter()
            .filter(|(_, claim)| claim.derived.is_some() || claim.at.is_some())
            .map(|(name, _)| name.as_str())
            .collect();
        if derived.is_empty() {
            return Vec::new();
        }
        let text = self.policy(&derived);
        let root = RootFile { file: FileId(0), name: "trust.yaml", text: &text };
        let Some(policy) = read(catalogue, root, &mut NoIncludes).policy else { return Vec::new() };
        let evaluator = Evaluator::new(Arc::new(policy));
        let request =
            Request { registry: "generic", target: Target::Package { name: "x", version: None, action: "publish" } };
        let decision = evaluator.evaluate(claims, &request, UnixTime(0));
        let lines = decision.trace().grants.into_iter().flat_map(|grant| grant.lines);
        lines
            .filter(|line| derived.contains(&line.claim.as_str()))
            .filter_map(|line| match line.found {
                Shown::Value(value) => Some((line.claim, value)),
                Shown::Absent => None,
            })
            .collect()
    }

    /// A trust file with a condition on each of the claims. JSON is YAML.
    fn policy(&self, claims: &[&str]) -> String {
        let mut provider: serde_json::Map<String, serde_json::Value> =
            self.fields.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
        provider.extend(self.form.switch.iter().map(|switch| (switch.clone(), true.into())));
        let when: serde_json::Map<String, serde_json::Value> =
            claims.iter().map(|claim| ((*claim).to_owned(), serde_json::json!({ "present": true }))).collect();
        let mut policy = serde_json::json!({
            "trust": 1,
            "registry": { "kind": "generic", "audience": "x" },
            "grants": [{ "packages": ["x"], "actions": ["publish"], "provider": self.provider.kind, "when": when }],
        });
        if let (false, Some(policy)) = (provider.is_empty(), policy.as_object_mut()) {
            let kind = self.provider.kind.clone();
            policy.insert(
                "providers".to_owned(),
                serde_json::Value::Object([(kind, provider.into())].into_iter().collect()),
            );
        }
        policy.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_has_one_provider() {
        let catalogue = Catalogue::bundled().unwrap();
        let kind = |issuer| recognise(catalogue, issuer).map(|found| (found.provider.kind.as_str(), found.fields));
        assert_eq!(kind("https://token.actions.githubusercontent.com"), Some(("github-actions", vec![])));
        let slug = vec![("enterprise", "acme-inc".to_owned())];
        assert_eq!(kind("https://token.actions.githubusercontent.com/acme-inc"), Some(("github-actions", slug)));
        assert_eq!(kind("https://token.actions.githubusercontent.com/"), None);
        assert_eq!(kind("https://evil.example"), None);
    }

    #[test]
    fn derived_claims_come_from_the_evaluator() {
        let catalogue = Catalogue::bundled().unwrap();
        for issuer in
            ["https://token.actions.githubusercontent.com", "https://token.actions.githubusercontent.com/acme-inc"]
        {
            let found = recognise(catalogue, issuer).unwrap();
            let text = format!(r#"{{"iss":"{issuer}","ref":"refs/tags/v1","repository":"acme/widgets"}}"#);
            let claims = Claims::parse(&text).unwrap();
            let derived = found.derived(catalogue, &claims);
            assert!(derived.contains(&("tag".to_owned(), "v1".to_owned())), "{derived:?}");
            assert!(!derived.iter().any(|(name, _)| name == "branch"), "{derived:?}");
        }
    }

    #[test]
    fn nested_claims_are_shown_by_the_names_that_trust_files_write() {
        let catalogue = Catalogue::bundled().unwrap();
        let issuer = "https://oidc.eks.eu-central-1.amazonaws.com/id/80D562ED8026E91294D52E09BEA261D4";
        let found = recognise(catalogue, issuer).unwrap();
        let text = format!(r#"{{"iss":"{issuer}","kubernetes.io":{{"namespace":"publishing"}}}}"#);
        let named = found.derived(catalogue, &Claims::parse(&text).unwrap());
        assert_eq!(named, [("namespace".to_owned(), "publishing".to_owned())]);
    }
}
