//! What a run shows while it goes on: to time series, to a timeline, to whoever looks inside.
//!
//! There is no call per token. What comes in order of simulated time is said of each call; an
//! observer changes nothing. Ticks are microseconds.

use super::instance::Instance;
use super::simulation::Simulation;

/// A routing decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Routed<'a> {
    /// When.
    pub now_us: u64,
    /// The request.
    pub id: u64,
    /// Its SLO class; `standard` where it has none.
    pub slo_class: &'a str,
    /// The instance that was chosen.
    pub instance: u32,
    /// What reloads under way and queued there still needed, as it truly was.
    pub pending_transfer_us: u64,
}

/// Something that happened to a request at an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub now_us: u64,
    /// Where.
    pub instance: u32,
    /// To which request.
    pub id: u64,
}

/// A step that begins. Its plan does not change any more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Step {
    /// The instance.
    pub instance: u32,
    /// When it starts.
    pub start_us: u64,
    /// When it will end; the run may end before.
    pub end_us: u64,
    /// Tokens of requests with prompt or recompute work.
    pub prefill_tokens: u64,
    /// Requests with such work.
    pub prefills: u64,
    /// Requests that only decode.
    pub decodes: u64,
    /// How long blocking reloads make it; they come first.
    pub reload_us: u64,
    /// Blocks that those bring.
    pub reloaded_blocks: u64,
}

/// How full an instance is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Levels {
    /// Since when.
    pub now_us: u64,
    /// The instance.
    pub instance: u32,
    /// Requests in its queue.
    pub waiting: u64,
    /// Requests in its batch.
    pub running: u64,
    /// Requests that wait for their blocks outside of both.
    pub loading: u64,
    /// GPU blocks in use.
    pub used_blocks: u32,
    /// What reloads under way and queued still need.
    pub pending_transfer_us: u64,
}

/// Blocks that go between GPU and CPU memory one after the other. Transfers of one direction of one
/// instance never overlap and come in order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer {
    /// The instance.
    pub instance: u32,
    /// When the first block starts: not before earlier transfers have ended.
    pub start_us: u64,
    /// When the last block is there.
    pub end_us: u64,
    /// How many.
    pub blocks: u64,
}

/// Looks on. Every call may be ignored.
pub trait Observer {
    /// Whether it is to see every step, and all calls in order of time. If not, steps that only decode
    /// may be left out, levels come when they change, and those of an instance are in order of
    /// time among themselves: the run is faster for it.
    fn sees_every_step(&self) -> bool {
        true
    }

    /// A routing decision. In order of time.
    fn routed(&mut self, routed: &Routed<'_>) {
        let _ = routed;
    }

    /// Admission refused a request: it never had an instance.
    fn rejected(&mut self, now_us: u64, id: u64) {
        let _ = (now_us, id);
    }

    /// A request could never fit into the instance.
    fn dropped(&mut self, moment: &Moment) {
        let _ = moment;
    }

    /// A request came to the instance's queue for the first time.
    fn queued(&mut self, moment: &Moment) {
        let _ = moment;
    }

    /// A request lost its place in the batch, or its blocks.
    fn preempted(&mut self, moment: &Moment) {
        let _ = moment;
    }

    /// The first step that computes something for a request is planned; that step is told after it.
    fn first_scheduled(&mut self, moment: &Moment) {
        let _ = moment;
    }

    /// A step begins.
    fn step(&mut self, step: &Step) {
        let _ = step;
    }

    /// The step that gave a request its first token ended.
    fn first_token(&mut self, moment: &Moment) {
        let _ = moment;
    }

    /// The step that gave a request its last token ended.
    fn completed(&mut self, moment: &Moment) {
        let _ = moment;
    }

    /// Blocks are copied to the CPU tier, as decided now.
    fn offload(&mut self, transfer: &Transfer) {
        let _ = transfer;
    }

    /// A request waits for these blocks from the CPU tier outside of queue and batch (`reload: async`).
    fn async_reload(&mut self, transfer: &Transfer, id: u64) {
        let _ = (transfer, id);
    }

    /// How full an instance is from now on. At one tick the last call counts.
    fn levels(&mut self, levels: &Levels) {
        let _ = levels;
    }

    /// The run is over; nothing follows.
    fn ended(&mut self, end_us: u64) {
        let _ = end_us;
    }
}

impl<'a> Simulation<'a> {
    /// The same run, with somebody who looks on.
    #[must_use]
    pub fn observed_by(mut self, observer: &'a mut dyn Observer) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Shows what happened to a request at an instance.
    pub(super) fn show(&mut self, tell: fn(&mut (dyn Observer + 'a), &Moment), instance: u32, slot: u32) {
        if let Some(observer) = &mut self.observer {
            let id = self.requests[slot].arrival.id;
            tell(&mut **observer, &Moment { now_us: self.now_us, instance, id });
        }
    }

    /// Shows how full an instance is, after that changed.
    pub(super) fn show_levels(&mut self, index: u32) {
        if let Some(observer) = &mut self.observer {
            observer.levels(&self.instances[index as usize].levels(index, self.now_us));
        }
    }
}

impl Instance {
    /// How full it is.
    pub(super) fn levels(&self, index: u32, now_us: u64) -> Levels {
        Levels {
            now_us,
            instance: index,
            waiting: self.waiting.len() as u64,
            running: self.batch_size(),
            loading: self.loading.len() as u64,
            used_blocks: self.blocks.used(),
            pending_transfer_us: self.reload_link.pending_us(now_us),
        }
    }
}
