//! What the boundary costs: one call over all instances, through object, guard and views, against
//! the same loop called directly. `cargo bench -p pointsman-plugin-api`.

use divan::{Bencher, black_box};
use pointsman_plugin_api::{
    Column, abi,
    abi::{RSlice, RSliceMut, RStr, ScoreCall, SetupCall},
    prelude::*,
};

const INSTANCES: [usize; 4] = [0, 4, 64, 1024];

fn main() {
    divan::main();
}

/// A formula of three signals, as kv-pressure has it.
#[inline(never)]
fn formula(used: &[f64], transfer_us: &[u64], thrashing: &[f64], scores: &mut [f64]) {
    for (i, score) in scores.iter_mut().enumerate() {
        let value = 1.0 - used[i] - transfer_us[i] as f64 / 10_000.0 - 2.0 * thrashing[i];
        *score = value.clamp(0.0, 1.0);
    }
}

struct Pressure;

impl Scorer for Pressure {
    type Params = NoParams;
    const INFO: PolicyInfo = PolicyInfo { name: "pressure", aliases: &[], summary: "", version: "1.0.0" };
    const SIGNALS: &'static [Need] = &[
        signal::KV_UTILIZATION.required(),
        signal::PENDING_TRANSFER_LATENCY.required(),
        signal::KV_THRASHING_RATE.required(),
    ];

    fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self)
    }

    fn score(
        &mut self,
        _: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        formula(
            instances.get(&signal::KV_UTILIZATION),
            instances.get(&signal::PENDING_TRANSFER_LATENCY),
            instances.get(&signal::KV_THRASHING_RATE),
            scores,
        );
        Ok(())
    }
}

#[divan::bench(args = INSTANCES)]
fn direct(bencher: Bencher<'_, '_>, instances: usize) {
    let (used, transfer_us, thrashing) = (vec![0.5; instances], vec![7; instances], vec![0.0; instances]);
    let mut scores = vec![0.0; instances];
    bencher.bench_local(|| {
        formula(black_box(&used), black_box(&transfer_us), black_box(&thrashing), &mut scores);
        black_box(scores.last().copied())
    });
}

#[divan::bench(args = INSTANCES)]
fn through_the_abi(bencher: Bencher<'_, '_>, instances: usize) {
    let (used, transfer_us, thrashing) = (vec![0.5; instances], vec![7_u64; instances], vec![0.0; instances]);
    let mut scores = vec![0.0; instances];
    let built = abi::scorer::<Pressure>(SetupCall { facts: RSlice::EMPTY }, RStr::from_str("{}"));
    let Ok(mut scorer) = built.into_result() else { return };
    bencher.bench_local(|| {
        let columns = [Column::of(&used), Column::of(&transfer_us), Column::of(&thrashing)];
        let call = ScoreCall {
            now_us: 0,
            rows: instances,
            request: RSlice::EMPTY,
            instances: RSlice::from_slice(black_box(&columns)),
        };
        let _ = black_box(scorer.score(call, RSliceMut::from_mut_slice(&mut scores)));
        black_box(scores.last().copied())
    });
}
