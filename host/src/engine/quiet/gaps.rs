//! Gaps between the tokens of a batch's members: they are all gaps between the ends of its steps.

use std::collections::VecDeque;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::engine::outcome::Gap;

/// Runs of equal gaps that are kept before anybody looks which are still needed.
const KEPT: usize = 1024;

/// Equal gaps before the step ends up to number `upto`.
#[derive(Clone, Copy)]
struct Run {
    gap_us: u64,
    upto: u64,
}

/// Gaps of the members of one SLO class, added up.
struct ClassGaps {
    class: Option<Arc<str>>,
    members: u64,
    /// How often each gap lay between two tokens of a member, of those that left since too.
    counts: FxHashMap<u64, u64>,
}

/// What was between the step ends, as far back as a member joined.
pub(super) struct GapLog {
    runs: VecDeque<Run>,
    /// The longest gap from any step on to the last: ever shorter ones.
    peaks: VecDeque<Run>,
    /// Whether gaps are added up here, and not given to each request.
    adds_up: bool,
    classes: Vec<ClassGaps>,
    /// Number of runs at which to look which are still needed.
    look_at: usize,
}

impl GapLog {
    pub(super) fn new(adds_up: bool) -> Self {
        Self { runs: VecDeque::new(), peaks: VecDeque::new(), adds_up, classes: Vec::new(), look_at: KEPT }
    }

    pub(super) fn adds_up(&self) -> bool {
        self.adds_up
    }

    /// Number of a class, for [`Self::join`] and [`Self::leave`].
    pub(super) fn class(&mut self, class: Option<&Arc<str>>) -> u32 {
        let is_it = |known: &ClassGaps| match (&known.class, class) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a == b,
            (a, b) => a.is_none() && b.is_none(),
        };
        let found = self.classes.iter().position(is_it).unwrap_or_else(|| {
            self.classes.push(ClassGaps { class: class.cloned(), members: 0, counts: FxHashMap::default() });
            self.classes.len() - 1
        });
        found as u32
    }

    pub(super) fn join(&mut self, class: u32) {
        self.classes[class as usize].members += 1;
    }

    pub(super) fn leave(&mut self, class: u32) {
        self.classes[class as usize].members -= 1;
    }

    /// `steps` more steps ended, the last of them as number `upto`, each `gap_us` after the one before.
    pub(super) fn push(&mut self, gap_us: u64, steps: u64, upto: u64) {
        match self.runs.back_mut() {
            Some(last) if last.gap_us == gap_us => last.upto = upto,
            _ => self.runs.push_back(Run { gap_us, upto }),
        }
        while self.peaks.back().is_some_and(|peak| peak.gap_us <= gap_us) {
            self.peaks.pop_back();
        }
        self.peaks.push_back(Run { gap_us, upto });
        if self.adds_up {
            for class in self.classes.iter_mut().filter(|class| class.members > 0) {
                *class.counts.entry(gap_us).or_default() += steps * class.members;
            }
        }
    }

    /// The longest gap after step end number `joined`.
    pub(super) fn longest_since(&self, joined: u64) -> Option<u64> {
        let at = self.peaks.partition_point(|peak| peak.upto <= joined);
        self.peaks.get(at).map(|peak| peak.gap_us)
    }

    /// The gaps after step end number `joined`.
    pub(super) fn since(&self, joined: u64) -> impl Iterator<Item = Gap> + '_ {
        let at = self.runs.partition_point(|run| run.upto <= joined);
        let mut before = joined;
        self.runs.range(at..).map(move |run| {
            let count = run.upto - before;
            before = run.upto;
            Gap { gap_us: run.gap_us, count }
        })
    }

    /// The gaps after step end number `joined` of somebody of this class are told otherwise.
    pub(super) fn take_back(&mut self, class: u32, joined: u64) {
        let gaps: Vec<Gap> = self.since(joined).collect();
        let counts = &mut self.classes[class as usize].counts;
        for gap in gaps {
            if let Some(count) = counts.get_mut(&gap.gap_us) {
                *count -= gap.count;
            }
        }
    }

    /// Whether it has grown so long that [`Self::forget_before`] pays.
    pub(super) fn is_long(&self) -> bool {
        self.runs.len() >= self.look_at
    }

    /// Nobody asks for gaps up to step end number `joined` any more.
    pub(super) fn forget_before(&mut self, joined: u64) {
        while self.runs.front().is_some_and(|run| run.upto <= joined) {
            self.runs.pop_front();
        }
        while self.peaks.front().is_some_and(|peak| peak.upto <= joined) {
            self.peaks.pop_front();
        }
        self.look_at = KEPT.max(2 * self.runs.len());
    }

    /// What was added up, by class.
    pub(super) fn added_up(&self) -> impl Iterator<Item = (&str, Gap)> + '_ {
        self.classes.iter().flat_map(|class| {
            let name = class.class.as_deref().unwrap_or("standard");
            let told = class.counts.iter().filter(|(_, count)| **count > 0);
            told.map(move |(&gap_us, &count)| (name, Gap { gap_us, count }))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(gaps: &[u64]) -> GapLog {
        let mut log = GapLog::new(true);
        let class = log.class(None);
        log.join(class);
        for (&gap_us, upto) in gaps.iter().zip(1..) {
            log.push(gap_us, 1, upto);
        }
        log
    }

    #[test]
    fn a_member_has_the_gaps_since_it_joined() {
        let gaps = [5, 5, 9, 9, 9, 2, 5];
        let log = log(&gaps);
        for joined in 0..gaps.len() {
            let told: Vec<u64> = log
                .since(joined as u64)
                .flat_map(|gap| std::iter::repeat_n(gap.gap_us, gap.count as usize))
                .collect();
            assert_eq!(told, gaps[joined..]);
            assert_eq!(log.longest_since(joined as u64), gaps[joined..].iter().copied().max());
        }
        assert_eq!(log.longest_since(7), None);
    }

    #[test]
    fn what_is_taken_back_is_not_added_up() {
        let mut log = log(&[5, 5, 9, 2]);
        log.take_back(0, 1);
        let told: Vec<_> = log.added_up().collect();
        assert_eq!(told, [("standard", Gap { gap_us: 5, count: 1 })]);
    }
}
