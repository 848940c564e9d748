//! Names that moved and names that somebody else took.

use trustctl_claims::without_ids;
use trustctl_policy::{NameKind, Role};

use super::Failed;
use crate::Status;

/// The id is the same and the name differs: renamed. The name is the same and the id differs: another holds it now.
pub(super) fn renamed_or_registered_again(failed: &Failed<'_, '_>) -> Option<String> {
    let role = failed.claim.role;
    if !matches!(role, Role::Tenant | Role::Repository) || failed.status != Status::Fail {
        return None;
    }
    if let Some(sentence) = pin(failed) {
        return Some(sentence);
    }
    let other = |kind: NameKind| {
        failed
            .conditions()
            .find(|(_, claim, status)| claim.role == role && claim.name_kind == kind && *status == Status::Pass)
    };
    match failed.claim.name_kind {
        NameKind::Name => {
            let (_, id, _) = other(NameKind::Id)?;
            Some(format!(
                "`{}` is the one meant, so this is a new name: it was renamed or moved; check, then write the new name",
                id.name
            ))
        }
        NameKind::Id => {
            let (_, name, _) = other(NameKind::Name)?;
            Some(format!(
                "`{}` is the same and the id is not: the name was given up and somebody else has it now; do not take the new id over",
                name.name
            ))
        }
        NameKind::Value => None,
    }
}

/// The same for names and ids in one value: `acme@1/widgets@2`.
fn pin(failed: &Failed<'_, '_>) -> Option<String> {
    let found = failed.text()?;
    let (names, ids) = (without_ids(&found)?, only_ids(&found));
    failed.literals().into_iter().find_map(|literal| {
        let same_names = without_ids(literal)? == names;
        let same_ids = only_ids(literal) == ids;
        match (same_names, same_ids) {
            (false, true) => Some("the ids are the ones meant, so the names are new: it was renamed; check, then write the new names".to_owned()),
            (true, false) => Some(
                "the names are the same and the ids are not: a name was given up and somebody else has it now; do not take the new ids over"
                    .to_owned(),
            ),
            _ => None,
        }
    })
}

fn only_ids(text: &str) -> Vec<&str> {
    let digits = |part| str::split(part, |c: char| !c.is_ascii_digit()).next().filter(|id| !id.is_empty());
    text.split('@').skip(1).filter_map(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::only_ids;

    #[test]
    fn a_pin_has_ids() {
        assert_eq!(only_ids("acme@1/widgets@22"), ["1", "22"]);
    }
}
