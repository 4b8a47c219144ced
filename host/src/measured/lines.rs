//! JSON lines with the times at which vLLM's engine did something, on one clock, in seconds:
//! `queued_ts`, `first_token_ts` and `last_token_ts`, with `input_toks` and `output_toks`.

use std::path::Path;

use serde_json::{Map, Value};

use super::{Columns, Field, MeasuredError, Raw, Row};

pub(super) fn read(path: &Path, text: &str, columns: &Columns) -> Result<Vec<Row>, MeasuredError> {
    let mut rows = Vec::new();
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        let object: Map<String, Value> = serde_json::from_str(text)
            .map_err(|error| MeasuredError::line(path, line, format!("this is no JSON object: {error}")))?;
        let number = |key: &str| -> Result<f64, MeasuredError> {
            let wrong = |message: String| MeasuredError::cell(path, line, key, message);
            let value = object.get(key).ok_or_else(|| wrong("it is missing".to_owned()))?;
            let number = value.as_f64().ok_or_else(|| wrong(format!("{value} is not a number")))?;
            if number < 0.0 { Err(wrong(format!("{value} is negative"))) } else { Ok(number) }
        };
        let queued_s = number("queued_ts")?;
        let since = |key: &str| -> Result<f64, MeasuredError> {
            let us = (number(key)? - queued_s) * 1e6;
            let early = || MeasuredError::cell(path, line, key, "it is before `queued_ts`");
            if us < 0.0 { Err(early()) } else { Ok(us) }
        };
        let raw = Raw {
            arrival_us: queued_s * 1e6,
            prompt_tokens: number("input_toks")? as u64,
            output_tokens: match columns.output_tokens {
                Some(tokens) => tokens,
                None => number("output_toks")? as u64,
            },
            ttft_us: Some(since("first_token_ts")?),
            e2e_us: Some(since("last_token_ts")?),
        };
        let key = |field| match field {
            Field::PromptTokens => "input_toks",
            Field::OutputTokens => "output_toks",
            Field::Arrival => "queued_ts",
            Field::Ttft => "first_token_ts",
            Field::E2e => "last_token_ts",
        };
        rows.push(
            raw.checked().map_err(|(field, message)| MeasuredError::cell(path, line, key(field), message))?,
        );
    }
    Ok(rows)
}
