//! Text with parts of the request in it: `v{version}`.

use super::{NameGrammar, Text};

/// One of the policy's templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TemplateId(pub(crate) u32);

/// A part of a [`Template`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TemplatePart {
    /// This text.
    Text(Text),
    /// `{version}`; at most once in a template.
    Version,
    /// `{package}`: the whole name.
    Package,
    /// `{package.scope}`: `@acme` of `@acme/widgets`, without the `@`; nothing equals it where a name has no scope.
    Scope,
    /// `{package.name}`: what follows the scope.
    Name,
}

/// Literal text and holes in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The parts.
    pub parts: Vec<TemplatePart>,
    /// As the trust file has it.
    pub source: Text,
}

/// What a template says of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplateMatch<'v> {
    /// Another text.
    No,
    /// That text.
    Yes,
    /// That text if the version is this one; only where the request has no version.
    IfVersion(&'v str),
}

impl Template {
    /// Compares `value` with the template, filled in from a package's name and perhaps a version.
    ///
    /// `text` reads the policy's arena. Where `version` is `None`, `{version}` stands for exactly one text of
    /// `versions`: literal text is taken off both ends, and what is left must be of the grammar.
    pub fn compare<'v, 't>(
        &self,
        value: &'v str,
        package: &str,
        version: Option<&str>,
        versions: Option<&NameGrammar>,
        text: impl Fn(Text) -> &'t str,
    ) -> TemplateMatch<'v> {
        let fill = |part: &TemplatePart| -> Option<FilledPart<'_, 't>> {
            Some(FilledPart(match part {
                TemplatePart::Text(of) => Ok(text(*of)),
                TemplatePart::Package => Err(package),
                TemplatePart::Scope => Err(split_scope(package).0?),
                TemplatePart::Name => Err(split_scope(package).1),
                TemplatePart::Version => Err(version?),
            }))
        };
        let at_version = self.parts.iter().position(|part| *part == TemplatePart::Version);
        let (before, after) = match at_version {
            Some(at) => match self.parts.split_at_checked(at) {
                Some((before, [_, after @ ..])) => (before, after),
                _ => return TemplateMatch::No,
            },
            None => (self.parts.as_slice(), [].as_slice()),
        };
        let mut rest = value;
        for part in before {
            match fill(part).and_then(|part| rest.strip_prefix(part.text())) {
                Some(left) => rest = left,
                None => return TemplateMatch::No,
            }
        }
        for part in after.iter().rev() {
            match fill(part).and_then(|part| rest.strip_suffix(part.text())) {
                Some(left) => rest = left,
                None => return TemplateMatch::No,
            }
        }
        match (at_version, version) {
            (None, _) if rest.is_empty() => TemplateMatch::Yes,
            (Some(_), Some(version)) if rest == version => TemplateMatch::Yes,
            (Some(_), None) if versions.is_some_and(|grammar| grammar.check(rest).is_ok()) => {
                TemplateMatch::IfVersion(rest)
            }
            _ => TemplateMatch::No,
        }
    }
}

/// A filled-in part: the policy's text, or the request's.
struct FilledPart<'r, 't>(Result<&'t str, &'r str>);

impl FilledPart<'_, '_> {
    fn text(&self) -> &str {
        match self.0 {
            Ok(text) | Err(text) => text,
        }
    }
}

/// `@acme/widgets` is `acme` and `widgets`; `widgets` has no scope.
pub(crate) fn split_scope(package: &str) -> (Option<&str>, &str) {
    match package.strip_prefix('@').and_then(|rest| rest.split_once('/')) {
        Some((scope, name)) => (Some(scope), name),
        None => (None, package),
    }
}
