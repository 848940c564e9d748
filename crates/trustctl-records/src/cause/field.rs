//! What the record itself says: switched off, over, or with nothing to compare.

use super::Failed;
use crate::check::Miss;

/// A record that cannot let this token in, whatever it says.
pub(super) fn of_the_record(failed: &Failed<'_>) -> Option<String> {
    match failed.miss {
        Miss::SwitchedOff(field, true) => Some(format!("the record is switched off: `{field}` is not `true`")),
        Miss::SwitchedOff(field, false) => Some(format!("the record is switched off: `{field}` is `true`")),
        Miss::TooLate(field) => Some(format!(
            "the time to use the record for the first time is over: `{field}` is past, so save the record again"
        )),
        Miss::NothingToCompare(claim) => {
            let unset: Vec<String> = failed
                .step
                .fields
                .iter()
                .filter(|field| failed.prepared.record.text(field).is_none())
                .map(|field| format!("`{field}`"))
                .collect();
            if unset.is_empty() {
                return Some(format!("the token lacks what `{claim}` is compared with"));
            }
            Some(format!("the record does not say {}, and an empty field matches nothing", unset.join(" or ")))
        }
        _ => None,
    }
}
