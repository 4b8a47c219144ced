//! Counters at even distances of simulated time: all that is left of them where not every change is kept.

use super::event::Values;

/// Points times instances at most: some 30 MB of trace where every counter changes every time.
pub(super) const MOST_VALUES: usize = 1 << 16;
/// Points at most, however few the instances.
const MOST_POINTS: usize = 4096;
/// Points at least, however many the instances.
const LEAST_POINTS: usize = 16;
/// The distance to begin with; it doubles as often as the run needs. \[us\]
const FIRST_PERIOD_US: u64 = 1 << 10;

/// The values of all instances at 0, 1, 2, ... periods.
#[derive(Debug)]
pub(super) struct Grid {
    instances: usize,
    most_points: usize,
    period_us: u64,
    points: Vec<Values>,
}

impl Grid {
    pub(super) fn new(instances: u32) -> Self {
        let instances = instances as usize;
        let most_points = (MOST_VALUES / instances.max(1)).clamp(LEAST_POINTS, MOST_POINTS);
        Self { instances, most_points, period_us: FIRST_PERIOD_US, points: Vec::new() }
    }

    /// The distance of its points. \[us\]
    pub(super) fn period_us(&self) -> u64 {
        self.period_us
    }

    /// Takes the values at all points before `now_us`: nothing has changed since the last call but with time.
    pub(super) fn catch_up(&mut self, now_us: u64, values: impl Fn(usize, u64) -> Values) {
        loop {
            let count = self.points.len() / self.instances;
            let next_us = self.period_us.saturating_mul(count as u64);
            if next_us >= now_us {
                return;
            }
            if count == self.most_points {
                self.widen();
            } else {
                self.points.extend((0..self.instances).map(|instance| values(instance, next_us)));
            }
        }
    }

    /// Every other point goes.
    fn widen(&mut self) {
        self.period_us = self.period_us.saturating_mul(2);
        let instances = self.instances;
        let mut index = 0;
        self.points.retain(|_| {
            index += 1;
            ((index - 1) / instances).is_multiple_of(2)
        });
    }

    /// The points, in order of time, each with the values of all instances.
    pub(super) fn points(&self) -> impl Iterator<Item = (u64, &[Values])> {
        (0..).zip(self.points.chunks(self.instances)).map(|(index, values)| (self.period_us * index, values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_has_the_values_of_its_time_however_long_the_run() {
        for instances in [1, 3, 5000] {
            let mut grid = Grid::new(instances);
            // A value that is constant between calls: the time of the last call.
            let mut before_us = 0;
            for step in 1..300_u64 {
                let now_us = step * step * 10_000;
                grid.catch_up(now_us, |instance, _| [before_us, instance as u64, 0, 0, 0]);
                before_us = now_us;
            }
            let points: Vec<_> = grid.points().collect();
            assert!(points.len() <= MOST_POINTS && points.len() >= LEAST_POINTS / 2, "{}", points.len());
            assert!(points.len() * instances as usize <= MOST_VALUES.max(LEAST_POINTS * instances as usize));
            for (at_us, values) in points {
                // What happens at the point's own tick counts.
                let before = (0..).take_while(|step| step * step * 10_000 <= at_us).count() as u64 - 1;
                assert_eq!(values[0][0], before * before * 10_000, "at {at_us}");
                assert_eq!(values.last().unwrap()[1], u64::from(instances) - 1);
            }
        }
    }
}
