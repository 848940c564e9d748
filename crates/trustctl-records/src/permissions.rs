//! An audience that lists what the token may do: JSON text with a list `permissions`, JSR's way.
//!
//! `{"permissions":[{"permission":"package/publish","scope":"acme","package":"widgets","version":"1.4.0","tarballHash":"…"}]}`;
//! a permission may stop at the package or at the scope, and is then for all that lies below
//! (jsr-io/jsr, commit ba17475, `api/src/db/models.rs`).

use serde_json::Value;

use crate::Question;
use crate::envelope::Refused;

/// The one kind of permission that there is.
const PUBLISH: &str = "package/publish";

/// Whether such a text covers what is asked. A question without package or version is about none in particular.
pub(crate) fn cover(text: &str, question: &Question<'_>) -> Result<(), Refused> {
    let audience: Value = serde_json::from_str(text).map_err(|_| Refused::AudienceForm)?;
    let permissions = audience.get("permissions").and_then(Value::as_array).ok_or(Refused::AudienceForm)?;
    // One that JSR cannot read makes the whole text unreadable.
    if !permissions.iter().all(is_readable) {
        return Err(Refused::AudienceForm);
    }
    let covered = permissions.iter().any(|permission| covers(permission, question));
    covered.then_some(()).ok_or(Refused::Audience)
}

fn is_readable(permission: &Value) -> bool {
    let text = |name| permission.get(name).and_then(Value::as_str);
    text("permission") == Some(PUBLISH) && text("scope").is_some()
}

fn covers(permission: &Value, question: &Question<'_>) -> bool {
    let text = |name| permission.get(name).and_then(Value::as_str);
    let asked =
        question.package.map(|name| name.strip_prefix('@').unwrap_or(name).split_once('/').unwrap_or(("", name)));
    let is_package = asked.is_none_or(|(scope, package)| {
        text("scope") == Some(scope) && text("package").is_none_or(|named| named == package)
    });
    // A version counts only beside a package and the archive's digest, as JSR reads it.
    let named = text("version").filter(|_| text("package").is_some() && text("tarballHash").is_some());
    is_package && named.zip(question.version).is_none_or(|(named, version)| named == version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers_it(text: &str, package: Option<&str>, version: Option<&str>) -> bool {
        cover(text, &Question { package, version, now: 0 }).is_ok()
    }

    #[test]
    fn a_permission_is_for_what_it_names_and_what_lies_below() {
        let version = r#"{"permissions":[{"permission":"package/publish","scope":"acme","package":"widgets","version":"1.4.0","tarballHash":"sha256-0"}]}"#;
        let package = r#"{"permissions":[{"permission":"package/publish","scope":"acme","package":"widgets"}]}"#;
        let scope = r#"{"permissions":[{"permission":"package/publish","scope":"acme"}]}"#;
        for (text, asked, at, expected) in [
            (version, Some("@acme/widgets"), Some("1.4.0"), true),
            (version, Some("@acme/widgets"), Some("1.4.1"), false),
            (version, Some("@acme/gadgets"), Some("1.4.0"), false),
            (version, Some("@octo/widgets"), Some("1.4.0"), false),
            (version, Some("@acme/widgets"), None, true),
            (version, None, None, true),
            (package, Some("@acme/widgets"), Some("9.9.9"), true),
            (package, Some("@acme/gadgets"), None, false),
            (scope, Some("@acme/gadgets"), Some("1.0.0"), true),
            (scope, Some("@acme-evil/gadgets"), Some("1.0.0"), false),
            (scope, Some("acme"), None, false),
        ] {
            assert_eq!(covers_it(text, asked, at), expected, "{asked:?} {at:?} by {text}");
        }
    }

    #[test]
    fn what_is_no_list_of_permissions_covers_nothing() {
        for text in [
            "",
            "jsr.io",
            "{}",
            "[]",
            r#"{"permissions":[]}"#,
            r#"{"permissions":{}}"#,
            r#"{"permissions":["package/publish"]}"#,
            r#"{"permissions":[{"permission":"package/yank","scope":"acme"}]}"#,
            r#"{"permissions":[{"permission":"package/publish","scope":"acme"},{"permission":"other"}]}"#,
            r#"{"permissions":[{"permission":"package/publish"}]}"#,
        ] {
            assert!(!covers_it(text, None, None), "{text}");
        }
    }
}
