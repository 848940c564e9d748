//! Whatever the parts of a token are, the evaluator derives from it what the model says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::string::string_regex;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use trustctl_catalog::Provider;
use trustctl_catalog::model::{Model, ModelPart, ModelVariable};

use crate::checks::sources;
use crate::evaluator::{Reader, Texts, derived, token};
use crate::models;
use crate::shapes::{Shape, shapes};
use crate::values::pattern;

/// Values of a variable to choose from.
const POOL: usize = 80;

/// What may come out wrong where texts are put together: delimiters, and what looks like another part.
const NASTY: [&str; 22] = [
    "refs/heads/main",
    "x/vcs-ref/refs/heads/main",
    "a@b",
    "a@refs/heads/main",
    "x.yml@refs/heads/main",
    "x.yml",
    "x.yml@acme/x.yml",
    "a//b.yml",
    "a/b",
    "a:ref:b",
    "main:commit:x:step:y",
    ".",
    "-",
    "/",
    "//",
    "@",
    "x/.github/workflows/y.yml@refs/heads/z",
    "0",
    "true",
    "organization:x",
    "a.b.c",
    "0123456789abcdef0123456789abcdef01234567",
];

/// Values of each variable, the usual one first.
pub(crate) struct Pools<'m>(BTreeMap<&'m str, Vec<String>>);

impl<'m> Pools<'m> {
    pub(crate) fn new(model: &'m Model, issuer: &str) -> Self {
        static KNOWN: Mutex<BTreeMap<String, Vec<String>>> = Mutex::new(BTreeMap::new());
        let of = |variable: &'m ModelVariable| {
            if let Some(value) = variable.of_issuer(issuer) {
                return (variable.name.as_str(), vec![value.to_owned()]);
            }
            let key = format!("{variable:?}");
            let mut known = KNOWN.lock().unwrap();
            let pool = known.entry(key).or_insert_with(|| pool(variable)).clone();
            (variable.name.as_str(), pool)
        };
        Self(model.variables.iter().map(of).collect())
    }
}

fn pool(variable: &ModelVariable) -> Vec<String> {
    let pattern = pattern(&variable.values);
    let mut values: Vec<String> = std::iter::once(&variable.own).chain(&variable.fresh).cloned().collect();
    values.extend(NASTY.iter().filter(|value| pattern.is_match(value)).map(|value| (*value).to_owned()));
    // Texts in any alphabet, moved into printable ASCII where that fits.
    let any = string_regex(&variable.values).unwrap();
    let printable = |c: char| char::from_u32(0x20 + u32::from(c) % 0x5f).unwrap_or('a');
    let mut runner = TestRunner::deterministic();
    for _ in 0..POOL * 4 {
        let value: String = any.new_tree(&mut runner).unwrap().current();
        let value: String = value.chars().map(|c| if c.is_ascii() { c } else { printable(c) }).collect();
        values.extend(Some(value).filter(|value| value.len() <= 40 && pattern.is_match(value)));
        if values.len() >= POOL {
            break;
        }
    }
    values
}

/// The claims of one token of the shape.
fn render(shape: &Shape<'_>, values: &BTreeMap<&str, &str>) -> Texts {
    let text = |template: &str| -> String {
        let part = |part: ModelPart<'_>| match part {
            ModelPart::Text(text) => text.to_owned(),
            ModelPart::Name(name) => values[name].to_owned(),
        };
        Model::parts(template).into_iter().map(part).collect()
    };
    let mut claims: Texts =
        shape.claims.iter().filter_map(|(name, template)| Some((name.clone(), text(template.as_deref()?)))).collect();
    claims.retain(|_, value| !value.is_empty());
    claims
}

/// What is wrong with one kind of token: the least token of which the model says what the evaluator does not find.
pub(crate) fn broken(
    provider: &Provider,
    reader: &Reader,
    shape: &Shape<'_>,
    pools: &Pools<'_>,
    cases: u32,
) -> Option<String> {
    let names: Vec<&str> = pools.0.keys().copied().collect();
    let config = Config { cases, max_shrink_iters: cases, failure_persistence: None, ..Config::default() };
    let rng = proptest::test_runner::TestRng::deterministic_rng(config.rng_algorithm);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let indices = proptest::collection::vec(any::<Index>(), names.len());
    let result = runner.run(&indices, |indices| {
        let chosen = names.iter().zip(&indices).map(|(name, index)| {
            let words = shape.only.get(name).copied().unwrap_or(&pools.0[name]);
            (*name, index.get(words).as_str())
        });
        let values: BTreeMap<&str, &str> = chosen.collect();
        let claims = render(shape, &values);
        // The project that a fork's merge request is for is never the fork.
        if shape.alternatives.contains(&"fork")
            && values.contains_key("job-name")
            && values.get("job-name") == values.get("name")
        {
            return Ok(());
        }
        let found = reader.derived(&token(provider, &claims));
        for name in shape.claims.keys().filter(|name| provider.claims[*name].derived.is_some()) {
            let (found, says) = (found.get(name), claims.get(name));
            if found != says {
                let what = format!("`{name}` is {found:?}, not {says:?}, in {:?}: {claims:?}", shape.alternatives);
                return Err(TestCaseError::fail(what));
            }
        }
        Ok(())
    });
    result.err().map(|problem| problem.to_string())
}

#[test]
fn a_derived_claim_is_what_the_model_says() {
    let mut seen = 0;
    for (model, provider) in models().into_iter().filter(|(_, provider)| !derived(provider).is_empty()) {
        let shapes = kinds(model, provider);
        for issuer in std::iter::once(None).chain(other_issuer(&model.provider).map(Some)) {
            let reader = Reader::new(provider, issuer);
            let pools = Pools::new(model, &reader.issuer);
            assert!(pools.0.values().map(Vec::len).sum::<usize>() > 20 * pools.0.len());
            for shape in shapes.values() {
                let problem = broken(provider, &reader, shape, &pools, 256);
                assert_eq!(problem, None, "{}", model.provider);
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "{seen}");
}

/// The kinds of token that are different as far as derived claims go, with the claims that those are about; by all that tells them
/// apart.
pub(crate) fn kinds<'m>(model: &'m Model, provider: &Provider) -> BTreeMap<String, Shape<'m>> {
    let mut kinds: BTreeMap<String, Shape<'m>> = BTreeMap::new();
    for mut shape in shapes(model) {
        let all: Vec<String> = derived(provider).into_iter().filter(|name| shape.claims.contains_key(name)).collect();
        let derivations = all.iter().filter_map(|name| provider.claims[name].derived.as_ref());
        let about: BTreeSet<String> = derivations.flat_map(|of| sources(provider, of)).collect();
        shape.claims.retain(|name, _| all.contains(name) || about.contains(name));
        let templates: String = shape.claims.values().flatten().map(String::as_str).collect();
        let is_used = |name: &str| templates.contains(&format!("{{{name}}}"));
        shape.only.retain(|name, _| is_used(name));
        let values: Vec<_> = model.variables.iter().filter(|variable| is_used(&variable.name)).collect();
        kinds.entry(format!("{:?} {:?} {values:?}", shape.claims, shape.only)).or_insert(shape);
    }
    kinds
}

/// One that is not the first form, where derived claims hold it.
fn other_issuer(kind: &str) -> Option<&'static str> {
    (kind == "gitlab").then_some("https://gitlab.acme.example:8443")
}
