//! What a policy author reads: plain numbers, `&str` and runs of blocks, never an ABI type.

use abi_stable::std_types::RStr;

use crate::{
    block::{BlockRun, Blocks},
    column::ColumnType,
};

/// The type of a signal or attribute as an author names it: `u64`, `i64`, `f64`, `str` or
/// `[BlockRun]`. The list is closed.
pub trait Value: sealed::Sealed + 'static {
    /// How one value lies in a column.
    type Cell<'a>: ColumnType;
    /// How an author reads one value.
    type Item<'a>;
    /// How an author reads a whole column.
    type Items<'a>;

    /// Reads one cell.
    fn item<'a>(cell: &Self::Cell<'a>) -> Self::Item<'a>;

    /// Reads a column.
    fn items<'a>(cells: &'a [Self::Cell<'a>]) -> Self::Items<'a>;
}

/// Numbers lie in their columns as they are.
macro_rules! number {
    ($($type:ty),*) => {$(
        impl Value for $type {
            type Cell<'a> = $type;
            type Item<'a> = $type;
            type Items<'a> = &'a [$type];

            #[inline]
            fn item<'a>(cell: &Self::Cell<'a>) -> Self::Item<'a> {
                *cell
            }

            #[inline]
            fn items<'a>(cells: &'a [Self::Cell<'a>]) -> Self::Items<'a> {
                cells
            }
        }
    )*};
}
number!(u64, i64, f64);

impl Value for str {
    type Cell<'a> = RStr<'a>;
    type Item<'a> = &'a str;
    type Items<'a> = Rows<'a, str>;

    fn item<'a>(cell: &Self::Cell<'a>) -> Self::Item<'a> {
        cell.as_str()
    }

    fn items<'a>(cells: &'a [Self::Cell<'a>]) -> Self::Items<'a> {
        Rows { cells }
    }
}

impl Value for [BlockRun] {
    type Cell<'a> = Blocks<'a>;
    type Item<'a> = &'a [BlockRun];
    type Items<'a> = Rows<'a, [BlockRun]>;

    fn item<'a>(cell: &Self::Cell<'a>) -> Self::Item<'a> {
        cell.as_slice()
    }

    fn items<'a>(cells: &'a [Self::Cell<'a>]) -> Self::Items<'a> {
        Rows { cells }
    }
}

/// A column of values that are slices themselves: strings, or runs of blocks.
pub struct Rows<'a, V: Value + ?Sized> {
    cells: &'a [V::Cell<'a>],
}

impl<'a, V: Value + ?Sized> Rows<'a, V> {
    /// Number of rows.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The value of a row. Panics where there is no such row.
    #[must_use]
    pub fn at(&self, row: usize) -> V::Item<'a> {
        V::item(&self.cells[row])
    }

    /// All values, in row order.
    pub fn iter(&self) -> impl Iterator<Item = V::Item<'a>> + use<'a, V> {
        self.cells.iter().map(V::item)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for u64 {}
    impl Sealed for i64 {}
    impl Sealed for f64 {}
    impl Sealed for str {}
    impl Sealed for [super::BlockRun] {}
}
