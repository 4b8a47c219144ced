//! What a policy learns when it is built.

use std::marker::PhantomData;

use crate::{abi::SetupCall, value::Value};

/// A fact about the cluster or about this object, fixed for a run.
pub struct Fact<T: ?Sized> {
    id: &'static str,
    value: PhantomData<fn(&T)>,
}

impl<T: Value + ?Sized> Fact<T> {
    /// Names a fact. The ones that this version knows are constants of this module.
    #[must_use]
    pub const fn new(id: &'static str) -> Self {
        Self { id, value: PhantomData }
    }

    /// The name that it has across the ABI.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }
}

/// Defines the constants and the list of all ids.
macro_rules! facts {
    ($($name:ident $id:ident: $type:ty = $unit:literal, $doc:literal;)*) => {
        $(
            #[doc = concat!($doc, " \\[", $unit, "\\]")]
            pub const $name: Fact<$type> = Fact::new(stringify!($id));
        )*

        /// The ids of all facts of this version.
        pub const ALL: &[&str] = &[$(stringify!($id)),*];
    };
}

/// Hands all facts to a macro: name, id, type, unit and meaning.
macro_rules! all {
    ($to:ident) => {
        $to! {
            INSTANCES instances: u64 = "instances", "Number of instances.";
            BLOCK_SIZE block_size: u64 = "tokens", "Size of a KV block.";
            TOTAL_KV_BLOCKS total_kv_blocks: u64 = "blocks", "KV blocks of each instance.";
            SEED seed: u64 = "number", "The seed of this object's own randomness; no two objects of a run share one.";
            INSTANCE instance: u64 = "number", "Index of the instance that this object belongs to. Schedulers and priorities have it (there is one object per instance), policies of the router do not.";
        }
    };
}
#[cfg(feature = "testkit")]
pub(crate) use all;

all!(facts);

/// The facts that a policy is built with.
pub struct Setup<'a> {
    call: SetupCall<'a>,
}

impl<'a> Setup<'a> {
    pub(crate) const fn new(call: SetupCall<'a>) -> Self {
        Self { call }
    }

    /// A fact that the host has; `None` if it has not.
    #[must_use]
    pub fn try_get<T: Value + ?Sized>(&self, fact: &Fact<T>) -> Option<T::Item<'a>> {
        let entry = self.call.facts.as_slice().iter().find(|entry| entry.id.as_str() == fact.id)?;
        entry.column.cells::<T>()?.first().map(T::item)
    }

    /// A fact that every host has for this policy kind.
    ///
    /// # Panics
    ///
    /// If the host lacks it; the guard around the constructor makes that an error.
    #[must_use]
    pub fn get<T: Value + ?Sized>(&self, fact: &Fact<T>) -> T::Item<'a> {
        match self.try_get(fact) {
            Some(value) => value,
            None => panic!("the host gives no `{}` to this policy", fact.id),
        }
    }
}
