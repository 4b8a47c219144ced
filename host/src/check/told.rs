//! What a host tells a policy of a router besides its questions: where requests went, what became of
//! them, what the caches got and lost.

use pointsman_plugin_api::abi::{CompletionCall, NamedColumn, RResult, RSlice, RStr};
use pointsman_plugin_api::hook::{self, Hook};
use pointsman_plugin_api::{Column, outcome};

use super::answers::Answers;
use super::fault::Fault;
use super::kv::Caches;
use super::object::Object;
use super::situation::{Feed, Situation};
use super::subject::Reads;
use super::world::World;

/// The hooks of one object, and what has happened so far.
pub(super) struct Told {
    completed: bool,
    kv_events: bool,
    caches: Caches,
    /// The request that was routed last, and to which instance.
    last: Option<(Situation, u64)>,
}

impl Told {
    /// For an object to which nothing has happened.
    pub(super) fn new(reads: &Reads) -> Self {
        let has = |hook: Hook| reads.hooks.iter().any(|id| id == hook.id());
        Self {
            completed: has(hook::COMPLETED),
            kv_events: has(hook::KV_EVENTS),
            caches: Caches::default(),
            last: None,
        }
    }

    /// Tells an object what followed its answers: the request of the call before has ended, this one
    /// goes to an instance, which computes its prompt.
    pub(super) fn tell(
        &mut self,
        object: &mut dyn Object,
        answers: &Answers,
        (feed, situation): (&Feed, &Situation),
        (reads, world): (&Reads, &World),
    ) -> Result<(), Fault> {
        let Some(request) = situation.requests.first().filter(|_| !situation.instances.is_empty()) else {
            return Ok(());
        };
        if let Some((ended, instance)) = self.last.take() {
            let now_us = situation.now_us;
            plain(complete(object, &ended, instance, now_us, (reads, world)))?;
        }
        let Some(row) = answers.chosen(situation.chosen_row(), feed) else { return Ok(()) };
        let Some(instance) = situation.instances.get(row).map(|row| row.instance) else { return Ok(()) };
        match answers.kept() {
            // Of what a filter left out, nobody hears again.
            Some(kept) => {
                let left = situation.reordered(&kept);
                let row = kept.iter().position(|kept| *kept == row).unwrap_or(0);
                left.feed(reads, world).lend(|call| plain(object.routed(call, row)))?;
            }
            None => feed.lend(|call| plain(object.routed(call, row)))?,
        }
        if self.kv_events {
            let events = self.caches.admit(instance, &request.runs(world), world.total_kv_blocks);
            if !events.is_empty() {
                events.lend(situation.now_us, instance, |call| plain(object.kv_events(call)))?;
            }
        }
        if self.completed {
            let requests = situation.requests.clone();
            let ended = Situation { now_us: situation.now_us, requests, ..Situation::default() };
            self.last = Some((ended, instance));
        }
        Ok(())
    }
}

/// The request of a situation has ended; its numbers are made from those that it has.
fn complete(
    object: &mut dyn Object,
    ended: &Situation,
    instance: u64,
    now_us: u64,
    (reads, world): (&Reads, &World),
) -> RResult<(), pointsman_plugin_api::abi::Failure> {
    let Some(request) = ended.requests.first() else { return RResult::ROk(()) };
    // Now and then one could never fit, and saw no token.
    let is_dropped = request.id % 16 == 15;
    let state = [RStr::from_str(if is_dropped { "dropped" } else { "completed" })];
    let output = if is_dropped { 0 } else { 1 + request.emitted % 512 };
    let queueing_us = request.on_its_way_us % 1_000_000;
    let ttft_us = queueing_us + 20 * (request.prompt + 1);
    let seen = |value: u64| (!is_dropped).then_some(value);
    let numbers = [
        (outcome::INSTANCE.id(), Some(instance)),
        (outcome::TTFT_US.id(), seen(ttft_us)),
        (outcome::E2E_US.id(), seen(ttft_us + 10_000 * output)),
        (outcome::QUEUEING_US.id(), seen(queueing_us)),
        (outcome::OUTPUT_TOKENS.id(), Some(output)),
        (outcome::HIT_TOKENS_GPU.id(), Some(request.prompt / 2)),
        (outcome::HIT_TOKENS_CPU.id(), Some(request.prompt / 4)),
        (outcome::PREEMPTIONS.id(), Some(request.preemptions)),
    ];
    let named = |id: &'static str, column| NamedColumn { id: RStr::from_str(id), column };
    let mut outcomes = vec![named(outcome::STATE.id(), Column::of(&state))];
    outcomes.extend(numbers.iter().map(|(id, value)| {
        named(id, value.as_ref().map_or(Column::absent(), |value| Column::of(std::slice::from_ref(value))))
    }));
    // The same attributes as when it was routed.
    ended.feed(reads, world).lend(|call| {
        object.completed(CompletionCall {
            now_us,
            request: RSlice::from_slice(call.attributes),
            outcomes: RSlice::from_slice(&outcomes),
        })
    })
}

fn plain(outcome: RResult<(), pointsman_plugin_api::abi::Failure>) -> Result<(), Fault> {
    outcome.into_result().map_err(Fault::from)
}
