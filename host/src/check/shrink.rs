//! From a trial that breaks a promise to the smallest one that still does.
//!
//! Calls go first, then rows, then numbers become small. A promise may be one about chance, so that
//! a smaller trial breaks it only sometimes; what is returned has broken it at least once.

use super::search::Violation;
use super::situation::{Situation, Trial};
use super::world::World;

/// How many smaller trials are tried at most: enough for the ones met in practice, and an end for
/// policies that take long.
pub(super) const ATTEMPTS: usize = 4000;

/// Shrinks `trial`, which breaks the promise as `violation` says, in so many attempts at most.
pub(super) fn shrink(
    trial: Trial,
    violation: Violation,
    attempts: usize,
    judge: impl FnMut(&Trial) -> Option<Violation>,
) -> (Trial, Violation) {
    let mut shrinking = Shrinking { trial, violation, judge, attempts };
    while shrinking.round() {}
    (shrinking.trial, shrinking.violation)
}

struct Shrinking<J> {
    trial: Trial,
    violation: Violation,
    judge: J,
    /// How many are left.
    attempts: usize,
}

impl<J: FnMut(&Trial) -> Option<Violation>> Shrinking<J> {
    /// Takes a smaller trial instead, if it still breaks the promise.
    fn attempt(&mut self, smaller: Trial) -> bool {
        if self.attempts == 0 || smaller == self.trial {
            return false;
        }
        self.attempts -= 1;
        match (self.judge)(&smaller) {
            Some(violation) => {
                self.trial = smaller;
                self.violation = violation;
                true
            }
            None => false,
        }
    }

    /// Everything once; whether anything became smaller.
    fn round(&mut self) -> bool {
        let mut is_smaller = false;
        // What comes after the call that shows it does not matter.
        if let Some(call) = self.violation.call
            && call + 1 < self.trial.calls.len()
        {
            let mut smaller = self.trial.clone();
            smaller.calls.truncate(call + 1);
            is_smaller |= self.attempt(smaller);
        }
        is_smaller |= self.drop_some(
            |trial| trial.calls.len(),
            |trial, at| {
                trial.calls.remove(at);
            },
        );
        for call in 0..self.trial.calls.len() {
            is_smaller |= self.drop_some(
                |trial| trial.calls[call].rows(),
                |trial, at| {
                    trial.calls[call].remove_row(at);
                },
            );
        }
        is_smaller |= self.plain_world();
        for call in 0..self.trial.calls.len() {
            is_smaller |= self.smaller_numbers(call);
        }
        is_smaller
    }

    /// Drops chunks of calls or rows, halving the chunks; one always stays.
    fn drop_some(&mut self, len: impl Fn(&Trial) -> usize, remove: impl Fn(&mut Trial, usize)) -> bool {
        let mut is_smaller = false;
        let mut chunk = len(&self.trial) / 2;
        while chunk > 0 {
            let mut end = len(&self.trial);
            while end >= chunk && len(&self.trial) > chunk {
                let mut smaller = self.trial.clone();
                (end - chunk..end).rev().for_each(|at| remove(&mut smaller, at));
                is_smaller |= self.attempt(smaller);
                end -= chunk;
            }
            chunk /= 2;
        }
        is_smaller
    }

    /// The usual cluster, with no more instances than are shown.
    fn plain_world(&mut self) -> bool {
        let mut is_smaller = false;
        let mut numbered = self.trial.clone();
        numbered.renumber();
        is_smaller |= self.attempt(numbered);
        let World { block_size, total_kv_blocks, seed, .. } = World::default();
        let mut plain = self.trial.clone();
        plain.world = World { block_size, total_kv_blocks, seed, ..plain.world };
        is_smaller | self.attempt(plain)
    }

    fn smaller_numbers(&mut self, call: usize) -> bool {
        let mut is_smaller = false;
        for (read, write) in [NOW, CHOSEN] {
            is_smaller |= self.smaller_number(call, read, write);
        }
        let knobs = self.trial.calls[call].clone().knobs().first().map_or(0, Vec::len);
        for knob in 0..knobs {
            // All rows at once first: most numbers play no part.
            let mut smaller = self.trial.clone();
            smaller.calls[call].knobs().into_iter().for_each(|mut row| *row[knob] = 0);
            is_smaller |= self.attempt(smaller);
            for row in 0..self.trial.calls[call].rows() {
                let read = |call: &mut Situation| *call.knobs()[row][knob];
                let write = |call: &mut Situation, value| *call.knobs()[row][knob] = value;
                is_smaller |= self.smaller_number(call, read, write);
            }
        }
        // The request of a router is no row.
        if !self.trial.calls[call].instances.is_empty() {
            let knobs = self.trial.calls[call].requests.first().map_or(0, |row| row.clone().knobs().len());
            for knob in 0..knobs {
                let read = |call: &mut Situation| *call.requests[0].knobs()[knob];
                let write = |call: &mut Situation, value| *call.requests[0].knobs()[knob] = value;
                is_smaller |= self.smaller_number(call, read, write);
            }
        }
        is_smaller
    }

    /// The smallest value that still will do: 0, or found by halving the distance.
    fn smaller_number(
        &mut self,
        call: usize,
        read: impl Fn(&mut Situation) -> u64,
        write: impl Fn(&mut Situation, u64),
    ) -> bool {
        let mut is_smaller = false;
        let with = |trial: &Trial, value| {
            let mut smaller = trial.clone();
            write(&mut smaller.calls[call], value);
            smaller
        };
        let mut high = read(&mut self.trial.calls[call].clone());
        if high == 0 {
            return false;
        }
        if self.attempt(with(&self.trial, 0)) {
            return true;
        }
        let mut low = 0;
        while high - low > 1 && self.attempts > 0 {
            let middle = low + (high - low) / 2;
            if self.attempt(with(&self.trial, middle)) {
                is_smaller = true;
                high = middle;
            } else {
                low = middle;
            }
        }
        is_smaller
    }
}

type Read = fn(&mut Situation) -> u64;
type Write = fn(&mut Situation, u64);

const NOW: (Read, Write) = (|call| call.now_us, |call, value| call.now_us = value);
const CHOSEN: (Read, Write) = (|call| call.chosen_row() as u64, |call, value| call.chosen = value as usize);

impl Situation {
    /// The free numbers of each row.
    fn knobs(&mut self) -> Vec<Vec<&mut u64>> {
        if self.instances.is_empty() {
            self.requests.iter_mut().map(|row| row.knobs().into_iter().collect()).collect()
        } else {
            self.instances.iter_mut().map(|row| row.knobs().into_iter().collect()).collect()
        }
    }

    fn remove_row(&mut self, row: usize) {
        if self.instances.is_empty() {
            self.requests.remove(row);
        } else {
            self.instances.remove(row);
        }
    }
}

impl Trial {
    /// Instances and requests get the smallest numbers that leave them in the same order.
    fn renumber(&mut self) {
        let mut instances: Vec<u64> = Vec::new();
        let mut ids: Vec<u64> = Vec::new();
        for call in &self.calls {
            instances.extend(call.instances.iter().map(|row| row.instance));
            ids.extend(call.requests.iter().map(|row| row.id));
        }
        for numbers in [&mut instances, &mut ids] {
            numbers.sort_unstable();
            numbers.dedup();
        }
        let rank = |numbers: &[u64], number: u64| numbers.binary_search(&number).unwrap_or(0) as u64;
        for call in &mut self.calls {
            call.instances.iter_mut().for_each(|row| row.instance = rank(&instances, row.instance));
            call.requests.iter_mut().for_each(|row| row.id = rank(&ids, row.id));
        }
        self.world.instances = instances.len().max(1) as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::generate::Generator;

    /// Shrinks the first random sequence that breaks the promise.
    fn shrunk(is_routing: bool, what: impl Fn(&Situation) -> bool) -> Trial {
        let judge = |trial: &Trial| {
            trial.calls.iter().position(&what).map(|call| Violation::in_call(call, "it is so"))
        };
        let generator = Generator { seed: 1, is_routing };
        let mut sequences = generator.sequences().filter_map(|trial| Some((judge(&trial)?, trial)));
        let (violation, trial) = sequences.next().unwrap();
        shrink(trial, violation, ATTEMPTS, judge).0
    }

    #[test]
    fn one_call_and_one_row_are_left_with_the_smallest_numbers() {
        let trial = shrunk(true, |call| call.instances.iter().any(|row| row.queue_depth > 100));
        let [call] = &trial.calls[..] else { panic!("one call") };
        let [row] = &call.instances[..] else { panic!("one row") };
        assert_eq!((row.instance, row.queue_depth, row.batch_size, row.used), (0, 101, 0, 0));
        assert_eq!((call.now_us, call.requests[0].prompt, trial.world.instances), (0, 0, 1));
    }

    #[test]
    fn what_is_needed_stays() {
        let busy = |call: &Situation| call.requests.iter().filter(|row| row.prompt >= 3).count() >= 2;
        let trial = shrunk(false, busy);
        let [call] = &trial.calls[..] else { panic!("one call") };
        assert_eq!(call.requests.iter().map(|row| row.prompt).collect::<Vec<_>>(), [3, 3]);
        assert_eq!(call.requests.iter().map(|row| row.id).collect::<Vec<_>>(), [0, 1]);
    }
}
