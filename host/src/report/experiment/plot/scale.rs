//! From values to pixels, and the values to name beside an axis.

/// An axis in one direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    is_log: bool,
    /// Pixels of both ends.
    from: f64,
    to: f64,
}

impl Scale {
    /// An axis of even steps, wide enough for all values, with ends that are round.
    pub(super) fn linear(values: impl IntoIterator<Item = f64>, (from, to): (f64, f64)) -> Self {
        let (mut low, mut high) = extremes(values).unwrap_or((0.0, 1.0));
        if high - low <= f64::EPSILON * high.abs().max(low.abs()) {
            let around = if high == 0.0 { 1.0 } else { 0.1 * high.abs() };
            (low, high) = (low - around, high + around);
        }
        let step = step(high - low);
        Self { low: (low / step).floor() * step, high: (high / step).ceil() * step, is_log: false, from, to }
    }

    /// An axis of even factors; of even steps where the values span too little or are not above 0.
    pub(super) fn log(values: impl IntoIterator<Item = f64>, range: (f64, f64)) -> Self {
        let values: Vec<f64> = values.into_iter().collect();
        match extremes(values.iter().copied()) {
            Some((low, high)) if low > 0.0 && high / low >= 4.0 => {
                Self { low: low / 1.08, high: high * 1.08, is_log: true, from: range.0, to: range.1 }
            }
            _ => Self::linear(values, range),
        }
    }

    /// The pixel of a value; what lies beyond an end is at that end.
    pub(super) fn at(&self, value: f64) -> f64 {
        let position = |value: f64| if self.is_log { value.max(f64::MIN_POSITIVE).ln() } else { value };
        let share = (position(value) - position(self.low)) / (position(self.high) - position(self.low));
        self.from + (self.to - self.from) * share.clamp(0.0, 1.0)
    }

    /// Round values along the axis.
    pub(super) fn ticks(&self) -> Vec<f64> {
        if !self.is_log {
            let step = step(self.high - self.low);
            let first = (self.low / step).ceil() as i64;
            let last = (self.high / step + 1e-9).floor() as i64;
            return (first..=last.min(first + 20)).map(|index| index as f64 * step).collect();
        }
        let decades = self.low.log10().floor() as i32..=self.high.log10().ceil() as i32;
        let within = |steps: &[f64]| -> Vec<f64> {
            let all =
                decades.clone().flat_map(|decade| steps.iter().map(move |step| step * 10_f64.powi(decade)));
            all.filter(|value| (self.low..=self.high).contains(value)).collect()
        };
        let fine = within(&[1.0, 2.0, 5.0]);
        if fine.len() <= 7 { fine } else { within(&[1.0]) }
    }
}

fn extremes(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    let finite = values.into_iter().filter(|value| value.is_finite());
    finite.fold(None, |ends, value| match ends {
        None => Some((value, value)),
        Some((low, high)) => Some((value.min(low), value.max(high))),
    })
}

/// 1, 2 or 5 times a power of ten: about five of them make `span`.
fn step(span: f64) -> f64 {
    let rough = (span / 5.0).max(f64::MIN_POSITIVE);
    let power = 10_f64.powf(rough.log10().floor());
    let factor = rough / power;
    power
        * if factor <= 1.0 {
            1.0
        } else if factor <= 2.0 {
            2.0
        } else if factor <= 5.0 {
            5.0
        } else {
            10.0
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_steps_are_round() {
        let scale = Scale::linear([3.0, 97.0], (0.0, 100.0));
        assert_eq!(scale.ticks(), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!((scale.at(0.0), scale.at(50.0), scale.at(1e9)), (0.0, 50.0, 100.0));
    }

    #[test]
    fn factors_are_even_on_a_log_axis() {
        let scale = Scale::log([10.0, 1000.0], (0.0, 100.0));
        assert_eq!(scale.ticks(), [10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0]);
        assert!((scale.at(100.0) - 50.0).abs() < 1e-9);
        assert_eq!(Scale::log([0.0, 1000.0], (0.0, 1.0)), Scale::linear([0.0, 1000.0], (0.0, 1.0)));
    }

    #[test]
    fn odd_values_make_an_axis_too() {
        for values in [&[][..], &[0.0], &[5.0, 5.0], &[f64::NAN], &[1e300, -1e300], &[1e-300, 2e-300]] {
            let scale = Scale::linear(values.iter().copied(), (0.0, 100.0));
            assert!(scale.ticks().len() <= 21);
            assert!(scale.at(0.0).is_finite(), "{values:?}");
        }
    }
}
