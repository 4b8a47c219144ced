//! What came of a case.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Case;

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As it should.
    Passed,
    /// Not as it should.
    Failed,
    /// It does not apply to this policy.
    NotApplicable,
    /// Something else was in the way, which another case reports.
    NotReached,
}

/// A case and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseResult {
    /// Which case.
    pub case: Case,
    /// How it ended.
    pub verdict: Verdict,
    /// In a phrase: what was seen, or what is wrong; empty where nothing is to be said.
    pub detail: String,
    /// The calls that show what is wrong, as small as could be found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<Example>,
    /// Figures of the case, for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<Value>,
}

/// Calls of one object that show what is wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// For a person, a line each.
    pub lines: Vec<String>,
    /// For a program: what the object was built with and the calls.
    pub trial: Value,
}

impl CaseResult {
    /// It passed; `detail` says what was seen.
    pub(super) fn passed(case: Case, detail: impl Into<String>) -> Self {
        Self::new(case, Verdict::Passed, detail)
    }

    /// It failed for this reason.
    pub(super) fn failed(case: Case, detail: impl Into<String>) -> Self {
        Self::new(case, Verdict::Failed, detail)
    }

    /// It does not apply, for this reason.
    pub(super) fn not_applicable(case: Case, detail: impl Into<String>) -> Self {
        Self::new(case, Verdict::NotApplicable, detail)
    }

    /// It could not be reached, for this reason.
    pub(super) fn not_reached(case: Case, detail: impl Into<String>) -> Self {
        Self::new(case, Verdict::NotReached, detail)
    }

    /// It could not be reached because of what another case reports.
    #[must_use]
    pub fn behind(case: Case, other: Case) -> Self {
        Self::not_reached(case, format!("see {other}"))
    }

    fn new(case: Case, verdict: Verdict, detail: impl Into<String>) -> Self {
        Self { case, verdict, detail: detail.into(), example: None, figures: None }
    }
}
