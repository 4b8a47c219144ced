//! A number at each of any number of arrivals, in bounded memory.

/// Sums are kept of so many neighbours at most; up to so many numbers, of each alone.
const MOST_SUMS: usize = 1 << 20;

/// Numbers in order, of which means over stretches are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trend {
    /// Numbers in a sum: a power of two.
    width: u64,
    /// All are whole but the last.
    sums: Vec<u64>,
    count: u64,
    most_sums: usize,
}

impl Default for Trend {
    fn default() -> Self {
        Self::with_most_sums(MOST_SUMS)
    }
}

impl Trend {
    /// With another bound, of an even number of sums.
    fn with_most_sums(most_sums: usize) -> Self {
        Self { width: 1, sums: Vec::new(), count: 0, most_sums }
    }

    /// The next number.
    pub fn push(&mut self, number: u64) {
        if self.count.is_multiple_of(self.width) {
            if self.sums.len() == self.most_sums {
                self.sums = self.sums.chunks(2).map(|pair| pair.iter().sum()).collect();
                self.width *= 2;
            }
            self.sums.push(0);
        }
        if let Some(last) = self.sums.last_mut() {
            *last += number;
        }
        self.count += 1;
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The mean of the numbers from one place up to another, without it. Of more than a million numbers,
    /// both ends are moved back to the end of a sum, by less than two millionths of all. `None` where no
    /// number is left.
    #[must_use]
    pub fn mean(&self, from: u64, to: u64) -> Option<f64> {
        let sum_at =
            |place: u64| usize::try_from(place / self.width).unwrap_or(usize::MAX).min(self.sums.len());
        let (from_sum, mut to_sum) = (sum_at(from), sum_at(to));
        let mut end = to_sum as u64 * self.width;
        if to >= self.count {
            // The last sum may be of fewer.
            (to_sum, end) = (self.sums.len(), self.count);
        }
        let numbers = end.saturating_sub(from_sum as u64 * self.width);
        let sums = self.sums.get(from_sum..to_sum)?;
        (numbers > 0).then(|| sums.iter().map(|&sum| sum as f64).sum::<f64>() / numbers as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn trend(numbers: &[u64], most_sums: usize) -> Trend {
        let mut trend = Trend::with_most_sums(most_sums);
        numbers.iter().for_each(|&number| trend.push(number));
        trend
    }

    proptest! {
        #[test]
        fn means_are_exact_at_the_ends_of_sums(numbers in prop::collection::vec(0_u64..1000, 1..300), most in 2_usize..40) {
            let most = most * 2;
            let trend = trend(&numbers, most);
            prop_assert!(trend.sums.len() <= most && trend.len() == numbers.len() as u64);
            let all = numbers.len() as u64;
            for from in 0..all {
                for to in from + 1..=all {
                    let cut = |place: u64| if place == all { all } else { place / trend.width * trend.width };
                    let part = &numbers[cut(from).min(cut(to)) as usize..cut(to) as usize];
                    let mean = part.iter().sum::<u64>() as f64 / part.len() as f64;
                    prop_assert_eq!(trend.mean(from, to), (!part.is_empty()).then_some(mean));
                }
            }
            // As long as there are few, nothing is cut.
            prop_assert!(numbers.len() > most || trend.width == 1);
        }
    }

    #[test]
    fn memory_is_bounded() {
        let mut trend = Trend::with_most_sums(64);
        (0..1_000_000).for_each(|number| trend.push(number));
        assert!(trend.sums.len() <= 64 && trend.sums.capacity() <= 128);
        let mean = trend.mean(500_000, 750_000).unwrap();
        assert!((mean - 625_000.0).abs() < 2.0 * 1_000_000.0 / 32.0, "{mean}");
        assert_eq!(Trend::default().mean(0, 1), None);
    }
}
