//! Why a data file cannot be read.

/// A data file that does not fit the format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// It is no YAML, or a field is unknown, missing, given twice or of the wrong type.
    #[error("`{file}`, line {line}, column {column}: {problem}")]
    Form {
        /// The file.
        file: String,
        /// From 1; 0 where unknown.
        line: u64,
        /// From 1; 0 where unknown.
        column: u64,
        /// What is wrong, with the field.
        problem: String,
    },
    /// A field's value does not make sense.
    #[error("`{file}`, `{field}`: {problem}")]
    Field {
        /// The file.
        file: String,
        /// The way to the field: `claims.branch.derived`.
        field: String,
        /// What is wrong.
        problem: String,
    },
    /// Two files define the same kind.
    #[error("`{file}`: `{kind}` is defined twice")]
    Twice {
        /// The second file.
        file: String,
        /// The kind.
        kind: String,
    },
}
