//! Why a text is not a pattern, where in the text, and what to write instead.

use std::ops::Range;

/// Why a text cannot be used as a pattern.
///
/// Spans are byte ranges in the text of the pattern, without the quotes of the file it stands in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// The text is longer than a pattern may be.
    #[error("the pattern is {length} bytes long, at most {limit} are allowed")]
    TooLong {
        /// Length of the text in bytes.
        length: usize,
        /// The longest length allowed, in bytes.
        limit: usize,
    },
    /// A character outside printable ASCII, written out or as an escape; no value that matches can hold it.
    #[error("`{}` is not printable ASCII, and patterns match nothing else", .found.escape_default())]
    NotPrintable {
        /// Where it stands.
        span: Range<usize>,
        /// The character.
        found: char,
    },
    /// A character that other pattern languages give a meaning and this one does not.
    #[error("`{found}` has no meaning in a glob")]
    GlobCharacter {
        /// Where it stands.
        span: Range<usize>,
        /// The character.
        found: char,
    },
    /// `**` before the end of a glob.
    #[error("`**` may only be the last thing in a glob")]
    DoubleStar {
        /// Where it stands.
        span: Range<usize>,
    },
    /// A `\` with nothing behind it.
    #[error("`\\` at the end makes no character literal")]
    DanglingEscape {
        /// Where it stands.
        span: Range<usize>,
    },
    /// `^`, `$`, `\A` or `\z` in a pattern that matches the whole value anyway.
    #[error("`{found}` is not allowed: a pattern always matches the whole value")]
    Anchor {
        /// Where it stands.
        span: Range<usize>,
        /// The anchor as written.
        found: String,
    },
    /// `\b` and its kin.
    #[error("the word boundary `{found}` is not allowed")]
    WordBoundary {
        /// Where it stands.
        span: Range<usize>,
        /// The boundary as written.
        found: String,
    },
    /// `(?i)`, `(?s:…)` and the like.
    #[error("flags such as `{found}` are not allowed")]
    Flags {
        /// Where they stand.
        span: Range<usize>,
        /// The flags as written.
        found: String,
    },
    /// `(?=…)`, `(?!…)`, `(?<=…)`, `(?<!…)`.
    #[error("look-around is not allowed")]
    LookAround {
        /// Where it begins.
        span: Range<usize>,
    },
    /// `\1` and the like.
    #[error("a reference back to a group is not allowed")]
    BackReference {
        /// Where it stands.
        span: Range<usize>,
    },
    /// `\p{…}`.
    #[error("the Unicode class `{found}` is not allowed: patterns are ASCII")]
    UnicodeClass {
        /// Where it stands.
        span: Range<usize>,
        /// The class as written.
        found: String,
    },
    /// The text is not a regular expression.
    #[error("not a regular expression: {reason}")]
    Syntax {
        /// Where the parser stopped.
        span: Range<usize>,
        /// What the parser expected, in its own words.
        reason: String,
    },
    /// The pattern is well formed, and its automaton would take too much memory or time.
    #[error("the pattern is too complex: {limit}")]
    TooComplex {
        /// The limit that was met, in words.
        limit: String,
    },
    /// A search with `^` or `$` was used as one part of a longer text, where it has no start or end to mean.
    #[error("a search with `^` or `$` cannot be a part of a longer text")]
    AnchoredPart,
}

impl PatternError {
    /// The bytes of the pattern's text that the error is about; `None` when it is about all of it.
    ///
    /// ```
    /// use trustctl_pattern::Pattern;
    ///
    /// let error = Pattern::regex("^main").unwrap_err();
    /// assert_eq!(error.span(), Some(0..1));
    /// ```
    #[must_use]
    pub fn span(&self) -> Option<Range<usize>> {
        match self {
            Self::NotPrintable { span, .. }
            | Self::GlobCharacter { span, .. }
            | Self::DoubleStar { span }
            | Self::DanglingEscape { span }
            | Self::Anchor { span, .. }
            | Self::WordBoundary { span, .. }
            | Self::Flags { span, .. }
            | Self::LookAround { span }
            | Self::BackReference { span }
            | Self::UnicodeClass { span, .. }
            | Self::Syntax { span, .. } => Some(span.clone()),
            Self::TooLong { .. } | Self::TooComplex { .. } | Self::AnchoredPart => None,
        }
    }

    /// What to write instead, where there is something to say.
    ///
    /// ```
    /// use trustctl_pattern::Pattern;
    ///
    /// let error = Pattern::glob("dependabot[bot]").unwrap_err();
    /// assert_eq!(error.help().as_deref(), Some(r"write `\[` for the character itself, or use a regex"));
    /// ```
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Self::TooLong { .. } => "use a list of shorter patterns".to_owned(),
            Self::NotPrintable { .. } => "give the values as literals".to_owned(),
            Self::GlobCharacter { found, .. } => {
                format!("write `\\{found}` for the character itself, or use a regex")
            }
            Self::DoubleStar { .. } => {
                "write `*` for a run without `/`, `:` and `@`; say the rest of the value in separate claims, or use a regex"
                    .to_owned()
            }
            Self::DanglingEscape { .. } => "write `\\\\` for a backslash".to_owned(),
            Self::Anchor { found, .. } if found.starts_with('\\') => format!("write it without `{found}`"),
            Self::Anchor { found, .. } => {
                format!("write it without `{found}`, or `\\{found}` for the character itself")
            }
            Self::WordBoundary { .. } => "write out the characters that may stand on either side".to_owned(),
            Self::Flags { found, .. } if found.contains('i') => {
                "write both cases, `[Aa]`; for a fixed value use `{ equals: …, ignore-case: true }`".to_owned()
            }
            Self::Flags { .. } => "write the pattern without them".to_owned(),
            Self::LookAround { .. } => "add a second condition under `not`".to_owned(),
            Self::BackReference { .. } => "write the repeated text out".to_owned(),
            Self::UnicodeClass { .. } => "write the ASCII characters, such as `[A-Za-z]`".to_owned(),
            Self::TooComplex { .. } => "use a list of simpler patterns, or shorter counted repetitions".to_owned(),
            Self::Syntax { .. } | Self::AnchoredPart => return None,
        };
        Some(help)
    }
}
