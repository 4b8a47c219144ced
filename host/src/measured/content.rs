//! What prompts were made of: which 16-token blocks they shared.

use std::path::Path;

use serde_json::Value;

use super::MeasuredError;

/// Tokens of a block of such a file.
pub const CONTENT_BLOCK: u64 = 16;

/// Reads JSON lines with `hash_ids_16`, a request a line in the order of arrival: one number per full block of
/// 16 tokens of its prompt; equal numbers are equal content after an equal beginning.
///
/// # Errors
///
/// The first thing that is wrong, with its line.
pub fn read_content(path: &Path) -> Result<Vec<Vec<u64>>, MeasuredError> {
    let text = std::fs::read_to_string(path).map_err(|error| MeasuredError::unreadable(path, &error))?;
    let mut all = Vec::new();
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        let value: Value = serde_json::from_str(text)
            .map_err(|error| MeasuredError::line(path, line, format!("this is no JSON: {error}")))?;
        let ids = value.get("hash_ids_16").and_then(Value::as_array);
        let ids = ids.and_then(|ids| ids.iter().map(Value::as_u64).collect::<Option<Vec<u64>>>());
        let wrong = || MeasuredError::cell(path, line, "hash_ids_16", "it must be a list of whole numbers");
        all.push(ids.ok_or_else(wrong)?);
    }
    Ok(all)
}
