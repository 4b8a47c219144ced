//! How far off a figure may be.

use std::str::FromStr;

use super::figures::{Compared, Figure, Metric, Statistic};

/// The largest error of a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// Of which figure.
    pub figure: Figure,
    /// As a share of what was measured.
    pub most: f64,
}

/// A figure that is further off than it may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Failing {
    /// The figure.
    pub compared: Compared,
    /// What would be allowed.
    pub most: f64,
}

/// All thresholds.
#[derive(Debug, Clone, PartialEq)]
pub struct Thresholds(pub Vec<Threshold>);

impl Default for Thresholds {
    /// The median errors of the best simulator in a comparison over 38 experiments: nobody is asked for more
    /// than has been reached elsewhere.
    fn default() -> Self {
        let threshold = |metric, statistic, most| Threshold { figure: Figure { metric, statistic }, most };
        Self(vec![
            threshold(Metric::Ttft, Statistic::Mean, 0.178),
            threshold(Metric::Ttft, Statistic::P99, 0.31),
            threshold(Metric::Tpot, Statistic::Mean, 0.069),
            threshold(Metric::E2e, Statistic::Mean, 0.068),
        ])
    }
}

impl Thresholds {
    /// The same with other ones for some figures.
    #[must_use]
    pub fn with(mut self, others: &[Threshold]) -> Self {
        for other in others {
            self.0.retain(|threshold| threshold.figure != other.figure);
            self.0.push(*other);
        }
        self
    }

    pub(super) fn failing(&self, figures: &[Compared]) -> Vec<Failing> {
        let most = |compared: &Compared| self.0.iter().find(|one| one.figure == compared.figure);
        let failing = figures.iter().filter_map(|compared| {
            let most = most(compared)?.most;
            // What is not a number does not hold.
            let holds = compared.error().abs() <= most;
            (!holds).then_some(Failing { compared: *compared, most })
        });
        failing.collect()
    }
}

/// `e2e_mean=4%`.
impl FromStr for Threshold {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (figure, most) = text
            .split_once('=')
            .ok_or_else(|| format!("`{text}` is not FIGURE=PERCENT, such as e2e_mean=5%"))?;
        let number = most.trim().trim_end_matches('%').trim();
        let percent: f64 = number.parse().map_err(|_| format!("`{number}` is not a number of percent"))?;
        if !(percent.is_finite() && percent >= 0.0) {
            return Err(format!("`{number}` is not a number of percent, 0 or more"));
        }
        Ok(Self { figure: figure.trim().parse()?, most: percent / 100.0 })
    }
}
