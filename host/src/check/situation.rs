//! What a policy is asked about in one call, and a sequence of such calls.

use pointsman_plugin_api::Column;
use serde::{Deserialize, Serialize};

use super::cells::{Cells, Lent};
use super::instance::{InstanceRow, is_current};
use super::request::RequestRow;
use super::subject::Reads;
use super::world::World;

/// One call. A router is asked about one request over instances, a queue policy about requests.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Situation {
    /// The tick of the decision. \[us\]
    pub(super) now_us: u64,
    /// The candidates, one a row; none where the rows are the requests.
    pub(super) instances: Vec<InstanceRow>,
    /// The request that is routed, or those that wait.
    pub(super) requests: Vec<RequestRow>,
    /// Which row is chosen afterwards, counted round and round.
    pub(super) chosen: usize,
}

/// The calls that one policy object gets, and the cluster that it is told about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    pub(super) world: World,
    pub(super) calls: Vec<Situation>,
}

impl Trial {
    /// One call.
    pub(super) fn single(world: World, call: Situation) -> Self {
        Self { world, calls: vec![call] }
    }
}

impl Situation {
    /// Number of rows.
    pub(super) fn rows(&self) -> usize {
        if self.instances.is_empty() { self.requests.len() } else { self.instances.len() }
    }

    /// The row that is chosen.
    pub(super) fn chosen_row(&self) -> usize {
        self.chosen % self.rows().max(1)
    }

    /// The same with its rows in another order: row `i` is the old row `order[i]`.
    pub(super) fn reordered(&self, order: &[usize]) -> Self {
        let mut other = self.clone();
        if self.instances.is_empty() {
            other.requests = order.iter().map(|&row| self.requests[row].clone()).collect();
        } else {
            other.instances = order.iter().map(|&row| self.instances[row].clone()).collect();
            let chosen = self.chosen_row();
            other.chosen = order.iter().position(|&row| row == chosen).unwrap_or(0);
        }
        other
    }

    /// The columns that a policy with these declarations gets.
    pub(super) fn feed(&self, reads: &Reads, world: &World) -> Feed {
        let blocks = self.requests.first().map_or(0, |request| request.blocks(world));
        let columns = |ids: &[String], make: &dyn Fn(&str) -> Cells| {
            let cells = |id: &String| if reads.withholds(id) { Cells::Absent } else { make(id) };
            ids.iter().map(|id| (id.clone(), cells(id))).collect()
        };
        let ages_us: Vec<u64> = self.instances.iter().map(|row| row.age_us).collect();
        let totals = |row: &InstanceRow| row.total();
        Feed {
            now_us: self.now_us,
            rows: self.rows(),
            instances: self.instances.iter().map(|row| row.instance).collect(),
            signals: columns(&reads.signals, &|id| InstanceRow::signal(id, &self.instances, world, blocks)),
            attributes: columns(&reads.attributes, &|id| {
                RequestRow::attribute(id, &self.requests, world, self.now_us)
            }),
            // A host whose reports are always current passes no ages.
            ages_us: ages_us.iter().any(|age| *age > 0).then_some(ages_us),
            totals: reads.totals.then(|| self.instances.iter().map(totals).collect()),
        }
    }
}

/// The columns of one call, by id.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Feed {
    pub(super) now_us: u64,
    pub(super) rows: usize,
    /// Which instance each row is; empty where the rows are requests.
    pub(super) instances: Vec<u64>,
    pub(super) signals: Vec<(String, Cells)>,
    pub(super) attributes: Vec<(String, Cells)>,
    pub(super) ages_us: Option<Vec<u64>>,
    /// What a picker gets besides.
    pub(super) totals: Option<Vec<f64>>,
}

/// The arguments of a call, as they cross the ABI.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) now_us: u64,
    pub(super) rows: usize,
    pub(super) attributes: &'a [Column<'a>],
    pub(super) signals: &'a [Column<'a>],
    /// Total scores, for a picker that reads them.
    pub(super) totals: &'a [f64],
}

impl Feed {
    /// Which instance a row is.
    pub(super) fn instance(&self, row: usize) -> Option<u64> {
        self.instances.get(row).copied()
    }

    /// Lends the columns for as long as `work` takes.
    pub(super) fn lend<R>(&self, work: impl FnOnce(Call<'_>) -> R) -> R {
        let (signals, attributes) = (lent(&self.signals), lent(&self.attributes));
        let signals: Vec<Column<'_>> = signals
            .iter()
            .zip(&self.signals)
            .map(|(lent, (id, cells))| match &self.ages_us {
                Some(ages_us) if *cells != Cells::Absent && !is_current(id) => {
                    lent.column().with_ages(ages_us)
                }
                _ => lent.column(),
            })
            .collect();
        let attributes: Vec<Column<'_>> = attributes.iter().map(Lent::column).collect();
        let totals = self.totals.as_deref().unwrap_or_default();
        let (now_us, rows) = (self.now_us, self.rows);
        work(Call { now_us, rows, attributes: &attributes, signals: &signals, totals })
    }
}

fn lent(columns: &[(String, Cells)]) -> Vec<Lent<'_>> {
    columns.iter().map(|(_, cells)| cells.lend()).collect()
}
