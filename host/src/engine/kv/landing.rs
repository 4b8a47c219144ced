//! Offloads on their way, by runs.

use std::collections::VecDeque;

/// Blocks whose transfers to the CPU tier end one after the other, the deepest first.
#[derive(Debug, Clone, Copy)]
struct Landing {
    first: u64,
    len: u64,
    /// When the transfer of the deepest ends; the others follow, `block_us` after one another.
    next_end_us: u64,
    block_us: u64,
}

/// All that are on their way of one instance, in the order in which they end.
#[derive(Debug, Default)]
pub(crate) struct Landings {
    queue: VecDeque<Landing>,
}

impl Landings {
    /// The blocks of a run follow those before; the deepest ends at `next_end_us`.
    pub(crate) fn push(&mut self, first: u64, len: u64, next_end_us: u64, block_us: u64) {
        self.queue.push_back(Landing { first, len, next_end_us, block_us });
    }

    /// Takes what ended by a tick, or a part of it: first identity, blocks, and when the last ended.
    pub(crate) fn pop_until(&mut self, until_us: u64) -> Option<(u64, u64, u64)> {
        let front = self.queue.front_mut().filter(|front| front.next_end_us <= until_us)?;
        let after_the_first = (until_us - front.next_end_us) / front.block_us;
        let ended = front.len.min(after_the_first.saturating_add(1));
        let last_us = front.next_end_us + (ended - 1) * front.block_us;
        front.len -= ended;
        front.next_end_us = last_us + front.block_us;
        let first = front.first + front.len;
        if front.len == 0 {
            self.queue.pop_front();
        }
        Some((first, ended, last_us))
    }

    /// When the transfer after the next `count` ends; `None` if there are no more.
    pub(crate) fn end_us_after(&self, count: u64) -> Option<u64> {
        let mut left = count;
        for landing in &self.queue {
            if left < landing.len {
                return Some(landing.next_end_us + left * landing.block_us);
            }
            left -= landing.len;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_end_one_after_the_other_the_deepest_first() {
        let mut landings = Landings::default();
        landings.push(10, 3, 100, 5);
        landings.push(50, 2, 120, 5);
        let ends: Vec<_> = (0..6).map(|count| landings.end_us_after(count)).collect();
        assert_eq!(ends, [Some(100), Some(105), Some(110), Some(120), Some(125), None]);
        assert_eq!(landings.pop_until(99), None);
        assert_eq!(landings.pop_until(107), Some((11, 2, 105)));
        assert_eq!(landings.pop_until(107), None);
        assert_eq!(landings.end_us_after(0), Some(110));
        assert_eq!(landings.pop_until(u64::MAX), Some((10, 1, 110)));
        assert_eq!(landings.pop_until(u64::MAX), Some((50, 2, 125)));
        assert_eq!(landings.pop_until(u64::MAX), None);
    }
}
