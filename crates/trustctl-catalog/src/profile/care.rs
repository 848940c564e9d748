//! What stays open where a record lets a token in: the registry may refuse it all the same, and it is not known whether.

use serde::Deserialize;

use super::{Case, Operation, Side, Take, TemplateText};

/// A thing that is not known of a registry, and bears upon a decision. It decides nothing; it is told.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "WrittenCare")]
pub struct Care {
    /// In one sentence, without a full stop.
    pub about: String,
    /// Only where the record has none of these fields.
    pub unless: Vec<String>,
    /// Only where nobody said what this setting is.
    pub unset: Option<String>,
    /// Only where this does not hold of the token.
    pub unlike: Option<Operation>,
}

/// The written form: `claim`, `take` and `is` stand for what is usual, and a token that is otherwise is told of.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WrittenCare {
    about: String,
    #[serde(default)]
    unless: Vec<String>,
    unset: Option<String>,
    claim: Option<String>,
    #[serde(default)]
    take: Take,
    #[serde(default)]
    is: Vec<TemplateText>,
}

impl TryFrom<WrittenCare> for Care {
    type Error = String;

    fn try_from(written: WrittenCare) -> Result<Self, String> {
        let WrittenCare { about, unless, unset, claim, take, is } = written;
        let unlike = match (claim, is.is_empty()) {
            (Some(claim), false) => {
                Some(Operation::Same { left: Side { claim, take }, right: is, case: Case::Exact, every: false })
            }
            (None, true) => None,
            _ => return Err("of a care, `claim` and `is` stand together".to_owned()),
        };
        Ok(Self { about, unless, unset, unlike })
    }
}
