//! Records turned into trust files and back decide as their registry does, over every vector of the project.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop where its data surprise it; the helpers beside the tests are tests too"
)]

mod exports;
mod grants;
mod imports;
mod native;
mod pairs;
mod vectors;
