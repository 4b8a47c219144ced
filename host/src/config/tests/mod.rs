//! Tests of what a user meets: messages, bad input, forms that mean the same, records.

mod deserializer;
mod files;
mod forms;
mod latency;
mod limits;
mod messages;
mod override_messages;
mod policies;
mod policy_messages;
mod records;
mod robust;
mod run_files;

use std::path::Path;

use super::{Config, ConfigError, Override, Resolved, flags};

/// What every configuration here needs beside what it is about.
const WORKLOAD: &str = "workload: {requests: 1}\n";

/// Resolves a text with a workload added.
fn resolve(text: &str) -> Result<Resolved, ConfigError> {
    resolve_with(text, &[])
}

/// Resolves a text with a workload added, and overrides: `a.b=1` or `--flag value`.
fn resolve_with(text: &str, overrides: &[&str]) -> Result<Resolved, ConfigError> {
    let overrides: Vec<Override> = overrides
        .iter()
        .map(|one| match one.split_once(' ') {
            Some((name, value)) if name.starts_with("--") => {
                Override::flag(flags::by_name(name).expect("a flag"), value)
            }
            _ => Override::set(one),
        })
        .collect::<Result<_, _>>()?;
    let text = if text.contains("workload:") { text.to_owned() } else { format!("{text}{WORKLOAD}") };
    Config::from_text(Path::new("run.yaml"), &text, &overrides)?.resolve()
}

/// The message for a text that is wrong.
fn message(text: &str) -> String {
    message_with(text, &[])
}

/// The message for a text that is wrong, or for an override that is.
fn message_with(text: &str, overrides: &[&str]) -> String {
    resolve_with(text, overrides).expect_err(text).to_string()
}
