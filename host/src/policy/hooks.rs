//! What the policies of the router are told besides the questions: completions and KV events.

use pointsman_plugin_api::abi::{CompletionCall, KvCall, NamedColumn, RSlice, RStr};
use pointsman_plugin_api::{BlockRun, Column, KvEventKind, outcome};

use super::decision::columns;
use super::facts::{RequestCells, RequestFacts};
use super::failure::PolicyFailure;
use super::object::RouterObject;
use super::seat::{Occasion, Seat};

/// What became of a request that was routed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompletionFacts<'a> {
    /// The instance that it had been routed to.
    pub instance: u32,
    /// `completed` or `dropped`.
    pub state: &'a str,
    /// First token seen - arrival. \[us\]
    pub ttft_us: Option<u64>,
    /// Last token seen - arrival. \[us\]
    pub e2e_us: Option<u64>,
    /// Start of the first step that computed something for it - arrival. \[us\]
    pub queueing_us: Option<u64>,
    /// Tokens that were emitted.
    pub output_tokens: u64,
    /// Tokens found in GPU memory.
    pub hit_tokens_gpu: u64,
    /// Tokens found in the CPU tier.
    pub hit_tokens_cpu: u64,
    /// Preemptions.
    pub preemptions: u64,
}

/// A completion in the form in which it crosses the ABI.
pub(super) struct Completed<'a> {
    now_us: u64,
    id: u64,
    request: RequestCells<'a>,
    state: [RStr<'a>; 1],
    numbers: [(&'static str, Option<u64>); 8],
}

impl<'a> Completed<'a> {
    pub(super) fn new(now_us: u64, request: &RequestFacts<'a>, facts: &CompletionFacts<'a>) -> Self {
        Self {
            now_us,
            id: request.id,
            request: RequestCells::new(request),
            state: [RStr::from_str(facts.state)],
            numbers: [
                (outcome::INSTANCE.id(), Some(facts.instance.into())),
                (outcome::TTFT_US.id(), facts.ttft_us),
                (outcome::E2E_US.id(), facts.e2e_us),
                (outcome::QUEUEING_US.id(), facts.queueing_us),
                (outcome::OUTPUT_TOKENS.id(), Some(facts.output_tokens)),
                (outcome::HIT_TOKENS_GPU.id(), Some(facts.hit_tokens_gpu)),
                (outcome::HIT_TOKENS_CPU.id(), Some(facts.hit_tokens_cpu)),
                (outcome::PREEMPTIONS.id(), Some(facts.preemptions)),
            ],
        }
    }

    /// Tells a policy, if it has the hook.
    pub(super) fn tell<T: RouterObject>(&self, seat: &mut Seat<T>) -> Result<(), PolicyFailure> {
        if !seat.current.hooks.completed {
            return Ok(());
        }
        let named = |id: &'static str, column| NamedColumn { id: RStr::from_str(id), column };
        let mut outcomes = [named(outcome::STATE.id(), Column::of(&self.state)); 9];
        for (slot, (id, value)) in outcomes[1..].iter_mut().zip(&self.numbers) {
            let column =
                value.as_ref().map_or(Column::absent(), |value| Column::of(std::slice::from_ref(value)));
            *slot = named(id, column);
        }
        let at = Occasion { now_us: self.now_us, request: Some(self.id), instance: None };
        seat.tell(at, |loaded| {
            let (mut few, mut many) = ([Column::absent(); 16], Vec::new());
            let request = columns(&mut few, &mut many, &loaded.attributes, |&id| self.request.column(id));
            loaded.object.tell_completed(CompletionCall {
                now_us: self.now_us,
                request: RSlice::from_slice(request),
                outcomes: RSlice::from_slice(&outcomes),
            })
        })
    }
}

/// KV events of one instance at one tick, in order, one column for each of their parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KvEventRows {
    kinds: Vec<u64>,
    firsts: Vec<u64>,
    lens: Vec<u64>,
}

impl KvEventRows {
    /// Adds what happened to a block; blocks that follow one another become a run.
    pub fn push(&mut self, kind: KvEventKind, identity: u64) {
        let code = kind.code();
        if let (Some(&last), Some(&first), Some(len)) =
            (self.kinds.last(), self.firsts.last(), self.lens.last_mut())
            && last == code
            && first.wrapping_add(*len) == identity
        {
            *len += 1;
            return;
        }
        self.kinds.push(code);
        self.firsts.push(identity);
        self.lens.push(1);
    }

    /// Number of runs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether nothing happened.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Forgets all; the memory is used again.
    pub fn clear(&mut self) {
        self.kinds.clear();
        self.firsts.clear();
        self.lens.clear();
    }

    /// Takes over all that `other` has.
    pub fn append(&mut self, other: &mut Self) {
        self.kinds.append(&mut other.kinds);
        self.firsts.append(&mut other.firsts);
        self.lens.append(&mut other.lens);
    }

    /// The runs, with the codes of their kinds.
    pub fn iter(&self) -> impl Iterator<Item = (u64, BlockRun)> + '_ {
        let runs = self.firsts.iter().zip(&self.lens);
        self.kinds.iter().zip(runs).map(|(&kind, (&first, &len))| (kind, BlockRun { first, len }))
    }
}

/// A batch of KV events, and when it is told.
pub(super) struct KvBatch<'a> {
    pub(super) now_us: u64,
    pub(super) happened_us: u64,
    pub(super) instance: u32,
    pub(super) rows: &'a KvEventRows,
}

impl KvBatch<'_> {
    /// Tells a policy, if it has the hook.
    pub(super) fn tell<T: RouterObject>(&self, seat: &mut Seat<T>) -> Result<(), PolicyFailure> {
        if !seat.current.hooks.kv_events {
            return Ok(());
        }
        let named =
            |id: &'static str, cells| NamedColumn { id: RStr::from_str(id), column: Column::of(cells) };
        let columns = [
            named(KvCall::KIND, &self.rows.kinds[..]),
            named(KvCall::FIRST, &self.rows.firsts),
            named(KvCall::LEN, &self.rows.lens),
        ];
        let at = Occasion { now_us: self.now_us, request: None, instance: Some(self.instance) };
        seat.tell(at, |loaded| {
            loaded.object.tell_kv_events(KvCall {
                now_us: self.now_us,
                happened_us: self.happened_us,
                instance: self.instance.into(),
                rows: self.rows.len(),
                columns: RSlice::from_slice(&columns),
            })
        })
    }
}
