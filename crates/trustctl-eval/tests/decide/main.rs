//! The evaluator on policies as they are written: decisions, the exhaustive table, laws, causes and mends.

#[cfg(test)]
mod aim;
#[cfg(test)]
mod causes;
#[cfg(test)]
mod common;
#[cfg(test)]
mod decisions;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod table;
