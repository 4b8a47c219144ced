//! When each instance acts next, for the fast engine: a tournament.
//!
//! An instance waits for one thing at most: the end of its step, or the start of one. So its timer is
//! one number, and the next instance to act is the winner of a tournament over all numbers:
//!
//! ```text
//!            1                 each node: the lower of the two below it;
//!        1       2             of equal ones the left: the lowest instance
//!      0   1   2   3
//!     70  50  50  90           a change plays anew on one path, log2(instances) games
//! ```

/// A timer that is off.
const OFF: u64 = u64::MAX;

/// The timers of all instances.
pub(super) struct Timers {
    /// By instance: twice the tick, one more for a start, since starts come last at a tick.
    keys: Vec<u64>,
    /// Winners of the games; node 1 is the final, the games of nodes 2k and 2k+1 lead to node k.
    winners: Vec<u32>,
    /// An instance that acts now: its timer is off, but its games are not played anew before somebody
    /// asks. Mostly it is set again first.
    acting: Option<u32>,
    /// Timers that are on.
    on: u32,
}

impl Timers {
    /// Timers of so many instances, all off.
    pub(super) fn new(instances: u32) -> Self {
        let size = (instances as usize).next_power_of_two();
        let mut timers = Self { keys: vec![OFF; size], winners: vec![0; size], acting: None, on: 0 };
        for node in (1..size).rev() {
            timers.play(node);
        }
        timers
    }

    fn winner(&self, node: usize) -> u32 {
        let size = self.keys.len();
        if node < size { self.winners[node] } else { (node - size) as u32 }
    }

    fn play(&mut self, node: usize) {
        let (left, right) = (self.winner(2 * node), self.winner(2 * node + 1));
        let is_left = self.keys[left as usize] <= self.keys[right as usize];
        self.winners[node] = if is_left { left } else { right };
    }

    fn change(&mut self, instance: u32, key: u64) {
        if self.acting.is_some_and(|acting| acting != instance) {
            self.settle();
        }
        self.acting = None;
        self.keys[instance as usize] = key;
        let mut node = (self.keys.len() + instance as usize) / 2;
        while node > 0 {
            self.play(node);
            node /= 2;
        }
    }

    /// The games of an instance that acted are played, if it was not set again.
    fn settle(&mut self) {
        if let Some(acting) = self.acting.take() {
            self.change(acting, OFF);
        }
    }

    /// Whether any timer is on.
    pub(super) fn are_any_on(&self) -> bool {
        self.on > 0
    }

    /// The instance acts at this tick; what it waited for before is void.
    pub(super) fn set(&mut self, instance: u32, time_us: u64, is_start: bool) {
        self.on += u32::from(self.keys[instance as usize] == OFF);
        self.change(instance, time_us * 2 + u64::from(is_start));
    }

    /// Who acts next: tick, whether a step starts, and the instance.
    pub(super) fn next(&mut self) -> Option<(u64, bool, u32)> {
        self.settle();
        let instance = self.winner(1);
        let key = self.keys[instance as usize];
        (key != OFF).then_some((key / 2, key % 2 == 1, instance))
    }

    /// The same; its timer is off from now on.
    pub(super) fn pop(&mut self) -> Option<(u64, bool, u32)> {
        let next = self.next()?;
        self.keys[next.2 as usize] = OFF;
        self.on -= 1;
        self.acting = Some(next.2);
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_earliest_acts_first_ends_before_starts_and_low_numbers_before_high(
            instances in 1u32..20,
            sets in prop::collection::vec((0u32..20, 0u64..6, any::<bool>()), 0..60),
        ) {
            let mut timers = Timers::new(instances);
            let mut plain = std::collections::BTreeMap::new();
            for (instance, time_us, is_start) in sets {
                let instance = instance % instances;
                timers.set(instance, time_us, is_start);
                plain.insert(instance, (time_us, is_start, instance));
                if time_us == 3 {
                    let first = *plain.values().min().unwrap();
                    plain.remove(&first.2);
                    prop_assert_eq!(timers.pop(), Some(first));
                }
                prop_assert_eq!(timers.are_any_on(), !plain.is_empty());
                prop_assert_eq!(timers.next(), plain.values().min().copied());
            }
        }
    }
}
