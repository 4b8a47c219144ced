//! Requests that wait.

use crate::{
    abi::QueueCall,
    attribute::Attribute,
    need::{Declared, Need, unreadable},
    value::Value,
};

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
