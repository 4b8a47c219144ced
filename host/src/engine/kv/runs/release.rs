//! Blocks go back to the free queue.

use super::super::blocks::NONE;
use super::super::held::Held;
use super::run::Run;
use super::{RunBlocks, runs_of};

impl RunBlocks {
    /// Gives one reference back on all blocks, the deepest first. Whether one became free that holds content.
    pub(in super::super) fn release(&mut self, held: &mut Held) -> bool {
        let blank = (held.count - held.cached) as u32;
        if blank > 0 {
            self.free_blank(blank);
        }
        let mut holds = false;
        while let Some(entry) = held.runs.pop() {
            if self.runs[entry.run].len == entry.len {
                holds |= self.release_run(entry.run);
                continue;
            }
            let mut parts = std::mem::take(&mut self.scratch);
            parts.extend(runs_of(&self.runs, entry));
            while let Some(number) = parts.pop() {
                holds |= self.release_run(number);
            }
            self.scratch = parts;
        }
        (held.count, held.cached) = (0, 0);
        holds
    }

    fn free_blank(&mut self, len: u32) {
        self.listed += len;
        let tail = self.queue.tail;
        if tail != NONE && self.runs[tail].is_blank {
            self.runs[tail].len += len;
        } else {
            let number = self.runs.insert(Run { is_blank: true, ..Run::new(0, len, 0) });
            self.queue.push_back(&mut self.runs, number);
        }
    }

    /// Whether the run became free.
    fn release_run(&mut self, number: u32) -> bool {
        let run = &mut self.runs[number];
        assert!(run.refs > 0, "L4: release of a free block");
        run.refs -= 1;
        if run.refs > 0 {
            return false;
        }
        self.listed += run.len;
        self.join_tail(number);
        self.queue.push_back(&mut self.runs, number);
        true
    }

    /// If the content of the tail goes on where that of a run ends that is to become the tail, they are one.
    fn join_tail(&mut self, number: u32) {
        let tail = self.queue.tail;
        if tail == NONE {
            return;
        }
        let (run, deeper) = (self.runs[number], self.runs[tail]);
        if !deeper.is_blank && deeper.is_alone() && run.is_alone() && run.goes_on_at(deeper.first) {
            self.queue.unlink(&mut self.runs, tail);
            self.forget(tail);
            self.runs[number].len += deeper.len;
        }
    }
}
