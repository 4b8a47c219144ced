//! One routing decision: who asks about which request, and the columns that a policy gets.

use pointsman_plugin_api::Column;
use pointsman_plugin_api::abi::{Failure, RSlice, ScoreCall};

use super::column::SignalColumn;
use super::facts::{RequestCells, RequestFacts};
use super::failure::PolicyFailure;
use super::loaded::Loaded;
use super::object::RouterObject;
use super::seat::{Occasion, Seat};
use super::table::SignalTable;

/// Policies rarely declare more columns than this; those that do pay for an allocation.
const COLUMNS: usize = 16;

/// A request at the tick of its decision.
pub(super) struct Decision<'a> {
    now_us: u64,
    id: u64,
    cells: RequestCells<'a>,
}

impl<'a> Decision<'a> {
    pub(super) fn new(now_us: u64, request: &RequestFacts<'a>) -> Self {
        Self { now_us, id: request.id, cells: RequestCells::new(request) }
    }

    /// What messages say of it.
    pub(super) fn occasion(&self) -> Occasion {
        Occasion { now_us: self.now_us, request: Some(self.id), instance: None }
    }

    /// Calls a policy with the columns that it declared.
    pub(super) fn call<T, R>(
        &self,
        loaded: &mut Loaded<T>,
        table: &SignalTable,
        call: impl FnOnce(&mut T, ScoreCall<'_>) -> R,
    ) -> R {
        self.call_with(loaded, table.rows(), |signal| table.column(signal), call)
    }

    /// The same with columns of signals from elsewhere.
    pub(super) fn call_with<'t, T, R>(
        &self,
        loaded: &mut Loaded<T>,
        rows: usize,
        column: impl Fn(SignalColumn) -> Column<'t>,
        call: impl FnOnce(&mut T, ScoreCall<'_>) -> R,
    ) -> R {
        let mut request = [Column::absent(); COLUMNS];
        let mut instances = [Column::absent(); COLUMNS];
        let (mut many_attributes, mut many_signals) = (Vec::new(), Vec::new());
        let request =
            columns(&mut request, &mut many_attributes, &loaded.attributes, |&id| self.cells.column(id));
        let instances = columns(&mut instances, &mut many_signals, &loaded.signals, |&id| column(id));
        call(
            &mut loaded.object,
            ScoreCall {
                now_us: self.now_us,
                rows,
                request: RSlice::from_slice(request),
                instances: RSlice::from_slice(instances),
            },
        )
    }

    /// The hook after routing.
    pub(super) fn tell_routed<T: RouterObject>(
        &self,
        seat: &mut Seat<T>,
        table: &SignalTable,
        chosen: usize,
    ) -> Result<(), PolicyFailure> {
        if seat.current.is_deaf {
            return Ok(());
        }
        seat.tell(self.occasion(), |loaded| {
            self.call(loaded, table, |object, call| object.tell_routed(call, chosen))
        })
    }
}

/// The columns of `ids`, in `few` if they fit there, else in `many`.
pub(super) fn columns<'s, 'c, I>(
    few: &'s mut [Column<'c>],
    many: &'s mut Vec<Column<'c>>,
    ids: &[I],
    column: impl Fn(&I) -> Column<'c>,
) -> &'s [Column<'c>] {
    if ids.len() > few.len() {
        many.extend(ids.iter().map(column));
        return many;
    }
    for (slot, id) in few.iter_mut().zip(ids) {
        *slot = column(id);
    }
    &few[..ids.len()]
}

/// An answer of the wrong length.
#[cold]
pub(super) fn miscounted(found: usize, what: &str, rows: usize) -> Failure {
    Failure::error(format!("it gave {found} {what} for {rows} instances"))
}
