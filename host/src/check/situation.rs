//! What a policy is asked about in one call, and a sequence of such calls.

use pointsman_plugin_api::Column;
use serde_json::{Map, Value};

use super::cells::{Cells, Lent};
use super::instance::{InstanceRow, is_current};
use super::request::RequestRow;
use super::subject::Reads;
use super::world::World;

/// One call. A router is asked about one request over instances, a queue policy about requests.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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

/// The calls that one object gets, in this world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trial {
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
        let attribute = |id: &String| {
            let cells = if reads.withheld(id) {
                Cells::Absent
            } else {
                RequestRow::attribute(id, &self.requests, world, self.now_us)
            };
            (id.clone(), cells)
        };
        let attributes = reads.attributes.iter().map(attribute).collect();
        let blocks = self.requests.first().map_or(0, |request| request.blocks(world));
        let signal = |id: &String| {
            let cells = if reads.withheld(id) {
                Cells::Absent
            } else {
                InstanceRow::signal(id, &self.instances, world, blocks)
            };
            (id.clone(), cells)
        };
        let ages_us: Vec<u64> = self.instances.iter().map(|row| row.age_us).collect();
        Feed {
            now_us: self.now_us,
            rows: self.rows(),
            is_routing: !self.instances.is_empty(),
            signals: reads.signals.iter().map(signal).collect(),
            attributes,
            // A host whose reports are always current passes no ages.
            ages_us: ages_us.iter().any(|age| *age > 0).then_some(ages_us),
        }
    }
}

/// The columns of one call, by id.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Feed {
    now_us: u64,
    rows: usize,
    is_routing: bool,
    signals: Vec<(String, Cells)>,
    attributes: Vec<(String, Cells)>,
    ages_us: Option<Vec<u64>>,
}

/// The arguments of a call, as they cross the ABI.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) now_us: u64,
    pub(super) rows: usize,
    pub(super) attributes: &'a [Column<'a>],
    pub(super) signals: &'a [Column<'a>],
}

impl Feed {
    /// Number of rows.
    pub(super) fn rows(&self) -> usize {
        self.rows
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
        work(Call { now_us: self.now_us, rows: self.rows, attributes: &attributes, signals: &signals })
    }

    /// For a person, in the terms of the model.
    pub(super) fn describe(&self) -> Vec<String> {
        let mut lines = vec![format!("now_us = {}", self.now_us)];
        let list = |columns: &[(String, Cells)]| {
            columns.iter().map(|(id, cells)| format!("  {id} = {cells}")).collect::<Vec<_>>()
        };
        if self.is_routing {
            let only = |(id, cells): &(String, Cells)| {
                // One row: a list of one value would look like a row per instance.
                let value = cells.to_string();
                let inside = value.strip_prefix('[').and_then(|value| value.strip_suffix(']'));
                format!("  {id} = {}", inside.unwrap_or(&value))
            };
            if !self.attributes.is_empty() {
                lines.push("request".to_owned());
                lines.extend(self.attributes.iter().map(only));
            }
            lines.push(count(self.rows, "instance"));
            lines.extend(list(&self.signals));
            if let Some(ages_us) = &self.ages_us {
                lines.push(format!("  age_us = {}", Cells::U64(ages_us.clone())));
            }
        } else {
            lines.push(count(self.rows, "waiting request"));
            lines.extend(list(&self.attributes));
        }
        lines
    }

    /// The same for a program.
    pub(super) fn to_json(&self) -> Value {
        let map = |columns: &[(String, Cells)]| {
            columns.iter().map(|(id, cells)| (id.clone(), cells.to_json())).collect::<Map<_, _>>()
        };
        if self.is_routing {
            serde_json::json!({
                "now_us": self.now_us, "rows": self.rows, "request": map(&self.attributes),
                "instances": map(&self.signals), "ages_us": self.ages_us,
            })
        } else {
            serde_json::json!({"now_us": self.now_us, "rows": self.rows, "queue": map(&self.attributes)})
        }
    }
}

fn lent(columns: &[(String, Cells)]) -> Vec<Lent<'_>> {
    columns.iter().map(|(_, cells)| cells.lend()).collect()
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
