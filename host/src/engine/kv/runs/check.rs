//! Law L4 for blocks that are kept by runs.

use rustc_hash::FxHashMap;

use super::super::blocks::NONE;
use super::super::held::Held;
use super::{RunBlocks, runs_of};

impl RunBlocks {
    /// Law L4 in full: references are what the owners hold, every free block is in the free queue, and every
    /// block is counted once. `loose`: blocks that were handed out to nobody in particular.
    pub(in super::super) fn check<'a>(&self, held: impl Iterator<Item = &'a Held>, loose: u64) {
        let mut owners: FxHashMap<u32, u32> = FxHashMap::default();
        let mut blank = loose;
        for held in held {
            let mut cached = 0;
            for number in held.runs.iter().flat_map(|&entry| runs_of(&self.runs, entry)) {
                *owners.entry(number).or_default() += 1;
                cached += u64::from(self.runs[number].len);
            }
            assert_eq!(cached, held.cached, "L4: runs of a request are not what it holds");
            blank += held.count - held.cached;
        }
        let free = self.check_queue();
        let (mut runs, mut referenced, mut end) = (0, 0, None);
        for (&first, &oldest) in &self.by_first {
            let bounds = (self.runs[oldest].first, self.runs[oldest].len);
            assert_eq!(first, bounds.0, "L4: a run listed under other content");
            assert!(end.is_none_or(|end| end < first), "L4: runs overlap");
            end = Some(self.runs[oldest].last());
            let (mut number, mut before) = (oldest, NONE);
            while number != NONE {
                let run = &self.runs[number];
                assert_eq!((run.first, run.len), bounds, "L4: a copy of other content");
                assert_eq!(run.older, before, "L4: broken list of copies");
                assert!(!run.is_blank && run.len > 0, "L4: a run without content");
                let owned = owners.remove(&number).unwrap_or_default();
                assert_eq!(owned, run.refs, "L4: references differ from what requests hold");
                let in_queue = free.contains_key(&number);
                assert_eq!(in_queue, run.refs == 0, "L4: the free queue holds what is free");
                referenced += if in_queue { 0 } else { u64::from(run.len) };
                runs += 1;
                (number, before) = (run.newer, number);
            }
        }
        assert!(owners.is_empty(), "L4: requests hold runs that are no more");
        let blank_runs = free.keys().filter(|&&number| self.runs[number].is_blank).count();
        assert_eq!(runs + blank_runs, self.runs.len(), "L4: lost runs");
        assert_eq!(referenced + blank, u64::from(self.used()), "L4: used blocks");
    }

    /// The free queue: its runs.
    fn check_queue(&self) -> FxHashMap<u32, ()> {
        let mut free = FxHashMap::default();
        let (mut before, mut blocks) = (NONE, 0);
        for (number, run) in self.queue.iter(&self.runs) {
            assert_eq!((run.refs, run.prev), (0, before), "L4: broken free queue");
            free.insert(number, ());
            blocks += run.len;
            before = number;
        }
        assert_eq!(before, self.queue.tail, "L4: tail of the free queue");
        assert_eq!(blocks, self.listed, "L4: length of the free queue");
        free
    }
}
