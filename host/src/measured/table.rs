//! CSV: a line of names, then a request a line.

use std::path::Path;

use super::columns::Found;
use super::{Columns, Field, MeasuredError, Raw, Row};

/// Columns that say that a request failed, with the values that say it did not.
const FAILED: [(&str, &[&str]); 3] =
    [("status", &["ok", "success", "200"]), ("has_error", &["0", "false", ""]), ("error", &["", "0"])];

pub(super) fn read(path: &Path, text: &str, columns: &Columns) -> Result<Vec<Row>, MeasuredError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let of_csv = |error: &csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        let message = match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("it has {len} cells, and the line of names has {expected_len}")
            }
            _ => format!("this is no CSV: {error}"),
        };
        MeasuredError::line(path, line, message)
    };
    let heads = reader.headers().map_err(|error| of_csv(&error))?.clone();
    let heads: Vec<&str> = heads.iter().collect();
    let mut found = Vec::new();
    for field in Field::ALL {
        if field == Field::OutputTokens && columns.output_tokens.is_some() {
            continue;
        }
        let place = columns.find(field, &heads).map_err(|message| MeasuredError::line(path, 1, message))?;
        found.push((field, place));
    }
    let failed: Vec<(usize, &[&str])> = FAILED
        .iter()
        .filter_map(|(name, good)| Some((heads.iter().position(|head| head == name)?, *good)))
        .collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| of_csv(&error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let has_failed = failed.iter().any(|(at, good)| {
            !good.contains(&record.get(*at).unwrap_or_default().to_ascii_lowercase().as_str())
        });
        let cell = |wanted: Field| found.iter().find(|(field, _)| *field == wanted).map(|(_, place)| place);
        let head = |field| cell(field).map_or("", |place| heads[place.at]);
        let wrong = |field, message: String| MeasuredError::cell(path, line, head(field), message);
        let text = |place: &Found| record.get(place.at).unwrap_or_default();
        let time = |field: Field| -> Result<f64, MeasuredError> {
            let Some(place) = cell(field) else { return Ok(0.0) };
            number(text(place)).map(|time| time * place.unit_us).map_err(|message| wrong(field, message))
        };
        let tokens = |field: Field| -> Result<u64, MeasuredError> {
            let Some(place) = cell(field) else { return Ok(columns.output_tokens.unwrap_or(0)) };
            let count = number(text(place)).map_err(|message| wrong(field, message))?;
            if count.fract() != 0.0 {
                return Err(wrong(field, format!("`{}` is not a whole number of tokens", text(place))));
            }
            Ok(count as u64)
        };
        let seen = |field| if has_failed { Ok(None) } else { time(field).map(Some) };
        let raw = Raw {
            arrival_us: time(Field::Arrival)?,
            prompt_tokens: tokens(Field::PromptTokens)?,
            // Of one that failed, what it would have been does not matter.
            output_tokens: if has_failed {
                tokens(Field::OutputTokens)?.max(1)
            } else {
                tokens(Field::OutputTokens)?
            },
            ttft_us: seen(Field::Ttft)?,
            e2e_us: seen(Field::E2e)?,
        };
        rows.push(raw.checked().map_err(|(field, message)| wrong(field, message))?);
    }
    Ok(rows)
}

/// A number that a time or a count may be: 0 or more.
pub(super) fn number(text: &str) -> Result<f64, String> {
    /// 31 years in nanoseconds, and any time since 1970 in seconds.
    const MOST: f64 = 1e18;
    match text.parse::<f64>() {
        Ok(number) if number < 0.0 => Err(format!("`{text}` is negative")),
        Ok(number) if number <= MOST => Ok(number),
        Ok(_) => Err(format!("`{text}` is no usable number")),
        Err(_) if text.is_empty() => Err("there is nothing".to_owned()),
        Err(_) => Err(format!("`{text}` is not a number")),
    }
}
