//! Composed subjects come in several shapes, and a literal fits only one.

use trustctl_policy::Role;

use super::Failed;
use super::identity::without_ids;

/// The token's subject is the literal in another shape.
pub(super) fn other_shape(failed: &Failed<'_, '_>) -> Option<String> {
    if failed.claim.role != Role::Subject {
        return None;
    }
    let found = failed.text()?;
    failed.literals().into_iter().find_map(|literal| difference(literal, &found)).map(str::to_owned)
}

fn difference(literal: &str, found: &str) -> Option<&'static str> {
    if without_ids(found).is_some_and(|names| names == literal) {
        return Some(
            "the token's subject has the ids beside the names, and the policy only the names; write the whole subject, or the claims for repository and ids",
        );
    }
    if without_ids(literal).is_some_and(|names| names == found) {
        return Some(
            "the policy has the ids beside the names, and the token's subject only the names; its repository still has the older shape",
        );
    }
    let (in_found, in_literal) = (found.contains(":environment:"), literal.contains(":environment:"));
    match (in_found, in_literal) {
        (true, false) => Some("the job runs in an environment, and then the subject names it in place of the ref"),
        (false, true) => Some("the job runs in no environment, so the subject names something else in its place"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn each_shape_is_told_from_the_others() {
        let (plain, pinned) = ("repo:acme/widgets:ref:refs/heads/main", "repo:acme@1/widgets@2:ref:refs/heads/main");
        assert!(difference(plain, pinned).unwrap().contains("the policy only the names"));
        assert!(difference(pinned, plain).unwrap().contains("older shape"));
        assert!(difference(plain, "repo:acme/widgets:environment:npm").unwrap().contains("in place of the ref"));
        assert!(difference("repo:acme/widgets:environment:npm", plain).unwrap().contains("no environment"));
        assert_eq!(difference(plain, "repo:acme/gadgets:ref:refs/heads/main"), None);
    }
}
