//! What tests of several crates share: minted tokens and the Markdown test format.
