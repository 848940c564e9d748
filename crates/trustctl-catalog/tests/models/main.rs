//! The models of `models/*.yaml` beside the providers that they are of.
//!
//! `trustctl-analysis` compares them with tokens and with the evaluator, and changes them to see that it is noticed.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop where its data surprise it; the helpers beside the tests are tests too"
)]

mod checks;
mod edges;
mod format;
mod shapes;
mod values;

use trustctl_catalog::model::Model;
use trustctl_catalog::{Catalogue, Provider};

/// Every model with its provider.
fn models() -> Vec<(&'static Model, &'static Provider)> {
    let pair = |kind: &'static str| {
        let model = Model::bundled(kind).unwrap_or_else(|problem| panic!("{problem}")).unwrap();
        let provider = Catalogue::bundled().unwrap().provider(kind).unwrap_or_else(|| panic!("no provider `{kind}`"));
        (model, provider)
    };
    Model::kinds().map(pair).collect()
}

#[test]
fn every_model_is_right_as_far_as_its_provider_says() {
    let models = models();
    assert!(models.len() >= 7, "{} models", models.len());
    let of = |(model, provider): (&Model, &Provider)| {
        let problems = checks::problems(model, provider);
        problems.into_iter().map(|problem| format!("{}: {problem}", model.provider)).collect::<Vec<_>>()
    };
    let problems: Vec<String> = models.into_iter().flat_map(of).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
