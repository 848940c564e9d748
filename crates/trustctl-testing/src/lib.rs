//! Tests that read like prose: a Markdown file is a suite.
//!
//! Headings name the cases, fenced blocks are trust files, claims and decisions, trailing comments are the
//! assertions; `docs/testing.md` has the format. A suite asserts everything: a diagnostic nobody expected fails it, a
//! deny says why, and a block that is no part of the format is an error, so that nothing goes untested unseen.

mod assertion;
mod block;
mod claims;
mod decide;
mod markdown;
mod policy;
mod suite;

pub use suite::{Outcome, Suite};
