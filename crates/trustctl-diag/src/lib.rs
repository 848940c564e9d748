//! Places in source text, and what is wrong there.
//!
//! The bottom of the workspace: every crate that reads text says what it found as a
//! [`Diagnostic`] that points at [`Place`]s; the command renders them. Nothing here
//! depends on a sibling, and nothing here prints.

mod diagnostic;
mod lines;
mod sources;

pub use diagnostic::{Diagnostic, Label, Severity};
pub use lines::LineIndex;
pub use sources::{FileId, Place, Position, Range, Sources, Span};
