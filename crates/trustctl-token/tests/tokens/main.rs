//! Tokens and key sets as the world sends them.

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod captured;
#[cfg(test)]
mod common;
#[cfg(test)]
mod key_sets;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod registered_claims;
