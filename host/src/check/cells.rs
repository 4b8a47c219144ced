//! The values of one signal or attribute, one a row, as they are made here: owned, comparable, and
//! lent across the ABI as a column.

use std::fmt;

use pointsman_plugin_api::abi::{RSlice, RStr};
use pointsman_plugin_api::{BlockRun, Column};

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cells {
    /// Whole numbers.
    U64(Vec<u64>),
    /// Whole numbers with a sign.
    I64(Vec<i64>),
    /// Real numbers.
    F64(Vec<f64>),
    /// Labels.
    Text(Vec<String>),
    /// Runs of block identities.
    Blocks(Vec<Vec<BlockRun>>),
    /// The host leaves it out.
    Absent,
}

impl Cells {
    /// Lends it in the form in which it crosses the ABI.
    pub(super) fn lend(&self) -> Lent<'_> {
        match self {
            Self::U64(cells) => Lent::Plain(Column::of(cells)),
            Self::I64(cells) => Lent::Plain(Column::of(cells)),
            Self::F64(cells) => Lent::Plain(Column::of(cells)),
            Self::Text(cells) => Lent::Text(cells.iter().map(|text| RStr::from_str(text)).collect()),
            Self::Blocks(cells) => Lent::Blocks(cells.iter().map(|runs| RSlice::from_slice(runs)).collect()),
            Self::Absent => Lent::Plain(Column::absent()),
        }
    }

    /// Its values for a program.
    pub(super) fn to_json(&self) -> serde_json::Value {
        let runs = |runs: &Vec<BlockRun>| runs.iter().map(|run| [run.first, run.len]).collect::<Vec<_>>();
        match self {
            Self::U64(cells) => cells.clone().into(),
            Self::I64(cells) => cells.clone().into(),
            Self::F64(cells) => cells.clone().into(),
            Self::Text(cells) => cells.clone().into(),
            Self::Blocks(cells) => serde_json::json!(cells.iter().map(runs).collect::<Vec<_>>()),
            Self::Absent => serde_json::Value::Null,
        }
    }

    fn shown(&self) -> Vec<String> {
        fn run(run: &BlockRun) -> String {
            match run.len {
                1 => run.first.to_string(),
                len => format!("{}..{}", run.first, run.first.wrapping_add(len)),
            }
        }
        match self {
            Self::U64(cells) => cells.iter().map(ToString::to_string).collect(),
            Self::I64(cells) => cells.iter().map(ToString::to_string).collect(),
            Self::F64(cells) => cells.iter().map(|value| number(*value)).collect(),
            Self::Text(cells) => cells.iter().map(|text| format!("{text:?}")).collect(),
            Self::Blocks(cells) => {
                let one = |runs: &Vec<BlockRun>| runs.iter().map(run).collect::<Vec<_>>().join(", ");
                cells.iter().map(|runs| format!("[{}]", one(runs))).collect()
            }
            Self::Absent => Vec::new(),
        }
    }
}

/// A number as a person writes it: without a row of zeros.
pub(super) fn number(value: f64) -> String {
    let size = value.abs();
    let is_odd = value.is_finite() && (size >= 1e16 || (size > 0.0 && size < 1e-6));
    if is_odd { format!("{value:e}") } else { value.to_string() }
}

/// Values for a person: `[0, 1]`; of many, the first few.
impl fmt::Display for Cells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 8;
        if *self == Self::Absent {
            return f.write_str("absent");
        }
        let values = self.shown();
        let more = values.len().saturating_sub(MOST);
        let first = values[..values.len() - more].join(", ");
        match more {
            0 => write!(f, "[{first}]"),
            more => write!(f, "[{first}, and {more} more]"),
        }
    }
}

/// A column's own list of references, where it needs one.
pub(super) enum Lent<'a> {
    /// It needs none.
    Plain(Column<'a>),
    /// Labels.
    Text(Vec<RStr<'a>>),
    /// Runs of blocks.
    Blocks(Vec<RSlice<'a, BlockRun>>),
}

impl Lent<'_> {
    /// The column.
    pub(super) fn column(&self) -> Column<'_> {
        match self {
            Self::Plain(column) => *column,
            Self::Text(cells) => Column::of(cells),
            Self::Blocks(cells) => Column::of(cells),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_one_would_write_them() {
        assert_eq!(Cells::F64(vec![0.0, 1.0, 0.25]).to_string(), "[0, 1, 0.25]");
        assert_eq!(Cells::Text(vec!["critical".into()]).to_string(), "[\"critical\"]");
        let runs = vec![BlockRun { first: 7, len: 3 }, BlockRun { first: 90, len: 1 }];
        assert_eq!(Cells::Blocks(vec![runs, Vec::new()]).to_string(), "[[7..10, 90], []]");
        assert_eq!(Cells::U64((0..64).collect()).to_string(), "[0, 1, 2, 3, 4, 5, 6, 7, and 56 more]");
        assert_eq!(Cells::Absent.to_string(), "absent");
        let odd = Cells::F64(vec![1e300, -5e-324, 1e15, f64::NAN, f64::INFINITY]);
        assert_eq!(odd.to_string(), "[1e300, -5e-324, 1000000000000000, NaN, inf]");
    }
}
