//! A model that is changed is found out: it no longer fits its provider, breaks a law, or does not make a token that there is.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use trustctl_catalog::Provider;
use trustctl_catalog::model::{Alternative, Dimension, Model};

use crate::evaluator::{Reader, Texts, derived};
use crate::laws::{self, Pools};
use crate::shapes::Shape;
use crate::tokens::{self, Maker, Token};
use crate::values::escaped;
use crate::{checks, models};

/// Changes that change nothing that anybody could see.
const IDLE: [(&str, &str); 5] = [
    // A job of the workflow that was started is one of another workflow of the repository whose file happens to be the same;
    // the kind is there so that witnesses show the usual case.
    ("github-actions", "`started` left out"),
    // An id can be that of a cluster as well; these are there so that one that the policy names is known for what it is.
    ("buildkite", "`pipeline` left out"),
    ("buildkite", "`organization` left out"),
    // The tokens of a fork's pull request are those of a branch, but for whose the repository is.
    ("circleci", "`oidc.circleci.com/vcs-origin` of `branch` turned round"),
    ("circleci", "`oidc.circleci.com/vcs-origin` of `fork` turned round"),
];

/// A change, in words, and the model after it.
type Changed = (String, Model);

fn changed(model: &Model, what: String, change: impl FnOnce(&mut Model)) -> Changed {
    let mut mutant = model.clone();
    change(&mut mutant);
    (what, mutant)
}

/// A claim is left out. One that may be free says less then, which is no mistake.
fn claims(model: &Model) -> Vec<Changed> {
    let mut all = Vec::new();
    for name in model.claims.keys() {
        all.push(changed(model, format!("`{name}` left out"), |model| drop(model.claims.remove(name))));
    }
    for (place, way) in ways(model) {
        for name in way.claims.keys().filter(|name| !model.free.contains(name)) {
            let what = format!("`{name}` of `{}` left out", way.name);
            all.push(changed(model, what, |model| drop(at(model, place).claims.remove(name))));
        }
    }
    for name in &model.free {
        let what = format!("`{name}` not said to be free");
        all.push(changed(model, what, |model| model.free.retain(|other| other != name)));
    }
    all
}

/// A claim is there that is not, or the other way round.
fn presence(model: &Model) -> Vec<Changed> {
    let mut all = Vec::new();
    for (place, way) in ways(model) {
        for (name, template) in &way.claims {
            let what = format!("`{name}` of `{}` turned round", way.name);
            let turned = template.is_none().then(|| format!("{{{}}}", model.variables[0].name));
            all.push(changed(model, what, |model| drop(at(model, place).claims.insert(name.clone(), turned))));
        }
    }
    all
}

/// A variable can be anything, or the values alone that witnesses show, or is not what the issuer says.
fn variables(model: &Model) -> Vec<Changed> {
    let mut all = Vec::new();
    for (place, variable) in model.variables.iter().enumerate() {
        let what = |how| format!("`{}` {how}", variable.name);
        all.push(changed(model, what("wider"), |model| model.variables[place].values = "[ -~]*".to_owned()));
        let values = std::iter::once(&variable.own).chain(&variable.fresh).map(|value| escaped(value));
        let values = values.collect::<Vec<_>>().join("|");
        all.push(changed(model, what("narrower"), |model| model.variables[place].values = values));
        if variable.element_of.is_some() {
            all.push(changed(model, what("of no list"), |model| model.variables[place].element_of = None));
        }
    }
    all
}

/// A way that a token can be is left out.
fn alternatives(model: &Model) -> Vec<Changed> {
    let several = ways(model).into_iter().filter(|(place, _)| model.dimensions[place.0].alternatives.len() > 1);
    several
        .map(|(place, way)| {
            let what = format!("`{}` left out", way.name);
            changed(model, what, |model| drop(model.dimensions[place.0].alternatives.remove(place.1)))
        })
        .collect()
}

/// Every alternative with its place: its dimension's, and its own there.
fn ways(model: &Model) -> Vec<((usize, usize), &Alternative)> {
    let of =
        |(at, dimension): (usize, &'_ Dimension)| (0..dimension.alternatives.len()).map(move |way| (at, way)).collect();
    let places = model.dimensions.iter().enumerate().flat_map(|dimension| -> Vec<(usize, usize)> { of(dimension) });
    places.map(|place| (place, &model.dimensions[place.0].alternatives[place.1])).collect()
}

fn at(model: &mut Model, place: (usize, usize)) -> &mut Alternative {
    &mut model.dimensions[place.0].alternatives[place.1]
}

/// What the model is judged by, put together once.
struct Judge {
    provider: &'static Provider,
    reader: Option<Reader>,
    tokens: Vec<(Token, Texts)>,
    /// Kinds of token that were judged.
    known: RefCell<BTreeSet<String>>,
}

impl Judge {
    fn of(kind: &str, provider: &'static Provider) -> Self {
        let mut of_kind: Vec<Token> = tokens::tokens().into_iter().filter(|token| token.kind == kind).collect();
        for token in &mut of_kind {
            let aside = tokens::aside(token);
            token.claims.retain(|name, _| !aside.contains(&name.as_str()));
        }
        let whole = |token: Token| {
            let claims = tokens::whole(provider, &token);
            (token, claims)
        };
        Self {
            provider,
            reader: (!derived(provider).is_empty()).then(|| Reader::new(provider, None)),
            tokens: of_kind.into_iter().map(whole).collect(),
            known: RefCell::default(),
        }
    }

    /// Whether anything is seen to be wrong with the model.
    fn finds(&self, model: &Model) -> bool {
        if !checks::problems(model, self.provider).is_empty() {
            return true;
        }
        let maker = Maker::new(model, self.provider);
        if !self.tokens.iter().all(|(token, claims)| maker.makes(claims, &token.claims)) {
            return true;
        }
        let Some(reader) = &self.reader else { return false };
        let pools = Pools::new(model, &reader.issuer);
        let is_broken = |(key, kind): (String, Shape<'_>)| {
            let is_new = !self.known.borrow().contains(&key);
            let is_broken = is_new && laws::broken(self.provider, reader, &kind, &pools, 8).is_some();
            if !is_broken {
                self.known.borrow_mut().insert(key);
            }
            is_broken
        };
        laws::kinds(model, self.provider).into_iter().any(is_broken)
    }
}

fn unnoticed(change: impl Fn(&Model) -> Vec<Changed>) -> Vec<String> {
    let mut alive = Vec::new();
    let mut all: BTreeMap<&str, usize> = BTreeMap::new();
    for (model, provider) in models() {
        let judge = Judge::of(&model.provider, provider);
        assert!(!judge.finds(model), "{}: something is wrong as it is", model.provider);
        for (what, mutant) in change(model) {
            *all.entry(&model.provider).or_default() += 1;
            let is_idle = IDLE.iter().any(|(kind, of)| *kind == model.provider && *of == what);
            if judge.finds(&mutant) == is_idle {
                alive.push(format!("{}: {what}", model.provider));
            }
        }
    }
    assert_eq!(all.len(), models().len(), "{all:?}");
    alive
}

#[test]
fn a_claim_that_is_left_out_is_missed() {
    assert_eq!(unnoticed(claims), [""; 0]);
}

#[test]
fn a_claim_that_is_or_is_not_there_by_mistake_is_noticed() {
    assert_eq!(unnoticed(presence), [""; 0]);
}

#[test]
fn a_variable_that_is_wider_or_narrower_is_noticed() {
    assert_eq!(unnoticed(variables), [""; 0]);
}

#[test]
fn a_kind_of_token_that_is_left_out_is_missed() {
    assert_eq!(unnoticed(alternatives), [""; 0]);
}
