//! The kinds of token of a model, one for each row of alternatives: all of them, as the format says they come about.

use std::collections::BTreeMap;

use trustctl_catalog::model::{Alternative, Customised, Hosts, Model, ModelClaims, ModelPart};

/// A kind of token: one alternative of each dimension.
#[derive(Debug, Clone)]
pub(crate) struct Shape<'m> {
    /// The alternatives' names, in the order of the dimensions.
    pub(crate) alternatives: Vec<&'m str>,
    /// Claims with the template of their value over variables alone, `None` where the token lacks them.
    pub(crate) claims: ModelClaims,
    /// Variables that have one of few values.
    pub(crate) only: BTreeMap<&'m str, &'m [String]>,
    /// A claim that is a row of parts.
    pub(crate) customised: Option<Row>,
    /// Where there are such tokens, if not everywhere.
    pub(crate) hosts: Option<Hosts>,
}

/// A claim that is any row of parts, each at most once.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) claim: String,
    pub(crate) between: String,
    /// Their templates over variables alone.
    pub(crate) parts: Vec<String>,
}

/// Every kind of token, the most usual first.
///
/// What a later dimension says of a claim, a part or a variable takes the place of what an earlier one says.
pub(crate) fn shapes(model: &Model) -> Vec<Shape<'_>> {
    let mut drafts = vec![Draft { claims: model.claims.clone(), ..Draft::default() }];
    for dimension in &model.dimensions {
        drafts = drafts.iter().flat_map(|draft| dimension.alternatives.iter().map(|way| draft.with(way))).collect();
    }
    drafts.into_iter().map(Draft::finish).collect()
}

/// A kind of token while alternatives are chosen.
#[derive(Clone, Default)]
struct Draft<'m> {
    alternatives: Vec<&'m str>,
    /// Templates over variables and parts.
    claims: ModelClaims,
    /// Templates over variables alone.
    parts: BTreeMap<&'m str, String>,
    only: BTreeMap<&'m str, &'m [String]>,
    customised: Option<&'m Customised>,
    hosts: Option<Hosts>,
}

impl<'m> Draft<'m> {
    fn with(&self, way: &'m Alternative) -> Self {
        let mut with = self.clone();
        with.alternatives.push(&way.name);
        with.claims.extend(way.claims.iter().map(|(name, template)| (name.clone(), template.clone())));
        // A part may be made of parts of earlier dimensions.
        with.parts.extend(way.parts.iter().map(|(name, template)| (name.as_str(), self.filled(template))));
        with.only.extend(way.only.iter().map(|(name, words)| (name.as_str(), words.as_slice())));
        with.customised = way.customised.as_ref().or(self.customised);
        with.hosts = way.hosts.or(self.hosts);
        with
    }

    /// The template with the parts in it that are known.
    fn filled(&self, template: &str) -> String {
        let part = |part: ModelPart<'_>| match part {
            ModelPart::Text(text) => text.to_owned(),
            ModelPart::Name(name) => self.parts.get(name).cloned().unwrap_or_else(|| format!("{{{name}}}")),
        };
        Model::parts(template).into_iter().map(part).collect()
    }

    fn finish(self) -> Shape<'m> {
        let fill = |(name, template): (&String, &Option<String>)| {
            (name.clone(), template.as_ref().map(|template| self.filled(template)))
        };
        // A part that is about a claim which the token lacks holds nothing behind its name.
        let part = |(name, template): (&String, &String)| match self.claims.get(name) {
            Some(None) => format!("{name}:"),
            _ => self.filled(template),
        };
        let customised = self.customised.map(|customised| Row {
            claim: customised.claim.clone(),
            between: customised.between.clone(),
            parts: customised.keys.iter().map(part).collect(),
        });
        let claims = self.claims.iter().map(fill).collect();
        Shape { claims, customised, alternatives: self.alternatives, only: self.only, hosts: self.hosts }
    }
}
