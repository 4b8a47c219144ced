//! Blocks without content get it: they become the first to hold it, or the newest of those that do.

use pointsman_plugin_api::BlockRun;

use super::super::blocks::NONE;
use super::super::held::{Held, HeldRun};
use super::run::Run;
use super::{RunBlocks, last_run};

impl RunBlocks {
    /// Blocks that a request holds without content, as many as there are identities in a run, hold these
    /// now, as the newest of those that do. Calls `cached` with those that nobody else holds.
    pub(in super::super) fn register_run(
        &mut self,
        held: &mut Held,
        run: BlockRun,
        mut cached: impl FnMut(u64, u32),
    ) {
        held.cached += run.len;
        // Identities may go round at 2^64, but a run here does not.
        let before_the_end = run.len.min((u64::MAX - run.first).saturating_add(1));
        self.register(held, run.first, before_the_end, &mut cached);
        if before_the_end < run.len {
            self.register(held, 0, run.len - before_the_end, &mut cached);
        }
    }

    fn register(&mut self, held: &mut Held, mut first: u64, len: u64, cached: &mut impl FnMut(u64, u32)) {
        let last = first + (len - 1);
        if first > self.ceiling {
            self.ceiling = last;
            self.extend(held, first, len as u32);
            return cached(first, len as u32);
        }
        self.ceiling = self.ceiling.max(last);
        loop {
            let begun = self.by_first.range(..=last).next_back().map(|(_, &number)| number);
            let is_new = begun.is_none_or(|number| self.runs[number].last() < first);
            let len = if is_new { last - first + 1 } else { self.known_from(first, last) };
            if is_new || self.find(first).is_none() {
                self.extend(held, first, len as u32);
                cached(first, len as u32);
            } else {
                self.copy(held, first, len);
            }
            if last - first < len {
                return;
            }
            first += len;
        }
    }

    /// How many identities from `first` on, `last` at most, are all held in one run or all by nobody.
    fn known_from(&self, first: u64, last: u64) -> u64 {
        if let Some((number, _)) = self.find(first) {
            return self.runs[number].last().min(last) - first + 1;
        }
        self.by_first.range(first..=last).next().map_or(last - first + 1, |(&next, _)| next - first)
    }

    /// A request's next blocks are the first to hold these contents.
    fn extend(&mut self, held: &mut Held, first: u64, len: u32) {
        if let Some(entry) = held.runs.last_mut() {
            let number = last_run(&self.runs, *entry);
            let run = &mut self.runs[number];
            if run.refs == 1 && run.is_alone() && run.goes_on_at(first) {
                run.len += len;
                entry.len += len;
                return;
            }
        }
        let number = self.runs.insert(Run::new(first, len, 1));
        self.by_first.insert(first, number);
        held.runs.push(HeldRun { run: number, len });
    }

    /// A request's next blocks are the newest to hold contents which are in one run.
    fn copy(&mut self, held: &mut Held, first: u64, len: u64) {
        let mut newest = self.cut_out(first, len);
        while self.runs[newest].newer != NONE {
            newest = self.runs[newest].newer;
        }
        let copy = Run { older: newest, ..Run::new(first, len as u32, 1) };
        let number = self.runs.insert(copy);
        self.runs[newest].newer = number;
        held.runs.push(HeldRun { run: number, len: len as u32 });
    }
}
