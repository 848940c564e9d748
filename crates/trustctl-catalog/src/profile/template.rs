//! Texts with holes, which a registry's rule compares claims with.

use serde::Deserialize;

/// A text with holes: `{repository}/.github/workflows/{workflow_filename}@{token.ref}`.
///
/// `{field}` is the record's field or a computed value, `{field|take}` a piece of it, `{field|version}` that with
/// `{{version}}` replaced by the version that is asked for, `{setting.name}` the operator's setting, `{token.claim}`
/// another claim of the token, `{token.claim|take}` a piece of it. `{{` and `}}` are braces.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct TemplateText {
    /// As written.
    pub text: String,
    /// Its parts in order.
    pub parts: Vec<Part>,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// This text.
    Text(String),
    /// Filled in.
    Hole(Hole),
}

/// What fills a hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hole {
    /// A field of the record, or a computed value, or a piece of it.
    Field(String, Take),
    /// The same, with `{{version}}` in it replaced by the version that is asked for.
    FieldForVersion(String),
    /// An operator's setting.
    Setting(String),
    /// A claim of the token, or a piece of it.
    Token(String, Take),
}

/// Which piece of a text is meant. All but `Whole` are absent where the text has no such piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Take {
    /// All of it.
    #[default]
    Whole,
    /// `acme` in `acme/tools/widgets`.
    BeforeFirstSlash,
    /// `tools/widgets` in `acme/tools/widgets`.
    AfterFirstSlash,
    /// `acme/tools` in `acme/tools/widgets`.
    BeforeLastSlash,
    /// `widgets` in `acme/tools/widgets`.
    AfterLastSlash,
    /// What stands before the first `@`.
    BeforeFirstAt,
    /// The workflow's file in a GitHub workflow ref, as PyPI and crates.io cut it: the first part between slashes that
    /// has a `.yml` or `.yaml` before an `@`, up to the last such place; never the bare suffix.
    WorkflowFilename,
    /// The configuration's path in a GitLab `ci_config_ref_uri`: between the first `//` and the last `@`, ending in
    /// `.yml` or `.yaml` with a name before that; crates.io's way, in which a ref with an `@` hides the file.
    ConfigFilepath,
    /// The same, up to the last `@` that stands behind `.yml` or `.yaml`, so that a ref may hold an `@`; PyPI's way.
    ConfigFilepathBySuffix,
    /// `OWNER/NAME` in `OWNER/NAME/.github/workflows/FILE@REF`, where the text has that form; RubyGems' way.
    WorkflowRepository,
    /// `FILE` in the same, up to the first `@`.
    WorkflowFile,
    /// `REF` in the same, after the first `@`.
    WorkflowRef,
    /// The first two parts between colons.
    TwoComponents,
    /// The first four parts between colons.
    FourComponents,
    /// `gitlab.acme.example:8443` in `https://gitlab.acme.example:8443/path`.
    Host,
}

impl Take {
    /// Every piece there is, with the name that files use.
    pub const ALL: [(&'static str, Take); 15] = [
        ("whole", Take::Whole),
        ("before-first-slash", Take::BeforeFirstSlash),
        ("after-first-slash", Take::AfterFirstSlash),
        ("before-last-slash", Take::BeforeLastSlash),
        ("after-last-slash", Take::AfterLastSlash),
        ("before-first-at", Take::BeforeFirstAt),
        ("workflow-filename", Take::WorkflowFilename),
        ("config-filepath", Take::ConfigFilepath),
        ("config-filepath-by-suffix", Take::ConfigFilepathBySuffix),
        ("workflow-repository", Take::WorkflowRepository),
        ("workflow-file", Take::WorkflowFile),
        ("workflow-ref", Take::WorkflowRef),
        ("two-components", Take::TwoComponents),
        ("four-components", Take::FourComponents),
        ("host", Take::Host),
    ];

    /// The name that files use.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, take)| *take == self).map_or("whole", |(name, _)| name)
    }

    /// The piece of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find_map(|(known, take)| (*known == name).then_some(*take))
    }
}

impl TemplateText {
    /// The names of fields and computed values in it.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Hole(Hole::Field(name, _) | Hole::FieldForVersion(name)) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The claims in it.
    pub fn claims(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Hole(Hole::Token(name, _)) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The settings in it.
    pub fn settings(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Hole(Hole::Setting(name)) => Some(name.as_str()),
            _ => None,
        })
    }
}

impl TryFrom<String> for TemplateText {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            literal.push_str(before);
            if let Some(after) = from.strip_prefix("{{") {
                literal.push('{');
                rest = after;
            } else if let Some(after) = from.strip_prefix("}}") {
                literal.push('}');
                rest = after;
            } else if let Some((hole, after)) = from.strip_prefix('{').and_then(|from| from.split_once('}')) {
                if !literal.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut literal)));
                }
                parts.push(Part::Hole(hole_named(hole)?));
                rest = after;
            } else {
                return Err(format!("`{text}` has a brace without its partner; a brace itself is written twice"));
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        Ok(Self { text, parts })
    }
}

fn hole_named(hole: &str) -> Result<Hole, String> {
    if let Some(token) = hole.strip_prefix("token.") {
        let (claim, take) = token.split_once('|').unwrap_or((token, "whole"));
        let take = Take::named(take).ok_or_else(|| format!("`{take}` is no piece of a claim"))?;
        return Ok(Hole::Token(claim.to_owned(), take));
    }
    if let Some(setting) = hole.strip_prefix("setting.") {
        return Ok(Hole::Setting(setting.to_owned()));
    }
    match hole.split_once('|') {
        None => Ok(Hole::Field(hole.to_owned(), Take::Whole)),
        Some((field, "version")) => Ok(Hole::FieldForVersion(field.to_owned())),
        Some((field, take)) => match Take::named(take) {
            Some(take) => Ok(Hole::Field(field.to_owned(), take)),
            None => Err(format!("`{take}` is no piece of a field, and not `version`")),
        },
    }
}
