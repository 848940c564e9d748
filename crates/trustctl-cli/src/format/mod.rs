//! Output formats: one file per format, one file per kind of report in it.

pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod markdown;

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people: colour and line drawing on a terminal, plain ASCII in a pipe
    #[default]
    Human,
    /// For programs: one JSON object with `"version": 1`
    Json,
}
