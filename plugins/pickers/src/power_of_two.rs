//! `power-of-two-choices` and `power-of-two-scores`: the better one of a few that are drawn.

use pointsman_plugin_api::prelude::*;
use routing_inputs::Load;

use crate::draw::Draw;

parameters! {
    /// Parameters of `power-of-two-choices`.
    pub struct ByLoad {
        /// How many different candidates are drawn. \[instances\]
        choices: u64 = 2,
        /// What is low where an instance is better: a signal, or `effective_load` =
        /// `queue_depth + batch_size + pending_requests`.
        signal: String = "effective_load".into() => [
            "effective_load", "queue_depth", "batch_size", "pending_requests", "inflight_requests",
            "waiting_tokens", "inflight_tokens", "kv_utilization", "pending_transfer_latency",
        ],
    }
}

parameters! {
    /// Parameters of `power-of-two-scores`.
    pub struct ByScore {
        /// How many different candidates are drawn. \[instances\]
        choices: u64 = 2,
    }
}

/// A few candidates, drawn.
struct Sample {
    draw: Draw,
    choices: usize,
    rows: Vec<usize>,
}

impl Sample {
    fn new(choices: u64, setup: &Setup<'_>) -> Result<Self, String> {
        if choices == 0 {
            return Err("`choices` must be at least 1".into());
        }
        let choices = usize::try_from(choices).unwrap_or(usize::MAX);
        Ok(Self { draw: Draw::new(setup), choices, rows: Vec::new() })
    }

    /// The row with the least cost among those that are drawn; of equal ones the one drawn first.
    fn least(&mut self, candidates: usize, cost: impl Fn(usize) -> f64) -> Result<usize, String> {
        self.rows.clear();
        self.rows.extend(0..candidates);
        let drawn = self.draw.different(self.choices, &mut self.rows);
        let least = drawn.iter().copied().min_by(|&a, &b| cost(a).total_cmp(&cost(b)));
        least.ok_or_else(|| "there is no candidate".into())
    }
}

/// Draws a few and takes the least loaded.
pub(crate) struct PowerOfTwoChoices {
    sample: Sample,
    load: Load,
    loads: Vec<f64>,
}

impl Picker for PowerOfTwoChoices {
    type Params = ByLoad;
    const INFO: PolicyInfo = PolicyInfo {
        name: "power-of-two-choices",
        aliases: &["power-of-two"],
        summary: "draws two and takes the less loaded",
        version: env!("CARGO_PKG_VERSION"),
    };
    const SIGNALS: &'static [Need] = Load::SIGNALS;
    const DEPENDS_ON_ORDER: bool = true;
    const USES_SCORES: bool = false;

    fn new(params: ByLoad, setup: &Setup<'_>) -> Result<Self, String> {
        let sample = Sample::new(params.choices, setup)?;
        Ok(Self { sample, load: Load::named(&params.signal)?, loads: Vec::new() })
    }

    fn reads(&self, id: &str) -> bool {
        self.load.reads(id)
    }

    fn pick(&mut self, _: &Request<'_>, instances: &Instances<'_>, _: &[f64]) -> Result<usize, String> {
        self.load.read(instances, &mut self.loads)?;
        self.sample.least(self.loads.len(), |row| self.loads[row])
    }
}

/// Draws a few and takes the best total.
pub(crate) struct PowerOfTwoScores(Sample);

impl Picker for PowerOfTwoScores {
    type Params = ByScore;
    const INFO: PolicyInfo = PolicyInfo {
        name: "power-of-two-scores",
        aliases: &[],
        summary: "draws two and takes the one with the higher total score",
        version: env!("CARGO_PKG_VERSION"),
    };
    const DEPENDS_ON_ORDER: bool = true;

    fn new(params: ByScore, setup: &Setup<'_>) -> Result<Self, String> {
        Sample::new(params.choices, setup).map(Self)
    }

    fn pick(&mut self, _: &Request<'_>, _: &Instances<'_>, totals: &[f64]) -> Result<usize, String> {
        self.0.least(totals.len(), |row| -totals[row])
    }
}

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::{signal, testkit::Pickers};

    use super::*;

    /// How often each of four is picked in 60,000 draws, divided by 10,000.
    fn picked(picker: &mut Pickers, totals: &[f64]) -> [f64; 4] {
        let mut counts = [0.0; 4];
        for _ in 0..60_000 {
            counts[picker.pick(totals).unwrap()] += 1e-4;
        }
        counts
    }

    fn assert_near(found: [f64; 4], expected: [f64; 4]) {
        // Three standard deviations of a binomial with p = 1/2: 3 * sqrt(60000)/2 = 367.
        assert!(found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 0.037), "{found:?}");
    }

    #[test]
    fn of_six_pairs_the_less_loaded_wins_each() {
        let mut picker = Pickers::new::<PowerOfTwoChoices>(r#"{"signal": "inflight_requests"}"#).unwrap();
        picker.instances.set(&signal::INFLIGHT_REQUESTS, &[3, 0, 2, 1]);
        // 1 wins its three pairs, 3 two of its three, 2 one, and 0 none.
        assert_near(picked(&mut picker, &[]), [0.0, 3.0, 1.0, 2.0]);
    }

    #[test]
    fn by_scores_the_higher_total_wins() {
        let mut picker = Pickers::new::<PowerOfTwoScores>("{}").unwrap();
        assert_near(picked(&mut picker, &[0.1, 0.9, 0.2, 0.3]), [0.0, 3.0, 1.0, 2.0]);
    }

    #[test]
    fn among_equal_ones_all_are_as_likely() {
        let mut picker = Pickers::new::<PowerOfTwoScores>("{}").unwrap();
        assert_near(picked(&mut picker, &[0.5; 4]), [1.5; 4]);
    }

    #[test]
    fn the_number_of_choices_is_a_parameter() {
        let totals = [0.1, 0.9, 0.2, 0.3];
        let mut one = Pickers::new::<PowerOfTwoScores>(r#"{"choices": 1}"#).unwrap();
        assert_near(picked(&mut one, &totals), [1.5; 4]);
        // Three of four: the best is left out in one case of four, then 3 wins.
        let mut three = Pickers::new::<PowerOfTwoScores>(r#"{"choices": 3}"#).unwrap();
        assert_near(picked(&mut three, &totals), [0.0, 4.5, 0.0, 1.5]);
        let mut all = Pickers::new::<PowerOfTwoScores>(r#"{"choices": 9}"#).unwrap();
        assert_near(picked(&mut all, &totals), [0.0, 6.0, 0.0, 0.0]);
        let refused = Pickers::new::<PowerOfTwoScores>(r#"{"choices": 0}"#).err().unwrap();
        assert_eq!(refused, "`choices` must be at least 1");
    }

    #[test]
    fn the_seed_decides() {
        let drawn = || {
            let mut picker = Pickers::new::<PowerOfTwoScores>("{}").unwrap();
            (0..20).map(|_| picker.pick(&[0.5; 4]).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(drawn(), drawn());
    }
}
