//! The summary file: all figures of a run, and all that is needed to run it again.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::metrics::{Percentiles, Summary};
use crate::policy::{Ejection, FailureCount};
use crate::run::{Outcome, Provenance, Used};

/// The version of the form of the file. It grows when a program that reads the file must change.
pub const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    provenance: &'a Provenance,
    policies: &'a [Used],
    summary: &'a Summary,
    clamped_scores: u64,
    passed_over_filters: u64,
    failures: Vec<Failure<'a>>,
    ejections: Vec<Ejected<'a>>,
    warnings: &'a [String],
}

#[derive(Serialize)]
struct Failure<'a> {
    kind: String,
    policy: &'a str,
    library: &'a str,
    calls: u64,
    first_us: u64,
    first_request: Option<u64>,
    first_message: &'a str,
    fallback: Option<&'a str>,
    decisions: u64,
    fallback_decisions: u64,
    /// Of all decisions; `null` where no policy took its place.
    fallback_share: Option<f64>,
}

/// An event: from here on another policy decides.
#[derive(Serialize)]
struct Ejected<'a> {
    at_us: u64,
    kind: String,
    policy: &'a str,
    library: &'a str,
    request: Option<u64>,
    instance: Option<u32>,
    message: &'a str,
    fallback: &'a str,
}

/// Writes the document, ending in a line feed. Equal runs give equal bytes: nothing in it depends
/// on the hour or on how long the run took.
///
/// # Errors
///
/// What the writer says.
pub fn write(outcome: &Outcome, mut out: impl Write) -> io::Result<()> {
    let document = Document {
        schema_version: SCHEMA_VERSION,
        provenance: &outcome.provenance,
        policies: &outcome.policies,
        summary: &outcome.summary,
        clamped_scores: outcome.clamped_scores,
        passed_over_filters: outcome.passed_over_filters,
        failures: outcome.failures.iter().map(failure).collect(),
        ejections: outcome.ejections.iter().map(ejected).collect(),
        warnings: &outcome.warnings,
    };
    serde_json::to_writer_pretty(&mut out, &document)?;
    out.write_all(b"\n")?;
    out.flush()
}

fn failure(count: &FailureCount) -> Failure<'_> {
    Failure {
        kind: count.kind.to_string(),
        policy: &count.policy,
        library: &count.library,
        calls: count.calls,
        first_us: count.first_us,
        first_request: count.first_request,
        first_message: &count.first_message,
        fallback: count.fallback.as_deref(),
        decisions: count.decisions,
        fallback_decisions: count.fallback_decisions,
        fallback_share: count.fallback_share(),
    }
}

fn ejected(Ejection { failed, fallback }: &Ejection) -> Ejected<'_> {
    Ejected {
        at_us: failed.now_us,
        kind: failed.kind.to_string(),
        policy: &failed.policy,
        library: &failed.library,
        request: failed.request,
        instance: failed.instance,
        message: &failed.message,
        fallback,
    }
}

/// Why a summary file cannot be read back.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// It is not such a file, or a damaged one.
    #[error("this is not a summary that `pointsman run --summary` wrote: {0}")]
    Form(#[from] serde_json::Error),
    /// Another version wrote it.
    #[error(
        "this summary has schema version {found}, this host reads version {SCHEMA_VERSION}; use the pointsman {host} that wrote it"
    )]
    Version {
        /// The version in the file.
        found: u32,
        /// The host that wrote it.
        host: String,
    },
}

/// What is read back from a summary file.
#[derive(Debug, PartialEq)]
pub struct Recorded {
    /// Where the run came from.
    pub provenance: Provenance,
    /// Whether its percentiles are those of sketches.
    pub is_sketched: bool,
}

/// Reads back how a run was made from its summary file; its figures do not matter.
///
/// # Errors
///
/// Why the text is no summary of this version.
pub fn read(text: &str) -> Result<Recorded, RecordError> {
    #[derive(Deserialize)]
    struct Version {
        schema_version: u32,
        #[serde(default)]
        provenance: serde_json::Value,
        #[serde(default)]
        summary: Figures,
    }
    #[derive(Default, Deserialize)]
    struct Figures {
        #[serde(default)]
        percentiles: serde_json::Value,
    }
    let Version { schema_version, provenance, summary } = serde_json::from_str(text)?;
    if schema_version != SCHEMA_VERSION {
        let host = provenance["host_version"].as_str().unwrap_or("of another version").to_owned();
        return Err(RecordError::Version { found: schema_version, host });
    }
    // Summaries of before the word was there are exact.
    let is_sketched = summary.percentiles["method"] == Percentiles::sketched().method;
    Ok(Recorded { provenance: serde_json::from_value(provenance)?, is_sketched })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{outcome, with_ejections};

    fn text() -> String {
        let mut out = Vec::new();
        write(&outcome(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_document_holds_record_composition_and_figures() {
        let text = text();
        assert!(text.ends_with("}\n"));
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        let keys: Vec<&String> = document.as_object().unwrap().keys().collect();
        let expected = [
            "clamped_scores",
            "ejections",
            "failures",
            "passed_over_filters",
            "policies",
            "provenance",
            "schema_version",
            "summary",
            "warnings",
        ];
        assert_eq!(keys, expected);
        assert_eq!(document["policies"][2]["library"]["sha256"], "ab12cd34ef567890");
        assert_eq!(document["summary"]["per_class"]["critical"]["states"]["completed"], 600);
        assert_eq!(document["summary"]["overall"]["ttft_ms"]["mean"], 123.4);
    }

    #[test]
    fn an_ejection_is_an_event_and_the_share_of_the_fallback_a_figure() {
        let mut out = Vec::new();
        write(&with_ejections(), &mut out).unwrap();
        let document: serde_json::Value = serde_json::from_slice(&out).unwrap();
        let event = &document["ejections"][1];
        assert_eq!((&event["at_us"], &event["kind"]), (&2_500_000.into(), &"scheduler".into()));
        assert_eq!((&event["request"], &event["instance"]), (&serde_json::Value::Null, &1.into()));
        assert_eq!((&event["message"], &event["fallback"]), (&"no keys".into(), &"fcfs".into()));
        let figures = &document["failures"][0];
        assert_eq!((&figures["first_us"], &figures["first_request"]), (&1_234_567.into(), &29.into()));
        assert_eq!((&figures["decisions"], &figures["fallback_decisions"]), (&2000.into(), &1971.into()));
        assert_eq!(figures["fallback_share"], 0.9855);
    }

    #[test]
    fn the_record_is_read_back_as_it_was() {
        let recorded = Recorded { provenance: outcome().provenance, is_sketched: false };
        assert_eq!(read(&text()).unwrap(), recorded);
        let mut sketched = outcome();
        sketched.summary.percentiles = Percentiles::sketched();
        let mut out = Vec::new();
        write(&sketched, &mut out).unwrap();
        let document: serde_json::Value = serde_json::from_slice(&out).unwrap();
        let percentiles = serde_json::json!({"method": "sketch", "relative_error": 1.0 / 2048.0});
        assert_eq!(document["summary"]["percentiles"], percentiles);
        assert!(read(std::str::from_utf8(&out).unwrap()).unwrap().is_sketched);
        // Summaries were all exact before they said so.
        let before = text().replace("\"percentiles\"", "\"something_else\"");
        assert_eq!(read(&before).unwrap(), recorded);
    }

    #[test]
    fn another_form_or_version_is_refused() {
        let message = |text: &str| read(text).unwrap_err().to_string();
        assert!(message("seed: 1").starts_with("this is not a summary that `pointsman run --summary` wrote"));
        assert!(message("{}").contains("missing field `schema_version`"));
        assert!(message(r#"{"schema_version": 1}"#).contains("this is not a summary"));
        let newer = r#"{"schema_version": 2, "provenance": {"host_version": "0.9.0"}}"#;
        assert!(message(newer).ends_with("use the pointsman 0.9.0 that wrote it"));
    }
}
