//! Cases from numbers: each number is one case, for ever.

use pointsman::engine::{
    AffineContext, Architecture, ClusterSettings, Efficiency, EngineSettings, Gpu, Grid, KvSettings,
    LatencyModel, Preemption, Reload, Roofline, StepModel, Table,
};

use crate::case::{Admission, Case, Hooks, Queueing, Round, Routing, Session};

const CLASSES: [Option<&str>; 5] =
    [None, Some("critical"), Some("standard"), Some("batch"), Some("background")];

/// `SplitMix64` (Steele, Lea and Flood 2014).
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` up to `high`, both included.
    fn from(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.from(0, all.len() as u64 - 1) as usize]
    }

    /// With a chance of so many percent.
    fn chance(&mut self, percent: u64) -> bool {
        self.from(1, 100) <= percent
    }
}

/// The case of a number.
pub(crate) fn case(seed: u64) -> Case {
    let mut draws = Draws(seed);
    // Cramped: everything runs out all the time. Wide: long decodes, and something now and then.
    let cramped = draws.chance(50);
    let settings = settings(&mut draws, cramped);
    let sessions = sessions(&mut draws, cramped, &settings);
    let mut case = Case {
        routing: draws.of(&[
            Routing::ReadsAll,
            Routing::ReadsAll,
            Routing::ReadsReports,
            Routing::ReadsCounts,
            Routing::RoundRobin,
            Routing::Compound,
        ]),
        hooks: draws.of(&[Hooks::None, Hooks::None, Hooks::Completed, Hooks::Completed, Hooks::All]),
        queueing: draws.of(&[
            Queueing::Fcfs,
            Queueing::Fcfs,
            Queueing::Sjf,
            Queueing::Classes,
            Queueing::Ageing,
            Queueing::Remaining,
        ]),
        admission: if draws.chance(80) { Admission::All } else { Admission::UnlessWaiting(draws.from(0, 3)) },
        settings,
        sessions,
    };
    if case.settings.engine.preemption == Preemption::Priority {
        case.queueing = draws.of(&[Queueing::Classes, Queueing::Ageing, Queueing::Sjf]);
    }
    case
}

fn latency(draws: &mut Draws) -> LatencyModel {
    let beta = match draws.from(0, 199) {
        // A few steps to the end of time.
        0 => [3e17, 3.0, 1.5],
        1..=99 => [20.0, 3.0, 1.5],
        100..=129 => [1000.0, 10.0, 1.0],
        130..=149 => [100.0, 0.0, 0.0],
        150..=179 => [7.3, 0.6, 0.4],
        // Steps of one tick: nearly everything happens at the same time as something else.
        _ => [0.0, 0.0, 0.0],
    };
    let alpha = draws.of(&[[3.0, 0.5, 7.0], [0.0; 3], [0.0; 3], [0.0, 0.0, 5.9], [100.0, 0.0, 0.0]]);
    let mut model = LatencyModel::linear(alpha, beta, draws.of(&[None, None, Some(0.01)]));
    if draws.chance(40) {
        model.step = looks_at_contexts(draws);
    }
    model
}

/// Models whose steps differ although as many requests decode.
fn looks_at_contexts(draws: &mut Draws) -> StepModel {
    match draws.from(0, 3) {
        0 | 1 => StepModel::AffineContext(AffineContext {
            base_us: draws.of(&[0.0, 20.5, 300.0]),
            prefill_base_us: draws.of(&[0.0, 7.0]),
            per_prefill_token_us: draws.of(&[0.0, 1.5]),
            per_prefill_pair_us: draws.of(&[0.0, 0.013]),
            per_decode_us: draws.of(&[0.0, 0.7, 3.0]),
            per_context_token_us: draws.of(&[0.0, 0.01, 0.3, 2.0]),
            graph_sizes: if draws.chance(50) { vec![1, 2, 4, 8] } else { vec![] },
        }),
        2 => StepModel::Roofline(Box::new(Roofline {
            architecture: Architecture {
                layers: 2,
                hidden_size: 64,
                heads: 4,
                kv_heads: 2,
                head_dim: 16,
                intermediate_size: 128,
                vocab_size: 100,
                tied_embeddings: false,
                experts: None,
                weight_bytes: 2.0,
                kv_bytes: 2.0,
            },
            gpu: Gpu { peak_tflops: 1e-3, memory_gb_per_s: 0.1, memory_gib: 1.0, link_gb_per_s: 0.1 },
            tensor_parallel: draws.of(&[1, 2]),
            efficiency: Efficiency {
                compute: 0.5,
                memory: 0.8,
                attention_compute: 0.3,
                attention_memory: 0.7,
                link: 0.9,
            },
            overhead_us: draws.of(&[0.0, 40.0]),
            prefill_overhead_us: draws.of(&[0.0, 9.0]),
            per_request_us: draws.of(&[0.0, 1.3]),
            all_reduce_us: 2.0,
            sharpness: draws.of(&[None, Some(2.5)]),
        })),
        _ => {
            let axis = || vec![0.0, 4.0, 32.0];
            let us = |scale: f64, points: usize| (0..points).map(|at| scale * at as f64).collect();
            StepModel::Table(
                Table {
                    overhead_us: draws.of(&[0.0, 11.0]),
                    tokens: Grid::new([axis()], us(5.0, 3)).unwrap(),
                    requests: Grid::new([axis()], us(1.1, 3)).unwrap(),
                    attention: Grid::new([axis(), axis(), axis(), axis()], us(0.3, 81)).unwrap(),
                }
                .into(),
            )
        }
    }
}

fn settings(draws: &mut Draws, cramped: bool) -> ClusterSettings {
    let priority = draws.chance(30);
    let has_tier = draws.chance(if cramped { 60 } else { 30 });
    ClusterSettings {
        instances: draws.from(1, 4) as u32,
        kv: KvSettings {
            blocks: if cramped { draws.from(3, 14) } else { draws.of(&[40, 80, 150, 1000]) } as u32,
            block_size: if cramped { draws.of(&[4, 4, 1, 3]) } else { draws.of(&[1, 2, 4, 5, 8, 16]) },
            cpu_blocks: if has_tier { draws.from(1, if cramped { 10 } else { 60 }) as u32 } else { 0 },
            offload_threshold: draws.of(&[0.0, 0.3, 0.6, 0.9, 1.0]),
            transfer_bandwidth: draws.from(1, 8),
            transfer_base_latency_us: draws.of(&[0, 0, 20, 300]),
            reload: draws.of(&[Reload::Blocking, Reload::Async]),
            thrash_window_us: draws.of(&[500, 1000, 0]),
        },
        engine: EngineSettings {
            max_num_seqs: if cramped { draws.from(1, 5) } else { draws.of(&[2, 4, 256, 256]) },
            max_num_batched_tokens: if cramped {
                draws.from(1, 40)
            } else {
                draws.of(&[3, 8, 50, 200, 2048, 2048])
            },
            long_prefill_token_threshold: draws.of(&[0, 0, 0, 1, 5, 12]),
            preemption: if priority { Preemption::Priority } else { Preemption::Tail },
            async_scheduling: draws.chance(30),
        },
        latency: latency(draws),
        refresh_interval_us: draws.of(&[0, 0, 0, 0, 10, 50, 333, 5000]),
        completion_delay_us: draws.of(&[0, 0, 0, 5, 100]),
        kv_event_delay_us: draws.of(&[0, 0, 50]),
        admission_latency_us: draws.of(&[0, 0, 0, 7, 40]),
        routing_latency_us: draws.of(&[0, 0, 0, 10, 50]),
        horizon_us: if draws.chance(35) { Some(draws.from(1, 20_000)) } else { None },
    }
}

fn sessions(draws: &mut Draws, cramped: bool, settings: &ClusterSettings) -> Vec<Session> {
    let count = draws.from(1, if cramped { 20 } else { 12 });
    let longest = if draws.chance(20) { 4 } else { 1 };
    let (span_us, grid_us) = (draws.of(&[0, 300, 3000, 20_000]), draws.of(&[1, 1, 10, 100, 1000]));
    let most_output = if cramped { 16 } else { draws.of(&[16, 60, 200]) };
    let mut all: Vec<Session> = (0..count)
        .map(|_| Session {
            arrival_us: draws.from(0, span_us) / grid_us * grid_us,
            open: draws.chance(30),
            class: draws.of(&CLASSES),
            goal: draws.from(0, u64::from(settings.instances)) as u32,
            prefix: draws.chance(50).then(|| (draws.from(0, 2), draws.from(1, 9))),
            repeats: draws.chance(2),
            silent: draws.chance(15),
            rounds: (0..draws.from(1, longest))
                .map(|_| Round {
                    prompt: draws.from(1, if cramped { 44 } else { 100 }),
                    output: draws.from(1, most_output),
                    think_us: draws.of(&[0, 1, 100, 1000]),
                })
                .collect(),
        })
        .collect();
    all.sort_by_key(|session| session.arrival_us);
    all
}
