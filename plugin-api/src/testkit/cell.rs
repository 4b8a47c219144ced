//! What a table holds: the values of one column, owned.

use abi_stable::std_types::RStr;

use crate::{Attribute, BlockRun, Blocks, Column, Outcome, Signal, Value, setup::Fact};

/// The values of a column. Authors never name it.
#[derive(Debug, Clone, PartialEq)]
pub enum Cells {
    /// Of type `u64`.
    U64(Vec<u64>),
    /// Of type `i64`.
    I64(Vec<i64>),
    /// Of type `f64`.
    F64(Vec<f64>),
    /// Of type `str`.
    Text(Vec<String>),
    /// Of type `[BlockRun]`.
    Blocks(Vec<Vec<BlockRun>>),
}

/// The same values in the form in which they cross.
pub(super) enum Crossing<'a> {
    U64(&'a [u64]),
    I64(&'a [i64]),
    F64(&'a [f64]),
    Text(Vec<RStr<'a>>),
    Blocks(Vec<Blocks<'a>>),
}

impl Cells {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::U64(values) => values.len(),
            Self::I64(values) => values.len(),
            Self::F64(values) => values.len(),
            Self::Text(values) => values.len(),
            Self::Blocks(values) => values.len(),
        }
    }

    /// As many values that say nothing: 0, or empty.
    pub(super) fn blank(&self, rows: usize) -> Self {
        match self {
            Self::U64(_) => Self::U64(vec![0; rows]),
            Self::I64(_) => Self::I64(vec![0; rows]),
            Self::F64(_) => Self::F64(vec![0.0; rows]),
            Self::Text(_) => Self::Text(vec![String::new(); rows]),
            Self::Blocks(_) => Self::Blocks(vec![Vec::new(); rows]),
        }
    }

    /// Puts more values of the same type at the end. Of two types nothing sensible can be made: the
    /// column is then too short, which the call reports.
    pub(super) fn append(&mut self, more: Self) {
        match (self, more) {
            (Self::U64(values), Self::U64(more)) => values.extend(more),
            (Self::I64(values), Self::I64(more)) => values.extend(more),
            (Self::F64(values), Self::F64(more)) => values.extend(more),
            (Self::Text(values), Self::Text(more)) => values.extend(more),
            (Self::Blocks(values), Self::Blocks(more)) => values.extend(more),
            _ => {}
        }
    }

    pub(super) fn crossing(&self) -> Crossing<'_> {
        match self {
            Self::U64(values) => Crossing::U64(values),
            Self::I64(values) => Crossing::I64(values),
            Self::F64(values) => Crossing::F64(values),
            Self::Text(values) => Crossing::Text(values.iter().map(|text| text.as_str().into()).collect()),
            Self::Blocks(values) => {
                Crossing::Blocks(values.iter().map(|runs| runs.as_slice().into()).collect())
            }
        }
    }
}

impl Crossing<'_> {
    pub(super) fn column(&self) -> Column<'_> {
        match self {
            Self::U64(values) => Column::of(values),
            Self::I64(values) => Column::of(values),
            Self::F64(values) => Column::of(values),
            Self::Text(values) => Column::of(values),
            Self::Blocks(values) => Column::of(values),
        }
    }
}

/// What a table's columns are set from.
pub trait Cell: Value {
    /// One value, as a test writes it.
    type Given<'g>: Copy;
    #[doc(hidden)]
    fn cells(values: &[Self::Given<'_>]) -> Cells;
}

macro_rules! cell {
    ($($type:ty, $given:ty, $variant:ident;)*) => {$(
        impl Cell for $type {
            type Given<'g> = $given;
            fn cells(values: &[Self::Given<'_>]) -> Cells {
                Cells::$variant(values.iter().map(|&value| value.to_owned()).collect())
            }
        }
    )*};
}
cell! {
    u64, u64, U64;
    i64, i64, I64;
    f64, f64, F64;
    str, &'g str, Text;
    [BlockRun], &'g [BlockRun], Blocks;
}

/// A name for what a table can hold: a signal, an attribute, an outcome or a fact.
pub trait Named<T: ?Sized> {
    #[doc(hidden)]
    fn name(&self) -> &'static str;
}

macro_rules! named {
    ($($type:ident)*) => {$(
        impl<T: Value + ?Sized> Named<T> for $type<T> {
            fn name(&self) -> &'static str {
                self.id()
            }
        }
    )*};
}
named!(Signal Attribute Outcome Fact);
