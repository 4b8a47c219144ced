//! One sample of independent values: its mean, and how well that is known.

use statrs::distribution::{ContinuousCDF as _, StudentsT};

/// Mean and spread of independent values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// How many.
    pub count: u32,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation, with `count - 1` in the denominator; 0 for one value.
    pub deviation: f64,
}

impl Sample {
    /// Of these values; `None` if there are none, or one is not finite.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        if values.is_empty() || values.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let count = values.len() as f64;
        // Equal values have their own mean, to the last bit, and no spread.
        if values.iter().all(|value| *value == values[0]) {
            return Some(Self { count: values.len() as u32, mean: values[0], deviation: 0.0 });
        }
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        Some(Self { count: values.len() as u32, mean, deviation: (squares / (count - 1.0)).sqrt() })
    }

    /// The two-sided interval of the mean that misses it with probability `alpha`: mean ± t s/√n.
    ///
    /// `None` where nothing bounds it: for one value, and for so few equal ones that chance explains
    /// them. Equal values have no spread to judge by; if the chances of falling on either side of the
    /// true median are even, n of them lie on one side with probability 2^(1-n) (the sign test), and
    /// once that is at most `alpha` the interval is the value itself.
    #[must_use]
    pub fn interval(&self, alpha: f64) -> Option<(f64, f64)> {
        if self.deviation == 0.0 {
            return (self.chance_of_equals() <= alpha).then_some((self.mean, self.mean));
        }
        let half = critical(alpha, self.degrees()?)? * self.error();
        Some((self.mean - half, self.mean + half))
    }

    /// The two-sided p-value of the hypothesis that the mean is `null`.
    #[must_use]
    pub fn p_value(&self, null: f64) -> f64 {
        if self.deviation == 0.0 {
            return if self.mean == null { 1.0 } else { self.chance_of_equals() };
        }
        match self.degrees() {
            Some(degrees) => p_value((self.mean - null) / self.error(), degrees),
            None => 1.0,
        }
    }

    /// Standard error of the mean.
    #[must_use]
    pub fn error(&self) -> f64 {
        self.deviation / f64::from(self.count).sqrt()
    }

    fn degrees(&self) -> Option<f64> {
        (self.count > 1).then(|| f64::from(self.count - 1))
    }

    fn chance_of_equals(&self) -> f64 {
        2f64.powi(1 - self.count.min(1000) as i32)
    }
}

/// The two-sided p-value of a t statistic.
#[must_use]
pub fn p_value(t: f64, degrees: f64) -> f64 {
    match StudentsT::new(0.0, 1.0, degrees) {
        Ok(student) => (2.0 * student.cdf(-t.abs())).min(1.0),
        Err(_) => 1.0,
    }
}

/// The value that |t| exceeds with probability `alpha`; `None` for an `alpha` that is no probability.
fn critical(alpha: f64, degrees: f64) -> Option<f64> {
    if !(alpha > 0.0 && alpha < 1.0) {
        return None;
    }
    let student = StudentsT::new(0.0, 1.0, degrees).ok()?;
    // By halving: the tail is monotone, and the library's own inverse loses digits far out in it.
    let tail = |t: f64| 2.0 * student.cdf(-t);
    let (mut low, mut high) = (0.0, 1.0);
    while tail(high) > alpha {
        high *= 2.0;
        if high > 1e300 {
            return None;
        }
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if tail(middle) > alpha { low = middle } else { high = middle }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables of Student's t, two-sided: any textbook's.
    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (alpha, degrees, expected) in [
            (0.05, 1.0, 12.706_204_736),
            (0.05, 4.0, 2.776_445_105),
            (0.05, 9.0, 2.262_157_163),
            (0.01, 9.0, 3.249_835_542),
            (0.001, 4.0, 8.610_301_581),
            (0.05, 30.0, 2.042_272_456),
        ] {
            let found = critical(alpha, degrees).unwrap();
            assert!((found - expected).abs() < 1e-6, "{alpha} {degrees}: {found}");
            assert!((p_value(found, degrees) - alpha).abs() < 1e-9);
        }
        assert!(critical(0.0, 4.0).is_none() && critical(f64::NAN, 4.0).is_none());
    }

    #[test]
    fn an_interval_is_the_mean_and_t_standard_errors() {
        let sample = Sample::of(&[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
        assert_eq!((sample.count, sample.mean), (5, 3.0));
        assert!((sample.deviation - 2.5f64.sqrt()).abs() < 1e-12);
        let (low, high) = sample.interval(0.05).unwrap();
        // 2.776445105 * sqrt(2.5 / 5)
        assert!((high - 3.0 - 1.963_243).abs() < 1e-5 && (3.0 - low - 1.963_243).abs() < 1e-5);
        // The interval holds exactly the means that the test does not refuse.
        assert!((sample.p_value(low) - 0.05).abs() < 1e-6);
    }

    #[test]
    fn equal_values_say_something_only_if_there_are_many() {
        let equal = |count: usize| Sample::of(&vec![0.25; count]).unwrap();
        assert_eq!(equal(5).interval(0.05), None, "1 in 16");
        assert_eq!(equal(6).interval(0.05), Some((0.25, 0.25)), "1 in 32");
        assert_eq!((equal(6).p_value(0.25), equal(6).p_value(0.0)), (1.0, 1.0 / 32.0));
        assert_eq!(equal(1).interval(0.05), None);
        assert_eq!(Sample::of(&[]), None);
        assert_eq!(Sample::of(&[1.0, f64::NAN]), None);
    }
}
