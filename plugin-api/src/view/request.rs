//! One request.

use crate::{
    abi::ScoreCall,
    attribute::Attribute,
    column::Column,
    need::{Declared, Need, unreadable},
    value::Value,
};

/// The request that is being routed, or that came to an end.
pub struct Request<'a> {
    now_us: u64,
    columns: Declared<'a>,
}

impl<'a> Request<'a> {
    #[inline]
    pub(crate) fn new(call: &ScoreCall<'a>, needs: &'static [Need]) -> Result<Self, String> {
        Self::of(call.now_us, call.request.as_slice(), needs)
    }

    #[inline]
    pub(super) fn of(now_us: u64, columns: &'a [Column<'a>], needs: &'static [Need]) -> Result<Self, String> {
        Ok(Self { now_us, columns: Declared::new(needs, columns, 1)? })
    }

    /// The tick of the call. \[us\]
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
