//! What the seam costs: a scorer in a library, called through the ABI, against the same code called
//! directly in this program.
//!
//! `cargo bench -p pointsman --bench seam`. One source is built twice, into a library
//! (`host/tests/fixtures/seam`) and into this program. Rounds alternate between them, and of each the
//! fastest counts, since noise only ever adds. Columns are given; what it takes to fill them is a figure
//! of its own.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark measures time and prints it"
)]

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use pointsman::policy::{InstanceSignals, SignalTable};
use pointsman::registry::{Catalogue, Facts, PluginFile, PolicyRef, ScorerHandle, Sources};
use pointsman_plugin_api::Column;
use pointsman_plugin_api::abi::{self, RSlice, RSliceMut, RStr, ScoreCall, ScorerBox, SetupCall};

#[path = "../tests/fixtures/seam/src/policy.rs"]
mod policy;

const ROUNDS: usize = 64;

/// Each round writes its scores elsewhere: the processor takes a load for one of a store that is under way
/// where their addresses differ by whole pages, so where an array lies by chance is worth some per cent.
const STRIDE: usize = 8;

/// Builds the library and a scorer of it.
fn scorer() -> ScorerHandle {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/Cargo.toml");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("seam");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "-p", "seam", "--manifest-path"])
        .arg(fixtures)
        .arg("--target-dir")
        .arg(&target)
        .status();
    assert!(built.unwrap().success(), "the library was not built");
    let name = format!("{}seam{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let file = target.join("release").join(name);
    let mut catalogue = Catalogue::new();
    let named = vec![PluginFile { file, label: None }];
    catalogue.discover(&Sources { named, ..Sources::default() }).unwrap();
    let facts = Facts { instances: 4, block_size: 16, total_kv_blocks: 1000, seed: 1, instance: None };
    catalogue.create_scorer(&PolicyRef::named("seam"), &facts).unwrap()
}

/// The same policy of this program, through the same glue.
fn linked() -> ScorerBox {
    abi::scorer::<policy::Seam>(SetupCall { facts: RSlice::EMPTY }, RStr::from_str("{}"))
        .into_result()
        .unwrap()
}

/// Signals of so many instances.
struct Signals {
    used: Vec<f64>,
    transfer_us: Vec<u64>,
    thrashing: Vec<f64>,
}

/// Nanoseconds of one call, over enough calls that the clock's grain is nothing.
fn time(calls: u32, mut call: impl FnMut()) -> f64 {
    let start = Instant::now();
    (0..calls).for_each(|_| call());
    start.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
}

fn main() {
    let (mut library, mut linked) = (scorer().object, linked());
    println!("instances     direct  linked in   library         over direct    filling");
    for instances in [4, 64, 1024] {
        let signals = Signals {
            used: (0..instances).map(|i| i as f64 / instances as f64).collect(),
            transfer_us: (0..instances as u64).collect(),
            thrashing: vec![0.01; instances],
        };
        let mut room = vec![0.0; instances + ROUNDS * STRIDE];
        let mut table = SignalTable::new(instances as u32, false);
        let calls = 4_000_000 / (instances as u32 + 60);
        let [mut direct, mut glue, mut through, mut filling] = [f64::INFINITY; 4];
        for round in 0..ROUNDS {
            let scores = &mut room[round * STRIDE..][..instances];
            direct = direct.min(time(calls, || {
                let Signals { used, transfer_us, thrashing } = black_box(&signals);
                policy::formula(used, transfer_us, thrashing, black_box(&mut *scores));
            }));
            let mut ask = |object: &mut ScorerBox| {
                let Signals { used, transfer_us, thrashing } = &signals;
                let columns = [Column::of(used), Column::of(transfer_us), Column::of(thrashing)];
                time(calls, || {
                    let call = ScoreCall {
                        now_us: 0,
                        rows: instances,
                        request: RSlice::EMPTY,
                        instances: RSlice::from_slice(black_box(&columns)),
                    };
                    let outcome = object.score(call, RSliceMut::from_mut_slice(black_box(&mut *scores)));
                    assert!(outcome.is_ok());
                })
            };
            through = through.min(ask(&mut library));
            glue = glue.min(ask(&mut linked));
            filling = filling.min(time(calls / 8 + 1, || {
                for row in 0..instances {
                    table.set_instance(black_box(row), 0, black_box(InstanceSignals::default()));
                }
            }));
        }
        let over = through - direct;
        let share = over / direct * 100.0;
        println!(
            "{instances:>9}  {direct:>6.1} ns  {glue:>6.1} ns  {through:>6.1} ns  {over:>5.1} ns {share:>5.1} %  {filling:>6.1} ns"
        );
    }
}
