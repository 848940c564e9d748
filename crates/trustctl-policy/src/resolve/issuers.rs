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
    let issuer = lenient(issuer);
    for entry in &builder.catalogue.providers {
        for form in entry.issuers.iter().filter(|form| except.is_none_or(|except| except.template != form.template)) {
            let fields: Vec<&str> = form.fields.keys().map(String::as_str).collect();
            let given = match fields.as_slice() {
                [] => String::new(),
                // A form that leaves the host open covers every host; only its users know which it is.
                _ if form.template == "https://{host}" => continue,
                fields => format!(" with its {}", one_of(fields.iter().copied())),
            };
            let mut expression = String::new();
            let mut rest = lenient(&form.template);
            while let Some((before, after)) = rest.clone().split_once('{') {
                expression.push_str(&escape(before));
                let (name, after) = after.split_once('}').unwrap_or((after, ""));
                let pattern = form.fields.get(name).map_or("[^/]+", |field| field.pattern.as_str());
                expression.push_str(&format!("({pattern})"));
                rest = after.to_owned();
            }
            expression.push_str(&escape(&rest));
            if fits(&expression, &issuer) {
                return Some((entry.kind.clone(), given));
            }
        }
    }
    None
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
