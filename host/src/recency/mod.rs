//! Which content was used last, by runs: what an LRU cache of identities is, at the cost of one entry
//! for a run of identities that were used together.
//!
//! A run is used deepest identity first, so that a prefix outlives its continuations. So the one that was
//! used longest ago is the last of its run, and a run that loses something to time loses it at its end:
//!
//! ```text
//!   longest ago -> [ 39 .. 32 ] [ 107 .. 100 ] [ 12 .. 0 ] -> last
//!                    ^ goes first                      ^ goes last
//! ```
//!
//! A use of a part cuts it out of its run, and puts it last.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

/// No run.
const NONE: u32 = u32::MAX;

/// Identities that follow one another and were used one after the other, the last of them first.
#[derive(Clone, Copy)]
struct Run<T> {
    first: u64,
    len: u64,
    value: T,
    older: u32,
    newer: u32,
}

impl<T> Run<T> {
    fn last(&self) -> u64 {
        self.first + (self.len - 1)
    }
}

/// Identities in the order of their last use, each with a value.
pub(crate) struct Recency<T> {
    runs: Vec<Run<T>>,
    vacant: Vec<u32>,
    /// First identity of a run to its number. Runs do not overlap.
    by_first: BTreeMap<u64, u32>,
    oldest: u32,
    newest: u32,
    /// Identities that are held.
    held: u64,
    /// No identity above it was ever held.
    ceiling: u64,
}

impl<T: Copy + PartialEq> Recency<T> {
    pub(crate) fn new() -> Self {
        Self {
            runs: Vec::new(),
            vacant: Vec::new(),
            by_first: BTreeMap::new(),
            oldest: NONE,
            newest: NONE,
            held: 0,
            ceiling: 0,
        }
    }

    /// How many identities are held.
    pub(crate) fn len(&self) -> u64 {
        self.held
    }

    fn run(&self, number: u32) -> &Run<T> {
        &self.runs[number as usize]
    }

    fn run_mut(&mut self, number: u32) -> &mut Run<T> {
        &mut self.runs[number as usize]
    }

    /// The last run that begins at an identity or before it.
    fn begun(&self, identity: u64) -> Option<u32> {
        self.by_first.range(..=identity).next_back().map(|(_, &number)| number)
    }

    /// The run that an identity is in.
    fn find(&self, identity: u64) -> Option<u32> {
        if identity > self.ceiling {
            return None;
        }
        self.begun(identity).filter(|&number| identity <= self.run(number).last())
    }

    /// How many identities of a run are held, up to the first that is not.
    pub(crate) fn prefix(&self, first: u64, len: u64) -> u64 {
        let mut done = 0;
        while done < len {
            let identity = first.wrapping_add(done);
            let Some(number) = self.find(identity) else { return done };
            let here = self.run(number).last() - identity;
            done = done.saturating_add(here).saturating_add(1).min(len);
        }
        done
    }

    /// Calls `each` with how many of the identities of a run, which are held, have which value.
    pub(crate) fn each_value(&self, first: u64, len: u64, mut each: impl FnMut(u64, T)) {
        let mut done = 0;
        while done < len {
            let identity = first.wrapping_add(done);
            let Some(number) = self.find(identity) else { return };
            let run = self.run(number);
            let here = (run.last() - identity).saturating_add(1).min(len - done);
            each(here, run.value);
            done += here;
        }
    }

    /// Calls `each` with the parts of a run that are not held, deepest first. The run does not go round.
    pub(crate) fn each_gap(&self, first: u64, len: u64, mut each: impl FnMut(u64, u64)) {
        let mut last = first + (len - 1);
        loop {
            let run = self.begun(last).map(|number| self.run(number));
            let Some(run) = run.filter(|run| run.last() >= first) else {
                return each(first, last - first + 1);
            };
            if run.last() < last {
                each(run.last() + 1, last - run.last());
            }
            if run.first <= first {
                return;
            }
            last = run.first - 1;
        }
    }

    /// Identities may go round at 2^64: the parts of a run that do not, deepest first.
    fn straight(first: u64, len: u64) -> impl Iterator<Item = (u64, u64)> {
        let before = len.min((u64::MAX - first).saturating_add(1));
        [(0, len - before), (first, before)].into_iter().filter(|&(_, len)| len > 0)
    }

    /// Uses all identities of a run, the last first, whether they are held or not; they have this value.
    pub(crate) fn put(&mut self, first: u64, len: u64, value: T) {
        for (first, len) in Self::straight(first, len) {
            self.take_out_all(first, first + (len - 1));
            self.push(first, len, value);
        }
    }

    /// Uses all identities of a run, the last first. They are held, and keep their values.
    pub(crate) fn refresh(&mut self, first: u64, len: u64) {
        for (first, len) in Self::straight(first, len) {
            let mut last = first + (len - 1);
            while let Some(number) = self.find(last) {
                let Run { first: begin, value, .. } = *self.run(number);
                let from = begin.max(first);
                self.take_out(number, from, last);
                self.push(from, last - from + 1, value);
                if from == first {
                    break;
                }
                last = from - 1;
            }
        }
    }

    /// Forgets the identity that was used longest ago, and returns it.
    pub(crate) fn pop_oldest(&mut self) -> Option<u64> {
        let last = (self.oldest != NONE).then(|| self.run(self.oldest).last())?;
        self.take_out(self.oldest, last, last);
        Some(last)
    }

    /// Forgets what was used longest ago, so that no more than `most` are held.
    pub(crate) fn shrink(&mut self, most: u64) {
        while self.held > most {
            let run = self.run(self.oldest);
            let last = run.last();
            let len = (self.held - most).min(run.len);
            self.take_out(self.oldest, last - (len - 1), last);
        }
    }

    /// Forgets the identities of a run, deepest first, and tells `each` what was held: first identity, how
    /// many, and their value. The run does not go round.
    pub(crate) fn take(&mut self, first: u64, len: u64, mut each: impl FnMut(u64, u64, T)) {
        let mut last = first + (len - 1);
        while let Some(number) = self.begun(last) {
            let run = *self.run(number);
            if run.last() < first {
                return;
            }
            let (from, to) = (run.first.max(first), run.last().min(last));
            self.take_out(number, from, to);
            each(from, to - from + 1, run.value);
            if from == first {
                return;
            }
            last = from - 1;
        }
    }

    /// Forgets whatever is held between two identities, both included.
    fn take_out_all(&mut self, first: u64, last: u64) {
        if first > self.ceiling {
            return;
        }
        self.take(first, last - first + 1, |_, _, _| {});
    }

    /// Forgets a part of a run.
    fn take_out(&mut self, number: u32, from: u64, to: u64) {
        let run = *self.run(number);
        let (before, after) = (from - run.first, run.last() - to);
        self.held -= to - from + 1;
        match (before, after) {
            (0, 0) => {
                self.by_first.remove(&run.first);
                self.unlink(number);
                self.vacant.push(number);
            }
            (0, _) => {
                self.by_first.remove(&run.first);
                self.by_first.insert(to + 1, number);
                (self.run_mut(number).first, self.run_mut(number).len) = (to + 1, after);
            }
            _ => {
                self.run_mut(number).len = before;
                if after > 0 {
                    // What lies deeper was used before.
                    let deeper = self.insert(Run { first: to + 1, len: after, ..run });
                    self.link(run.older, deeper);
                    self.link(deeper, number);
                }
            }
        }
    }

    /// A run becomes the one that was used last.
    fn push(&mut self, first: u64, len: u64, value: T) {
        self.held += len;
        self.ceiling = self.ceiling.max(first + (len - 1));
        let newest = self.newest;
        if newest != NONE {
            let run = self.run_mut(newest);
            let deeper = run.first;
            if run.value == value && (first + (len - 1)).checked_add(1) == Some(deeper) {
                (run.first, run.len) = (first, run.len + len);
                self.by_first.remove(&deeper);
                self.by_first.insert(first, newest);
                return;
            }
        }
        let number = self.insert(Run { first, len, value, older: NONE, newer: NONE });
        self.link(newest, number);
        self.link(number, NONE);
    }

    fn insert(&mut self, run: Run<T>) -> u32 {
        let number = match self.vacant.pop() {
            Some(number) => {
                self.runs[number as usize] = run;
                number
            }
            None => {
                self.runs.push(run);
                (self.runs.len() - 1) as u32
            }
        };
        self.by_first.insert(run.first, number);
        number
    }

    /// One run was used right before the other; `NONE`: the other is the oldest, or the one is the newest.
    fn link(&mut self, older: u32, newer: u32) {
        match older {
            NONE => self.oldest = newer,
            older => self.run_mut(older).newer = newer,
        }
        match newer {
            NONE => self.newest = older,
            newer => self.run_mut(newer).older = older,
        }
    }

    fn unlink(&mut self, number: u32) {
        let Run { older, newer, .. } = *self.run(number);
        self.link(older, newer);
    }
}
