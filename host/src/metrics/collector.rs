//! Keeps what a run reports.

use std::collections::BTreeMap;

use super::Histogram;
use crate::engine::{Gap, RequestRecord, Sink, State};

/// The records of a run and the gaps between the tokens of completed requests, by SLO class.
#[derive(Debug, Default)]
pub struct Collector {
    records: Vec<RequestRecord>,
    gaps: BTreeMap<String, Histogram>,
}

impl Sink for Collector {
    fn record(&mut self, record: RequestRecord, gaps: &[Gap]) {
        if record.state == State::Completed {
            let class = record.class();
            if !self.gaps.contains_key(class) {
                self.gaps.insert(class.to_owned(), Histogram::default());
            }
            if let Some(histogram) = self.gaps.get_mut(class) {
                gaps.iter().for_each(|gap| histogram.add(gap.gap_us, gap.count));
            }
        }
        self.records.push(record);
    }

    fn adds_up_gaps(&self) -> bool {
        true
    }

    fn gaps_of(&mut self, class: &str, gaps: Gap) {
        if let Some(histogram) = self.gaps.get_mut(class) {
            histogram.add(gaps.gap_us, gaps.count);
        }
    }
}

/// Records that are made room for beforehand.
const EXPECTED: u64 = 1 << 20;

impl Collector {
    /// A collector for a run of so many requests, if that is known.
    #[must_use]
    pub fn expecting(requests: Option<u64>) -> Self {
        let expected = requests.unwrap_or(0).min(EXPECTED);
        Self { records: Vec::with_capacity(expected as usize), ..Self::default() }
    }

    /// Puts the records in order of id. Call it when the run is over.
    pub fn sort(&mut self) {
        self.records.sort_unstable_by_key(|record| record.id);
    }

    /// The records so far.
    #[must_use]
    pub fn records(&self) -> &[RequestRecord] {
        &self.records
    }

    /// Gaps between tokens, by SLO class.
    #[must_use]
    pub fn gaps(&self) -> &BTreeMap<String, Histogram> {
        &self.gaps
    }
}
