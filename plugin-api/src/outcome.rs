//! Outcomes: what a policy learns of a request that came to an end.

use std::marker::PhantomData;

use crate::value::Value;

/// Something that is known of a request once it has ended.
pub struct Outcome<T: ?Sized> {
    id: &'static str,
    unit: &'static str,
    doc: &'static str,
    value: PhantomData<fn(&T)>,
}

impl<T: Value + ?Sized> Outcome<T> {
    /// Names an outcome. The ones that this version knows are constants of this module.
    #[must_use]
    pub const fn new(id: &'static str, unit: &'static str, doc: &'static str) -> Self {
        Self { id, unit, doc, value: PhantomData }
    }

    /// The name that it has across the ABI.
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
}

/// Defines the constants and the list of all ids, so that none can be forgotten.
macro_rules! outcomes {
    ($($name:ident $id:ident: $type:ty = $unit:literal, $doc:literal;)*) => {
        $(
            #[doc = concat!($doc, " \\[", $unit, "\\]")]
            pub const $name: Outcome<$type> = Outcome::new(stringify!($id), $unit, $doc);
        )*

        /// The ids of all outcomes of this version.
        pub const ALL: &[&str] = &[$(stringify!($id)),*];
    };
}

/// Hands all outcomes to a macro: name, id, type, unit and meaning.
macro_rules! all {
    ($to:ident) => {
        $to! {
            INSTANCE instance: u64 = "number", "The instance that it had been routed to, from 0.";
            STATE state: str = "label", "`completed`, or `dropped`: it could never fit into the instance's memory.";
            TTFT_US ttft_us: u64 = "us", "First token seen - arrival; absent where there was none.";
            E2E_US e2e_us: u64 = "us", "Last token seen - arrival; absent where there was none.";
            QUEUEING_US queueing_us: u64 = "us", "Start of the first step that computed something for it - arrival; absent where there was none.";
            OUTPUT_TOKENS output_tokens: u64 = "tokens", "Tokens that were emitted.";
            HIT_TOKENS_GPU hit_tokens_gpu: u64 = "tokens", "Tokens found in GPU memory at its admissions.";
            HIT_TOKENS_CPU hit_tokens_cpu: u64 = "tokens", "Tokens found in the CPU tier at its admissions.";
            PREEMPTIONS preemptions: u64 = "preemptions", "How often it was preempted.";
        }
    };
}
#[cfg(feature = "testkit")]
pub(crate) use all;

all!(outcomes);
