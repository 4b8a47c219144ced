//! Attributes: what a policy can know about a request.

use std::marker::PhantomData;

use crate::{block::BlockRun, need::Need, value::Value};

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
        $($name:ident: $type:ty = $id:literal, $unit:literal, $doc:literal;)*
    })*) => {$(
        $(
            #[doc = concat!($doc, " \\[", $unit, "\\]")]
            pub const $name: Attribute<$type> = Attribute::new($id, $unit, $doc);
        )*

        #[doc = $for]
        pub const $list: &[&str] = &[$($id),*];
    )*};
}

attributes! {
    ALL, "Ids of the attributes that every policy kind can read.": {
        ID: u64 = "id", "number", "Position in the order of creation, from 0.";
        ARRIVAL_US: u64 = "arrival_us", "us", "Tick at which it reached the router.";
        PROMPT_TOKENS: u64 = "prompt_tokens", "tokens", "Length of the prompt.";
        MAX_TOKENS: u64 = "max_tokens", "tokens", "The declared cap on the output; 0: none declared.";
        SLO_CLASS: str = "slo_class", "label", "The SLO class; `standard` where none is given.";
        TENANT: str = "tenant", "label", "The tenant; empty where none is given.";
        SESSION: str = "session", "label", "The session; empty where none is given.";
        ROUND: u64 = "round", "number", "Round within the session, from 0.";
        PROMPT_BLOCKS: [BlockRun] = "prompt_blocks", "identities", "Identities of the prompt's full blocks, in runs.";
    }
    WAITING, "Ids of the attributes that schedulers and priorities can read besides.": {
        QUEUED_US: u64 = "queued_us", "us", "Tick at which it entered the queue.";
        NUM_TOKENS: u64 = "num_tokens", "tokens", "Prompt and emitted tokens: what its next admission needs.";
        EMITTED_TOKENS: u64 = "emitted_tokens", "tokens", "Tokens emitted so far.";
        PREEMPTIONS: u64 = "preemptions", "preemptions", "How often it was preempted.";
        QUEUE_POSITION: i64 = "queue_position", "number", "Place by order of entry; requests put at the head get ever smaller negative numbers.";
    }
    PRIORITIZED, "Ids of the attributes that only schedulers can read.": {
        PRIORITY: f64 = "priority", "number", "What the priority policy gave it; higher is more urgent.";
    }
}
