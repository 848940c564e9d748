//! The shapes of a provider's tokens: one alternative of each of the model's dimensions.
//!
//! There may be hundreds, of which a question needs few: only dimensions that the claims in question depend on are gone
//! through. Shapes are made when they are first asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use trustctl_catalog::model::{Alternative, Hosts, Model, ModelClaims, ModelPart};
use trustctl_pattern::{Language, Piece};

use super::bound::BoundAdversary;

/// A claim's template, or nothing where the token lacks it.
pub(super) type Text = Option<Arc<[Piece]>>;

/// One kind of token.
pub(super) struct BoundShape {
    /// Claims that the model says something of.
    pub(super) claims: BTreeMap<String, Text>,
    pub(super) only: Vec<Only>,
    pub(super) customised: Option<Customised>,
}

/// A variable that has one of few values.
pub(super) struct Only {
    pub(super) variable: usize,
    pub(super) language: Language,
    /// The same for the same values.
    pub(super) id: usize,
}

/// A claim that is any row of some parts.
pub(super) struct Customised {
    pub(super) claim: String,
    pub(super) between: String,
    pub(super) keys: Vec<Arc<[Piece]>>,
    /// Compiled when first asked for, once for all shapes.
    pub(super) all: Arc<OnceLock<Language>>,
}

/// By dimension: the alternative, or nothing where it makes no difference.
pub(super) type Choice = Vec<Option<usize>>;

/// All shapes of a model.
pub(super) struct Shapes {
    model: Option<&'static Model>,
    /// Names of the variables, in their order.
    variables: Vec<String>,
    /// By dimension: the claims that depend on it.
    affects: Vec<BTreeSet<&'static str>>,
    made: Mutex<Made>,
}

#[derive(Default)]
struct Made {
    shapes: HashMap<Vec<usize>, Arc<BoundShape>>,
    /// By dimension and alternative.
    alone: HashMap<(usize, usize), Arc<BoundShape>>,
    /// By beginnings of parts: all customised values that there could be.
    customised: BTreeMap<Vec<String>, Arc<OnceLock<Language>>>,
    /// Equal templates of all shapes are one, so that shapes can be compared by them.
    templates: BTreeMap<String, Arc<[Piece]>>,
    lists: BTreeMap<Vec<String>, usize>,
}

impl Shapes {
    /// Those of a model whose variables have these names.
    pub(super) fn of(model: &'static Model, variables: Vec<String>) -> Self {
        Self { model: Some(model), variables, affects: affects(model), made: Mutex::default() }
    }

    /// A single one.
    pub(super) fn one(claims: BTreeMap<String, Text>) -> Self {
        let shape = BoundShape { claims, only: Vec::new(), customised: None };
        let made = Made { shapes: HashMap::from([(Vec::new(), Arc::new(shape))]), ..Made::default() };
        Self { model: None, variables: Vec::new(), affects: Vec::new(), made: Mutex::new(made) }
    }

    /// Whether every shape has the claim's template of its own accord.
    pub(super) fn names(&self, claim: &str) -> bool {
        self.model.is_some_and(|model| model.claims.contains_key(claim))
    }

    fn dimensions(&self) -> &'static [trustctl_catalog::model::Dimension] {
        self.model.map_or(&[], |model| &model.dimensions)
    }

    /// What there is to choose where these claims are asked about, on such hosts.
    ///
    /// `is_known` tells whether a claim that no template is about depends on none either.
    /// `is_possible` tells whether some token of a shape will do, which is asked of each alternative alone first.
    pub(super) fn choices(
        &self,
        claims: &BTreeSet<&str>,
        hosts: Hosts,
        is_known: impl Fn(&str) -> bool,
        is_possible: impl Fn(&BoundShape) -> bool,
    ) -> Vec<Choice> {
        let all = claims.iter().any(|claim| !self.affects.iter().any(|of| of.contains(claim)) && !is_known(claim));
        let mut choices: Vec<Choice> = vec![Vec::new()];
        for (at, (dimension, affects)) in self.dimensions().iter().zip(&self.affects).enumerate() {
            let matters = all || claims.iter().any(|claim| affects.contains(claim));
            let ways: Vec<Option<usize>> = if matters {
                let there = dimension.alternatives.iter().enumerate().filter(|(_, way)| is_on(way, hosts));
                let alone = |way: usize| self.alone(at, way).is_none_or(|shape| is_possible(&shape));
                there.filter(|(way, _)| alone(*way)).map(|(way, _)| Some(way)).collect()
            } else {
                vec![None]
            };
            choices = choices
                .iter()
                .flat_map(|choice| ways.iter().map(|way| choice.iter().copied().chain([*way]).collect::<Choice>()))
                .collect();
        }
        choices
    }

    /// A whole choice of the adversary's tokens, the most usual; `None` where the choice is none of theirs.
    pub(super) fn complete(
        &self,
        choice: &Choice,
        adversary: Option<&BoundAdversary>,
        hosts: Hosts,
    ) -> Option<Vec<usize>> {
        let within = |at: usize, way: &Alternative| {
            let theirs =
                adversary.and_then(|adversary| adversary.within.iter().find(|(dimension, _)| *dimension == at));
            theirs.is_none_or(|(_, names)| names.contains(&way.name))
        };
        let dimensions = self.dimensions().iter().enumerate().zip(choice);
        dimensions
            .map(|((at, dimension), chosen)| match chosen {
                Some(way) => dimension.alternatives.get(*way).filter(|way| within(at, way)).map(|_| *way),
                None => dimension.alternatives.iter().position(|way| is_on(way, hosts) && within(at, way)),
            })
            .collect()
    }

    /// What is known of every shape with that alternative of that dimension.
    fn alone(&self, dimension: usize, way: usize) -> Option<Arc<BoundShape>> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shape) = made.alone.get(&(dimension, way)) {
            return Some(Arc::clone(shape));
        }
        let mut draft = Draft::new(&self.model?.claims);
        draft.choose(self.dimensions().get(dimension)?.alternatives.get(way)?);
        draft.claims.retain(|name, _| {
            let others = self.affects.iter().enumerate().filter(|(at, _)| *at != dimension);
            others.into_iter().all(|(_, affects)| !affects.contains(name.as_str()))
        });
        draft.customised = None;
        let shape = Arc::new(draft.finish(&self.variables, &mut made)?);
        made.alone.insert((dimension, way), Arc::clone(&shape));
        Some(shape)
    }

    /// The shape of a whole choice.
    pub(super) fn get(&self, choice: &[usize]) -> Option<Arc<BoundShape>> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shape) = made.shapes.get(choice) {
            return Some(Arc::clone(shape));
        }
        let mut draft = Draft::new(&self.model?.claims);
        for (dimension, way) in self.dimensions().iter().zip(choice) {
            draft.choose(dimension.alternatives.get(*way)?);
        }
        let shape = Arc::new(draft.finish(&self.variables, &mut made)?);
        made.shapes.insert(choice.to_vec(), Arc::clone(&shape));
        Some(shape)
    }
}

fn is_on(way: &Alternative, hosts: Hosts) -> bool {
    way.hosts.is_none_or(|of| of == hosts)
}

/// By dimension: the claims that depend on the choice, through a part or a variable too.
fn affects(model: &'static Model) -> Vec<BTreeSet<&'static str>> {
    let ways = || model.dimensions.iter().flat_map(|dimension| &dimension.alternatives);
    let of_model = model.claims.iter().chain(ways().flat_map(|way| &way.claims));
    let templates: Vec<(&str, &str)> = of_model
        .filter_map(|(claim, template)| Some((claim.as_str(), template.as_deref()?)))
        .chain(ways().filter_map(|way| way.customised.as_ref()).flat_map(|customised| {
            customised.keys.values().map(|template| (customised.claim.as_str(), template.as_str()))
        }))
        .collect();
    let parts: Vec<(&str, &str)> =
        ways().flat_map(|way| &way.parts).map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let mentions = |template: &str, names: &BTreeSet<&str>| {
        Model::parts(template).iter().any(|part| matches!(part, ModelPart::Name(name) if names.contains(name)))
    };
    model
        .dimensions
        .iter()
        .map(|dimension| {
            let own = || dimension.alternatives.iter();
            let mut names: BTreeSet<&str> =
                own().flat_map(|way| way.parts.keys().chain(way.only.keys())).map(String::as_str).collect();
            loop {
                let more: Vec<&str> = parts
                    .iter()
                    .filter(|(name, text)| !names.contains(name) && mentions(text, &names))
                    .map(|(name, _)| *name)
                    .collect();
                if more.is_empty() {
                    break;
                }
                names.extend(more);
            }
            let through = templates.iter().filter(|(_, template)| mentions(template, &names)).map(|(claim, _)| *claim);
            let directly = own().flat_map(|way| way.claims.keys()).map(String::as_str);
            let customised = own().filter_map(|way| way.customised.as_ref()).map(|of| of.claim.as_str());
            through.chain(directly).chain(customised).collect()
        })
        .collect()
}

/// A shape while alternatives are chosen.
struct Draft {
    /// Templates over variables and parts.
    claims: ModelClaims,
    /// Templates over variables alone.
    parts: BTreeMap<String, String>,
    only: BTreeMap<String, Vec<String>>,
    customised: Option<trustctl_catalog::model::Customised>,
}

impl Draft {
    fn new(claims: &ModelClaims) -> Self {
        Self { claims: claims.clone(), parts: BTreeMap::new(), only: BTreeMap::new(), customised: None }
    }

    fn choose(&mut self, way: &Alternative) {
        self.claims.extend(way.claims.clone());
        // A part may be made of parts of earlier dimensions.
        let parts: Vec<_> = way.parts.iter().map(|(name, text)| (name.clone(), self.filled(text))).collect();
        self.parts.extend(parts);
        self.only.extend(way.only.clone());
        if let Some(customised) = &way.customised {
            self.customised = Some(customised.clone());
        }
    }

    /// The template with the parts in it that are known.
    fn filled(&self, template: &str) -> String {
        let part = |part: ModelPart<'_>| match part {
            ModelPart::Text(text) => text.to_owned(),
            ModelPart::Name(name) => self.parts.get(name).cloned().unwrap_or_else(|| format!("{{{name}}}")),
        };
        Model::parts(template).into_iter().map(part).collect()
    }

    fn finish(self, variables: &[String], made: &mut Made) -> Option<BoundShape> {
        let place = |name: &str| variables.iter().position(|variable| variable == name);
        let piece = |part: ModelPart<'_>| match part {
            ModelPart::Text(text) => Some(Piece::Text(text.to_owned())),
            ModelPart::Name(name) => place(name).map(Piece::Variable),
        };
        let mut text = |template: &str| {
            let filled = self.filled(template);
            if let Some(text) = made.templates.get(&filled) {
                return Some(Arc::clone(text));
            }
            let text = Model::parts(&filled).into_iter().map(piece).collect::<Option<Arc<[Piece]>>>()?;
            made.templates.insert(filled, Arc::clone(&text));
            Some(text)
        };
        let mut claims = BTreeMap::new();
        for (name, template) in &self.claims {
            let template = match template {
                Some(template) => Some(text(template)?),
                None => None,
            };
            claims.insert(name.clone(), template);
        }
        let customised = match &self.customised {
            Some(customised) => {
                let key = |(name, template): (&String, &String)| match claims.get(name) {
                    // A setting that names a claim which a job lacks leaves its value empty.
                    Some(None) => text(&format!("{name}:")),
                    _ => text(template),
                };
                let keys: Vec<Arc<[Piece]>> = customised.keys.iter().map(key).collect::<Option<_>>()?;
                let beginnings = keys.iter().map(|key| super::customised::literal(key)).collect();
                Some(Customised {
                    claim: customised.claim.clone(),
                    between: customised.between.clone(),
                    keys,
                    all: Arc::clone(made.customised.entry(beginnings).or_default()),
                })
            }
            None => None,
        };
        let mut only = Vec::new();
        for (name, words) in &self.only {
            let next = made.lists.len();
            only.push(Only {
                variable: place(name)?,
                language: Language::words(words.iter().map(String::as_str)),
                id: *made.lists.entry(words.clone()).or_insert(next),
            });
        }
        Some(BoundShape { claims, only, customised })
    }
}
