//! The instances that a request may go to.

use crate::{
    abi::ScoreCall,
    need::{Declared, Need, unreadable},
    signal::{self, Signal},
    value::Value,
};

/// The candidates: instances among which a request is routed, one a row.
///
/// A host may leave some out, so a row is no name for an instance: a policy that remembers instances
/// reads [`signal::INSTANCE`].
pub struct Instances<'a> {
    columns: Declared<'a>,
}

impl<'a> Instances<'a> {
    #[inline]
    pub(crate) fn new(call: &ScoreCall<'a>, needs: &'static [Need]) -> Result<Self, String> {
        Ok(Self { columns: Declared::new(needs, call.instances.as_slice(), call.rows)? })
    }

    /// Number of candidates.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.columns.rows()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A declared signal, one value per candidate. Panics, and so ends the call with an error,
    /// where it is undeclared or the host lacks it.
    #[inline]
    #[must_use]
    pub fn get<T: Value + ?Sized>(&self, signal: &Signal<T>) -> T::Items<'a> {
        let column = self.columns.column(signal.id(), "signal");
        match column.cells::<T>() {
            Some(cells) => T::items(cells),
            None => unreadable(signal.id(), "signal", column),
        }
    }

    /// A declared signal; `None` where the host lacks it.
    #[must_use]
    pub fn try_get<T: Value + ?Sized>(&self, signal: &Signal<T>) -> Option<T::Items<'a>> {
        let column = self.columns.column(signal.id(), "signal");
        if column.is_absent() { None } else { Some(self.get(signal)) }
    }

    /// Effective load of each instance: `queue_depth + batch_size + pending_requests`, all three of
    /// which must be declared. \[requests\]
    pub fn effective_load(&self) -> impl ExactSizeIterator<Item = u64> + use<'a> {
        let waiting = self.get(&signal::QUEUE_DEPTH);
        let running = self.get(&signal::BATCH_SIZE);
        let pending = self.get(&signal::PENDING_REQUESTS);
        (0..waiting.len()).map(move |i| waiting[i] + running[i] + pending[i])
    }

    /// How old the value of a declared signal in `row` is; 0: current. \[us\]
    #[must_use]
    pub fn age_us<T: Value + ?Sized>(&self, signal: &Signal<T>, row: usize) -> u64 {
        self.columns.column(signal.id(), "signal").ages().map_or(0, |ages| ages[row])
    }
}
