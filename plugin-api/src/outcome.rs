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
    ($($name:ident: $type:ty = $id:literal, $unit:literal, $doc:literal;)*) => {
        $(
            #[doc = concat!($doc, " \\[", $unit, "\\]")]
            pub const $name: Outcome<$type> = Outcome::new($id, $unit, $doc);
        )*

        /// The ids of all outcomes of this version.
        pub const ALL: &[&str] = &[$($id),*];
    };
}

outcomes! {
    INSTANCE: u64 = "instance", "number", "The instance that it had been routed to, from 0.";
    STATE: str = "state", "label", "`completed`, or `dropped`: it could never fit into the instance's memory.";
    TTFT_US: u64 = "ttft_us", "us", "First token seen - arrival; absent where there was none.";
    E2E_US: u64 = "e2e_us", "us", "Last token seen - arrival; absent where there was none.";
    QUEUEING_US: u64 = "queueing_us", "us", "Start of the first step that computed something for it - arrival; absent where there was none.";
    OUTPUT_TOKENS: u64 = "output_tokens", "tokens", "Tokens that were emitted.";
    HIT_TOKENS_GPU: u64 = "hit_tokens_gpu", "tokens", "Tokens found in GPU memory at its admissions.";
    HIT_TOKENS_CPU: u64 = "hit_tokens_cpu", "tokens", "Tokens found in the CPU tier at its admissions.";
    PREEMPTIONS: u64 = "preemptions", "preemptions", "How often it was preempted.";
}
