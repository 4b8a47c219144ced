//! `random`: any.

use pointsman_plugin_api::prelude::*;

use crate::draw::Draw;

/// The picker.
pub(crate) struct Random(Draw);

impl Picker for Random {
    type Params = NoParams;
    const INFO: PolicyInfo = PolicyInfo {
        name: "random",
        aliases: &["random-picker"],
        summary: "draws any instance, each as likely as the others",
        version: env!("CARGO_PKG_VERSION"),
    };
    const DEPENDS_ON_ORDER: bool = true;
    const USES_SCORES: bool = false;

    fn new(_: NoParams, setup: &Setup<'_>) -> Result<Self, String> {
        Ok(Self(Draw::new(setup)))
    }

    fn pick(&mut self, _: &Request<'_>, instances: &Instances<'_>, _: &[f64]) -> Result<usize, String> {
        Ok(self.0.below(instances.len()))
    }
}

#[cfg(test)]
mod tests {
    use pointsman_plugin_api::testkit::Pickers;

    use super::*;

    #[test]
    fn all_are_drawn_as_often() {
        let mut picker = Pickers::new::<Random>("{}").unwrap();
        let mut counts = [0_u32; 4];
        // The length of the list is that of the candidates; what stands in it is not read.
        (0..40_000).for_each(|_| counts[picker.pick(&[0.0, 0.0, 0.0, 1.0]).unwrap()] += 1);
        assert!(counts.iter().all(|count| count.abs_diff(10_000) < 260), "{counts:?}");
    }
}
