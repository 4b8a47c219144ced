//! Rows, and what they have where a test says nothing: an idle instance, a plain request, a request
//! that went well.

use super::{
    cell::{Cell, Cells},
    table::Table,
};
use crate::{BlockRun, attribute, outcome, setup, signal};

/// What the rows of a table are. The list is closed.
pub trait RowKind: Sized {
    /// The defaults of a column, for rows that come after `first` others; `None` if the id is not known.
    #[doc(hidden)]
    fn plain(table: &Table<Self>, id: &str, first: usize) -> Option<Cells>;
}

/// The rows are instances.
#[derive(Debug, Clone, Copy)]
pub enum OfInstances {}
/// The rows are requests.
#[derive(Debug, Clone, Copy)]
pub enum OfRequests {}
/// The rows are requests that came to an end.
#[derive(Debug, Clone, Copy)]
pub enum OfOutcomes {}
/// The row is what a policy is built with.
#[derive(Debug, Clone, Copy)]
pub enum OfFacts {}

/// An idle instance: nothing waits or runs, 1000 KV blocks are free.
#[must_use]
pub fn instance() -> Table<OfInstances> {
    instances(1)
}

/// Idle instances, numbered from 0.
#[must_use]
pub fn instances(number: usize) -> Table<OfInstances> {
    Table::of(number)
}

/// A request of class `standard` with a prompt of 512 tokens that nobody else has.
#[must_use]
pub fn request() -> Table<OfRequests> {
    requests(1)
}

/// Such requests, numbered from 0.
#[must_use]
pub fn requests(number: usize) -> Table<OfRequests> {
    Table::of(number)
}

/// What became of a request: it completed on instance 0, with the first of 100 tokens after 100 ms and
/// the last after 1 s.
#[must_use]
pub fn completion() -> Table<OfOutcomes> {
    Table::of(1)
}

/// What a policy is built with: 4 instances of 1000 blocks of 16 tokens, seed 42; a policy of an
/// instance is that of instance 0.
#[must_use]
pub fn facts() -> Table<OfFacts> {
    Table::of(1)
}

/// A method for every column, and a blank value of its type.
macro_rules! columns {
    ($rows:ident, $module:ident, $blank:ident, $($name:ident $id:ident: $type:ty = $unit:literal, $doc:literal;)*) => {
        impl Table<$rows> {
            $(
                #[doc = concat!($doc, " \\[", $unit, "\\]")]
                #[must_use]
                pub fn $id(self, value: <$type as Cell>::Given<'_>) -> Self {
                    self.all(&$module::$name, value)
                }
            )*
        }

        fn $blank(id: &str) -> Option<Cells> {
            $(
                if id == stringify!($id) {
                    return Some(<$type as Cell>::cells(&[]));
                }
            )*
            None
        }
    };
}
macro_rules! of_signals {
    ($($current:literal: { $($signal:tt)* })*) => {
        columns! { OfInstances, signal, blank_signal, $($($signal)*)* }
    };
}
macro_rules! of_attributes {
    ($($list:ident, $for:literal: { $($attribute:tt)* })*) => {
        columns! { OfRequests, attribute, blank_attribute, $($($attribute)*)* }
    };
}
macro_rules! of_outcomes {
    ($($outcome:tt)*) => {
        columns! { OfOutcomes, outcome, blank_outcome, $($outcome)* }
    };
}
macro_rules! of_facts {
    ($($fact:tt)*) => {
        columns! { OfFacts, setup, blank_fact, $($fact)* }
    };
}
signal::all!(of_signals);
attribute::all!(of_attributes);
outcome::all!(of_outcomes);
setup::all!(of_facts);

impl RowKind for OfInstances {
    fn plain(table: &Table<Self>, id: &str, first: usize) -> Option<Cells> {
        const INSTANCE: &str = signal::INSTANCE.id();
        const FREE_KV_BLOCKS: &str = signal::FREE_KV_BLOCKS.id();
        const TOTAL_KV_BLOCKS: &str = signal::TOTAL_KV_BLOCKS.id();
        let rows = table.len();
        Some(match id {
            INSTANCE => Cells::U64(numbered(first, rows)),
            FREE_KV_BLOCKS | TOTAL_KV_BLOCKS => Cells::U64(vec![1000; rows]),
            _ => blank_signal(id)?.blank(rows),
        })
    }
}

impl RowKind for OfRequests {
    /// What follows from what a test says is as it says.
    fn plain(table: &Table<Self>, id: &str, first: usize) -> Option<Cells> {
        const ID: &str = attribute::ID.id();
        const ARRIVAL_US: &str = attribute::ARRIVAL_US.id();
        const PROMPT_TOKENS: &str = attribute::PROMPT_TOKENS.id();
        const EMITTED_TOKENS: &str = attribute::EMITTED_TOKENS.id();
        const SLO_CLASS: &str = attribute::SLO_CLASS.id();
        const PROMPT_BLOCKS: &str = attribute::PROMPT_BLOCKS.id();
        const QUEUED_US: &str = attribute::QUEUED_US.id();
        const NUM_TOKENS: &str = attribute::NUM_TOKENS.id();
        const REMAINING_PREFILL_TOKENS: &str = attribute::REMAINING_PREFILL_TOKENS.id();
        const QUEUE_POSITION: &str = attribute::QUEUE_POSITION.id();
        let rows = table.len();
        Some(match id {
            ID => Cells::U64(numbered(first, rows)),
            PROMPT_TOKENS => Cells::U64(vec![512; rows]),
            SLO_CLASS => Cells::Text(vec!["standard".to_owned(); rows]),
            PROMPT_BLOCKS => {
                let prompts = numbered(first, rows).into_iter().zip(table.numbers(PROMPT_TOKENS));
                // Far enough apart that no two prompts have a block in common.
                let run = |(id, tokens)| vec![BlockRun { first: id << 32, len: tokens / 16 }];
                Cells::Blocks(prompts.map(run).collect())
            }
            QUEUED_US => Cells::U64(table.numbers(ARRIVAL_US)),
            NUM_TOKENS => {
                let emitted = table.numbers(EMITTED_TOKENS).into_iter();
                Cells::U64(
                    emitted
                        .zip(table.numbers(PROMPT_TOKENS))
                        .map(|(one, other)| one.saturating_add(other))
                        .collect(),
                )
            }
            REMAINING_PREFILL_TOKENS => Cells::U64(table.numbers(NUM_TOKENS)),
            QUEUE_POSITION => Cells::I64((first..first + rows).map(|row| row as i64).collect()),
            _ => blank_attribute(id)?.blank(rows),
        })
    }
}

impl RowKind for OfOutcomes {
    fn plain(table: &Table<Self>, id: &str, _: usize) -> Option<Cells> {
        const STATE: &str = outcome::STATE.id();
        const TTFT_US: &str = outcome::TTFT_US.id();
        const E2E_US: &str = outcome::E2E_US.id();
        const OUTPUT_TOKENS: &str = outcome::OUTPUT_TOKENS.id();
        let rows = table.len();
        Some(match id {
            STATE => Cells::Text(vec!["completed".to_owned(); rows]),
            TTFT_US => Cells::U64(vec![100_000; rows]),
            E2E_US => Cells::U64(vec![1_000_000; rows]),
            OUTPUT_TOKENS => Cells::U64(vec![100; rows]),
            _ => blank_outcome(id)?.blank(rows),
        })
    }
}

impl RowKind for OfFacts {
    fn plain(table: &Table<Self>, id: &str, _: usize) -> Option<Cells> {
        const INSTANCES: &str = setup::INSTANCES.id();
        const BLOCK_SIZE: &str = setup::BLOCK_SIZE.id();
        const TOTAL_KV_BLOCKS: &str = setup::TOTAL_KV_BLOCKS.id();
        const SEED: &str = setup::SEED.id();
        let rows = table.len();
        Some(match id {
            INSTANCES => Cells::U64(vec![4; rows]),
            BLOCK_SIZE => Cells::U64(vec![16; rows]),
            TOTAL_KV_BLOCKS => Cells::U64(vec![1000; rows]),
            SEED => Cells::U64(vec![42; rows]),
            _ => blank_fact(id)?.blank(rows),
        })
    }
}

fn numbered(first: usize, rows: usize) -> Vec<u64> {
    (first..first + rows).map(|row| row as u64).collect()
}

impl Table<OfInstances> {
    /// With reports of the instances that are so old; what the router knows itself stays current.
    /// \[us\]
    #[must_use]
    pub fn stale(mut self, age_us: u64) -> Self {
        for reported in signal::CATALOGUE.iter().filter(|about| !about.current) {
            self.age(reported.id, age_us);
        }
        self
    }
}

impl Table<OfOutcomes> {
    /// Of a request that could never fit: it has no token and no latency.
    #[must_use]
    pub fn dropped(self) -> Self {
        self.state("dropped")
            .output_tokens(0)
            .without(&outcome::TTFT_US)
            .without(&outcome::E2E_US)
            .without(&outcome::QUEUEING_US)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Need;

    /// The ids whose columns are absent, and the lengths of the others.
    fn absent<R: RowKind>(table: &Table<R>, ids: &[&'static str]) -> Vec<&'static str> {
        let needs = ids.iter().map(|&id| Need { id, required: true }).collect::<Vec<_>>();
        table.lend(
            &needs,
            |_| true,
            |columns| {
                assert!(columns.iter().all(|column| column.is_absent() || column.len() == table.len()));
                ids.iter().zip(columns).filter(|(_, column)| column.is_absent()).map(|(id, _)| *id).collect()
            },
        )
    }

    #[test]
    fn rows_have_everything_that_is_known() {
        assert!(absent(&instances(3), signal::ALL).is_empty());
        for ids in [attribute::ALL, attribute::WAITING, attribute::PRIORITIZED] {
            assert!(absent(&requests(3), ids).is_empty());
        }
        assert!(absent(&completion(), outcome::ALL).is_empty());
        assert!(absent(&facts(), setup::ALL).is_empty());
        assert_eq!(absent(&instance(), &["of_a_later_version"]), ["of_a_later_version"]);
    }
}
