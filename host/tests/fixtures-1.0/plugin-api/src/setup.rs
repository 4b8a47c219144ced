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

/// Number of instances. \[instances\]
pub const INSTANCES: Fact<u64> = Fact::new("instances");
/// Size of a KV block. \[tokens\]
pub const BLOCK_SIZE: Fact<u64> = Fact::new("block_size");
/// KV blocks of each instance. \[blocks\]
pub const TOTAL_KV_BLOCKS: Fact<u64> = Fact::new("total_kv_blocks");
/// The seed of this object's own randomness; no two objects of a run share one.
pub const SEED: Fact<u64> = Fact::new("seed");
/// Index of the instance that this object belongs to. Schedulers and priorities have it (there is
/// one object per instance), scorers do not.
pub const INSTANCE: Fact<u64> = Fact::new("instance");

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
