//! The result of `trustctl who`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use trustctl_analysis::{Answer, GrantReach, Reach};
use trustctl_catalog::model::Model;
use trustctl_policy::Policy;

use super::witness::WitnessReport;
use super::{RangeReport, Version, write};
use crate::access::Access;
use crate::moment;
use crate::positions::Positions;

/// Who gets in as JSON.
pub(crate) fn who(access: &Access) -> String {
    write(&WhoReport::new(access))
}

/// Who gets in by each grant.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Who")]
pub(crate) struct WhoReport {
    /// Version of this form.
    version: Version,
    /// The time that it is about (RFC 3339).
    at: String,
    /// The package that was asked about; `null` for all.
    package: Option<String>,
    /// The grants, in the order of files and places.
    grants: Vec<GrantReport>,
    /// What the proofs cover, by kind of provider.
    models: BTreeMap<String, ModelReport>,
    /// Trust files that do not load for deciding; what is said of their grants is what they would let in.
    not_loadable: Vec<String>,
    /// What has to be known of the files, a sentence each.
    notes: Vec<String>,
}

/// A grant, and everybody who could hold a token for it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Grant")]
struct GrantReport {
    /// Its name, or `FILE:LINE`.
    grant: String,
    /// The trust file.
    file: String,
    /// Where in it.
    range: RangeReport,
    /// The registry's name.
    registry: String,
    /// The provider's name.
    provider: String,
    /// The provider's kind: its model is that of this name.
    kind: String,
    /// The packages or service accounts.
    names: Vec<String>,
    /// What may be done with the packages; none for service accounts.
    actions: Vec<String>,
    /// When it ends (RFC 3339); `null` for never.
    ends_at: Option<String>,
    /// Each adversary's answer, the strongest first; none for a grant that has ended. Adversaries that the provider does not have,
    /// or that the grant names nothing for, are not there.
    answers: Vec<AnswerReport>,
}

/// One adversary's answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Answer")]
struct AnswerReport {
    /// Who: `anyone`, `caller`, `re-registered-name`, `outsider-event`, `sibling-repository`, `speculative-run`, `any-writer`,
    /// `ssh-rerun`, `debug-shell`, `self-hosted-runner`.
    adversary: String,
    /// Whether they get in.
    answer: GetsIn,
    /// Why it is unclear.
    reason: Option<String>,
    /// A token with which they get in, confirmed by the evaluator.
    witness: Option<WitnessReport>,
}

/// Whether an adversary gets in.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum GetsIn {
    /// They do.
    Yes,
    /// They do, since anyone does.
    AsAnyone,
    /// They do not: proved for the model.
    No,
    /// It could not be decided within its bounds; regard it as a yes.
    Unclear,
}

/// What proofs about a kind of provider cover.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Model")]
struct ModelReport {
    /// When the model was compared with the provider's documentation; `null` where there is none, and every claim is taken to be free.
    checked: Option<String>,
    /// Tokens that proofs do not cover, a sentence each.
    leaves_out: Vec<String>,
}

impl WhoReport {
    fn new(access: &Access) -> Self {
        let positions = Positions::new(&access.sources);
        let mut models = BTreeMap::new();
        for (policy, reach) in access.grants() {
            let grant = policy.grant(reach.grant);
            let Some(provider) = grant.and_then(|grant| policy.provider(grant.provider)) else { continue };
            models.entry(provider.kind.clone()).or_insert_with(|| ModelReport {
                checked: Model::bundled(&provider.kind).ok().flatten().map(|model| model.checked.clone()),
                leaves_out: reach.leaves_out.clone(),
            });
        }
        let refused = access.policies.iter().filter(|of| !of.policy.refusals().is_empty());
        Self {
            version: Version,
            at: moment::rfc3339(access.at),
            package: access.package.clone(),
            grants: access.grants().filter_map(|(policy, reach)| GrantReport::new(policy, reach, &positions)).collect(),
            models,
            not_loadable: refused.map(|of| of.name.clone()).collect(),
            notes: access.notes.clone(),
        }
    }
}

impl GrantReport {
    fn new(policy: &Policy, reach: &GrantReach, positions: &Positions<'_>) -> Option<Self> {
        let grant = policy.grant(reach.grant)?;
        let provider = policy.provider(grant.provider)?;
        Some(Self {
            grant: policy.grant_label(grant),
            file: positions.sources().name(grant.place.file).to_owned(),
            range: RangeReport::new(grant.place, positions),
            registry: policy.registry(grant.registry)?.name.clone(),
            provider: provider.name.clone(),
            kind: provider.kind.clone(),
            names: policy.names(grant).map(str::to_owned).collect(),
            actions: policy.actions(grant).map(|action| action.name.clone()).collect(),
            ends_at: grant.expires_at().map(moment::rfc3339),
            answers: reach.reach.iter().map(AnswerReport::new).collect(),
        })
    }
}

impl AnswerReport {
    fn new(reach: &Reach) -> Self {
        let (answer, reason, witness) = match &reach.answer {
            Some(Answer::Yes(witness)) => (GetsIn::Yes, None, Some(WitnessReport::new(witness))),
            Some(Answer::No) => (GetsIn::No, None, None),
            Some(Answer::Unknown(why)) => (GetsIn::Unclear, Some(why.clone()), None),
            None => (GetsIn::AsAnyone, None, None),
        };
        Self { adversary: reach.adversary.word().to_owned(), answer, reason, witness }
    }
}
