//! `when`, `require` and the rows of a table: claims and what is asked of them.

use trustctl_diag::{Diagnostic, FileId, Place};

use crate::model::{Condition, Origin, ProviderId};
use crate::syntax::{Entry, Node, NodeKind};

use super::build::Builder;
use super::claims::{self, NoClaim};
use super::matchers::{self, Position};
use super::templates::TemplateScope;

/// Reads a map of claims to matchers. Templates need the `scope` of a grant.
pub(crate) fn read(
    file: FileId,
    node: &Node<'_>,
    provider: ProviderId,
    origin: Origin,
    scope: Option<&TemplateScope<'_>>,
    builder: &mut Builder<'_>,
) -> Vec<Condition> {
    let entries = match &node.kind {
        NodeKind::Map(entries) => entries,
        NodeKind::Bad => return Vec::new(),
        _ => {
            let place = Place { file, span: node.span };
            builder.push(
                Diagnostic::error("not-a-map", place, "conditions are a map of claims to values")
                    .help("write `{ repository: acme/widgets, environment: npm }`"),
            );
            return Vec::new();
        }
    };
    entries.iter().filter_map(|entry| condition(file, entry, provider, origin, scope, builder)).collect()
}

fn condition(
    file: FileId,
    entry: &Entry<'_>,
    provider: ProviderId,
    origin: Origin,
    scope: Option<&TemplateScope<'_>>,
    builder: &mut Builder<'_>,
) -> Option<Condition> {
    let name = &*entry.key.text;
    let claim = match claims::find(builder, provider, name) {
        Ok(claim) => claim,
        Err(no) => {
            unknown(file, entry, provider, &no, builder);
            return None;
        }
    };
    let position = Position { file, provider, claim, scope };
    let matcher = matchers::read(&position, &entry.value, builder)?;
    Some(Condition {
        claim,
        origin,
        absent_passes: false,
        matcher: builder.matcher(matcher),
        place: Place { file, span: entry.value.span },
        why: None,
    })
}

fn unknown(file: FileId, entry: &Entry<'_>, provider: ProviderId, no: &NoClaim, builder: &mut Builder<'_>) {
    let name = &entry.key.text;
    let place = Place { file, span: entry.key.span };
    let Some(provider) = builder.parts.providers.get(usize::from(provider.0)) else { return };
    let provider_name = &provider.name;
    let diagnostic = match no {
        NoClaim::Envelope => {
            let help = match &**name {
                "aud" => "the audience comes from the registry; say `audience` there where it differs",
                "iss" => "the issuer comes from the provider",
                _ => "remove it: every token's times are checked before the policy is asked",
            };
            Diagnostic::error(
                "envelope-claim",
                place,
                format!("`{name}` is no condition: it is checked of every token"),
            )
            .help(help)
        }
        NoClaim::Unknown(near) => {
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None if provider.kind == "custom" => {
                    format!("declare it: `claims: {{ {name}: string }}` at the provider")
                }
                None => format!("`trustctl providers {}` lists those it has", provider.kind),
            };
            Diagnostic::error("unknown-claim", place, format!("`{provider_name}` tokens have no claim `{name}`"))
                .help(help)
        }
    };
    builder.push(diagnostic);
}
