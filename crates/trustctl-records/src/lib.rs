//! What registries do with their own trust records.
//!
//! A registry that has trusted publishing keeps records of its own: an owner, a repository, a workflow's file. This
//! crate reads such a record as the registry would, with the registry's reason where it refuses one, and decides upon a
//! token step by step in the registry's order. All that is particular to a registry is data in the catalogue
//! (`profiles/*.yaml`); what is code here are small pure functions that the data names.
//!
//! *record → [`Record`] → [`Judge`] ← claims* : [`Judge::decide`] for the answer, [`Judge::explain`] for the reasons.

mod cause;
mod check;
mod envelope;
mod explain;
mod export;
mod file;
mod fitting;
mod import;
mod judge;
mod normal;
mod permissions;
mod prepare;
mod profile_pattern;
mod record;
mod rules;
mod said;
mod statements;
mod take;

pub use check::{Learned, Miss};
pub use envelope::{Header, Used};
pub use explain::{Explanation, RecordReport, StepReport, StepState};
pub use export::{Export, ExportProblem, ExportWarning, Exported, ExportedRecord};
pub use file::{
    OfRegistry, RECORD_REFUSED, Written, read_file, read_file_by_registry, read_file_with_settings, read_written,
};
pub use fitting::Fitting;
pub use import::{Import, ImportError, ImportWarning, Imported};
pub use judge::{Judge, Question, Ruling, Settings};
pub use record::{FieldValue, Record, RecordProblem};
pub use take::{is_reusable, take};
pub use trustctl_catalog::profile::{self, Profile};
