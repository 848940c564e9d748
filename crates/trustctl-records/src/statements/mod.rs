//! Records that are lists of statements which their owner writes.

use serde_json::Value as Json;
use trustctl_catalog::profile::StatementStyle;
use trustctl_claims::Claims;

use crate::{FieldValue, Miss, Record, RecordProblem, Settings};

/// Whether the statements let the token in.
pub(crate) fn decide(
    style: StatementStyle,
    record: &Record,
    settings: &Settings,
    claims: &Claims<'_>,
) -> Result<(), Miss> {
    let _ = (style, settings, claims, record.fields.values().any(|value| matches!(value, FieldValue::Any(Json::Null))));
    Err(Miss::NothingToCompare("iss".to_owned()))
}

/// What the registry would object to.
pub(crate) fn problems(style: StatementStyle, record: &Record) -> Vec<RecordProblem> {
    let _ = (style, record);
    Vec::new()
}

/// Every statement with what became of it, as steps.
pub(crate) fn explain(
    style: StatementStyle,
    record: &Record,
    settings: &Settings,
    claims: &Claims<'_>,
) -> Vec<crate::StepReport> {
    let _ = (style, record, settings, claims);
    Vec::new()
}
