//! Requests in flight.

use pointsman_plugin_api::Key;

use super::kv::Held;
use super::outcome::{Gap, RequestRecord, State};
use crate::policy::{QueueRow, RequestFacts};
use crate::workload::Arrival;

/// A request from its creation to its end.
pub(crate) struct Request {
    pub(crate) arrival: Arrival,
    pub(crate) state: State,
    pub(crate) instance: Option<u32>,
    /// Tick of its (first) entry into the instance's queue.
    pub(crate) queued_us: Option<u64>,
    pub(crate) first_scheduled_us: Option<u64>,
    pub(crate) first_token_us: Option<u64>,
    pub(crate) last_token_us: u64,
    /// Tokens whose KV is computed, or was reloaded.
    pub(crate) computed: u64,
    /// Output tokens so far; a preemption does not take them back.
    pub(crate) emitted: u64,
    /// Tokens of the step under way; 0: not in it.
    pub(crate) planned: u64,
    /// Blocks held, in order of the tokens.
    pub(crate) blocks: Held,
    /// It came back from loading and holds what was loaded: no further lookup.
    pub(crate) loaded: bool,
    pub(crate) preemptions: u64,
    pub(crate) hit_tokens_gpu: u64,
    pub(crate) hit_tokens_cpu: u64,
    /// Sum of num_tokens over its admissions.
    pub(crate) admitted_tokens: u64,
    pub(crate) pending_transfer_at_routing_us: Option<u64>,
    /// Place by entry: the head of the queue gets ever smaller negative numbers.
    pub(crate) queue_position: i64,
    /// Whether the policies were asked since it entered the queue.
    pub(crate) keyed: bool,
    pub(crate) key: Key,
    pub(crate) priority: f64,
    /// Gaps between tokens, as runs of equal ones.
    pub(crate) gaps: Vec<Gap>,
    /// The longest of the gaps that are added up elsewhere.
    pub(crate) longest_gap_us: Option<u64>,
    /// Place in the order of admission to an instance's running requests.
    pub(crate) seat: u64,
    /// Of a member of a batch: the number of the step end at which it joined.
    pub(crate) joined: u64,
    /// Of a member of a batch: where its gaps are added up.
    pub(crate) gap_class: u32,
}

impl Request {
    pub(crate) fn new(arrival: Arrival) -> Self {
        Self {
            arrival,
            state: State::NotArrived,
            instance: None,
            queued_us: None,
            first_scheduled_us: None,
            first_token_us: None,
            last_token_us: 0,
            computed: 0,
            emitted: 0,
            planned: 0,
            blocks: Held::default(),
            loaded: false,
            preemptions: 0,
            hit_tokens_gpu: 0,
            hit_tokens_cpu: 0,
            admitted_tokens: 0,
            pending_transfer_at_routing_us: None,
            queue_position: 0,
            keyed: false,
            key: Key::of(0.0),
            priority: 0.0,
            gaps: Vec::new(),
            longest_gap_us: None,
            seat: 0,
            joined: 0,
            gap_class: 0,
        }
    }

    /// Tokens whose KV it needs before its next token: prompt and what it emitted.
    pub(crate) fn num_tokens(&self) -> u64 {
        self.arrival.prompt_tokens + self.emitted
    }

    /// Tokens that are ever stored: the KV of the last one is not.
    pub(crate) fn stored_tokens(&self) -> u64 {
        self.arrival.prompt_tokens + self.arrival.output_tokens - 1
    }

    /// A step that ended gave it a token, which the client sees at `seen_us`.
    pub(crate) fn emit(&mut self, seen_us: u64) {
        if self.first_token_us.is_none() {
            self.first_token_us = Some(seen_us);
        } else {
            self.add_gap(Gap { gap_us: seen_us - self.last_token_us, count: 1 });
        }
        self.last_token_us = seen_us;
        self.emitted += 1;
    }

    /// Adds gaps after those that it has.
    pub(crate) fn add_gap(&mut self, gap: Gap) {
        match self.gaps.last_mut() {
            Some(last) if last.gap_us == gap.gap_us => last.count += gap.count,
            _ => self.gaps.push(gap),
        }
    }

    /// What policies may know of it. Its output length is not among it (law L8).
    pub(crate) fn facts(&self) -> RequestFacts<'_> {
        RequestFacts {
            id: self.arrival.id,
            arrival_us: self.arrival.arrival_us,
            prompt_tokens: self.arrival.prompt_tokens,
            max_tokens: self.arrival.max_tokens.unwrap_or(0),
            slo_class: self.arrival.slo_class.as_deref().unwrap_or("standard"),
            tenant: self.arrival.tenant.as_deref().unwrap_or(""),
            session: self.arrival.session.as_deref().unwrap_or(""),
            round: u64::from(self.arrival.round.unwrap_or(0)),
            prompt_blocks: self.arrival.content.prompt(),
        }
    }

    /// What the policies of a queue may know of it.
    pub(crate) fn row(&self) -> QueueRow<'_> {
        QueueRow {
            facts: self.facts(),
            queued_us: self.queued_us.unwrap_or(0),
            num_tokens: self.num_tokens(),
            emitted_tokens: self.emitted,
            preemptions: self.preemptions,
            queue_position: self.queue_position,
            remaining_prefill_tokens: 0,
        }
    }

    /// What is kept of it when it ends, or when the run does.
    pub(crate) fn record(&self) -> RequestRecord {
        let arrival_us = self.arrival.arrival_us;
        RequestRecord {
            id: self.arrival.id,
            instance: self.instance,
            tenant: self.arrival.tenant.clone(),
            slo_class: self.arrival.slo_class.clone(),
            session: self.arrival.session.clone(),
            round: self.arrival.round,
            arrival_us,
            queued_us: self.queued_us,
            first_scheduled_us: self.first_scheduled_us,
            ttft_us: self.first_token_us.map(|seen_us| seen_us - arrival_us),
            e2e_us: (self.state == State::Completed).then(|| self.last_token_us - arrival_us),
            max_itl_us: self.gaps.iter().map(|gap| gap.gap_us).max().max(self.longest_gap_us),
            prompt_tokens: self.arrival.prompt_tokens,
            output_tokens: self.emitted,
            hit_tokens_gpu: self.hit_tokens_gpu,
            hit_tokens_cpu: self.hit_tokens_cpu,
            admitted_tokens: self.admitted_tokens,
            pending_transfer_at_routing_us: self.pending_transfer_at_routing_us,
            preemptions: self.preemptions,
            state: self.state,
        }
    }
}

/// The requests in flight, by slot. Slots are used again, so memory follows what is in flight.
#[derive(Default)]
pub(crate) struct Requests {
    slots: Vec<Option<Request>>,
    vacant: Vec<u32>,
}

impl Requests {
    pub(crate) fn insert(&mut self, request: Request) -> u32 {
        if let Some(slot) = self.vacant.pop() {
            self.slots[slot as usize] = Some(request);
            return slot;
        }
        self.slots.push(Some(request));
        (self.slots.len() - 1) as u32
    }

    /// The same, of a request that nobody looks at any more.
    pub(crate) fn vacate(&mut self, slot: u32) {
        if self.slots[slot as usize].is_some() {
            self.slots[slot as usize] = None;
            self.vacant.push(slot);
        }
    }

    pub(crate) fn remove(&mut self, slot: u32) -> Option<Request> {
        let request = self.slots[slot as usize].take();
        if request.is_some() {
            self.vacant.push(slot);
        }
        request
    }

    /// Whether the slot holds a running request of this instance.
    pub(crate) fn is_running(&self, slot: u32, instance: u32) -> bool {
        self.slots[slot as usize]
            .as_ref()
            .is_some_and(|request| request.state == State::Running && request.instance == Some(instance))
    }

    /// All that are in flight, in order of slot.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Request> {
        self.slots.iter().flatten()
    }
}

impl std::ops::Index<u32> for Requests {
    type Output = Request;

    fn index(&self, slot: u32) -> &Request {
        self.slots[slot as usize].as_ref().expect("L2: a slot in use")
    }
}

impl std::ops::IndexMut<u32> for Requests {
    fn index_mut(&mut self, slot: u32) -> &mut Request {
        self.slots[slot as usize].as_mut().expect("L2: a slot in use")
    }
}
