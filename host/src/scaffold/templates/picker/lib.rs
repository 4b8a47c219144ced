//! `{{name}}`: of the instances that score nearly best, the one with the least to do.

use pointsman_plugin_api::prelude::*;

parameters! {
    /// Parameters of `{{name}}`.
    pub struct Params {
        /// How far below the best total an instance may be. \[points\]
        margin: f64 = 0.5,
    }
}

/// The picker.
pub struct {{Policy}} {
    margin: f64,
}

impl Picker for {{Policy}} {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "{{name}}",
        aliases: &[],
        summary: "{{summary}}",
        version: env!("CARGO_PKG_VERSION"),
    };
    // All that it reads; see the modules `signal` and `attribute` for what there is.
    const SIGNALS: &'static [Need] = &[
        signal::INFLIGHT_TOKENS.required(),
        signal::INSTANCE.required(),
    ];

    fn new(params: Params, _setup: &Setup<'_>) -> Result<Self, String> {
        let margin = params.margin;
        if !margin.is_finite() || margin < 0.0 {
            return Err(format!("`margin` must be 0 or more, not {margin}"));
        }
        Ok(Self { margin })
    }

    /// `totals` has the weighted sum of the scores of each row. Ties go to the lowest instance, whatever
    /// the order of the rows.
    fn pick(
        &mut self,
        _request: &Request<'_>,
        instances: &Instances<'_>,
        totals: &[f64],
    ) -> Result<usize, String> {
        let tokens = instances.get(&signal::INFLIGHT_TOKENS);
        let numbers = instances.get(&signal::INSTANCE);
        let best = totals.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        (0..totals.len())
            .filter(|&row| totals[row] >= best - self.margin)
            .min_by_key(|&row| (tokens[row], numbers[row]))
            .ok_or_else(|| "there is no instance to pick".into())
    }
}

export! { pickers: [{{Policy}}] }

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::testkit::{Pickers, instance};

    use super::{{Policy}};

    fn picker(params: &str) -> Result<Pickers, String> {
        Pickers::new::<{{Policy}}>(params)
    }

    #[test]
    fn the_least_busy_of_the_nearly_best_is_picked() -> Result<(), String> {
        let mut picker = picker(r#"{"margin": 0.25}"#)?;
        for tokens in [900, 300, 100] {
            picker.instances.push(instance().inflight_tokens(tokens));
        }
        assert_eq!(picker.pick(&[1.0, 0.75, 0.5])?, 1);
        assert_eq!(picker.pick(&[1.0, 0.0, 0.0])?, 0, "no other is near");
        Ok(())
    }

    #[test]
    fn a_senseless_parameter_is_refused_by_name() {
        let refused = picker(r#"{"margin": -1}"#).err();
        assert_eq!(
            refused.as_deref(),
            Some("`margin` must be 0 or more, not -1")
        );
    }
}
