//! Attributes: what a policy can know about a request.

use std::marker::PhantomData;

use crate::{about::About, block::BlockRun, need::Need, value::Value};

/// An attribute of a request. A scorer sees it for the one request that is routed; a scheduler
/// or priority for each waiting request. The true output length is not among them.
pub struct Attribute<T: ?Sized> {
    id: &'static str,
    unit: &'static str,
    doc: &'static str,
    value: PhantomData<fn(&T)>,
}

impl<T: Value + ?Sized> Attribute<T> {
    /// Names an attribute. The ones that this version knows are constants of this module; a host
    /// may have more.
    #[must_use]
    pub const fn new(id: &'static str, unit: &'static str, doc: &'static str) -> Self {
        Self { id, unit, doc, value: PhantomData }
    }

    /// The name that it has across the ABI and in messages.
    #[inline]
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The unit of its values.
    #[must_use]
    pub const fn unit(&self) -> &'static str {
        self.unit
    }

    /// One sentence on its meaning.
    #[must_use]
    pub const fn doc(&self) -> &'static str {
        self.doc
    }

    /// Declares that a policy cannot work without it.
    #[must_use]
    pub const fn required(&self) -> Need {
        Need { id: self.id, required: true }
    }

    /// Declares that a policy uses it where the host has it.
    #[must_use]
    pub const fn optional(&self) -> Need {
        Need { id: self.id, required: false }
    }
}

/// Defines the constants and one list of ids per reader, so that none can be forgotten.
macro_rules! attributes {
    ($($list:ident, $for:literal: {
        $($name:ident $id:ident: $type:ty = $unit:literal, $doc:literal;)*
    })*) => {
        $($(
            #[doc = concat!($doc, " \\[", $unit, "\\]")]
            pub const $name: Attribute<$type> = Attribute::new(stringify!($id), $unit, $doc);
        )*

        #[doc = $for]
        pub const $list: &[&str] = &[$(stringify!($id)),*];
        )*

        /// What each of them is, in the order of the lists.
        pub const CATALOGUE: &[About] = &[$($(
            About { id: stringify!($id), ty: stringify!($type), unit: $unit, doc: $doc, current: true },
        )*)*];
    };
}

/// Hands all attributes to a macro: per list name, id, type, unit and meaning.
macro_rules! all {
    ($to:ident) => {
        $to! {
            ALL, "Ids of the attributes that every policy kind can read.": {
                ID id: u64 = "number", "Position in the order of creation, from 0.";
                ARRIVAL_US arrival_us: u64 = "us", "Tick at which it reached the router.";
                PROMPT_TOKENS prompt_tokens: u64 = "tokens", "Length of the prompt.";
                MAX_TOKENS max_tokens: u64 = "tokens", "The declared cap on the output; 0: none declared.";
                SLO_CLASS slo_class: str = "label", "The SLO class; `standard` where none is given.";
                TENANT tenant: str = "label", "The tenant; empty where none is given.";
                SESSION session: str = "label", "The session; empty where none is given.";
                ROUND round: u64 = "number", "Round within the session, from 0.";
                PROMPT_BLOCKS prompt_blocks: [BlockRun] = "identities", "Identities of the prompt's full blocks, in runs.";
            }
            WAITING, "Ids of the attributes that schedulers and priorities can read besides.": {
                QUEUED_US queued_us: u64 = "us", "Tick at which it entered the queue.";
                NUM_TOKENS num_tokens: u64 = "tokens", "Prompt and emitted tokens: what its next admission needs.";
                EMITTED_TOKENS emitted_tokens: u64 = "tokens", "Tokens emitted so far.";
                PREEMPTIONS preemptions: u64 = "preemptions", "How often it was preempted.";
                QUEUE_POSITION queue_position: i64 = "number", "Place by order of entry; requests put at the head get ever smaller negative numbers.";
                REMAINING_PREFILL_TOKENS remaining_prefill_tokens: u64 = "tokens", "Tokens that its next admission would have to compute now: `num_tokens` less what GPU memory and CPU tier hold of it, or what was loaded; since 1.1.";
            }
            PRIORITIZED, "Ids of the attributes that only schedulers can read.": {
                PRIORITY priority: f64 = "number", "What the priority policy gave it; higher is more urgent.";
            }
        }
    };
}
#[cfg(feature = "testkit")]
pub(crate) use all;

all!(attributes);
