//! What can be wrong with a workload: its description, or the data that it reads.

/// Why a workload cannot be made or read. Its text is one sentence that says what and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkloadError {
    /// The description contradicts itself or the rest of the configuration.
    #[error("`{key}`: {problem}")]
    Config {
        /// Dotted path of the key in the configuration, such as `workload.arrivals.cv`.
        key: String,
        /// What is wrong with it and what to do.
        problem: String,
    },
    /// A file says something that cannot be.
    #[error("{file}:{line}{}: {problem}", column.map(|c| format!(":{c}")).unwrap_or_default())]
    Data {
        /// The file, as it was named.
        file: String,
        /// Line, from 1.
        line: u64,
        /// Byte column, from 1, where one place on the line is to blame.
        column: Option<u64>,
        /// What is wrong and what to do.
        problem: String,
    },
    /// A file as a whole cannot be used.
    #[error("{file}: {problem}")]
    File {
        /// The file, as it was named.
        file: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// Somebody asked for the end while a trace was read.
    #[error("interrupted")]
    Interrupted,
    /// Generating requests ran out of the range of a number.
    #[error("{0}")]
    Range(String),
}

impl WorkloadError {
    /// A contradiction at the dotted path `key`.
    pub(crate) fn config(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Config { key: key.into(), problem: problem.into() }
    }

    /// Bad data in `file` at `line`, and at `column` where that is known.
    pub(crate) fn data(file: &str, line: u64, column: Option<u64>, problem: impl Into<String>) -> Self {
        Self::Data { file: file.to_owned(), line, column, problem: problem.into() }
    }

    /// A file that cannot be used as a whole.
    pub(crate) fn file(file: &str, problem: impl Into<String>) -> Self {
        Self::File { file: file.to_owned(), problem: problem.into() }
    }
}
