//! The result of `trustctl eval`.

use schemars::JsonSchema;
use serde::Serialize;
use trustctl_diag::Place;
use trustctl_eval::{Effect, GrantTrace, Line, Near, Shown, Status};

use super::{RangeReport, Version, write};
use crate::moment;
use crate::positions::Positions;
use crate::verdict::{Basis, Bound, PolicyAnswer, Resource, Verdict};

/// A verdict as JSON.
pub(crate) fn decision(verdict: &Verdict) -> String {
    write(&DecisionReport::new(verdict))
}

/// A decision with its reasons.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Decision")]
pub(crate) struct DecisionReport {
    /// Version of this form.
    version: Version,
    /// Yes or no.
    decision: EffectReport,
    /// Whether a token's signature was checked. Where it is false, whoever wrote the claims chose them.
    verified: bool,
    /// The registry asked.
    registry: String,
    /// What was asked for; `null` for a service account.
    action: Option<String>,
    /// What it was asked about.
    resource: ResourceReport,
    /// The time it was about (RFC 3339).
    at: String,
    /// The catalogue that gave the policies their meaning.
    catalogue: String,
    /// The versions that an allow holds for, to which a registry must bind the credential it gives; `null` for any
    /// version, empty for a deny.
    bound_versions: Option<Vec<String>>,
    /// The grants that allow it; empty for a deny.
    grants: Vec<GrantReport>,
    /// Why not; empty for an allow. For the operator: a caller learns only that it was denied.
    reasons: Vec<ReasonReport>,
    /// What was verified of the token; `null` where it was not.
    token: Option<TokenReport>,
    /// Per grant for this resource and issuer, every effective condition: those that allow, then the nearest.
    trace: Vec<TraceReport>,
    /// Where no grant is for this resource and issuer: what comes close.
    near: Vec<NearReport>,
    /// Grants that are further off and were left out of the trace.
    left_out: usize,
    /// Policies that were asked, by their root files.
    policies: Vec<String>,
    /// Policies that have no such registry, and were not.
    policies_not_asked: Vec<String>,
}

/// Yes or no.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Effect")]
enum EffectReport {
    /// Some grant allows it.
    Allow,
    /// Everything else.
    Deny,
}

/// What was asked about.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[schemars(rename = "Resource")]
enum ResourceReport {
    /// A package.
    Package {
        /// Its name.
        name: String,
        /// The version, if one was asked about.
        version: Option<String>,
    },
    /// A service account.
    Account {
        /// Its name.
        name: String,
    },
}

/// A grant that allows the request.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Grant")]
struct GrantReport {
    /// Its name, or `FILE:LINE`.
    grant: String,
    /// The root file of its policy.
    policy: String,
    /// The file it stands in.
    file: String,
    /// Where in the file.
    range: RangeReport,
    /// The one version it allows: the one asked about, or else the one the token binds it to; `null` for any.
    version: Option<String>,
}

/// Why a request is denied.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Reason")]
struct ReasonReport {
    /// Stable name: `conditions-failed`, `token-expired`.
    code: String,
    /// In one line.
    message: String,
    /// The root file of the policy that says so; `null` where the token was refused before any was asked.
    policy: Option<String>,
}

/// What was verified of the token. The token itself is never shown.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Token")]
struct TokenReport {
    /// `iss`.
    issuer: String,
    /// JWS algorithm.
    algorithm: String,
    /// `kid` of the key that the signature holds under.
    key_id: String,
    /// When it was issued (RFC 3339).
    issued_at: String,
    /// When it ends (RFC 3339).
    expires_at: String,
}

/// One grant with everything it asks of a token.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "GrantTrace")]
struct TraceReport {
    /// Its name, or `FILE:LINE`.
    grant: String,
    /// The root file of its policy.
    policy: String,
    /// The file it stands in.
    file: String,
    /// Where in the file.
    range: RangeReport,
    /// The provider whose tokens it is for.
    provider: String,
    /// Whether it allows the request.
    holds: bool,
    /// The version it is bound to, where the request has none.
    version: Option<String>,
    /// What it asks.
    conditions: Vec<ConditionReport>,
    /// Why no mend is offered: what would have to change keeps others out.
    do_not_widen: Option<String>,
}

/// One thing that a grant asks.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Condition")]
struct ConditionReport {
    /// What it is: `action`, `issuer`, `audience`, `condition`, `version` or `expiry`.
    what: String,
    /// Who asks for it: `provider` and `registry` by themselves (catalogue), `require` and `registry-require` in the
    /// trust file, `when`, `row`; `grant` for what is no condition.
    origin: String,
    /// The claim's name.
    claim: String,
    /// What is asked.
    expected: String,
    /// What the token or the request has; `null` where it is absent.
    found: Option<String>,
    /// What became of it.
    status: StatusReport,
    /// Where it is written.
    file: String,
    /// Where in the file.
    range: RangeReport,
    /// Why the provider or the registry requires it.
    why: Option<String>,
    /// The claims it is derived from, and others that help to see the difference.
    beside: Vec<BesideReport>,
    /// The usual cause, where it failed and one is known.
    cause: Option<String>,
    /// What to write instead, where that lets in nothing but this token's run.
    mend: Option<String>,
}

/// What became of a condition.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Status")]
enum StatusReport {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// The claim is absent.
    Missing,
    /// The claim has another JSON type.
    WrongType,
}

/// A claim beside a condition.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Beside")]
struct BesideReport {
    /// Its name.
    claim: String,
    /// Its value; `null` where it is absent.
    value: Option<String>,
}

/// Something close to a request that no grant is for.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Near")]
struct NearReport {
    /// `normal-form`, `other-issuer`, `other-registry`, `similar-issuer`, `similar-name`, `registry` or `action`.
    kind: String,
    /// Its name.
    name: String,
    /// One sentence.
    message: String,
}

impl DecisionReport {
    fn new(verdict: &Verdict) -> Self {
        let positions = &Positions::new(&verdict.sources);
        let traces =
            || verdict.answers.iter().flat_map(|answer| answer.trace.grants.iter().map(move |grant| (answer, grant)));
        let asked = match &verdict.question.resource {
            Resource::Package { version, .. } => version.as_ref(),
            Resource::Account { .. } => None,
        };
        let (action, resource) = resource(&verdict.question.resource);
        let allowing = traces().filter(|(_, grant)| grant.holds);
        Self {
            version: Version,
            decision: match verdict.effect {
                Effect::Allow => EffectReport::Allow,
                Effect::Deny => EffectReport::Deny,
            },
            verified: verdict.is_verified(),
            registry: verdict.question.registry.clone(),
            action,
            resource,
            at: moment::rfc3339(verdict.at),
            catalogue: verdict.catalogue.clone(),
            bound_versions: match &verdict.bound {
                Bound::Any => None,
                Bound::Versions(versions) => Some(versions.clone()),
            },
            grants: allowing.map(|(answer, grant)| GrantReport::new(answer, grant, asked, positions)).collect(),
            reasons: reasons(verdict),
            token: token(&verdict.basis),
            trace: traces().map(|(answer, grant)| TraceReport::new(answer, grant, positions)).collect(),
            near: verdict.answers.iter().flat_map(|answer| &answer.trace.near).map(NearReport::new).collect(),
            left_out: verdict.answers.iter().map(|answer| answer.trace.left_out).sum(),
            policies: verdict.answers.iter().map(|answer| answer.policy.clone()).collect(),
            policies_not_asked: verdict.not_asked.clone(),
        }
    }
}

fn resource(resource: &Resource) -> (Option<String>, ResourceReport) {
    match resource.clone() {
        Resource::Package { name, version, action } => (Some(action), ResourceReport::Package { name, version }),
        Resource::Account { name } => (None, ResourceReport::Account { name }),
    }
}

fn reasons(verdict: &Verdict) -> Vec<ReasonReport> {
    if verdict.is_allow() {
        return Vec::new();
    }
    let refused = match &verdict.basis {
        Basis::Refused(refusal) => {
            Some(ReasonReport { code: refusal.code.clone(), message: refusal.message.clone(), policy: None })
        }
        _ => None,
    };
    let denied = verdict.answers.iter().filter_map(|answer| {
        let reason = answer.trace.reason.as_ref()?;
        Some(ReasonReport {
            code: reason.code().to_owned(),
            message: reason.about().to_owned(),
            policy: Some(answer.policy.clone()),
        })
    });
    refused.into_iter().chain(denied).collect()
}

fn token(basis: &Basis) -> Option<TokenReport> {
    match basis {
        Basis::Verified(signature) => Some(TokenReport {
            issuer: signature.issuer.clone(),
            algorithm: signature.algorithm.clone(),
            key_id: signature.key.clone(),
            issued_at: moment::rfc3339(signature.issued_at),
            expires_at: moment::rfc3339(signature.expires_at),
        }),
        _ => None,
    }
}

fn file(place: Place, positions: &Positions<'_>) -> String {
    positions.sources().name(place.file).to_owned()
}

fn value(shown: &Shown) -> Option<String> {
    match shown {
        Shown::Absent => None,
        Shown::Value(value) => Some(value.clone()),
    }
}

impl GrantReport {
    fn new(answer: &PolicyAnswer, grant: &GrantTrace, asked: Option<&String>, positions: &Positions<'_>) -> Self {
        Self {
            grant: grant.label.clone(),
            policy: answer.policy.clone(),
            file: file(grant.place, positions),
            range: RangeReport::new(grant.place, positions),
            version: asked.or(grant.version.as_ref()).cloned(),
        }
    }
}

impl TraceReport {
    fn new(answer: &PolicyAnswer, grant: &GrantTrace, positions: &Positions<'_>) -> Self {
        Self {
            grant: grant.label.clone(),
            policy: answer.policy.clone(),
            file: file(grant.place, positions),
            range: RangeReport::new(grant.place, positions),
            provider: grant.provider.clone(),
            holds: grant.holds,
            version: grant.version.clone(),
            conditions: grant.lines.iter().map(|line| ConditionReport::new(line, positions)).collect(),
            do_not_widen: grant.do_not_widen.clone(),
        }
    }
}

impl ConditionReport {
    fn new(line: &Line, positions: &Positions<'_>) -> Self {
        Self {
            what: line.what.word().to_owned(),
            origin: line.what.origin().to_owned(),
            claim: line.claim.clone(),
            expected: line.expected.clone(),
            found: value(&line.found),
            status: match line.status {
                Status::Pass => StatusReport::Pass,
                Status::Fail => StatusReport::Fail,
                Status::Missing => StatusReport::Missing,
                Status::WrongType => StatusReport::WrongType,
            },
            file: file(line.place, positions),
            range: RangeReport::new(line.place, positions),
            why: line.why.clone(),
            beside: line
                .beside
                .iter()
                .map(|beside| BesideReport { claim: beside.claim.clone(), value: value(&beside.value) })
                .collect(),
            cause: line.cause.clone(),
            mend: line.mend.as_ref().map(ToString::to_string),
        }
    }
}

impl NearReport {
    fn new(near: &Near) -> Self {
        Self { kind: near.kind.word().to_owned(), name: near.name.clone(), message: near.about.clone() }
    }
}
