//! A record's fields: which values the registry takes, and what it makes of them.

use serde::Deserialize;

use super::TemplateText;

/// One field of a record.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Field {
    /// Its name in templates, usually the registry's own.
    pub name: String,
    /// Where a record file has it, as JSON Pointers (RFC 6901), the first being the one that is written; `/NAME` where empty.
    /// `""` is the whole record, where it is no object: a list of statements.
    #[serde(default)]
    pub at: Vec<String>,
    /// What it is, and where a user finds it.
    pub about: String,
    /// Its type.
    #[serde(default, rename = "type")]
    pub kind: FieldType,
    /// Whether a record must have it.
    #[serde(default)]
    pub required: bool,
    /// Whether the registry fills it in by itself: users do not write it.
    #[serde(default)]
    pub resolved: bool,
    /// The field without which the registry forgets this one.
    #[serde(default)]
    pub only_with: Option<String>,
    /// What an empty text is.
    #[serde(default)]
    pub blank: Blank,
    /// What it counts as where the record does not have it.
    #[serde(default)]
    pub default: Option<String>,
    /// What the registry does to the value before it looks at it, in this order.
    #[serde(default)]
    pub normal: Vec<Normal>,
    /// What must hold of the value then; the first that does not is the registry's reason.
    #[serde(default)]
    pub rules: Vec<FieldRule>,
    /// A value that fits.
    pub example: String,
}

/// The type of a field's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// Text.
    #[default]
    Text,
    /// A whole number; a text of digits does as well.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A list of texts.
    List,
    /// A moment, RFC 3339.
    Moment,
    /// Whatever the statements' style reads.
    Any,
}

/// What an empty text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blank {
    /// As if the field were not there.
    #[default]
    None,
    /// An error.
    Refused,
}

/// What a registry does to a value before it looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Normal {
    /// Blanks at both ends go.
    Trim,
    /// Only a value of nothing but blanks becomes empty.
    BlanksAreEmpty,
    /// ASCII letters become small.
    Lower,
    /// A repository's address becomes its name, where its owner is the record's `owner` field: NuGet's way.
    RepositoryName,
    /// A workflow's path becomes its name below `.github/workflows/`: NuGet's way.
    WorkflowFile,
    /// The last part of a path or address, query and fragment cut off: NuGet's way.
    LastSegment,
    /// A slash at the end goes: an issuer that is written as an address.
    NoEndSlash,
}

/// What must hold of a field's value.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FieldRule {
    /// Regular expression of the whole value, which is ASCII then.
    #[serde(default)]
    pub matches: Option<String>,
    /// Regular expression that the whole value must not match.
    #[serde(default)]
    pub never: Option<String>,
    /// Endings, one of which it has, with something before it.
    #[serde(default)]
    pub ends_in: Vec<String>,
    /// Whether there may be nothing before the ending.
    #[serde(default)]
    pub bare: bool,
    /// Most characters.
    #[serde(default)]
    pub longest: Option<usize>,
    /// Most bytes of UTF-8.
    #[serde(default)]
    pub longest_bytes: Option<usize>,
    /// Characters that it must not hold.
    #[serde(default)]
    pub without: Option<String>,
    /// Whether control characters are refused too (below U+0020, and U+007F).
    #[serde(default)]
    pub without_controls: bool,
    /// Whether a space at an end is refused.
    #[serde(default)]
    pub no_outer_blanks: bool,
    /// Most members of a list.
    #[serde(default)]
    pub most: Option<usize>,
    /// Whether no member of a list may stand in it twice.
    #[serde(default)]
    pub distinct: bool,
    /// A member of a list that must be its only one.
    #[serde(default)]
    pub alone: Option<String>,
    /// The reason and the mend.
    pub says: Words,
}

/// Why a value is refused, and what to write.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Words {
    /// The reason: `must end in .yml or .yaml`.
    pub reason: String,
    /// What to write.
    pub mend: String,
}

/// What must hold between fields.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RecordRule {
    /// The field that is pointed at.
    pub field: String,
    /// Both of two fields or neither.
    #[serde(default)]
    pub together: Vec<String>,
    /// At least one of these booleans is true.
    #[serde(default)]
    pub some_true: Vec<String>,
    /// The field must be set where this boolean is true.
    #[serde(default)]
    pub needed_where: Option<String>,
    /// The field must be set unless this boolean is there and false.
    #[serde(default)]
    pub needed_unless_off: Option<String>,
    /// Two templates that must not come to the same text.
    #[serde(default)]
    pub differ: Vec<TemplateText>,
    /// The reason and the mend.
    pub says: Words,
}
