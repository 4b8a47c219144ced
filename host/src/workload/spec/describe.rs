//! A workload in one line, for the summary.

use std::path::Path;

use super::{ArrivalsSpec, Loop, TraceFormat, WorkloadSpec};

impl WorkloadSpec {
    /// One line for a person, such as `2,000 requests, poisson 100/s, 4 rounds (closed loop)`.
    #[must_use]
    pub fn describe(&self) -> String {
        if let Some(trace) = &self.trace {
            let mut text = file_name(trace);
            if let Some(limit) = self.limit {
                text += &format!(", first {}", counted(limit));
            }
            return text + &self.describe_scale();
        }
        let mut parts = Vec::new();
        let requests = self.total_requests();
        parts.push(counted(requests));
        parts.extend(self.arrivals.as_ref().map(|arrivals| describe_arrivals(arrivals, self.rate)));
        if let Some(sessions) = self.sessions.as_ref().filter(|sessions| sessions.rounds > 1) {
            let mode = match sessions.mode {
                Loop::Closed => "closed loop",
                Loop::Open => "open loop",
            };
            parts.push(format!("{} rounds ({mode})", sessions.rounds));
        }
        if let Some(prefixes) = &self.shared_prefixes {
            parts.push(format!(
                "{} shared prefixes of {} tokens",
                grouped(prefixes.groups),
                grouped(prefixes.tokens)
            ));
        }
        if let Some(classes) = &self.classes {
            let sum: f64 = classes.iter().map(|class| class.share).sum();
            let names =
                classes.iter().map(|class| format!("{:.0} % {}", 100.0 * class.share / sum, class.name));
            parts.push(names.collect::<Vec<_>>().join(" / "));
        }
        parts.join(", ")
    }

    /// One line about a trace that has been read, such as
    /// `12,031 requests of conversation_trace.jsonl (mooncake), 2 times as fast`.
    pub(crate) fn describe_trace(&self, format: TraceFormat, requests: u64) -> String {
        let file = self.trace.as_deref().map(file_name).unwrap_or_default();
        format!("{} of {file} ({}){}", counted(requests), format.name(), self.describe_scale())
    }

    fn describe_scale(&self) -> String {
        match (self.speedup, self.rate) {
            (Some(speedup), _) => format!(", {speedup} times as fast"),
            (_, Some(rate)) => format!(", rescaled to {rate}/s"),
            _ => String::new(),
        }
    }

    /// Requests of a synthetic workload: `requests`, cut by `limit`.
    #[must_use]
    pub fn total_requests(&self) -> u64 {
        self.requests.unwrap_or(0).min(self.limit.unwrap_or(u64::MAX))
    }
}

fn describe_arrivals(arrivals: &ArrivalsSpec, rate: Option<f64>) -> String {
    use super::Process as P;
    let process = match (arrivals.process, arrivals.cv) {
        (P::Constant, _) => "constant".to_owned(),
        (P::Poisson, _) => "poisson".to_owned(),
        (P::Gamma, cv) => format!("gamma (cv {})", cv.unwrap_or(1.0)),
    };
    match (rate.or(arrivals.rate_per_s), &arrivals.phases) {
        (_, Some(phases)) => format!("{process} in {} phases", phases.len()),
        (Some(rate), _) => {
            let swing = arrivals
                .swing
                .as_ref()
                .map_or(String::new(), |swing| format!(" ± {:.0} %", swing.amplitude * 100.0));
            format!("{process} {rate}/s{swing}")
        }
        _ => process,
    }
}

/// The last part of a path: a result names no folders of one machine.
fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn counted(requests: u64) -> String {
    format!("{} request{}", grouped(requests), if requests == 1 { "" } else { "s" })
}

/// A whole number with commas between groups of three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
