//! What policies of the router are told besides the questions, and when: at once, or later by the
//! configured delay, in the order in which it happened.

use std::collections::VecDeque;

use super::instance::Instance;
use super::outcome::State;
use super::request::{Request, Requests};
use super::settings::ClusterSettings;
use super::simulation::{RunError, Simulation};
use crate::policy::{CompletionFacts, Hooks, KvEventRows};

/// Something that happened, until it is told.
struct Item<T> {
    due_us: u64,
    /// Order of what is due at one tick.
    sequence: u64,
    what: T,
}

/// KV events of one instance at one tick.
struct KvItem {
    instance: u32,
    happened_us: u64,
    rows: KvEventRows,
}

/// What happened and was not told yet. Each queue has one delay, so it is in order of when it is due.
#[derive(Default)]
pub(crate) struct Feed {
    hooks: Hooks,
    completion_delay_us: u64,
    kv_event_delay_us: u64,
    sequence: u64,
    completions: VecDeque<Item<Request>>,
    kv_events: VecDeque<Item<KvItem>>,
    /// Memory of batches that were told.
    spare: Vec<KvEventRows>,
}

impl Feed {
    pub(crate) fn new(settings: &ClusterSettings, hooks: Hooks, instances: &mut [Instance]) -> Self {
        if hooks.kv_events {
            for instance in instances {
                instance.blocks.log.turn_on();
                instance.cpu.log.turn_on();
            }
        }
        Self {
            hooks,
            completion_delay_us: settings.completion_delay_us,
            kv_event_delay_us: settings.kv_event_delay_us,
            ..Self::default()
        }
    }

    /// Whether something is told at another tick than that of the event that it is about.
    pub(crate) fn tells_late(&self) -> bool {
        self.hooks.completed && self.completion_delay_us > 0
    }

    /// A request came to an end: its slot is free, and if it was routed, policies are told later.
    pub(crate) fn ended(&mut self, now_us: u64, requests: &mut Requests, slot: u32) {
        if !self.hooks.completed {
            return requests.vacate(slot);
        }
        if let Some(request) = requests.remove(slot).filter(|request| request.instance.is_some()) {
            self.sequence += 1;
            let due_us = now_us.saturating_add(self.completion_delay_us);
            self.completions.push_back(Item { due_us, sequence: self.sequence, what: request });
        }
    }

    /// Takes what an instance's memory has logged.
    pub(crate) fn gather(&mut self, now_us: u64, index: u32, instance: &mut Instance) {
        if !self.hooks.kv_events || (instance.blocks.log.is_empty() && instance.cpu.log.is_empty()) {
            return;
        }
        let mut rows = self.spare.pop().unwrap_or_default();
        instance.blocks.log.drain(&mut rows);
        instance.cpu.log.drain(&mut rows);
        self.sequence += 1;
        let due_us = now_us.saturating_add(self.kv_event_delay_us);
        let what = KvItem { instance: index, happened_us: now_us, rows };
        self.kv_events.push_back(Item { due_us, sequence: self.sequence, what });
    }

    /// Whether the next thing to tell is a completion, and when each is due; `None`: nothing is left.
    fn next(&self) -> Option<(bool, u64)> {
        let completion = self.completions.front().map(|item| (item.due_us, item.sequence));
        let kv_event = self.kv_events.front().map(|item| (item.due_us, item.sequence));
        match (completion, kv_event) {
            (None, None) => None,
            (Some(one), None) => Some((true, one.0)),
            (None, Some(other)) => Some((false, other.0)),
            (Some(one), Some(other)) => Some((one < other, one.min(other).0)),
        }
    }
}

impl Simulation<'_> {
    /// Tells policies everything that is due at this tick.
    #[inline]
    pub(super) fn tell_what_is_due(&mut self) -> Result<(), RunError> {
        match self.feed.next() {
            Some((_, due_us)) if due_us <= self.now_us => self.tell_until(self.now_us),
            _ => Ok(()),
        }
    }

    /// Tells policies everything that is due by `until_us`.
    pub(super) fn tell_until(&mut self, until_us: u64) -> Result<(), RunError> {
        while let Some((is_completion, due_us)) = self.feed.next().filter(|&(_, due_us)| due_us <= until_us) {
            if is_completion {
                let Some(item) = self.feed.completions.pop_front() else { break };
                let request = item.what;
                self.policies.completed(due_us, &request.facts(), &facts(&request))?;
            } else {
                let Some(item) = self.feed.kv_events.pop_front() else { break };
                let KvItem { instance, happened_us, mut rows } = item.what;
                self.policies.kv_events(due_us, happened_us, instance, &rows)?;
                rows.clear();
                self.feed.spare.push(rows);
            }
        }
        Ok(())
    }
}

/// What a policy may know of a request that has ended.
fn facts(request: &Request) -> CompletionFacts<'static> {
    let arrival_us = request.arrival.arrival_us;
    let completed = request.state == State::Completed;
    CompletionFacts {
        instance: request.instance.unwrap_or_default(),
        state: request.state.name(),
        ttft_us: request.first_token_us.map(|seen_us| seen_us - arrival_us),
        e2e_us: completed.then(|| request.last_token_us - arrival_us),
        queueing_us: request.first_scheduled_us.map(|us| us - arrival_us),
        output_tokens: request.emitted,
        hit_tokens_gpu: request.hit_tokens_gpu,
        hit_tokens_cpu: request.hit_tokens_cpu,
        preemptions: request.preemptions,
    }
}
