//! What a run leaves behind: a record per request, and counts.

use std::sync::Arc;

use super::trend::Trend;

/// Where a request is in its life (`model.md` section 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Created; its arrival is still to come.
    NotArrived,
    /// Between the router and the instance's queue.
    Pipeline,
    /// In an instance's queue.
    Waiting,
    /// In an instance's batch.
    Running,
    /// Waits for its blocks from the CPU tier, outside queue and batch.
    Loading,
    /// All its tokens were emitted.
    Completed,
    /// Refused by admission.
    Rejected,
    /// Could never fit into an instance's blocks.
    Dropped,
}

impl State {
    /// Every state, in the order of a request's life.
    pub const ALL: [Self; 8] = [
        Self::NotArrived,
        Self::Pipeline,
        Self::Waiting,
        Self::Running,
        Self::Loading,
        Self::Completed,
        Self::Rejected,
        Self::Dropped,
    ];

    /// The name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotArrived => "not-arrived",
            Self::Pipeline => "pipeline",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Loading => "loading",
            Self::Completed => "completed",
            Self::Rejected => "rejected",
            Self::Dropped => "dropped",
        }
    }

    /// Law L2: whether a request may go from this state to `next`.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        use State::{Completed, Dropped, Loading, NotArrived, Pipeline, Rejected, Running, Waiting};
        matches!(
            (self, next),
            (NotArrived, Pipeline)
                | (Pipeline, Waiting | Rejected | Dropped)
                | (Waiting, Running | Loading)
                | (Loading, Waiting)
                | (Running, Waiting | Completed)
        )
    }
}

/// How many requests are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StateCounts([u64; 8]);

impl StateCounts {
    /// Requests in `state`.
    #[must_use]
    pub fn get(&self, state: State) -> u64 {
        self.0[state as usize]
    }

    /// One more request in `state`.
    pub fn add(&mut self, state: State) {
        self.0[state as usize] += 1;
    }

    /// Adds the requests of another count.
    pub fn merge(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(here, there)| *here += there);
    }

    /// One request goes from one state to another.
    pub(crate) fn shift(&mut self, from: State, to: State) {
        self.0[from as usize] -= 1;
        self.0[to as usize] += 1;
    }

    /// Requests in any state.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}

/// What is known of a request at its end, or at the end of the run. Ticks are microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRecord {
    /// Position in the order in which arrivals were created.
    pub id: u64,
    /// The instance that it was routed to.
    pub instance: Option<u32>,
    /// Tenant label.
    pub tenant: Option<Arc<str>>,
    /// SLO class; absent means `standard`.
    pub slo_class: Option<Arc<str>>,
    /// Session label.
    pub session: Option<Arc<str>>,
    /// Round in the session.
    pub round: Option<u32>,
    /// Tick of its arrival at the router.
    pub arrival_us: u64,
    /// Tick of its first entry into the instance's queue.
    pub queued_us: Option<u64>,
    /// Start of the first step that computed something for it.
    pub first_scheduled_us: Option<u64>,
    /// First token seen - arrival.
    pub ttft_us: Option<u64>,
    /// Last token seen - arrival; of completed requests.
    pub e2e_us: Option<u64>,
    /// The longest gap between two tokens seen.
    pub max_itl_us: Option<u64>,
    /// Prompt length.
    pub prompt_tokens: u64,
    /// Tokens emitted.
    pub output_tokens: u64,
    /// Prefix hits in GPU memory, summed over its admissions.
    pub hit_tokens_gpu: u64,
    /// Prefix hits in the CPU tier, summed over its admissions.
    pub hit_tokens_cpu: u64,
    /// Sum of num_tokens over its admissions: what its hits are out of.
    pub admitted_tokens: u64,
    /// What reloads under way and queued at its instance still needed when it was routed there, as it
    /// truly was.
    pub pending_transfer_at_routing_us: Option<u64>,
    /// How often it was preempted.
    pub preemptions: u64,
    /// Where it is in its life.
    pub state: State,
}

impl RequestRecord {
    /// Its SLO class; `standard` where it has none.
    #[must_use]
    pub fn class(&self) -> &str {
        self.slo_class.as_deref().unwrap_or("standard")
    }

    /// Time per output token after the first; of completed requests of more than one. \[us\]
    #[must_use]
    pub fn tpot_us(&self) -> Option<f64> {
        self.decode_us().map(|(span_us, gaps)| span_us as f64 / gaps as f64)
    }

    /// From the first token seen to the last, and how many came after the first; of completed requests of
    /// more than one. \[us\]
    #[must_use]
    pub fn decode_us(&self) -> Option<(u64, u64)> {
        let (e2e_us, ttft_us) = (self.e2e_us?, self.ttft_us?);
        let gaps = self.output_tokens - 1;
        (gaps > 0).then(|| (e2e_us - ttft_us, gaps))
    }

    /// From its arrival to the first step that computed something for it. \[us\]
    #[must_use]
    pub fn queueing_us(&self) -> Option<u64> {
        self.first_scheduled_us.map(|start_us| start_us - self.arrival_us)
    }
}

/// A run of equal gaps between the tokens of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Between two tokens seen. \[us\]
    pub gap_us: u64,
    /// How many in a row.
    pub count: u64,
}

/// Receives the requests as they end; those that did not come last, at the end of the run.
pub trait Sink {
    /// A request ended, or the run did.
    fn record(&mut self, record: RequestRecord, gaps: &[Gap]);

    /// Whether gaps only matter added up. Then [`Self::record`] need not be given all gaps of a
    /// completed request: [`Self::gaps_of`] is given the others.
    fn adds_up_gaps(&self) -> bool {
        false
    }

    /// Gaps between tokens of completed requests of a class, beside those that came with their records.
    fn gaps_of(&mut self, class: &str, gaps: Gap) {
        let _ = (class, gaps);
    }

    /// What the GPU memory of an instance holds at the end of the run, by identity, in no order.
    fn cached(&mut self, instance: u32, identities: &mut dyn Iterator<Item = u64>) {
        let _ = (instance, identities);
    }
}

/// Counts of one instance.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InstanceTotals {
    /// Requests routed here.
    pub routed: u64,
    /// Steps done or under way.
    pub steps: u64,
    /// Of those, steps that blocking reloads made longer.
    pub reloading_steps: u64,
    /// Ticks in which such a step was under way.
    pub reloading_step_us: u64,
    /// Preemptions, stuck releases included.
    pub preemptions: u64,
    /// Starts repeated because their plan was empty although something was preempted.
    pub repeated_starts: u64,
    /// Waiting requests that gave their blocks back because nothing else could happen.
    pub stuck_releases: u64,
    /// Tokens hit in GPU memory, over admissions.
    pub hit_tokens_gpu: u64,
    /// Tokens hit in the CPU tier, over admissions.
    pub hit_tokens_cpu: u64,
    /// Sum of num_tokens over admissions: what the hit rate is out of.
    pub admitted_tokens: u64,
    /// Blocks whose copy to the CPU tier was decided.
    pub offloaded_blocks: u64,
    /// Blocks reloaded from the CPU tier.
    pub reloaded_blocks: u64,
    /// Of those, reloaded within the thrash window of their offload.
    pub thrashed_blocks: u64,
    /// Ticks that steps were lengthened by blocking reloads, or requests waited for async ones.
    pub reload_us: u64,
    /// Ticks in which a step was under way.
    pub busy_us: u64,
    /// Most blocks in use at once.
    pub peak_used_blocks: u32,
    /// Integral of used blocks over time. \[blocks*us\]
    pub used_block_us: u128,
}

/// What a run adds up to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Totals {
    /// Requests by state at the end.
    pub states: StateCounts,
    /// Per instance, by index.
    pub instances: Vec<InstanceTotals>,
    /// Tick of the last event that is not a report.
    pub end_us: u64,
    /// Events handled, reports aside.
    pub events: u64,
    /// Waiting requests in the whole cluster as each arrival found them.
    pub waiting_at_arrival: Trend,
    /// How many of those came up to the last arrival that was fixed beforehand. What follows are
    /// later rounds of closed-loop sessions, which no longer add load but work it off.
    pub arrivals_under_load: u64,
    /// GPU blocks of each instance.
    pub total_blocks: u32,
}
