//! A token's claims as typed values.
//!
//! JSON leaves open what verifiers then disagree about: which of two members of one name counts,
//! whether `42.0` is an integer, whether `null` is a value. Here each has one answer. A second
//! member of one name is refused at any depth, numbers keep the digits they were written with,
//! and [`Value::is_absent`] is the one definition of an absent claim. Nothing is copied unless an
//! escape forces it, because this runs once per token. No I/O, no clock.

mod difference;
mod error;
mod object;
mod parse;
mod scan;
mod time;
mod value;

pub use difference::{Difference, SubjectDifference, without_ids};
pub use error::{ClaimsError, JsonKind};
pub use object::{ClaimKey, Claims, Object};
pub use parse::{MAX_BYTES, MAX_DEPTH, MAX_VALUES};
pub use time::UnixTime;
pub use value::Value;
