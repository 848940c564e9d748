//! A token that gets in.

use schemars::JsonSchema;
use serde::Serialize;
use trustctl_analysis::Witness;

use crate::moment;

/// A token that gets in, and what it gets.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Witness")]
pub(super) struct WitnessReport {
    /// Who could hold it: `anyone`, `re-registered-name`, `any-writer` and so on; `named` for whoever the grant names.
    adversary: String,
    /// Its claims, as `trustctl eval --claims` takes them.
    claims: serde_json::Map<String, serde_json::Value>,
    /// The registry that lets it in.
    registry: String,
    /// What it may do; `null` for a service account.
    action: Option<String>,
    /// The package or the service account.
    resource: String,
    /// The package's version, where it matters.
    resource_version: Option<String>,
    /// When it gets in (RFC 3339).
    at: String,
}

impl WitnessReport {
    pub(super) fn new(witness: &Witness) -> Self {
        Self {
            adversary: witness.adversary.word().to_owned(),
            claims: serde_json::from_str(&witness.claims).unwrap_or_default(),
            registry: witness.registry.clone(),
            action: witness.action.clone(),
            resource: witness.resource.clone(),
            resource_version: witness.version.clone(),
            at: moment::rfc3339(witness.at.0),
        }
    }
}
