//! Running again what a summary file records.

use std::fs;
use std::path::Path;

use super::{CliError, Messages};
use crate::report::json::read_provenance;
use crate::run::Provenance;

/// Reads the record of a run from its summary file.
pub(super) fn read(path: &Path, messages: &Messages) -> Result<Provenance, CliError> {
    let text =
        fs::read_to_string(path).map_err(|cause| CliError::Unreadable { path: path.to_owned(), cause })?;
    let record = read_provenance(&text).map_err(|cause| CliError::Record { path: path.to_owned(), cause })?;
    let host = env!("CARGO_PKG_VERSION");
    if record.host_version != host {
        messages.warning(format!(
            "{} was written by pointsman {}, this is {host}: figures may differ",
            path.display(),
            record.host_version
        ));
    }
    Ok(record)
}
