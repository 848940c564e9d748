//! String patterns as regular languages: match, intersect, compare, witness.
//!
//! This crate is the one definition of what a pattern means. The matcher that decides, the linter
//! that warns and the prover that compares all run the same automaton, so they cannot disagree.
//! A pattern matches a whole text of printable ASCII (`0x20..=0x7e`), in time linear in the text;
//! no text with a control character or a byte above `0x7e` matches, whatever the pattern.
//!
//! ```
//! use trustctl_pattern::{Answer, Pattern};
//!
//! let releases = Pattern::glob("release/*")?;
//! assert!(releases.is_match("release/1.4"));
//! assert!(!releases.is_match("release/1.4/hotfix")); // `*` does not cross `/`
//!
//! let numbered = Pattern::regex(r"release/\d+\.\d+")?;
//! assert_eq!(numbered.language().is_subset_of(&releases.language()), Answer::Yes);
//! assert_eq!(releases.language().is_subset_of(&numbered.language()), Answer::No("release/".into()));
//! # Ok::<(), trustctl_pattern::PatternError>(())
//! ```

mod automaton;
mod cut;
mod error;
mod language;
mod pattern;
mod search;
mod suspicion;
mod syntax;
mod system;
mod words;

pub use cut::{Cut, ambiguous_cut};
pub use error::PatternError;
pub use language::{Answer, Language, LanguagePart, disjoint};
pub use pattern::{Pattern, PatternKind};
pub use search::Limit;
pub use suspicion::{Reading, Suspicion, looks_like_pattern};
pub use system::{Piece, System, SystemPart, Variable, readings};
