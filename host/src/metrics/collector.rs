//! Keeps what a run reports: the requests as they were, or what they add up to.

use std::collections::BTreeMap;

use super::folded::Folded;
use super::{Histogram, Targets};
use crate::engine::{Gap, RequestRecord, Sink, State};

/// Requests up to which a summary is exact unless somebody wants it exact in any case.
pub const EXACT_REQUESTS: u64 = 1_000_000;

/// Which requests of a run are kept one by one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Keep {
    /// All: memory grows with the run, some 250 bytes a request.
    #[default]
    All,
    /// All while there are no more than this. From the next on, none: their times go into sketches, and
    /// memory does not grow any more.
    UpTo(u64),
}

/// The records of a run and the gaps between the tokens of completed requests, by SLO class; or, of more
/// requests than are to be kept, what they add up to.
#[derive(Debug, Default)]
pub struct Collector {
    keep: Keep,
    slo: BTreeMap<String, Targets>,
    records: Vec<RequestRecord>,
    gaps: BTreeMap<String, Histogram>,
    folded: Option<Box<Folded>>,
}

impl Sink for Collector {
    fn record(&mut self, record: RequestRecord, gaps: &[Gap]) {
        if let Some(folded) = &mut self.folded {
            return folded.record(&record, gaps, &self.slo);
        }
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
        if matches!(self.keep, Keep::UpTo(most) if self.records.len() as u64 > most) {
            self.fold();
        }
    }

    fn adds_up_gaps(&self) -> bool {
        true
    }

    fn gaps_of(&mut self, class: &str, gaps: Gap) {
        match &mut self.folded {
            Some(folded) => folded.gaps_of(class, gaps),
            None => {
                if let Some(histogram) = self.gaps.get_mut(class) {
                    histogram.add(gaps.gap_us, gaps.count);
                }
            }
        }
    }
}

/// Records that are made room for beforehand.
const EXPECTED: u64 = 1 << 20;

impl Collector {
    /// A collector for a run of so many requests, if that is known, that keeps all.
    #[must_use]
    pub fn expecting(requests: Option<u64>) -> Self {
        let expected = requests.unwrap_or(0).min(EXPECTED);
        Self { records: Vec::with_capacity(expected as usize), ..Self::default() }
    }

    /// The same that keeps some; `slo` gives the targets of classes.
    #[must_use]
    pub fn keeping(self, keep: Keep, slo: BTreeMap<String, Targets>) -> Self {
        Self { keep, slo, ..self }
    }

    /// There are more requests than are kept: they become what they add up to.
    fn fold(&mut self) {
        let mut folded = Folded::of(std::mem::take(&mut self.gaps));
        for record in std::mem::take(&mut self.records) {
            folded.record(&record, &[], &self.slo);
        }
        self.folded = Some(Box::new(folded));
    }

    /// Puts the records in order of id. Call it when the run is over.
    pub fn sort(&mut self) {
        self.records.sort_unstable_by_key(|record| record.id);
    }

    /// The records so far; none once there were more than are kept.
    #[must_use]
    pub fn records(&self) -> &[RequestRecord] {
        &self.records
    }

    /// Gaps between tokens, by SLO class.
    pub(super) fn gaps(&self) -> &BTreeMap<String, Histogram> {
        &self.gaps
    }

    /// What the requests add up to, once there were more than are kept.
    pub(super) fn folded(&self) -> Option<&Folded> {
        self.folded.as_deref()
    }

    /// What is left out of the figures because there is no bound on the memory that it would take.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.folded.as_ref().map(|folded| folded.warnings()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tally::tests::completed;

    #[test]
    fn beyond_the_limit_no_record_is_retained() {
        let mut collector = Collector::expecting(Some(100_000)).keeping(Keep::UpTo(100), BTreeMap::new());
        let mut retained = Vec::new();
        for id in 0..100_000 {
            collector.record(completed(id, id % 5000), &[Gap { gap_us: id % 3000, count: 2 }]);
            assert!(collector.records.len() <= 100 && collector.records.is_empty() == (id >= 100), "{id}");
            if id % 10_000 == 9999 {
                retained.push(collector.folded().unwrap().retained());
            }
        }
        assert_eq!(collector.records.capacity(), 0, "its room is given back");
        assert!(collector.gaps.is_empty());
        assert!(retained.iter().all(|&numbers| numbers == retained[0]), "{retained:?}");
        let (all, by_class) = collector.folded().unwrap().groups();
        assert_eq!((all.requests, by_class["standard"].requests), (100_000, 100_000));
    }
}
