//! Rows of what a policy reads, by id.

use std::{borrow::Cow, marker::PhantomData};

use super::{
    cell::{Cell, Cells, Named},
    rows::{OfInstances, RowKind},
};
use crate::{Column, Need};

/// A table of columns by id: instances, requests, or what else a policy reads, one a row.
///
/// Rows that [`instance`](super::instance) and its like make have everything: what a test does not say
/// has a plain default. A policy under test begins with such rows, too. A table that is begun with
/// [`set`](Self::set) instead has only what is set, and the rest is absent.
#[derive(Debug, Clone)]
pub struct Table<R = OfInstances> {
    columns: Vec<Held>,
    extent: Extent,
    /// What is absent although the table has everything.
    absent: Vec<&'static str>,
    rows: PhantomData<R>,
}

/// A column with the ages of its values, if they have any.
#[derive(Debug, Clone)]
struct Held {
    id: &'static str,
    cells: Cells,
    ages: Vec<u64>,
}

/// What a table has besides its columns.
#[derive(Debug, Clone, Copy)]
enum Extent {
    /// Everything, for so many rows, until something is put in.
    Fresh(usize),
    /// Everything, for so many rows.
    Whole(usize),
    /// Nothing.
    Sparse,
}

impl<R: RowKind> Default for Table<R> {
    fn default() -> Self {
        Self::fresh(0)
    }
}

impl<R: RowKind> Table<R> {
    pub(super) const fn of(extent: usize) -> Self {
        Self::with_extent(Extent::Whole(extent))
    }

    pub(super) const fn fresh(extent: usize) -> Self {
        Self::with_extent(Extent::Fresh(extent))
    }

    const fn with_extent(extent: Extent) -> Self {
        Self { columns: Vec::new(), extent, absent: Vec::new(), rows: PhantomData }
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self.extent {
            Extent::Fresh(rows) | Extent::Whole(rows) => rows,
            Extent::Sparse => self.columns.first().map_or(0, |held| held.cells.len()),
        }
    }

    /// Whether it has no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether nothing has been put in yet.
    pub(super) const fn is_fresh(&self) -> bool {
        matches!(self.extent, Extent::Fresh(_))
    }

    /// Sets a column, one value per row. In a table that nothing has been put into, what is not set is
    /// absent from now on.
    pub fn set<T: Cell + ?Sized>(&mut self, name: &impl Named<T>, values: &[T::Given<'_>]) -> &mut Self {
        if self.is_fresh() {
            self.extent = Extent::Sparse;
        }
        self.hold(name.name(), T::cells(values));
        self
    }

    /// Puts more rows at the end.
    pub fn push(&mut self, mut rows: Self) -> &mut Self {
        if self.is_fresh() {
            rows.extent = Extent::Whole(rows.len());
            *self = rows;
            return self;
        }
        let (before, more) = (self.len(), rows.len());
        let mut ids = self.columns.iter().map(|held| held.id).collect::<Vec<_>>();
        ids.extend(rows.columns.iter().map(|held| held.id));
        ids.sort_unstable();
        ids.dedup();
        let columns = ids.into_iter().filter_map(|id| {
            let (mine, theirs) = (self.held(id, 0), rows.held(id, before));
            let like = mine.as_ref().or(theirs.as_ref())?.cells.clone();
            let blank = |rows| Held { id, cells: like.blank(rows), ages: Vec::new() };
            let mut all = mine.map_or_else(|| blank(before), Cow::into_owned);
            let theirs = theirs.map_or_else(|| blank(more), Cow::into_owned);
            if !all.ages.is_empty() || !theirs.ages.is_empty() {
                all.ages.resize(before, 0);
                all.ages.extend(&theirs.ages);
                all.ages.resize(before + more, 0);
            }
            all.cells.append(theirs.cells);
            Some(all)
        });
        self.columns = columns.collect();
        self.extent = Extent::Whole(before + more);
        self.absent.extend(rows.absent);
        self
    }

    /// With this column, one value per row.
    #[must_use]
    pub fn with<T: Cell + ?Sized>(mut self, name: &impl Named<T>, values: &[T::Given<'_>]) -> Self {
        self.hold(name.name(), T::cells(values));
        self
    }

    /// With this column, made from the number of the row.
    #[must_use]
    pub fn each<'g, T: Cell + ?Sized>(
        self,
        name: &impl Named<T>,
        value: impl FnMut(usize) -> T::Given<'g>,
    ) -> Self {
        let values = (0..self.len()).map(value).collect::<Vec<_>>();
        self.with(name, &values)
    }

    /// Without this column, as from a host that does not have it.
    #[must_use]
    pub fn without<T: ?Sized>(mut self, name: &impl Named<T>) -> Self {
        self.columns.retain(|held| held.id != name.name());
        self.absent.push(name.name());
        self
    }

    /// With values of this column that are so old. \[us\]
    #[must_use]
    pub fn aged<T: ?Sized>(mut self, name: &impl Named<T>, age_us: u64) -> Self {
        self.age(name.name(), age_us);
        self
    }

    pub(super) fn age(&mut self, id: &'static str, age_us: u64) {
        if let Some(held) = self.held(id, 0) {
            let mut held = held.into_owned();
            held.ages = vec![age_us; held.cells.len()];
            self.columns.retain(|other| other.id != id);
            self.columns.push(held);
        }
    }

    /// The same value in every row.
    pub(super) fn all<T: Cell + ?Sized>(self, name: &impl Named<T>, value: T::Given<'_>) -> Self {
        let values = vec![value; self.len()];
        self.with(name, &values)
    }

    fn hold(&mut self, id: &'static str, cells: Cells) {
        self.absent.retain(|other| *other != id);
        // Replaced in place: the first column says how many rows there are.
        match self.columns.iter_mut().find(|held| held.id == id) {
            Some(held) => *held = Held { id, cells, ages: Vec::new() },
            None => self.columns.push(Held { id, cells, ages: Vec::new() }),
        }
    }

    /// A column, or its default where the table has everything. The rows are part of a larger table,
    /// after `first` others.
    fn held(&self, id: &'static str, first: usize) -> Option<Cow<'_, Held>> {
        if let Some(held) = self.columns.iter().find(|held| held.id == id) {
            return Some(Cow::Borrowed(held));
        }
        if matches!(self.extent, Extent::Sparse) || self.absent.contains(&id) {
            return None;
        }
        Some(Cow::Owned(Held { id, cells: R::plain(self, id, first)?, ages: Vec::new() }))
    }

    /// The numbers of a column that has a default.
    pub(super) fn numbers(&self, id: &'static str) -> Vec<u64> {
        match self.held(id, 0).map(Cow::into_owned) {
            Some(Held { cells: Cells::U64(values), .. }) => values,
            _ => vec![0; self.len()],
        }
    }

    /// Lends the columns that are wanted, in that order, to a call.
    pub(super) fn lend<A>(
        &self,
        needs: &[Need],
        reads: impl Fn(&str) -> bool,
        call: impl FnOnce(&[Column<'_>]) -> A,
    ) -> A {
        let held = needs.iter().map(|need| self.held(need.id, 0).filter(|_| reads(need.id)));
        let held = held.collect::<Vec<_>>();
        let crossing = held.iter().map(|held| held.as_ref().map(|held| held.cells.crossing()));
        let crossing = crossing.collect::<Vec<_>>();
        let columns = held.iter().zip(&crossing).map(|(held, crossing)| match (held, crossing) {
            (Some(held), Some(crossing)) if held.ages.is_empty() => crossing.column(),
            (Some(held), Some(crossing)) => crossing.column().with_ages(&held.ages),
            _ => Column::absent(),
        });
        call(&columns.collect::<Vec<_>>())
    }
}
