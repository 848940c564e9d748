//! The evaluator on policies as they are written: decisions, the exhaustive table, laws, causes and mends.

mod causes;
mod common;
mod decisions;
mod laws;
mod table;
