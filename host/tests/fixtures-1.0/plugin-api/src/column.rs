//! How data crosses the ABI: one column per signal or attribute, never a struct that grows.

use std::marker::PhantomData;

use abi_stable::{StableAbi, std_types::RStr};

use crate::{block::Blocks, value::Value};

/// A borrowed column of equal cells, with the age of each if they are not current.
///
/// A column knows its cell type and its length, so that reading one that the other side filled
/// differently is refused instead of being undefined.
#[repr(C)]
#[derive(Clone, Copy, StableAbi)]
pub struct Column<'a> {
    /// The first cell; null: absent.
    data: *const (),
    /// Age of each cell \[us\]; null: all current.
    ages: *const u64,
    /// Number of cells, and of ages where there are any.
    len: usize,
    /// `ColumnType::KIND` of the cells.
    kind: u8,
    borrowed: PhantomData<&'a ()>,
}

impl<'a> Column<'a> {
    /// The column of something that this host does not have.
    #[inline]
    #[must_use]
    pub const fn absent() -> Self {
        Self { data: std::ptr::null(), ages: std::ptr::null(), len: 0, kind: 0, borrowed: PhantomData }
    }

    /// A column of current values.
    #[inline]
    #[must_use]
    pub const fn of<T: ColumnType>(values: &'a [T]) -> Self {
        Self {
            data: values.as_ptr().cast(),
            ages: std::ptr::null(),
            len: values.len(),
            kind: T::KIND,
            borrowed: PhantomData,
        }
    }

    /// The same column with the age of each value. \[us\]
    ///
    /// # Panics
    ///
    /// If there is not exactly one age per value.
    #[inline]
    #[must_use]
    pub const fn with_ages(mut self, ages: &'a [u64]) -> Self {
        assert!(ages.len() == self.len, "a column has one age per value");
        self.ages = ages.as_ptr();
        self
    }

    /// Whether the host left this column out.
    #[inline]
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        self.data.is_null()
    }

    /// Number of values; 0 if absent.
    #[inline]
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether it has no values.
    #[inline]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The cells; `None` if the column is absent or of another type.
    #[inline]
    #[must_use]
    pub fn cells<V: Value + ?Sized>(&self) -> Option<&'a [V::Cell<'a>]> {
        if self.data.is_null() || self.kind != V::Cell::KIND {
            return None;
        }
        // SAFETY: only `of` makes a column that is not null, from a slice of `len` cells that
        // lives for 'a; equal kinds mean equal cell types, by the sealed list below, up to the
        // lifetime inside a cell, which outlives 'a because the slice does.
        Some(unsafe { std::slice::from_raw_parts(self.data.cast(), self.len) })
    }

    /// The age of each value; `None` if all are current. \[us\]
    #[inline]
    #[must_use]
    pub fn ages(&self) -> Option<&'a [u64]> {
        if self.ages.is_null() {
            return None;
        }
        // SAFETY: `with_ages` took this pointer from a slice of `len` ages that lives for 'a.
        Some(unsafe { std::slice::from_raw_parts(self.ages, self.len) })
    }
}

/// What may lie in a column. The list is closed: each type has its code in the ABI.
pub trait ColumnType: sealed::Sealed + Copy {
    /// The code of this type in the ABI; never reused.
    const KIND: u8;
}

impl ColumnType for u64 {
    const KIND: u8 = 1;
}
impl ColumnType for i64 {
    const KIND: u8 = 2;
}
impl ColumnType for f64 {
    const KIND: u8 = 3;
}
impl ColumnType for RStr<'_> {
    const KIND: u8 = 4;
}
impl ColumnType for Blocks<'_> {
    const KIND: u8 = 5;
}

mod sealed {
    use super::{Blocks, RStr};

    pub trait Sealed {}
    impl Sealed for u64 {}
    impl Sealed for i64 {}
    impl Sealed for f64 {}
    impl Sealed for RStr<'_> {}
    impl Sealed for Blocks<'_> {}
}
