//! What a policy sees in a call: borrowed, read-only, current or of a known age.

use crate::{
    abi::{QueueCall, ScoreCall},
    attribute::Attribute,
    need::{Declared, Need, unreadable},
    signal::{self, Signal},
    value::Value,
};

/// The request that is being routed.
pub struct Request<'a> {
    now_us: u64,
    columns: Declared<'a>,
}

impl<'a> Request<'a> {
    #[inline]
    pub(crate) fn new(call: &ScoreCall<'a>, needs: &'static [Need]) -> Result<Self, String> {
        Ok(Self { now_us: call.now_us, columns: Declared::new(needs, call.request.as_slice(), 1)? })
    }

    /// The tick of the decision. \[us\]
    #[must_use]
    pub const fn now_us(&self) -> u64 {
        self.now_us
    }

    /// A declared attribute. Panics, and so ends the call with an error, where it is undeclared
    /// or the host lacks it.
    #[inline]
    #[must_use]
    pub fn get<T: Value + ?Sized>(&self, attribute: &Attribute<T>) -> T::Item<'a> {
        let column = self.columns.column(attribute.id(), "attribute");
        match column.cells::<T>() {
            Some([cell]) => T::item(cell),
            _ => unreadable(attribute.id(), "attribute", column),
        }
    }

    /// A declared attribute; `None` where the host lacks it.
    #[must_use]
    pub fn try_get<T: Value + ?Sized>(&self, attribute: &Attribute<T>) -> Option<T::Item<'a>> {
        let column = self.columns.column(attribute.id(), "attribute");
        if column.is_absent() { None } else { Some(self.get(attribute)) }
    }
}

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

/// Waiting requests of one instance, one a row, in no particular order: all, or where the order is
/// [fixed](crate::Order::Fixed) those that entered since the last call.
pub struct Queue<'a> {
    now_us: u64,
    columns: Declared<'a>,
}

impl<'a> Queue<'a> {
    #[inline]
    pub(crate) fn new(call: &QueueCall<'a>, needs: &'static [Need]) -> Result<Self, String> {
        Ok(Self { now_us: call.now_us, columns: Declared::new(needs, call.requests.as_slice(), call.rows)? })
    }

    /// The tick of the decision. \[us\]
    #[must_use]
    pub const fn now_us(&self) -> u64 {
        self.now_us
    }

    /// Number of requests asked about.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.columns.rows()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A declared attribute, one value per request. Panics, and so ends the call with an error,
    /// where it is undeclared or the host lacks it.
    #[inline]
    #[must_use]
    pub fn get<T: Value + ?Sized>(&self, attribute: &Attribute<T>) -> T::Items<'a> {
        let column = self.columns.column(attribute.id(), "attribute");
        match column.cells::<T>() {
            Some(cells) => T::items(cells),
            None => unreadable(attribute.id(), "attribute", column),
        }
    }

    /// A declared attribute; `None` where the host lacks it.
    #[must_use]
    pub fn try_get<T: Value + ?Sized>(&self, attribute: &Attribute<T>) -> Option<T::Items<'a>> {
        let column = self.columns.column(attribute.id(), "attribute");
        if column.is_absent() { None } else { Some(self.get(attribute)) }
    }
}
