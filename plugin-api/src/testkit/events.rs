//! What happens to the KV blocks of an instance.

use abi_stable::std_types::{RSlice, RStr};

use crate::{
    BlockRun, Column, KvEventKind,
    abi::{KvCall, NamedColumn},
};

/// Events of one instance at one tick, in order.
#[derive(Debug, Clone)]
pub struct KvEventList {
    instance: u64,
    happened_us: Option<u64>,
    kinds: Vec<u64>,
    firsts: Vec<u64>,
    lens: Vec<u64>,
}

/// Events of this instance; none yet.
#[must_use]
pub const fn kv_events(instance: u64) -> KvEventList {
    KvEventList { instance, happened_us: None, kinds: Vec::new(), firsts: Vec::new(), lens: Vec::new() }
}

macro_rules! kinds {
    ($($method:ident $kind:ident $doc:literal;)*) => {$(
        #[doc = $doc]
        #[must_use]
        pub fn $method(self, blocks: BlockRun) -> Self {
            self.event(KvEventKind::$kind, blocks)
        }
    )*};
}

impl KvEventList {
    kinds! {
        cached Cached "GPU memory holds these blocks now.";
        evicted Evicted "The last copies of these blocks in GPU memory are gone.";
        offloaded Offloaded "The CPU tier holds these blocks now.";
        cpu_evicted CpuEvicted "The CPU tier holds these blocks no longer.";
        reloaded Reloaded "A request loads these blocks from the CPU tier.";
    }

    /// One more event.
    #[must_use]
    pub fn event(mut self, kind: KvEventKind, blocks: BlockRun) -> Self {
        self.kinds.push(kind.code());
        self.firsts.push(blocks.first);
        self.lens.push(blocks.len);
        self
    }

    /// They happened at this tick: earlier than the policy is told. \[us\]
    #[must_use]
    pub const fn happened_us(mut self, tick: u64) -> Self {
        self.happened_us = Some(tick);
        self
    }

    pub(super) fn lend<A>(&self, now_us: u64, call: impl FnOnce(KvCall<'_>) -> A) -> A {
        let named = |id, cells| NamedColumn { id: RStr::from_str(id), column: Column::of(cells) };
        let columns = [
            named(KvCall::KIND, self.kinds.as_slice()),
            named(KvCall::FIRST, &self.firsts),
            named(KvCall::LEN, &self.lens),
        ];
        call(KvCall {
            now_us,
            happened_us: self.happened_us.unwrap_or(now_us),
            instance: self.instance,
            rows: self.kinds.len(),
            columns: RSlice::from_slice(&columns),
        })
    }
}
