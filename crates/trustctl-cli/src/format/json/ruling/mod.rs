//! The result of `trustctl eval --as`, of one registry or of all.

mod record;

use schemars::JsonSchema;
use serde::Serialize;
use trustctl_catalog::Basis;
use trustctl_catalog::profile::{Combine, Profile};

use super::{Version, write};
use crate::moment;
use crate::ruling::{Believed, RegistryAnswer, Rulings, Taken};
use crate::verdict::Refusal;
use record::{FieldReport, LearnedReport, ProblemReport, RecordReport, SetAsideReport, SettingReport, StepReport};

/// The answers as JSON.
pub(crate) fn rulings(rulings: &Rulings) -> String {
    write(&RulingsReport::new(rulings))
}

/// What registries would say of a token.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Rulings")]
pub(crate) struct RulingsReport {
    /// Version of this form.
    version: Version,
    /// Whether the token is taken, by one registry at least. The exit code is 0 for `allow` alone.
    decision: DecisionReport,
    /// Whether a token's signature was checked. Where it is false, whoever wrote the claims chose them.
    verified: bool,
    /// Whether records were given. Where it is false, each registry is asked by the record that the token would need,
    /// which nobody has made: `possible` says that there can be one.
    records_given: bool,
    /// The package, where one was given.
    package: Option<String>,
    /// The version that is published, where one was given.
    package_version: Option<String>,
    /// The time it was about (RFC 3339).
    at: String,
    /// The catalogue that gave the claims their meaning.
    catalogue: String,
    /// The signature that holds; `null` where none does.
    signature: Option<SignatureReport>,
    /// Why the token was refused before any registry was asked; `null` where it was not.
    refused: Option<RefusedReport>,
    /// Every registry that was asked, by name.
    registries: Vec<RegistryReport>,
}

/// Yes, no, or that it would be yes by a record that nobody has given.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Effect")]
enum DecisionReport {
    /// The token is taken.
    Allow,
    /// No record was given, and there can be one by which it would be taken.
    Possible,
    /// It is not.
    Deny,
}

/// The signature that holds. The token itself is never shown.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Signature")]
struct SignatureReport {
    /// `iss`.
    issuer: String,
    /// JWS algorithm.
    algorithm: String,
    /// `kid` of the key that it holds under.
    key_id: String,
}

/// Why a token was refused before any registry was asked.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Refused")]
struct RefusedReport {
    /// Stable name: `token-bad-signature`.
    code: String,
    /// In one line.
    message: String,
    /// What to do about it.
    help: Option<String>,
}

/// A registry with its answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Registry")]
struct RegistryReport {
    /// The name after `--as`.
    registry: String,
    /// Its own name.
    title: String,
    /// How its rules are known.
    basis: BasisReport,
    /// The day on which they were last compared.
    checked: String,
    /// Which of several records counts: `only`, `union`, `oldest`, or `prefer FIELD`.
    combine: String,
    /// What a caller who is refused learns.
    discloses: String,
    /// Its answer; `null` for a token whose signature does not hold, of which no registry is asked.
    answer: Option<AnswerReport>,
}

/// How rules are known.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Basis")]
enum BasisReport {
    /// Read in the registry's source.
    Source,
    /// Known from its documentation only.
    Documentation,
}

/// A registry's answer with its reasons.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Answer")]
struct AnswerReport {
    /// Whether it takes the token.
    decision: DecisionReport,
    /// Whether it takes the token, or would if it were made for the registry's own audience.
    takes_with_its_audience: bool,
    /// The token itself, check by check, up to the first that does not hold.
    token: Vec<StepReport>,
    /// Every record that was asked.
    records: Vec<RecordReport>,
    /// Records that do not count for what is asked: for another package, or for something else than to publish.
    set_aside: Vec<SetAsideReport>,
    /// The records that hold, the token's own checks aside, by their places in `records`.
    holding: Vec<usize>,
    /// The record that is nearest to holding, by its place; `null` where the token is taken or there are none.
    nearest: Option<usize>,
    /// Why the registry would take no record of the kind that this token needs.
    unfit: Vec<ProblemReport>,
    /// What the token may do by name, or as whom, where the records say.
    grants: Vec<String>,
    /// Ids that the registry stores at this use.
    learned: Vec<LearnedReport>,
    /// Records that the registry switches off at this use, by their places.
    disabled: Vec<usize>,
    /// Records to whose owners the registry would suggest the token's environment, by their places.
    suggests_environment: Vec<usize>,
    /// Claims that the registry does not know; it reports them to its operators only.
    unknown_claims: Vec<String>,
    /// What the operator has set, where it is not the registry's own.
    settings: Vec<SettingReport>,
    /// What the operator sets and was taken from the token's own audience.
    settings_of_audience: Vec<FieldReport>,
    /// The version that the token's tag shows, by which records were judged where none was given.
    version_of_tag: Option<String>,
}

impl RulingsReport {
    fn new(rulings: &Rulings) -> Self {
        let (signature, refused) = match &rulings.believed {
            Believed::Signed(signed) => {
                let signature = SignatureReport {
                    issuer: signed.issuer.clone(),
                    algorithm: signed.algorithm.clone(),
                    key_id: signed.key.clone(),
                };
                (Some(signature), None)
            }
            Believed::Unverified => (None, None),
            Believed::Refused(refusal) => {
                let Refusal { code, message, help } = refusal.clone();
                (None, Some(RefusedReport { code, message, help }))
            }
        };
        let registries = match refused {
            Some(_) => rulings.asked.iter().map(|profile| RegistryReport::new(profile, None)).collect(),
            None => rulings
                .answers
                .iter()
                .map(|answer| RegistryReport::new(answer.profile, Some((answer, rulings))))
                .collect(),
        };
        Self {
            version: Version,
            decision: DecisionReport::new(rulings.is_allow(), rulings.records_given),
            verified: signature.is_some(),
            records_given: rulings.records_given,
            package: rulings.package.as_ref().map(|package| package.name.clone()),
            package_version: rulings.package.as_ref().and_then(|package| package.version.clone()),
            at: moment::rfc3339(rulings.at),
            catalogue: rulings.catalogue.clone(),
            signature,
            refused,
            registries,
        }
    }
}

impl DecisionReport {
    const fn new(is_allow: bool, records_given: bool) -> Self {
        match (is_allow, records_given) {
            (true, true) => Self::Allow,
            (true, false) => Self::Possible,
            (false, _) => Self::Deny,
        }
    }
}

impl RegistryReport {
    fn new(profile: &Profile, answer: Option<(&RegistryAnswer, &Rulings)>) -> Self {
        Self {
            registry: profile.registry.clone(),
            title: profile.title.clone(),
            basis: match profile.basis {
                Basis::Documentation => BasisReport::Documentation,
                Basis::Source | Basis::Ours => BasisReport::Source,
            },
            checked: profile.checked.clone(),
            combine: match &profile.combine {
                Combine::Only => "only".to_owned(),
                Combine::Union => "union".to_owned(),
                Combine::Prefer(field) => format!("prefer {field}"),
                Combine::Oldest => "oldest".to_owned(),
            },
            discloses: profile.discloses.about.clone(),
            answer: answer.map(|(answer, rulings)| AnswerReport::new(answer, rulings)),
        }
    }
}

impl AnswerReport {
    fn new(answer: &RegistryAnswer, rulings: &Rulings) -> Self {
        let (believed, records_given) = (&rulings.believed, rulings.records_given);
        let explanation = &answer.explanation;
        let taken = answer.taken();
        let records = explanation.records.iter().zip(&answer.records);
        Self {
            decision: DecisionReport::new(taken == Taken::Yes, records_given),
            takes_with_its_audience: taken >= Taken::WithAudience,
            token: explanation.envelope.iter().map(|step| StepReport::of_token(step, believed)).collect(),
            records: records.map(|(report, asked)| RecordReport::new(answer, report, asked)).collect(),
            set_aside: answer.set_aside.iter().map(SetAsideReport::new).collect(),
            holding: answer.rule.records.clone(),
            nearest: explanation.nearest,
            unfit: answer.unfit.iter().map(ProblemReport::new).collect(),
            grants: explanation.ruling.grants.clone(),
            learned: explanation.ruling.learned.iter().map(LearnedReport::new).collect(),
            disabled: explanation.ruling.disabled.clone(),
            suggests_environment: explanation.suggests_environment.clone(),
            unknown_claims: explanation.unknown_claims.clone(),
            settings: answer.settings.iter().map(SettingReport::new).collect(),
            settings_of_audience: answer.from_token.iter().map(FieldReport::new).collect(),
            version_of_tag: answer.version.clone(),
        }
    }
}
