//! The requests of a long run, added up as they end: what is kept of them does not grow with their number.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::sketch::Sketch;
use super::tally::Tally;
use super::{Group, Histogram, Targets};
use crate::engine::{Gap, RequestRecord, State};

/// SLO classes whose requests are added up apart; each takes up to a megabyte.
const MOST_CLASSES: usize = 256;

/// Different gaps between tokens that are counted apart in a class; of more, gaps go into a sketch too.
const MOST_GAPS: usize = 1 << 16;

/// Tenants whose tokens are counted.
const MOST_TENANTS: usize = 1_000_000;

/// Dropped requests that are named.
const NAMED_DROPS: usize = 10;

/// What requests add up to.
#[derive(Debug)]
pub(super) struct Folded {
    classes: BTreeMap<String, Class>,
    /// Of requests of all other classes.
    others: Option<Class>,
    whole: Whole,
}

#[derive(Debug)]
struct Class {
    tally: Tally<Sketch>,
    gaps: Histogram,
}

impl Class {
    fn new(gaps: Histogram) -> Self {
        Self { tally: Tally::new(), gaps: gaps.bounded(MOST_GAPS) }
    }

    fn merge(&mut self, other: &Self) {
        self.tally.merge(&other.tally);
        self.gaps.merge(&other.gaps);
    }
}

/// What is only known of all requests together.
#[derive(Debug, Default)]
pub(super) struct Whole {
    /// Output tokens of all.
    pub(super) output_tokens: u64,
    /// Ids of the first requests that could never fit.
    pub(super) dropped_ids: Vec<u64>,
    /// Output tokens by tenant; `None`: there are too many of them.
    tenants: Option<BTreeMap<Arc<str>, u64>>,
    untagged: Option<u64>,
    most_tenants: usize,
}

impl Whole {
    /// Of nobody. With a bound on the number of tenants, or without.
    pub(super) fn new(is_bounded: bool) -> Self {
        let most_tenants = if is_bounded { MOST_TENANTS } else { usize::MAX };
        Self { tenants: Some(BTreeMap::new()), most_tenants, ..Self::default() }
    }

    /// One more request.
    pub(super) fn add(&mut self, record: &RequestRecord) {
        self.output_tokens += record.output_tokens;
        if record.state == State::Dropped {
            let at = self.dropped_ids.partition_point(|&id| id < record.id);
            if at < NAMED_DROPS {
                self.dropped_ids.insert(at, record.id);
                self.dropped_ids.truncate(NAMED_DROPS);
            }
        }
        let Some(tenants) = &mut self.tenants else { return };
        let Some(tenant) = record.tenant.as_ref().filter(|tenant| !tenant.is_empty()) else {
            *self.untagged.get_or_insert_default() += record.output_tokens;
            return;
        };
        if let Some(tokens) = tenants.get_mut(tenant) {
            *tokens += record.output_tokens;
        } else if tenants.len() < self.most_tenants {
            tenants.insert(Arc::clone(tenant), record.output_tokens);
        } else {
            self.tenants = None;
        }
    }

    /// Output tokens of each tenant, in order of their names; `None`: there are too many.
    pub(super) fn tokens_by_tenant(&self) -> Option<Vec<u64>> {
        let tenants = self.tenants.as_ref()?;
        Some(self.untagged.into_iter().chain(tenants.values().copied()).collect())
    }
}

impl Folded {
    /// Of nobody; with the gaps that were counted before, by class.
    pub(super) fn of(gaps: BTreeMap<String, Histogram>) -> Self {
        let mut folded = Self { classes: BTreeMap::new(), others: None, whole: Whole::new(true) };
        for (class, gaps) in gaps {
            folded.class(&class).gaps.merge(&gaps);
        }
        folded
    }

    /// Where the requests of a class are added up.
    fn class(&mut self, name: &str) -> &mut Class {
        if !self.classes.contains_key(name) {
            if self.classes.len() >= MOST_CLASSES {
                return self.others.get_or_insert_with(|| Class::new(Histogram::default()));
            }
            self.classes.insert(name.to_owned(), Class::new(Histogram::default()));
        }
        self.classes.get_mut(name).expect("it is there now")
    }

    /// One more request; of completed ones also gaps between their tokens.
    pub(super) fn record(&mut self, record: &RequestRecord, gaps: &[Gap], slo: &BTreeMap<String, Targets>) {
        self.whole.add(record);
        let class = self.class(record.class());
        class.tally.add(record, slo.get(record.class()));
        if record.state == State::Completed {
            gaps.iter().for_each(|gap| class.gaps.add(gap.gap_us, gap.count));
        }
    }

    /// Gaps between tokens of completed requests of a class.
    pub(super) fn gaps_of(&mut self, class: &str, gaps: Gap) {
        self.class(class).gaps.add(gaps.gap_us, gaps.count);
    }

    /// All requests, and those of each class.
    pub(super) fn groups(&self) -> (Group, BTreeMap<String, Group>) {
        let mut all = Class::new(Histogram::default());
        self.classes.values().chain(&self.others).for_each(|class| all.merge(class));
        let group = |class: &Class| class.tally.clone().finish(class.gaps.distribution());
        let by_class = self.classes.iter().map(|(name, class)| (name.clone(), group(class)));
        (group(&all), by_class.collect())
    }

    /// What is only known of all requests together.
    pub(super) fn whole(&self) -> &Whole {
        &self.whole
    }

    /// What is left out.
    pub(super) fn warnings(&self) -> Vec<String> {
        let exact = "`--exact` keeps all";
        let others = self.others.as_ref().map(|_| {
            format!(
                "there are more than {MOST_CLASSES} SLO classes: requests of the others are only among all; \
                 {exact}"
            )
        });
        let tenants = self.whole.tenants.is_none().then(|| {
            format!("there are more than {MOST_TENANTS} tenants: their fairness is not computed; {exact}")
        });
        others.into_iter().chain(tenants).collect()
    }

    /// Numbers that are kept, roughly: what must not follow the number of requests.
    #[cfg(test)]
    pub(super) fn retained(&self) -> usize {
        let classes = self.classes.values().chain(&self.others);
        let by_class = classes.map(|class| class.tally.retained() + class.gaps.retained()).sum::<usize>();
        by_class + self.whole.tenants.as_ref().map_or(0, BTreeMap::len) + self.whole.dropped_ids.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tally::tests::completed;

    #[test]
    fn classes_and_tenants_without_end_are_given_up_and_said_so() {
        let mut folded = Folded::of(BTreeMap::new());
        let most = MOST_CLASSES as u64;
        folded.whole.most_tenants = 300;
        for id in 0..2 * most {
            let label: Arc<str> = format!("label-{id:04}").into();
            let record = RequestRecord {
                slo_class: Some(Arc::clone(&label)),
                tenant: Some(label),
                ..completed(id, 1000 + id)
            };
            folded.record(&record, &[Gap { gap_us: 7, count: 1 }], &BTreeMap::new());
        }
        let (all, by_class) = folded.groups();
        assert_eq!((all.requests, by_class.len()), (2 * most, MOST_CLASSES));
        assert_eq!(all.latencies.itl_ms.unwrap().count, 2 * most);
        assert_eq!(folded.whole().tokens_by_tenant(), None);
        assert_eq!(folded.warnings().len(), 2);
        assert!(folded.retained() < 30_000 * (MOST_CLASSES + 1), "{}", folded.retained());
    }

    #[test]
    fn the_first_dropped_are_named_whatever_the_order() {
        let mut whole = Whole::new(true);
        for id in (0..100).rev() {
            let record = RequestRecord { state: State::Dropped, ..completed(id, 1) };
            whole.add(&record);
        }
        assert_eq!(whole.dropped_ids, (0..10).collect::<Vec<_>>());
    }
}
