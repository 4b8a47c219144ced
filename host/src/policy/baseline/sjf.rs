//! `sjf`: shortest job first, by prompt length.

use pointsman_plugin_api::attribute::PROMPT_TOKENS;
use pointsman_plugin_api::{Key, Need, NoParams, Order, PolicyInfo, Queue, Scheduler, Setup};

/// Prompt length, then arrival, then id. Long prompts can starve.
pub struct Sjf;

impl Scheduler for Sjf {
    type Params = NoParams;

    const INFO: PolicyInfo = PolicyInfo {
        name: "sjf",
        aliases: &[],
        summary: "shortest prompt first, then arrival, then id",
        version: "1.0.0",
    };
    const ATTRIBUTES: &'static [Need] = &[PROMPT_TOKENS.required()];

    fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self)
    }

    fn order(&self) -> Order {
        Order::Fixed
    }

    fn uses_priority(&self) -> bool {
        false
    }

    fn keys(&mut self, queue: &Queue<'_>, keys: &mut [Key]) -> Result<(), String> {
        for (key, &prompt_tokens) in keys.iter_mut().zip(queue.get(&PROMPT_TOKENS)) {
            *key = Key::of(prompt_tokens as f64);
        }
        Ok(())
    }
}
