//! `max-score`: the best total.

use pointsman_plugin_api::{
    Instances, Need, Picker, PolicyInfo, Request, Setup, parameters, setup, signal::INSTANCE,
};

use super::tie_break::TieBreak;

parameters! {
    /// Parameters of `max-score`.
    pub struct Params {
        /// Who is chosen among equals: any (from the seed), the lowest index, or the one that follows the
        /// last choice.
        tie_break: String = "random".into() => ["random", "first", "round-robin"],
    }
}

/// The highest sum of weighted scores.
pub struct MaxScore {
    tie_break: TieBreak,
    tied: Vec<usize>,
}

impl Picker for MaxScore {
    type Params = Params;

    const INFO: PolicyInfo = PolicyInfo {
        name: "max-score",
        aliases: &["max-score-picker"],
        summary: "the highest sum of weighted scores",
        version: "1.0.0",
    };
    const SIGNALS: &'static [Need] = &[INSTANCE.required()];
    const DEPENDS_ON_ORDER: bool = true;

    fn new(params: Params, setup: &Setup<'_>) -> Result<Self, String> {
        Ok(Self { tie_break: TieBreak::new(&params.tie_break, setup.get(&setup::SEED)), tied: Vec::new() })
    }

    fn pick(&mut self, _: &Request<'_>, instances: &Instances<'_>, totals: &[f64]) -> Result<usize, String> {
        let best = totals.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        self.tied.clear();
        self.tied.extend((0..totals.len()).filter(|&row| totals[row] == best));
        Ok(self.tie_break.choose(&self.tied, instances.get(&INSTANCE)))
    }
}
