//! The data files: each by itself, each with the others, and what the reader says of broken ones.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may stop where its data surprise it; the helpers beside the tests are tests too"
)]

mod catalogue;
mod common;
mod derivations;
mod documented;
mod format;
mod registries;
