//! What a configuration asks for in vain, and what contradicts itself, once the policies are known.

use super::RunFailure;
use super::policies::Builder;
use crate::config::{Diagnostic, Resolved, option};
use crate::engine::Reload;
use crate::metrics::Summary;
use crate::policy::{Ordering, Policies};

impl Builder<'_> {
    /// Options that contradict each other, and those that have no effect.
    pub(super) fn check_effects(&mut self, policies: &Policies) -> Result<(), RunFailure> {
        let uses_priority = policies.orderings.iter().any(Ordering::uses_priority);
        self.resolved.check_preemption(uses_priority)?;
        self.warn_of_livelock();
        self.warn_of_unread_reports(policies);
        self.warn_of_needless_delays(policies);
        let priority = &self.resolved.policy.priority;
        if !self.resolved.warns_of(option::PRIORITY) {
            return Ok(());
        }
        if !uses_priority && priority.name.span.is_written() && priority.name.value != "constant" {
            let scheduler = &self.resolved.policy.scheduler.name.value;
            let message = format!(
                "priority `{}` has no effect: the scheduler `{scheduler}` does not use priorities",
                priority.name.value
            );
            let help = "choose a scheduler such as `priority-fcfs`".to_owned();
            self.warnings.push(Diagnostic::at(&priority.name.span, message).help(help));
        }
        Ok(())
    }

    /// Signals that are refreshed now and then, and nobody who reads them.
    fn warn_of_unread_reports(&mut self, policies: &Policies) {
        let signals = policies.signals();
        let interval_us = self.resolved.settings.refresh_interval_us;
        let key = option::REFRESH_INTERVAL;
        let is_said = self.resolved.warns_of(key);
        if !is_said || interval_us == 0 || signals.instances || signals.cached_prefix_blocks {
            return;
        }
        let message =
            format!("`{key}` has no effect: neither routing nor admission reads what instances report");
        let warning = Diagnostic::new(message);
        self.warnings.push(Diagnostic { span: self.resolved.span(key).cloned(), ..warning });
    }

    /// Delays of hooks that no policy has.
    fn warn_of_needless_delays(&mut self, policies: &Policies) {
        let hooks = policies.hooks();
        let settings = &self.resolved.settings;
        let delays = [
            ("completion_delay_us", settings.completion_delay_us, hooks.completed, "completions"),
            ("kv_event_delay_us", settings.kv_event_delay_us, hooks.kv_events, "KV events"),
        ];
        for (key, delay_us, has_reader, what) in delays {
            if delay_us > 0 && !has_reader {
                let key = format!("cluster.signals.{key}");
                let message = format!("`{key}` has no effect: no policy listens to {what}");
                let warning = Diagnostic::new(message);
                self.warnings.push(Diagnostic { span: self.resolved.span(&key).cloned(), ..warning });
            }
        }
    }

    /// Chunks smaller than a block and async reloads do not go together: see `engine/step.rs`.
    fn warn_of_livelock(&mut self) {
        let settings = &self.resolved.settings;
        let engine = &settings.engine;
        let threshold = match engine.long_prefill_token_threshold {
            0 => engine.max_num_batched_tokens,
            threshold => threshold.min(engine.max_num_batched_tokens),
        };
        let loads = settings.kv.cpu_blocks > 0 && settings.kv.reload == Reload::Async;
        if loads && threshold < settings.kv.block_size {
            let message = format!(
                "a request gets at most {threshold} tokens a step, less than a block of {}: with async reloads \
                 and little memory it can preempt itself for ever",
                settings.kv.block_size
            );
            let help = "raise `max_num_batched_tokens` and `long_prefill_token_threshold`, or use `reload: blocking`";
            self.warnings.push(Diagnostic::new(message).help(help.to_owned()));
        }
    }
}

/// Options for classes that no request was of: a slip of the pen has no other sign.
pub(super) fn unmet_classes(resolved: &Resolved, summary: &Summary) -> Vec<String> {
    let admission = &resolved.policy.admission;
    let gated: Vec<String> =
        match admission.params.get("classes").filter(|_| resolved.warns_of(option::GATED_CLASSES)) {
            Some(serde_json::Value::Array(classes)) if admission.name.value == "slo-gated" => {
                classes.iter().filter_map(|class| class.as_str().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        };
    let named: [(&str, Vec<&String>); 3] = [
        ("slo", resolved.slo.keys().collect()),
        ("policy.routing.by_class", resolved.policy.routing.by_class.keys().collect()),
        ("policy.admission", gated.iter().collect()),
    ];
    let drawn = resolved.workload.to_value()["classes"].as_array();
    let list = |classes: &mut dyn Iterator<Item = &String>| {
        classes.map(|class| format!("`{class}`")).collect::<Vec<_>>().join(", ")
    };
    let warning = |(key, classes): (&str, Vec<&String>)| {
        // A rare class of a mix may be absent by chance.
        let is_drawn = |class: &String| drawn.into_iter().flatten().any(|one| one["name"] == class.as_str());
        let is_unmet = |class: &&String| !summary.per_class.contains_key(*class) && !is_drawn(class);
        let unmet = list(&mut classes.into_iter().filter(is_unmet));
        let present = list(&mut summary.per_class.keys().take(SHOWN_CLASSES));
        (!unmet.is_empty()).then(|| {
            format!("`{key}` has no effect for {unmet}: no request is of that class; there are {present}")
        })
    };
    named.into_iter().filter_map(warning).collect()
}

/// Classes that a message names.
const SHOWN_CLASSES: usize = 8;
