//! Names of packages and accounts in grants.

use trustctl_diag::{Diagnostic, Place};

use crate::model::{Holder, NameProblem, RegistryId};

use super::build::Builder;
use super::include::Bound;

/// A name in normal form.
pub(crate) struct Name {
    pub(crate) text: String,
    /// Whether the registry's normal form can differ from how a name is written.
    pub(crate) changed: bool,
}

/// Brings a name to its normal form and checks it against the registry's grammar and the file's bound.
pub(crate) fn read(
    written: &str,
    place: Place,
    registry: RegistryId,
    holder: Holder,
    bound: Option<&Bound>,
    builder: &mut Builder<'_>,
) -> Option<Name> {
    let found = builder.parts.registries.get(usize::from(registry.0))?;
    let (grammar, what) = match holder {
        Holder::Packages => (&found.packages, "package"),
        Holder::Accounts => (&found.accounts, "service account"),
    };
    let registry_name = &found.name;
    let Some(grammar) = grammar else {
        let message = format!("`{registry_name}` has no {what}s");
        builder.push(Diagnostic::error("no-such-holder", place, message).help(match holder {
            Holder::Packages => "write `accounts: […]`",
            Holder::Accounts => "write `packages: […]` and `actions: […]`",
        }));
        return None;
    };
    let text = grammar.normal(written).into_owned();
    match grammar.check(&text) {
        Ok(()) => {}
        Err(problem) => {
            let (message, help) = if written.contains('*') {
                let message = format!("`{written}` is a pattern, and `{registry_name}` grants name each {what}");
                (message, "list the names; patterns stand in the bounds of `include` only".to_owned())
            } else {
                let message = match problem {
                    NameProblem::TooLong => {
                        format!("`{written}` is longer than the {} characters of a {what} name", grammar.longest())
                    }
                    _ => format!("`{written}` cannot be the name of a {what} at `{registry_name}`"),
                };
                (message, format!("names are {}", grammar.about()))
            };
            builder.push(Diagnostic::error("bad-package-name", place, message).help(help));
            return None;
        }
    }
    if let Some(bound) = bound
        && !bound.allows(registry, holder, &text)
    {
        builder.push(
            Diagnostic::error("out-of-bounds", place, format!("this file may not grant `{text}`"))
                .also(bound.place, "what such files may grant")
                .help("let the root file's `include` name it for this file, or move the grant there"),
        );
        return None;
    }
    let changed = !matches!(grammar.normal("A_b.c"), std::borrow::Cow::Borrowed(_));
    Some(Name { text, changed })
}
