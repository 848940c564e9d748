//! A provider's settings as their author wrote them.

use serde_json::{Map, Value as Json};
use trustctl_claims::ClaimKey;

use super::{Accounts, Choice, Provider, Wanted};
use crate::statements::shape::{Problems, below, listed};
use crate::statements::value::{Scalar, kind};
use crate::{FieldValue, Record, RecordProblem};

/// Reads a provider's settings, with everything that the registry would object to.
pub(in crate::statements) fn read(record: &Record, at: &dyn Fn(&str) -> String) -> (Provider, Vec<RecordProblem>) {
    let (claims, mut problems) = claims(record, &at("claims"));
    let (accounts, more) = accounts(record, at);
    problems.extend(more);
    // Claims that cannot be read ask for nothing, and would let everybody in.
    let accounts = if problems.is_empty() { accounts } else { Accounts::Nobody };
    (Provider { claims, accounts }, problems)
}

fn claims(record: &Record, at: &str) -> (Vec<(ClaimKey, Wanted)>, Vec<RecordProblem>) {
    const CLAIMS: &str = "claims: {repository_owner: acme}";
    let mut problems = Problems::new("claims");
    let Some(FieldValue::Any(value)) = record.fields.get("claims") else {
        problems.add(at, "`claims` is missing", format!("as in `{CLAIMS}`"));
        return (Vec::new(), problems.into_list());
    };
    let mut claims = Vec::new();
    let nothing = Map::new();
    for (claim, value) in problems.object(at, "`claims`", CLAIMS, value).unwrap_or(&nothing) {
        match Wanted::read(value) {
            Some(Wanted::Exactly(Scalar::Null)) | None => {
                problems.add(
                    &below(at, claim),
                    format!("`{claim}` has one value, and this is {}", kind(value)),
                    format!("as in `{CLAIMS}`"),
                );
            }
            Some(wanted) => claims.push((ClaimKey::new(claim), wanted)),
        }
    }
    (claims, problems.into_list())
}

fn accounts(record: &Record, at: &dyn Fn(&str) -> String) -> (Accounts, Vec<RecordProblem>) {
    const MAPPINGS: &str = "dynamic_mappings: [{claim_value: acme/widgets, service_account: widgets-ci}]";
    let fixed = match record.fields.get("service_accounts") {
        Some(FieldValue::List(accounts)) => accounts.as_slice(),
        _ => &[],
    };
    let claim = record.text("mapping_claim");
    let mut problems = Problems::new("dynamic_mappings");
    let mappings = match record.fields.get("dynamic_mappings") {
        Some(FieldValue::Any(value)) => problems.list(&at("dynamic_mappings"), "`dynamic_mappings`", MAPPINGS, value),
        _ => &[],
    };
    let mut choices = Vec::new();
    for (index, mapping) in mappings.iter().enumerate() {
        choices.extend(choice(&mut problems, &below(&at("dynamic_mappings"), &index.to_string()), mapping));
    }
    let accounts = match (fixed, claim, mappings) {
        (accounts, None, []) if !accounts.is_empty() => Accounts::Fixed(accounts.to_vec()),
        ([], Some(claim), [_, ..]) => Accounts::Chosen(ClaimKey::new(claim), choices),
        ([], None, []) => {
            let mend = format!("as in `service_accounts: [release]`, or `mapping_claim: repository` and `{MAPPINGS}`");
            problems.add(&at("service_accounts"), "no service account is named", mend);
            Accounts::Nobody
        }
        ([], Some(_), []) => {
            problems.add(
                &at("dynamic_mappings"),
                "`mapping_claim` chooses from nothing",
                format!("as in `{MAPPINGS}`"),
            );
            Accounts::Nobody
        }
        ([], None, _) => {
            problems.add(
                &at("mapping_claim"),
                "`mapping_claim` is missing",
                "the claim that chooses, as in `mapping_claim: repository`",
            );
            Accounts::Nobody
        }
        _ => {
            let reason = format!("{} are fixed, and `mapping_claim` and `dynamic_mappings` choose", listed(fixed));
            problems.add(&at("service_accounts"), reason, "one of both: leave `service_accounts` out, or what chooses");
            Accounts::Nobody
        }
    };
    (accounts, problems.into_list())
}

fn choice(problems: &mut Problems, at: &str, mapping: &Json) -> Option<Choice> {
    const MAPPING: &str = "{claim_value: acme/widgets, service_account: widgets-ci}";
    let members = problems.object(at, "a mapping", MAPPING, mapping)?;
    problems.known(at, "a mapping", members, &["claim_value", "service_account"]);
    let value =
        problems.text(at, "a mapping", MAPPING, members, "claim_value").map(|text| Json::String(text.to_owned()));
    let account = problems.text(at, "a mapping", MAPPING, members, "service_account");
    Some(Choice { wanted: Wanted::read(&value?)?, account: [account?.to_owned()] })
}
