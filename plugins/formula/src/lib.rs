//! Scores instances by a formula that is a parameter: any signal, any attribute, no build.

mod compile;
mod fault;
mod functions;
mod names;
mod ops;
mod parse;
mod program;
#[cfg(test)]
mod tests;

use pointsman_plugin_api::prelude::*;

use program::Machine;

parameters! {
    /// Parameters of `formula`.
    pub struct Params {
        /// The score of an instance: 0 worst, 1 best.
        expr: String = "1 / (1 + effective_load)".into(),
    }
}

/// The scorer.
pub struct Formula {
    machine: Machine,
}

impl Scorer for Formula {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo {
        name: "formula",
        aliases: &[],
        summary: "scores by a formula over signals and attributes, given as a parameter",
        version: env!("CARGO_PKG_VERSION"),
    };
    const SIGNALS: &'static [Need] = names::SIGNALS;
    const ATTRIBUTES: &'static [Need] = names::ATTRIBUTES;

    fn new(params: Params, _setup: &Setup<'_>) -> Result<Self, String> {
        let program = compile::compile(&params.expr).map_err(|fault| fault.to_string())?;
        Ok(Self { machine: Machine::new(program) })
    }

    /// What the formula names; which instance a row is, for messages.
    fn reads(&self, id: &str) -> bool {
        id == signal::INSTANCE.id() || self.machine.program().reads(id)
    }

    fn score(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        self.machine.run(request, instances, scores)?;
        match scores.iter().position(|score| !score.is_finite()) {
            Some(row) => Err(self.not_finite(scores[row], row, instances)),
            None => Ok(()),
        }
    }
}

impl Formula {
    /// Says which instance a formula fails for, and on what.
    #[cold]
    fn not_finite(&self, value: f64, row: usize, instances: &Instances<'_>) -> String {
        let instance = match instances.try_get(&signal::INSTANCE) {
            Some(numbers) => format!("instance {}", numbers[row]),
            None => format!("row {row}"),
        };
        let read = self.machine.read_values(row);
        let read = if read.is_empty() { read } else { format!(", with {read}") };
        format!("`expr` gives {value} for {instance}{read}")
    }
}

export! { scorers: [Formula] }
