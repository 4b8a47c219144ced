//! Running again what a summary file records.

use std::fs;
use std::path::Path;

use super::{CliError, Messages};
use crate::report::json::{self, Recorded};

/// Reads the record of a run from its summary file.
pub(super) fn read(path: &Path, messages: &Messages) -> Result<Recorded, CliError> {
    let text =
        fs::read_to_string(path).map_err(|cause| CliError::Unreadable { path: path.to_owned(), cause })?;
    let record = json::read(&text).map_err(|cause| CliError::Record { path: path.to_owned(), cause })?;
    let host = env!("CARGO_PKG_VERSION");
    let written_by = &record.provenance.host_version;
    if written_by != host {
        messages.warning(format!(
            "{} was written by pointsman {written_by}, this is {host}: figures may differ",
            path.display()
        ));
    }
    Ok(record)
}
