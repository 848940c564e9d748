//! The kinds of token of a model, one for each row of alternatives: all of them, as the format says they come about.

use std::collections::BTreeMap;

use trustctl_catalog::model::{Alternative, Model, ModelClaims, ModelPart};

/// A kind of token: one alternative of each dimension.
#[derive(Debug, Clone)]
pub(crate) struct Shape<'m> {
    /// The alternatives' names, in the order of the dimensions.
    pub(crate) alternatives: Vec<&'m str>,
    /// Claims with the template of their value over variables alone, `None` where the token lacks them.
    pub(crate) claims: ModelClaims,
    /// Variables that have one of few values.
    pub(crate) only: BTreeMap<&'m str, &'m [String]>,
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
}

impl<'m> Draft<'m> {
    fn with(&self, way: &'m Alternative) -> Self {
        let mut with = self.clone();
        with.alternatives.push(&way.name);
        with.claims.extend(way.claims.iter().map(|(name, template)| (name.clone(), template.clone())));
        // A part may be made of parts of earlier dimensions.
        with.parts.extend(way.parts.iter().map(|(name, template)| (name.as_str(), self.filled(template))));
        with.only.extend(way.only.iter().map(|(name, words)| (name.as_str(), words.as_slice())));
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
        Shape { claims: self.claims.iter().map(fill).collect(), alternatives: self.alternatives, only: self.only }
    }
}
