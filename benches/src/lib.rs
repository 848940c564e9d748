//! What the benchmark measures with: a clock that knows its unit, the same policy in four languages, tokens.

pub mod clock;
pub mod others;
pub mod tokens;
pub mod workload;
