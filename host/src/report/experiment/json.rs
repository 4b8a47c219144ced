//! `results.json`: everything that was found, and the way back from the file.

use std::io::{self, Write};

use serde::Deserialize;

use crate::experiment::results::{Results, SCHEMA_VERSION};

/// Writes the results, ending in a line feed.
///
/// # Errors
///
/// What the writer says.
pub fn write(results: &Results, mut out: impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, results)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Why a text is not the results of an experiment.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is JSON, but something else.
    #[error("this is {0}, not the results.json of an experiment")]
    Other(&'static str),
    /// It is no JSON, or it was damaged.
    #[error("this is not a results.json that `pointsman experiment` wrote, or it was damaged: {0}")]
    Form(#[from] serde_json::Error),
    /// Another version wrote it.
    #[error(
        "these results have schema version {found}, this host reads version {SCHEMA_VERSION}; use the \
         pointsman {host} that wrote them"
    )]
    Version {
        /// The version in the file.
        found: u64,
        /// The host that wrote it.
        host: String,
    },
}

/// Reads results back.
///
/// # Errors
///
/// Why the text is no results of this version.
pub fn read(text: &str) -> Result<Results, ReadError> {
    #[derive(Deserialize)]
    struct Form {
        schema_version: Option<u64>,
        host_version: Option<String>,
        provenance: Option<serde::de::IgnoredAny>,
        hypotheses: Option<serde::de::IgnoredAny>,
    }
    let form: Form = serde_json::from_str(text)?;
    if form.provenance.is_some() {
        return Err(ReadError::Other("the summary of one run (`pointsman run --summary`)"));
    }
    match form.schema_version {
        Some(found) if found != u64::from(SCHEMA_VERSION) => {
            let host = form.host_version.unwrap_or_else(|| "of another version".to_owned());
            Err(ReadError::Version { found, host })
        }
        Some(_) if form.hypotheses.is_some() => Ok(serde_json::from_str(text)?),
        _ => Err(ReadError::Other("some other JSON document")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let results = sample::results();
        let mut out = Vec::new();
        write(&results, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.ends_with("}\n"));
        assert_eq!(read(&text).unwrap(), results);
    }

    #[test]
    fn the_wrong_file_is_named() {
        let problem = |text: &str| read(text).unwrap_err().to_string();
        assert!(
            problem(r#"{"schema_version": 1, "provenance": {}}"#)
                .starts_with("this is the summary of one run")
        );
        assert!(problem(r#"{"name": "x"}"#).starts_with("this is some other JSON document"));
        assert!(problem("base: run.yaml").contains("or it was damaged: expected value at line 1"));
        let newer = problem(r#"{"schema_version": 9, "host_version": "0.7.0", "hypotheses": []}"#);
        assert!(newer.contains("version 9") && newer.ends_with("use the pointsman 0.7.0 that wrote them"));
    }
}
