//! The typed model of `registries/*.yaml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Requirement;

/// One registry profile.
#[derive(Debug, Clone)]
pub struct Registry {
    /// The name a trust file uses: `npm`.
    pub kind: String,
    /// The registry's own name.
    pub title: String,
    /// One or two sentences for `trustctl providers` and the docs.
    pub about: String,
    /// What the trust file must give: `account` and `repository` for Cloudsmith.
    pub fields: BTreeMap<String, RegistryField>,
    /// The audience a token must carry.
    pub audience: AudienceForm,
    /// Package names; `None` where it has none.
    pub packages: Option<NameRule>,
    /// Versions; the normal form of a version is the version as published.
    pub versions: Option<NameRule>,
    /// Service accounts; `None` where it has none.
    pub accounts: Option<NameRule>,
    /// What can be done to a package; the first is the main one.
    pub actions: Vec<Action>,
    /// Whether a grant may name packages by a glob.
    pub package_globs: bool,
    /// By provider kind: what the registry requires by itself.
    pub requires: BTreeMap<String, Vec<Requirement>>,
    /// Facts a reader should know that are no rule.
    pub notes: Vec<String>,
    /// How the rules above are known.
    pub basis: Basis,
    /// Pages the facts come from.
    pub sources: Vec<String>,
    /// When they were last compared with their sources.
    pub checked: String,
}

/// A key the trust file gives for this kind of registry.
#[derive(Debug, Clone)]
pub struct RegistryField {
    /// Regular expression that the whole value must match.
    pub pattern: String,
    /// What it is.
    pub about: String,
    /// A value that fits.
    pub example: String,
}

/// Where a registry's audience comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AudienceForm {
    /// Fixed by the registry; the trust file may not give another (per provider it may, where the provider cannot be asked).
    Fixed(String),
    /// This one unless the trust file says `audience:`; `{field}` is filled in from the trust file.
    Default(String),
    /// The trust file must say `audience:`.
    Given,
}

/// The grammar of names.
#[derive(Debug, Clone)]
pub struct NameRule {
    /// Regular expression that the whole name, in normal form, must match.
    pub pattern: String,
    /// Longest name in bytes.
    pub longest: usize,
    /// The form that names are compared in.
    pub normal_form: NormalForm,
    /// The grammar in words, for messages.
    pub about: String,
    /// A name that fits.
    pub example: String,
}

/// The form that names of a registry are compared in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NormalForm {
    /// As written.
    Exact,
    /// ASCII lower case.
    Lower,
    /// PEP 503: lower case, runs of `-`, `_` and `.` become one `-`.
    Pep503,
}

impl NormalForm {
    /// `name` in this form.
    pub fn apply(self, name: &str) -> String {
        match self {
            Self::Exact => name.to_owned(),
            Self::Lower => name.to_ascii_lowercase(),
            Self::Pep503 => {
                let mut normal = String::with_capacity(name.len());
                for c in name.chars().map(|c| c.to_ascii_lowercase()) {
                    let c = if matches!(c, '_' | '.') { '-' } else { c };
                    if c != '-' || !normal.ends_with('-') {
                        normal.push(c);
                    }
                }
                normal
            }
        }
    }
}

/// Something that can be done to a package.
#[derive(Debug, Clone)]
pub struct Action {
    /// The name a trust file uses: `publish`.
    pub name: String,
    /// What it allows.
    pub about: String,
    /// Whether it only reads.
    pub reads: bool,
}

/// How a registry's rules are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Read in its source code.
    Source,
    /// Known from its documentation only.
    Documentation,
    /// Defined by trustctl.
    Ours,
}
