//! What holds of every profile, what the reader says of broken ones, and what single vectors cannot ask.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop where its data surprise it; the helpers beside the tests are tests too"
)]

mod ask;
mod decisions;
mod format;
mod npm;
mod nuget;
mod rubygems;
mod sound;
