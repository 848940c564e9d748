//! The models of `trustctl-catalog` beside tokens and beside the evaluator.
//!
//! - Laws: whatever the parts are, a claim that is derived is to the evaluator what the model says it is.
//! - Tokens: every real or documented token is one that the model makes.
//! - Changes: a model that is changed breaks a law, makes a token no longer, or no longer fits its provider.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop where its data surprise it; the helpers beside the tests are tests too"
)]

mod changes;
#[path = "../../../trustctl-catalog/tests/models/checks.rs"]
mod checks;
#[path = "../../../trustctl-catalog/tests/models/edges.rs"]
mod edges;
mod evaluator;
mod laws;
#[path = "../../../trustctl-catalog/tests/models/shapes.rs"]
mod shapes;
mod tokens;
#[path = "../../../trustctl-catalog/tests/models/values.rs"]
mod values;

use trustctl_analysis::Adversary;
use trustctl_catalog::model::Model;
use trustctl_catalog::{Catalogue, Provider};

/// Every model with its provider.
fn models() -> Vec<(&'static Model, &'static Provider)> {
    let pair = |kind: &'static str| {
        let model = Model::bundled(kind).unwrap().unwrap();
        (model, Catalogue::bundled().unwrap().provider(kind).unwrap())
    };
    Model::kinds().map(pair).collect()
}

#[test]
fn every_adversary_is_one_that_the_prover_knows() {
    for (model, _) in models() {
        assert!(!model.adversaries.is_empty(), "{}", model.provider);
        for adversary in &model.adversaries {
            let known = Adversary::of_word(&adversary.who);
            let known = known.unwrap_or_else(|| panic!("{}: nobody is `{}`", model.provider, adversary.who));
            assert_eq!(adversary.stranger, known.is_a_stranger(), "{}: {}", model.provider, adversary.who);
        }
    }
}
