//! Generated inputs: a column for every signal and attribute of version 1.0, equal in every build.

use pointsman_plugin_api::{BlockRun, Blocks, Column, abi::RStr};

/// Number of instances that the policies are told of.
pub(crate) const INSTANCES: u64 = 64;
/// Rows of the calls, one after the other.
pub(crate) const ROWS: [usize; 6] = [3, 1, 64, 2, 17, 5];

/// The tick of a call. \[us\]
pub(crate) const fn now_us(call: usize) -> u64 {
    10_000_000 + 1000 * call as u64
}

/// The values of one column, and where there are some their ages.
pub(crate) struct Values {
    cells: Cells,
    ages: Option<Vec<u64>>,
}

enum Cells {
    Absent,
    U64(Vec<u64>),
    I64(Vec<i64>),
    F64(Vec<f64>),
    Text(Vec<RStr<'static>>),
    Blocks(Vec<Blocks<'static>>),
}

impl Values {
    /// As it crosses the ABI.
    pub(crate) fn column(&self) -> Column<'_> {
        let column = match &self.cells {
            Cells::Absent => Column::absent(),
            Cells::U64(values) => Column::of(values),
            Cells::I64(values) => Column::of(values),
            Cells::F64(values) => Column::of(values),
            Cells::Text(values) => Column::of(values),
            Cells::Blocks(values) => Column::of(values),
        };
        match &self.ages {
            Some(ages) => column.with_ages(ages),
            None => column,
        }
    }
}

/// The column of `id` in a call of `rows` rows. What version 1.0 does not know is absent.
pub(crate) fn values(id: &str, call: usize, rows: usize) -> Values {
    let dice = |row: usize| dice(id, call as u64, row as u64);
    let up_to = |limit: u64| Cells::U64((0..rows).map(|row| dice(row) % limit).collect());
    let text = |words: &[&'static str]| {
        Cells::Text((0..rows).map(|row| RStr::from_str(words[dice(row) as usize % words.len()])).collect())
    };
    // Of the upper 53 bits: exact, on every machine.
    let shares = |most: f64| {
        Cells::F64((0..rows).map(|row| (dice(row) >> 11) as f64 / (1_u64 << 53) as f64 * most).collect())
    };
    let cells = match id {
        // Signals. Five is prime to the number of instances: no row is there twice.
        "instance" => Cells::U64((0..rows).map(|row| (row * 5 + call % 2) as u64 % INSTANCES).collect()),
        "queue_depth" | "batch_size" | "inflight_requests" => up_to(60),
        "pending_requests" | "preemption_count" => up_to(9),
        "kv_utilization" | "cache_hit_rate" | "cpu_kv_utilization" => shares(1.0),
        "kv_thrashing_rate" => shares(0.125),
        "free_kv_blocks" => up_to(1001),
        "total_kv_blocks" => Cells::U64(vec![1000; rows]),
        "pending_transfer_latency" => up_to(4000),
        "waiting_tokens" => up_to(50_000),
        "cached_prefix_blocks" => up_to(64),
        // Attributes. Nothing is later than the tick of the call.
        "id" | "prompt_tokens" => up_to(4000),
        "arrival_us" | "queued_us" => up_to(1_000_000),
        "max_tokens" => up_to(512),
        "slo_class" => text(&["critical", "standard", "batch", "background", "gold"]),
        "tenant" => text(&["", "acme", "Zoë", "a-tenant-with-a-long-name"]),
        "session" => text(&["", "s1", "s2"]),
        "round" | "preemptions" => up_to(4),
        "prompt_blocks" => Cells::Blocks((0..rows).map(|row| blocks(dice(row))).collect()),
        "num_tokens" => Cells::U64((0..rows).map(|row| 512 + dice(row) % 4096).collect()),
        "emitted_tokens" => up_to(512),
        "queue_position" => Cells::I64((0..rows).map(|row| (dice(row) % 100) as i64 - 50).collect()),
        "priority" => Cells::F64((0..rows).map(|row| (dice(row) % 41) as f64 / 2.0 - 10.0).collect()),
        _ => Cells::Absent,
    };
    // What instances report is older in every other call.
    let reported = matches!(id, "queue_depth" | "kv_utilization" | "waiting_tokens") && call % 2 == 1;
    let ages = reported.then(|| (0..rows).map(|row| dice(row + 1000) % 5000).collect());
    Values { cells, ages }
}

/// Up to three runs, one of which may wrap around.
fn blocks(dice: u64) -> Blocks<'static> {
    let runs = (0..dice % 4).map(|at| BlockRun {
        first: if at == 2 { u64::MAX - 1 } else { dice.rotate_left(at as u32) },
        len: 1 + dice % (7 + at),
    });
    // Lives as long as the process, which is short.
    Blocks::from_slice(Box::leak(runs.collect::<Box<[_]>>()))
}

/// A number that depends on nothing but its arguments (FNV-1a over the id, then splitmix64).
fn dice(id: &str, call: u64, row: u64) -> u64 {
    let id = id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut z = id.wrapping_add((call * 4096 + row + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
