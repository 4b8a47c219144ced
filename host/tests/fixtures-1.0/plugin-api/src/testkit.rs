//! Builds policies and calls them as a host does, through the whole glue: for the tests of policy
//! crates.
//!
//! ```
//! # use pointsman_plugin_api::{prelude::*, testkit};
//! # struct Idle;
//! # impl Scorer for Idle {
//! #     type Params = NoParams;
//! #     const INFO: PolicyInfo = PolicyInfo { name: "idle", aliases: &[], summary: "", version: "1.0.0" };
//! #     const SIGNALS: &'static [Need] = &[signal::KV_UTILIZATION.required()];
//! #     fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> { Ok(Self) }
//! #     fn score(&mut self, _: &Request<'_>, i: &Instances<'_>, s: &mut [f64]) -> Result<(), String> {
//! #         for (s, u) in s.iter_mut().zip(i.get(&signal::KV_UTILIZATION)) { *s = 1.0 - u; }
//! #         Ok(())
//! #     }
//! # }
//! let mut idle = testkit::Scorers::new::<Idle>("{}")?;
//! idle.instances.set(&signal::KV_UTILIZATION, &[0.25, 0.5]);
//! assert_eq!(idle.score()?, [0.75, 0.5]);
//! # Ok::<(), String>(())
//! ```

use abi_stable::std_types::{RResult, RSlice, RSliceMut, RStr};

use crate::{
    Attribute, BlockRun, Blocks, Column, Key, Need, Order, Priority, Scheduler, Scorer, Signal,
    abi::{
        self, Failure, NamedColumn, PriorityBox, QueueCall, SchedulerBox, ScoreCall, ScorerBox, SetupCall,
    },
    setup,
};

/// A table of columns by id; what is not set is absent.
#[derive(Default)]
pub struct Table {
    cells: Vec<(&'static str, Cells)>,
}

enum Cells {
    U64(Vec<u64>),
    I64(Vec<i64>),
    F64(Vec<f64>),
    Text(Vec<RStr<'static>>),
    Blocks(Vec<Blocks<'static>>),
}

/// What a table's columns are set from.
pub trait Cell: crate::Value {
    /// One value, as a test writes it.
    type Given: Copy;
    #[doc(hidden)]
    fn store(values: &[Self::Given], into: &mut Table, id: &'static str);
}

macro_rules! cell {
    ($($type:ty, $given:ty, $variant:ident;)*) => {$(
        impl Cell for $type {
            type Given = $given;
            fn store(values: &[$given], into: &mut Table, id: &'static str) {
                into.cells.retain(|(other, _)| *other != id);
                into.cells.push((id, Cells::$variant(values.iter().map(|&value| value.into()).collect())));
            }
        }
    )*};
}
cell! {
    u64, u64, U64;
    i64, i64, I64;
    f64, f64, F64;
    str, &'static str, Text;
    [BlockRun], &'static [BlockRun], Blocks;
}

/// A name for what a table can hold: a signal or an attribute.
pub trait Named<T: ?Sized> {
    #[doc(hidden)]
    fn name(&self) -> &'static str;
}

impl<T: crate::Value + ?Sized> Named<T> for Signal<T> {
    fn name(&self) -> &'static str {
        self.id()
    }
}

impl<T: crate::Value + ?Sized> Named<T> for Attribute<T> {
    fn name(&self) -> &'static str {
        self.id()
    }
}

impl Table {
    /// Sets a column, one value per row.
    pub fn set<T: Cell + ?Sized>(&mut self, name: &impl Named<T>, values: &[T::Given]) -> &mut Self {
        T::store(values, self, name.name());
        self
    }

    fn columns(&self, needs: &[Need]) -> Vec<Column<'_>> {
        let column = |need: &Need| match self.cells.iter().find(|(id, _)| *id == need.id) {
            None => Column::absent(),
            Some((_, Cells::U64(values))) => Column::of(values),
            Some((_, Cells::I64(values))) => Column::of(values),
            Some((_, Cells::F64(values))) => Column::of(values),
            Some((_, Cells::Text(values))) => Column::of(values),
            Some((_, Cells::Blocks(values))) => Column::of(values),
        };
        needs.iter().map(column).collect()
    }

    fn rows(&self) -> usize {
        self.cells.first().map_or(0, |(_, cells)| match cells {
            Cells::U64(values) => values.len(),
            Cells::I64(values) => values.len(),
            Cells::F64(values) => values.len(),
            Cells::Text(values) => values.len(),
            Cells::Blocks(values) => values.len(),
        })
    }
}

/// A scorer under test.
pub struct Scorers {
    object: ScorerBox,
    signals: &'static [Need],
    attributes: &'static [Need],
    /// The signals, one row per instance.
    pub instances: Table,
    /// The request, one row.
    pub request: Table,
    /// The tick of the decision. \[us\]
    pub now_us: u64,
}

impl Scorers {
    /// Builds it from JSON parameters, for a cluster of 4 instances of 1000 blocks of 16 tokens.
    ///
    /// # Errors
    ///
    /// What its constructor refuses.
    pub fn new<T: Scorer>(params: &str) -> Result<Self, String> {
        Ok(Self {
            object: with_setup(|setup| abi::scorer::<T>(setup, RStr::from_str(params)))?,
            signals: T::SIGNALS,
            attributes: T::ATTRIBUTES,
            instances: Table::default(),
            request: Table::default(),
            now_us: 0,
        })
    }

    /// The scores of all instances.
    ///
    /// # Errors
    ///
    /// What the scorer refuses, and a panic in it.
    pub fn score(&mut self) -> Result<Vec<f64>, String> {
        let (request, instances) =
            (self.request.columns(self.attributes), self.instances.columns(self.signals));
        let rows = self.instances.rows();
        let mut scores = vec![f64::NAN; rows];
        let call = call(self.now_us, rows, &request, &instances);
        plain(self.object.score(call, RSliceMut::from_mut_slice(&mut scores)))?;
        Ok(scores)
    }

    /// Tells it where the request went.
    ///
    /// # Errors
    ///
    /// What the scorer refuses, and a panic in it.
    pub fn routed(&mut self, chosen: usize) -> Result<(), String> {
        let (request, instances) =
            (self.request.columns(self.attributes), self.instances.columns(self.signals));
        plain(self.object.routed(call(self.now_us, self.instances.rows(), &request, &instances), chosen))
    }
}

/// A scheduler under test.
pub struct Schedulers {
    object: SchedulerBox,
    attributes: &'static [Need],
    /// The waiting requests, one a row.
    pub queue: Table,
    /// The tick of the decision. \[us\]
    pub now_us: u64,
}

impl Schedulers {
    /// Builds it from JSON parameters; see [`Scorers::new`].
    ///
    /// # Errors
    ///
    /// What its constructor refuses.
    pub fn new<T: Scheduler>(params: &str) -> Result<Self, String> {
        let object = with_setup(|setup| abi::scheduler::<T>(setup, RStr::from_str(params)))?;
        Ok(Self { object, attributes: T::ATTRIBUTES, queue: Table::default(), now_us: 0 })
    }

    /// When its order can change.
    #[must_use]
    pub fn order(&self) -> Option<Order> {
        Order::from_code(self.object.order())
    }

    /// Whether it reads priorities.
    #[must_use]
    pub fn uses_priority(&self) -> bool {
        self.object.uses_priority()
    }

    /// The keys of all requests.
    ///
    /// # Errors
    ///
    /// What the scheduler refuses, and a panic in it.
    pub fn keys(&mut self) -> Result<Vec<Key>, String> {
        let (requests, rows) = (self.queue.columns(self.attributes), self.queue.rows());
        let mut keys = vec![Key { major: f64::NAN, minor: f64::NAN }; rows];
        let call = QueueCall { now_us: self.now_us, rows, requests: RSlice::from_slice(&requests) };
        plain(self.object.keys(call, RSliceMut::from_mut_slice(&mut keys)))?;
        Ok(keys)
    }
}

/// A priority policy under test.
pub struct Priorities {
    object: PriorityBox,
    attributes: &'static [Need],
    /// The waiting requests, one a row.
    pub queue: Table,
    /// The tick of the decision. \[us\]
    pub now_us: u64,
}

impl Priorities {
    /// Builds it from JSON parameters; see [`Scorers::new`].
    ///
    /// # Errors
    ///
    /// What its constructor refuses.
    pub fn new<T: Priority>(params: &str) -> Result<Self, String> {
        let object = with_setup(|setup| abi::priority::<T>(setup, RStr::from_str(params)))?;
        Ok(Self { object, attributes: T::ATTRIBUTES, queue: Table::default(), now_us: 0 })
    }

    /// When a priority can change.
    #[must_use]
    pub fn order(&self) -> Option<Order> {
        Order::from_code(self.object.order())
    }

    /// The priorities of all requests.
    ///
    /// # Errors
    ///
    /// What the policy refuses, and a panic in it.
    pub fn priorities(&mut self) -> Result<Vec<f64>, String> {
        let (requests, rows) = (self.queue.columns(self.attributes), self.queue.rows());
        let mut priorities = vec![f64::NAN; rows];
        let call = QueueCall { now_us: self.now_us, rows, requests: RSlice::from_slice(&requests) };
        plain(self.object.priorities(call, RSliceMut::from_mut_slice(&mut priorities)))?;
        Ok(priorities)
    }
}

fn call<'a>(
    now_us: u64,
    rows: usize,
    request: &'a [Column<'a>],
    instances: &'a [Column<'a>],
) -> ScoreCall<'a> {
    ScoreCall { now_us, rows, request: RSlice::from_slice(request), instances: RSlice::from_slice(instances) }
}

fn with_setup<T>(build: impl FnOnce(SetupCall<'_>) -> RResult<T, Failure>) -> Result<T, String> {
    let values = [
        (setup::INSTANCES, 4_u64),
        (setup::BLOCK_SIZE, 16),
        (setup::TOTAL_KV_BLOCKS, 1000),
        (setup::SEED, 42),
        (setup::INSTANCE, 0),
    ];
    let cells = values.each_ref().map(|(_, value)| [*value]);
    let mut facts = Vec::new();
    for ((fact, _), cell) in values.iter().zip(&cells) {
        facts.push(NamedColumn { id: RStr::from_str(fact.id()), column: Column::of(cell) });
    }
    plain(build(SetupCall { facts: RSlice::from_slice(&facts) }))
}

fn plain<T>(outcome: RResult<T, Failure>) -> Result<T, String> {
    outcome.into_result().map_err(|failure| failure.message.into())
}
