//! The decisions file: JSON lines, first a header, then one decision each in order of request id. A name
//! that ends in `.gz` is compressed.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use flate2::{Compression, bufread::MultiGzDecoder, write::GzEncoder};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::metrics::{DecisionLog, LoggedDecision};
use crate::policy::ProbeCounts;
use crate::run::{Outcome, Used};

/// The version of the form of the file. It grows when a program that reads the file must change.
const SCHEMA_VERSION: u32 = 1;
/// What the file says it is.
const FORMAT: &str = "pointsman-decisions";
/// The first bytes of gzip.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The first line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// `pointsman-decisions`.
    pub format: String,
    /// 1.
    pub schema_version: u32,
    /// Version of the host.
    pub host_version: String,
    /// Root of all randomness.
    pub seed: u64,
    /// Of the whole configuration with its defaults.
    pub config_sha256: String,
    /// The share of requests that was kept.
    pub sample: f64,
    /// Lines that follow.
    pub decisions: u64,
    /// The scorers, in configured order.
    pub scorers: Vec<HeaderScorer>,
    /// Which signals made a difference to them, over all decisions of the run.
    pub probes: Vec<ProbeCounts>,
}

/// A scorer of the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeaderScorer {
    /// Its name.
    pub name: String,
    /// Its weight, for classes without weights of their own.
    pub weight: Option<f64>,
    /// Weights by class and parameters.
    pub note: Option<String>,
    /// Hash of its library; `None`: built in.
    pub library_sha256: Option<String>,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionFile {
    /// Its first line.
    pub header: Header,
    /// The others.
    pub decisions: Vec<LoggedDecision>,
}

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system says so.
    #[error("cannot read {}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Its reason.
        cause: io::Error,
    },
    /// It is something else.
    #[error("{}:1: this is no decisions file ({problem}); write one with `pointsman run --decisions`", path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// What its first line lacks.
        problem: String,
    },
    /// A line is damaged, or lines are missing.
    #[error("{}:{line}: {problem}; the file may be truncated: write it again", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
}

/// Writes the decisions of a run.
///
/// # Errors
///
/// What the writer says.
pub fn write(outcome: &Outcome, log: &DecisionLog, path: &Path, out: &mut dyn Write) -> io::Result<()> {
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut packed = GzEncoder::new(out, Compression::default());
        write_lines(outcome, log, &mut packed)?;
        return packed.finish().map(|_| ());
    }
    write_lines(outcome, log, out)
}

fn write_lines(outcome: &Outcome, log: &DecisionLog, out: &mut dyn Write) -> io::Result<()> {
    let record = &outcome.provenance;
    let config = serde_json::to_vec(&record.config)?;
    let scorer = |used: &Used| HeaderScorer {
        name: used.name.clone(),
        weight: used.weight,
        note: used.note.clone(),
        library_sha256: used.library.as_ref().map(|library| library.sha256.clone()),
    };
    let header = Header {
        format: FORMAT.to_owned(),
        schema_version: SCHEMA_VERSION,
        host_version: record.host_version.clone(),
        seed: record.seed,
        config_sha256: Sha256::digest(&config).iter().map(|byte| format!("{byte:02x}")).collect(),
        sample: log.share,
        decisions: log.decisions().len() as u64,
        scorers: outcome.policies.iter().filter(|used| used.role == "scorer").map(scorer).collect(),
        probes: outcome.probes.clone().unwrap_or_default(),
    };
    serde_json::to_writer(&mut *out, &header)?;
    writeln!(out)?;
    for decision in log.decisions() {
        serde_json::to_writer(&mut *out, decision)?;
        writeln!(out)?;
    }
    out.flush()
}

/// Reads a file, compressed or not.
///
/// # Errors
///
/// What is wrong with it, and in which line.
pub fn read(path: &Path) -> Result<DecisionFile, ReadError> {
    let failed = |cause| ReadError::Io { path: path.to_owned(), cause };
    let mut plain = BufReader::new(File::open(path).map_err(failed)?);
    let is_packed = plain.fill_buf().map_err(failed)?.starts_with(&GZIP);
    let input: Box<dyn Read> = if is_packed { Box::new(MultiGzDecoder::new(plain)) } else { Box::new(plain) };
    let wrong = |line, problem: String| ReadError::Line { path: path.to_owned(), line, problem };
    let mut lines = BufReader::new(input).lines();
    let other = |problem: String| ReadError::Other { path: path.to_owned(), problem };
    let first = lines.next().ok_or_else(|| other("it is empty".to_owned()))?;
    let first = first.map_err(|cause| other(cause.to_string()))?;
    let header: Header = serde_json::from_str(&first).map_err(|cause| other(cause.to_string()))?;
    if header.format != FORMAT || header.schema_version != SCHEMA_VERSION {
        let Header { format, schema_version, .. } = &header;
        return Err(other(format!("it says `{format}`, version {schema_version}")));
    }
    let mut decisions: Vec<LoggedDecision> = Vec::new();
    for (line, number) in lines.zip(2..) {
        let text = line.map_err(|cause| wrong(number, cause.to_string()))?;
        let decision: LoggedDecision =
            serde_json::from_str(&text).map_err(|cause| wrong(number, cause.to_string()))?;
        if !decision.is_whole() {
            return Err(wrong(number, "its columns are of different lengths".to_owned()));
        }
        decisions.push(decision);
    }
    if decisions.len() as u64 != header.decisions {
        let problem = format!("the header says {} decisions, here they end", header.decisions);
        return Err(wrong(decisions.len() + 1, problem));
    }
    Ok(DecisionFile { header, decisions })
}
