//! What the KV cache of an instance got and lost.

use crate::{
    abi::{KvCall, NamedColumn},
    block::BlockRun,
    value::Value,
};

/// What happened to blocks of an instance.
///
/// An event is about content, not about memory: two live copies of a block in GPU memory are cached
/// once and evicted once. So the set of what was cached and not evicted is what a look-up finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KvEventKind {
    /// GPU memory holds it now.
    Cached,
    /// The last copy in GPU memory is gone.
    Evicted,
    /// The CPU tier holds it now.
    Offloaded,
    /// The CPU tier holds it no longer.
    CpuEvicted,
    /// A request loads it from the CPU tier.
    Reloaded,
}

impl KvEventKind {
    /// The number that stands for it in the ABI.
    #[must_use]
    pub const fn code(self) -> u64 {
        match self {
            Self::Cached => 1,
            Self::Evicted => 2,
            Self::Offloaded => 3,
            Self::CpuEvicted => 4,
            Self::Reloaded => 5,
        }
    }

    /// The kind that a number stands for; `None` for one that this version does not know.
    #[must_use]
    pub const fn from_code(code: u64) -> Option<Self> {
        match code {
            1 => Some(Self::Cached),
            2 => Some(Self::Evicted),
            3 => Some(Self::Offloaded),
            4 => Some(Self::CpuEvicted),
            5 => Some(Self::Reloaded),
            _ => None,
        }
    }
}

/// Something that happened to a run of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct KvEvent {
    /// What.
    pub kind: KvEventKind,
    /// To which blocks, by identity; in the order of the run.
    pub blocks: BlockRun,
}

/// What happened to the blocks of one instance at one tick, in order.
pub struct KvEvents<'a> {
    call: KvCall<'a>,
    kinds: &'a [u64],
    firsts: &'a [u64],
    lens: &'a [u64],
}

impl<'a> KvEvents<'a> {
    pub(crate) fn new(call: KvCall<'a>) -> Result<Self, String> {
        let column = |id: &str| {
            let is_it = |column: &&NamedColumn<'a>| column.id.as_str() == id;
            let found =
                call.columns.as_slice().iter().find(is_it).and_then(|entry| entry.column.cells::<u64>());
            let whole = found.filter(|cells| cells.len() == call.rows);
            whole.ok_or_else(|| format!("the host passed no whole column `{id}` of KV events"))
        };
        let (kinds, firsts, lens) = (column(KvCall::KIND)?, column(KvCall::FIRST)?, column(KvCall::LEN)?);
        Ok(Self { call, kinds: u64::items(kinds), firsts, lens })
    }

    /// The tick at which the policy is told. \[us\]
    #[must_use]
    pub const fn now_us(&self) -> u64 {
        self.call.now_us
    }

    /// The tick at which it happened: earlier than `now_us` by the configured delay. \[us\]
    #[must_use]
    pub const fn happened_us(&self) -> u64 {
        self.call.happened_us
    }

    /// The instance, from 0.
    #[must_use]
    pub const fn instance(&self) -> u64 {
        self.call.instance
    }

    /// The events, in order. Kinds that this version does not know are left out.
    pub fn iter(&self) -> impl Iterator<Item = KvEvent> + use<'a> {
        let rows = self.kinds.iter().zip(self.firsts).zip(self.lens);
        rows.filter_map(|((&kind, &first), &len)| {
            Some(KvEvent { kind: KvEventKind::from_code(kind)?, blocks: BlockRun { first, len } })
        })
    }
}
