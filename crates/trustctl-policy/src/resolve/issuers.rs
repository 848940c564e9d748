//! Issuers: what one looks like, and which of them the catalogue knows already.

use trustctl_catalog as catalog;
use trustctl_diag::Diagnostic;
use trustctl_pattern::Pattern;

use crate::model::{Issuer, IssuerId};
use crate::syntax::{Node, NodeKind};

use super::build::Builder;
use super::document::Document;
use super::registries::fits;
use super::suggest::one_of;

/// Reads the `issuer:` of a provider that the catalogue does not have.
pub(crate) fn read(document: &Document<'_, '_>, node: &Node<'_>, builder: &mut Builder<'_>) -> Option<IssuerId> {
    let place = document.place(node);
    if builder.generic()
        && let NodeKind::Map(entries) = &node.kind
        && let [entry] = entries.as_slice()
    {
        let scalar = builder.scalar(document.file, &entry.value, "an issuer pattern")?;
        let pattern = match &*entry.key.text {
            "glob" => Pattern::crossing_glob(&scalar.text),
            "regex" => Pattern::regex(&scalar.text),
            "search" => Pattern::search(&scalar.text),
            _ => return None,
        };
        return match pattern {
            Ok(pattern) => Some(id(&scalar.text, Some(pattern), builder)),
            Err(error) => {
                builder.push(Diagnostic::error("bad-pattern", place, error.to_string()));
                None
            }
        };
    }
    let issuer = &builder.scalar(document.file, node, "an issuer")?.text;
    let bad = |reason: &str| {
        Diagnostic::error("bad-issuer", place, format!("`{issuer}` cannot be an issuer: {reason}"))
            .help("write the `iss` of its tokens as they have it, such as `https://ci.example.com`")
    };
    let Some(rest) = issuer.strip_prefix("https://") else {
        builder.push(bad("it does not begin with `https://`"));
        return None;
    };
    let host = rest.split('/').next().unwrap_or("");
    let reason = if host.is_empty() {
        Some("it names no host")
    } else if issuer.contains(['?', '#']) {
        Some("it has a query or a fragment")
    } else if host.contains('@') {
        Some("it has a user name in it")
    } else if issuer.contains('*') {
        Some("issuers are compared as they stand, so there are no patterns")
    } else if !issuer.bytes().all(|byte| byte.is_ascii_graphic()) {
        Some("it holds a character that is not printable ASCII")
    } else if issuer.len() > 255 {
        Some("it is longer than 255 characters")
    } else {
        None
    };
    if let Some(reason) = reason {
        builder.push(bad(reason));
        return None;
    }
    if !builder.generic()
        && let Some((kind, fields)) = covering(issuer, None, builder)
    {
        builder.push(
            Diagnostic::error("catalogue-issuer", place, format!("the catalogue knows this issuer as `{kind}`")).help(
                format!(
                    "use the provider `{kind}`{fields} in its place: it brings claims, requirements and tenants along"
                ),
            ),
        );
        return None;
    }
    Some(id(issuer, None, builder))
}

/// The catalogue entry that an issuer belongs to, read leniently: case, port and a slash at the end do not hide it.
pub(crate) fn covering(
    issuer: &str,
    except: Option<&catalog::Issuer>,
    builder: &Builder<'_>,
) -> Option<(String, String)> {
    let lenient = |text: &str| text.to_ascii_lowercase().replacen(":443", "", 1).trim_end_matches('/').to_owned();
    // Fields whose rule asks for capitals fit the issuer as it stands.
    let (issuer, as_given) = (lenient(issuer), issuer.trim_end_matches('/'));
    for (kind, form) in builder.catalogue.issuers() {
        if except.is_some_and(|except| except.template == form.template) {
            continue;
        }
        let fields: Vec<&str> = form.fields.keys().map(String::as_str).collect();
        let given = match fields.as_slice() {
            [] => String::new(),
            // A form that leaves all but `https://` open covers every issuer; only its users know which it is.
            [field] if form.template == format!("https://{{{field}}}") => continue,
            fields => format!(" with its {}", one_of(fields.iter().copied())),
        };
        let mut expression = String::new();
        let mut rest = lenient(&form.template);
        while let Some((before, after)) = rest.clone().split_once('{') {
            expression.push_str(&escape(before));
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            // A field that its own rule would refuse hides the issuer no better.
            let field = form.fields.get(name).filter(|_| except.is_some());
            let pattern = field.map_or("[^/]+", |field| field.pattern.as_str());
            expression.push_str(&format!("({pattern})"));
            rest = after.to_owned();
        }
        expression.push_str(&escape(&rest));
        if fits(&expression, &issuer) || fits(&expression, as_given) {
            return Some((kind.to_owned(), given));
        }
    }
    // Whatever else stands on a host that is all the provider's own is the provider's as well.
    let owns = |form: &catalog::Issuer| !host(&form.template).contains('{') && host(&form.template) == host(&issuer);
    let mut owners = builder.catalogue.issuers().filter(|(_, form)| owns(form));
    owners.next().filter(|_| except.is_none()).map(|(kind, _)| (kind.to_owned(), String::new()))
}

/// The host of an issuer or of a form's template, with its port.
fn host(issuer: &str) -> &str {
    issuer.strip_prefix("https://").and_then(|rest| rest.split('/').next()).unwrap_or("")
}

/// Refuses an issuer that two kinds of provider have in this very file, as a self-managed host can: under one's own name
/// or the other's it would lose its claims and what it requires by itself.
pub(crate) fn one_kind_each(builder: &mut Builder<'_>) {
    let mut found = Vec::new();
    for (at, own) in builder.parts.providers.iter().enumerate() {
        let others = builder
            .parts
            .providers
            .iter()
            .enumerate()
            .filter(|(_, other)| other.issuer == own.issuer && other.kind != own.kind && other.kind != "custom");
        // Of two kinds of the catalogue the second is told of the first.
        let other =
            others.map(|(before, other)| (before < at, other)).find(|(before, _)| *before || own.kind == "custom");
        if let (Some((_, other)), Some(place)) = (other, own.place) {
            found.push(
                Diagnostic::error(
                    "catalogue-issuer",
                    place,
                    format!("`{}` has the issuer of `{}`, which is `{}`", own.name, other.name, other.kind),
                )
                .help(format!("use `{}` in its place, or `kind: {}` with the same fields", other.name, other.kind)),
            );
        }
    }
    if !builder.generic() {
        builder.diagnostics.extend(found);
    }
}

fn escape(text: &str) -> String {
    text.chars()
        .flat_map(|c| if c.is_ascii_alphanumeric() || "/:-_".contains(c) { vec![c] } else { vec!['\\', c] })
        .collect()
}

/// The issuer under one id however many providers share it.
pub(crate) fn id(text: &str, pattern: Option<Pattern>, builder: &mut Builder<'_>) -> IssuerId {
    let known = builder
        .parts
        .issuers
        .iter()
        .position(|issuer| issuer.text == text && issuer.pattern.is_some() == pattern.is_some());
    let at = known.unwrap_or_else(|| {
        builder.parts.issuers.push(Issuer { text: text.to_owned(), pattern });
        builder.parts.issuers.len() - 1
    });
    IssuerId(u16::try_from(at).unwrap_or(u16::MAX))
}
