//! A provider's model, compiled: languages for variables, shapes with the templates of their claims.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use trustctl_catalog::model::{Model, ModelAdversary, ModelVariable};
use trustctl_catalog::{self as catalog, NameKind, Role, Tenants};
use trustctl_pattern::{Language, Pattern, Piece};
use trustctl_policy::Provider;

use super::Adversary;
use super::shape::Shapes;
use crate::facts::example;

/// How the tokens of one provider come about.
pub(super) struct Bound {
    pub(super) variables: Vec<BoundVariable>,
    pub(super) shapes: Shapes,
    pub(super) adversaries: Vec<BoundAdversary>,
    /// Tokens that no shape generates, a sentence each.
    pub(super) leaves_out: Vec<String>,
    /// Whether the catalogue has a model; without one each claim is taken for free.
    pub(super) is_modelled: bool,
    /// Claims that every token has.
    required: BTreeSet<String>,
    /// By claim: the values that the provider lets through, compiled when first asked for.
    values: BTreeMap<String, (String, OnceLock<Option<Language>>)>,
}

/// A free part of claims.
pub(super) struct BoundVariable {
    pub(super) name: String,
    pub(super) language: Language,
    /// What a witness shows where nothing else is asked for.
    pub(super) own: Arc<[String]>,
    pub(super) fresh: Option<String>,
    /// Where the model says it: what the issuer tells of it.
    model: Option<&'static ModelVariable>,
}

impl BoundVariable {
    /// The only value that tokens of the issuer have, where it says so.
    pub(super) fn of_issuer<'i>(&self, issuer: &'i str) -> Option<&'i str> {
        self.model?.of_issuer(issuer)
    }

    /// The list claim each of whose elements is a value of it.
    pub(super) fn element_of(&self) -> Option<&'static str> {
        self.model?.element_of.as_deref()
    }
}

/// Who could hold a token, as constraints on variables.
pub(super) struct BoundAdversary {
    pub(super) who: Adversary,
    pub(super) needs: Vec<usize>,
    pub(super) fresh: Vec<usize>,
    pub(super) named: Vec<usize>,
    pub(super) unnamed: Vec<usize>,
    pub(super) only: Vec<(usize, Language)>,
    /// Dimensions and the alternatives that are theirs.
    pub(super) within: Vec<(usize, Vec<String>)>,
}

impl BoundAdversary {
    /// Nobody else than whom the policy names: no constraint beside its conditions.
    pub(super) fn named() -> Self {
        Self {
            who: Adversary::Named,
            needs: Vec::new(),
            fresh: Vec::new(),
            named: Vec::new(),
            unnamed: Vec::new(),
            only: Vec::new(),
            within: Vec::new(),
        }
    }
}

impl Bound {
    /// The model of the provider's kind, or where there is none, one in which every claim is free.
    pub(super) fn of(provider: &Provider, entry: Option<&catalog::Provider>) -> Arc<Self> {
        static MODELS: OnceLock<BTreeMap<&'static str, OnceLock<Option<Arc<Bound>>>>> = OnceLock::new();
        let all = MODELS.get_or_init(|| Model::kinds().map(|kind| (kind, OnceLock::new())).collect());
        let modelled = all.get(provider.kind.as_str()).and_then(|bound| {
            bound
                .get_or_init(|| {
                    let model = Model::bundled(&provider.kind).ok().flatten()?;
                    Self::new(model, entry?).map(Arc::new)
                })
                .clone()
        });
        modelled.unwrap_or_else(|| Arc::new(Self::free(provider, entry)))
    }

    fn new(model: &'static Model, entry: &catalog::Provider) -> Option<Self> {
        let variables: Vec<BoundVariable> = model
            .variables
            .iter()
            .map(|variable| {
                Some(BoundVariable {
                    name: variable.name.clone(),
                    language: Pattern::regex(&variable.values).ok()?.language(),
                    own: std::iter::once(&variable.own).chain(&variable.fresh).cloned().collect(),
                    fresh: variable.fresh.clone(),
                    model: Some(variable),
                })
            })
            .collect::<Option<_>>()?;
        let place = |name: &String| variables.iter().position(|variable| variable.name == *name);
        let adversary = |adversary: &ModelAdversary| {
            let places = |names: &[String]| names.iter().filter_map(place).collect();
            let dimension = |name: &String| model.dimensions.iter().position(|other| other.name == *name);
            Some(BoundAdversary {
                who: Adversary::of_word(&adversary.who)?,
                needs: places(&adversary.needs),
                fresh: places(&adversary.fresh),
                named: places(&adversary.named),
                unnamed: places(&adversary.unnamed),
                only: only(&adversary.only, &variables),
                within: adversary.within.iter().filter_map(|(name, of)| Some((dimension(name)?, of.clone()))).collect(),
            })
        };
        Some(Self {
            adversaries: model.adversaries.iter().filter_map(adversary).collect(),
            shapes: Shapes::of(model, model.variables.iter().map(|variable| variable.name.clone()).collect()),
            variables,
            leaves_out: model.leaves_out.clone(),
            is_modelled: true,
            required: required(Some(entry)),
            values: values(Some(entry)),
        })
    }

    /// Every claim of the token is a variable of its own. That lets more tokens be than there are, so what is refuted
    /// stays refuted.
    fn free(provider: &Provider, entry: Option<&catalog::Provider>) -> Self {
        let values = values(entry);
        let mut bound = Self {
            variables: Vec::new(),
            shapes: Shapes::one(BTreeMap::new()),
            adversaries: Vec::new(),
            leaves_out: Vec::new(),
            is_modelled: false,
            required: required(entry),
            values,
        };
        let mut claims = BTreeMap::new();
        for claim in provider.claims.iter().filter(|claim| claim.is_of_the_token() && claim.role != Role::Envelope) {
            let known = entry.and_then(|entry| entry.claims.get(&claim.name));
            if known.is_some_and(|known| known.optional) {
                continue;
            }
            let own = match entry.filter(|_| known.is_some()) {
                Some(entry) => example(entry, &claim.name),
                None => "x".to_owned(),
            };
            let language = bound.values_of(&claim.name);
            claims.insert(claim.name.clone(), Some(Arc::from([Piece::Variable(bound.variables.len())])));
            bound.variables.push(BoundVariable {
                name: claim.name.clone(),
                language,
                own: [own].into(),
                fresh: None,
                model: None,
            });
        }
        bound.shapes = Shapes::one(claims);
        let of_role = |roles: &[Role]| -> Vec<usize> {
            let is_it = |name: &str| provider.claim(name).is_some_and(|(_, claim)| roles.contains(&claim.role));
            (0..bound.variables.len())
                .filter(|&at| bound.variables.get(at).is_some_and(|variable| is_it(&variable.name)))
                .collect()
        };
        let is_id = |at: &usize| {
            let claim = bound.variables.get(*at).and_then(|variable| provider.claim(&variable.name));
            claim.is_some_and(|(_, claim)| claim.name_kind == NameKind::Id)
        };
        let (tenant, source) = (of_role(&[Role::Tenant]), of_role(&[Role::Repository, Role::Subject]));
        let environment = of_role(&[Role::Environment]);
        let all: Vec<usize> = tenant.iter().chain(&source).copied().collect();
        let adversary =
            |who, fresh, named, unnamed| BoundAdversary { who, fresh, named, unnamed, ..BoundAdversary::named() };
        let (ids, names): (Vec<usize>, Vec<usize>) = all.iter().partition(|at| is_id(at));
        let again =
            BoundAdversary { needs: names.clone(), ..adversary(Adversary::ReRegisteredName, ids, names, Vec::new()) };
        bound.adversaries = vec![
            adversary(Adversary::Anyone, all.clone(), Vec::new(), Vec::new()),
            again,
            adversary(Adversary::SiblingRepository, source, tenant, Vec::new()),
            adversary(Adversary::AnyWriter, Vec::new(), all, environment),
        ];
        bound
    }

    /// The values that the provider lets a claim have.
    pub(super) fn values_of(&self, claim: &str) -> Language {
        let Some((text, compiled)) = self.values.get(claim) else { return Language::all() };
        let compile = || Pattern::regex(text).ok().map(|pattern| pattern.language());
        compiled.get_or_init(compile).clone().unwrap_or_else(Language::all)
    }

    /// The variable that says what the elements of a list claim are.
    pub(super) fn element(&self, list: &str) -> Option<(usize, &BoundVariable)> {
        self.variables.iter().enumerate().find(|(_, variable)| variable.element_of() == Some(list))
    }

    /// Whether the model says of a claim what it is put together of.
    pub(super) fn names(&self, claim: &str) -> bool {
        self.shapes.names(claim)
    }

    /// Whether real tokens may lack the claim, as far as is known.
    pub(super) fn may_lack(&self, claim: &str) -> bool {
        !self.required.contains(claim)
    }

    /// The adversaries that there are of an issuer.
    pub(super) fn adversaries(&self, tenants: Tenants) -> impl Iterator<Item = &BoundAdversary> {
        self.adversaries.iter().filter(move |adversary| tenants == Tenants::Shared || !adversary.who.is_a_stranger())
    }
}

fn required(entry: Option<&catalog::Provider>) -> BTreeSet<String> {
    let claims = entry.into_iter().flat_map(|entry| &entry.claims);
    claims.filter(|(_, claim)| !claim.optional && claim.derived.is_none()).map(|(name, _)| name.clone()).collect()
}

fn values(entry: Option<&catalog::Provider>) -> BTreeMap<String, (String, OnceLock<Option<Language>>)> {
    let claims = entry.into_iter().flat_map(|entry| &entry.claims);
    claims.filter_map(|(name, claim)| Some((name.clone(), (claim.values.clone()?, OnceLock::new())))).collect()
}

fn only(only: &BTreeMap<String, Vec<String>>, variables: &[BoundVariable]) -> Vec<(usize, Language)> {
    let place = |name: &String| variables.iter().position(|variable| variable.name == *name);
    only.iter()
        .filter_map(|(name, words)| Some((place(name)?, Language::words(words.iter().map(String::as_str)))))
        .collect()
}
