//! What a policy says it reads, and how that is found again in a call.

use crate::column::Column;

/// One signal or attribute that a policy reads, made by `required` or `optional` of its name. Columns
/// cross the ABI in declared order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Need {
    /// Id of the signal or attribute.
    pub id: &'static str,
    /// Whether the policy cannot work without it. A host that lacks a required one refuses the
    /// policy and names what is missing; an optional one is then absent.
    pub required: bool,
}

/// The columns of one call, beside the needs that give them their meaning.
#[derive(Clone, Copy)]
pub(crate) struct Declared<'a> {
    needs: &'static [Need],
    columns: &'a [Column<'a>],
    rows: usize,
}

impl<'a> Declared<'a> {
    /// Pairs needs with the columns of a call; an error if the host filled another number.
    #[inline]
    pub(crate) fn new(
        needs: &'static [Need],
        columns: &'a [Column<'a>],
        rows: usize,
    ) -> Result<Self, String> {
        if needs.len() == columns.len() {
            Ok(Self { needs, columns, rows })
        } else {
            Err(miscounted(columns.len(), needs.len()))
        }
    }

    #[inline]
    pub(crate) const fn rows(&self) -> usize {
        self.rows
    }

    /// The column of a declared id. Panics with a sentence otherwise: it is a mistake in the
    /// policy or the host, and the guard around every call turns it into an error.
    #[inline]
    pub(crate) fn column(&self, id: &'static str, what: &str) -> &'a Column<'a> {
        // Most often both are the same constant: then its characters need not be compared.
        let is_wanted = |need: &Need| std::ptr::eq(need.id, id) || need.id == id;
        let Some(at) = self.needs.iter().position(is_wanted) else {
            undeclared(id, what);
        };
        let column = &self.columns[at];
        if !column.is_absent() && column.len() != self.rows {
            wrong_length(id, what, column.len(), self.rows);
        }
        column
    }
}

#[cold]
#[inline(never)]
fn miscounted(passed: usize, declared: usize) -> String {
    format!("the host passed {passed} columns where {declared} are declared")
}

#[cold]
#[inline(never)]
fn undeclared(id: &str, what: &str) -> ! {
    panic!("the policy reads the {what} `{id}`, which it does not declare")
}

#[cold]
#[inline(never)]
fn wrong_length(id: &str, what: &str, found: usize, rows: usize) -> ! {
    panic!("the host passed {found} values of the {what} `{id}` for {rows} rows")
}

/// Ends a read of a column that is absent or of another type; see [`Declared::column`].
#[cold]
#[inline(never)]
pub(crate) fn unreadable(id: &str, what: &str, column: &Column<'_>) -> ! {
    if column.is_absent() {
        panic!("the host has no {what} `{id}`: read an optional one with `try_get`")
    }
    panic!("the host passed the {what} `{id}` with another type")
}
