//! The decision: effective grants, claims, a request and a time.
//!
//! *policy → [`Evaluator`]* once; *claims × request × time → [`Decision`]* as often as asked. The function is pure,
//! total and borrows everything: no I/O, no clock, no error, no panic, and no allocation where the answer is
//! yes. Everything unclear is a deny. Why it came out so is a [`Trace`], worked out only when asked for.

mod cause;
mod condition;
mod decision;
mod evaluate;
mod few;
mod index;
mod request;
mod trace;
mod value;

pub use condition::Status;
pub use decision::{Allowed, BadRequest, Binding, Decision, DenyReason, Effect};
pub use evaluate::Evaluator;
pub use request::{Request, Target};
pub use trace::{Beside, GrantTrace, Line, Mend, Near, NearKind, Shown, Trace, What};
