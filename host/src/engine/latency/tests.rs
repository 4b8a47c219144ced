//! What must hold of every model: the physics of it.

use proptest::prelude::*;

use super::*;

fn architecture(experts: Option<Experts>) -> Architecture {
    Architecture {
        layers: 32,
        hidden_size: 4096,
        heads: 32,
        kv_heads: 8,
        head_dim: 128,
        intermediate_size: 14_336,
        vocab_size: 128_256,
        tied_embeddings: false,
        experts,
        weight_bytes: 2.0,
        kv_bytes: 2.0,
    }
}

fn roofline(tensor_parallel: u64, experts: Option<Experts>, sharpness: Option<f64>) -> Roofline {
    Roofline {
        architecture: architecture(experts),
        gpu: Gpu { peak_tflops: 989.4, memory_gb_per_s: 3350.0, memory_gib: 79.1, link_gb_per_s: 450.0 },
        tensor_parallel,
        efficiency: Efficiency {
            compute: 0.7,
            memory: 0.85,
            attention_compute: 0.5,
            attention_memory: 0.8,
            link: 0.7,
        },
        overhead_us: 1500.0,
        prefill_overhead_us: 1000.0,
        per_request_us: 10.0,
        all_reduce_us: 10.0,
        sharpness,
    }
}

fn affine() -> impl Strategy<Value = StepModel> {
    let coefficient = || prop_oneof![Just(0.0), 0.0..50.0];
    let sizes = prop_oneof![Just(vec![]), Just(vec![1, 2, 4, 8, 16, 32])];
    (coefficient(), coefficient(), coefficient(), 0.0..0.1, coefficient(), 0.0..0.5, sizes).prop_map(
        |(base, prefill, token, pair, decode, context, graph_sizes)| {
            StepModel::AffineContext(AffineContext {
                base_us: 100.0 * base,
                prefill_base_us: prefill,
                per_prefill_token_us: token,
                per_prefill_pair_us: pair,
                per_decode_us: decode,
                per_context_token_us: context,
                graph_sizes,
            })
        },
    )
}

fn any_roofline() -> impl Strategy<Value = StepModel> {
    let experts = prop_oneof![Just(None), Just(Some(Experts { count: 8, per_token: 2 }))];
    let sharpness = prop_oneof![Just(None), (1.0..8.0).prop_map(Some)];
    (1..=8_u64, experts, sharpness)
        .prop_map(|(tp, experts, sharpness)| StepModel::Roofline(Box::new(roofline(tp, experts, sharpness))))
}

fn table() -> impl Strategy<Value = StepModel> {
    let times = |points| proptest::collection::vec(0.0..5000.0, points);
    (times(4), times(3), times(3 * 3 * 3 * 3)).prop_map(|(tokens, requests, attention)| {
        let axis = || vec![0.0, 16.0, 512.0];
        let grids = (
            Grid::new([vec![1.0, 16.0, 256.0, 2048.0]], tokens),
            Grid::new([axis()], requests),
            Grid::new([axis(), axis(), axis(), axis()], attention),
        );
        let (Ok(tokens), Ok(requests), Ok(attention)) = grids else { unreachable!("they are good") };
        StepModel::Table(Table { overhead_us: 10.0, tokens, requests, attention }.into())
    })
}

fn linear() -> impl Strategy<Value = StepModel> {
    (0.0..9000.0, 0.0..20.0, 0.0..5.0, prop_oneof![Just(None), (0.0..0.1).prop_map(Some)]).prop_map(
        |(base, prefill, decode, beta3)| StepModel::Linear(Linear { beta: [base, prefill, decode], beta3 }),
    )
}

/// Requests as tokens of this step, tokens before, and prompt.
fn load(requests: &[(u64, u64, u64)]) -> StepLoad {
    let mut load = StepLoad::default();
    requests.iter().for_each(|&(n, computed, prompt)| load.add(n, computed, prompt));
    load
}

fn decodes() -> impl Strategy<Value = Vec<(u64, u64, u64)>> {
    proptest::collection::vec((1..4000_u64).prop_map(|context| (1, context, context)), 0..40)
}

/// No worse than rounding.
fn at_most(less: f64, more: f64) -> bool {
    less <= more * (1.0 + 1e-9) + 1e-6
}

fn any() -> impl Strategy<Value = StepModel> {
    prop_oneof![linear(), affine(), any_roofline(), table()]
}

proptest! {
    #[test]
    fn more_context_never_makes_a_step_faster(
        model in any(), batch in decodes(), at in 0..40_usize, more in 1..5000_u64,
        (n, computed) in (2..3000_u64, 0..5000_u64),
    ) {
        let mut before = batch.clone();
        before.push((n, computed, computed + n));
        let mut after = before.clone();
        let at = at % after.len();
        after[at].1 += more;
        after[at].2 += more;
        prop_assert!(at_most(model.step_us(&load(&before)), model.step_us(&load(&after))));
    }

    #[test]
    fn another_decode_never_makes_a_step_faster(model in any(), batch in decodes(), context in 1..4000_u64) {
        // A table looks up the mean context: one that is like the others.
        let context = match (&model, batch.is_empty()) {
            (StepModel::Table(_), false) => batch.iter().map(|one| one.1).sum::<u64>().div_ceil(batch.len() as u64),
            _ => context,
        };
        let mut more = batch.clone();
        more.push((1, context, context));
        prop_assert!(at_most(model.step_us(&load(&batch)), model.step_us(&load(&more))));
    }

    #[test]
    fn a_cached_prefix_never_costs_more_than_an_uncached_one(
        model in any(), batch in decodes(), prompt in 1..6000_u64, cached in 0..6000_u64,
    ) {
        let cached = cached.min(prompt - 1);
        let step = |computed: u64| {
            let mut all = batch.clone();
            all.push((prompt - computed, computed, prompt));
            model.step_us(&load(&all))
        };
        // One measures attention with a context before it, not what it would be with that computed too.
        if !matches!(model, StepModel::Table(_)) {
            prop_assert!(at_most(step(cached), step(0)), "{} {}", step(cached), step(0));
        }
    }

    /// `linear` with beta3 is left out: it counts tokens times context, n * (computed + n), which a whole prompt
    /// has more of than its chunks, since no token of it attends to those after it.
    #[test]
    fn chunks_cost_at_least_the_whole(
        model in prop_oneof![linear(), affine(), any_roofline()],
        prompt in 2..6000_u64, first in 1..6000_u64,
    ) {
        prop_assume!(!matches!(&model, StepModel::Linear(Linear { beta3: Some(_), .. })));
        let first = first.min(prompt - 1);
        let whole = model.step_us(&load(&[(prompt, 0, prompt)]));
        let chunks = model.step_us(&load(&[(first, 0, prompt)]))
            + model.step_us(&load(&[(prompt - first, first, prompt)]));
        prop_assert!(at_most(whole, chunks), "{whole} {chunks}");
    }

    #[test]
    fn more_gpus_are_never_slower_but_for_what_they_tell_each_other(
        batch in decodes(), tp in 1..8_u64, more in 1..8_u64, (n, computed) in (1..3000_u64, 0..5000_u64),
    ) {
        let mut all = batch;
        all.push((n, computed, computed + n));
        let load = load(&all);
        let without = |tp| {
            let mut model = roofline(tp, None, None);
            model.all_reduce_us = 0.0;
            model.gpu.link_gb_per_s = 1e12;
            StepModel::Roofline(Box::new(model)).step_us(&load)
        };
        prop_assert!(at_most(without(tp + more), without(tp)));
        let with = StepModel::Roofline(Box::new(roofline(tp + more, None, None))).step_us(&load);
        prop_assert!(with > without(tp + more));
    }

    #[test]
    fn fewer_experts_are_touched_than_there_are(tokens in 1..300_u64) {
        let experts = roofline(2, Some(Experts { count: 8, per_token: 2 }), None);
        let dense = roofline(2, None, None);
        let load = load(&vec![(1, 10, 10); tokens as usize]);
        let all = StepModel::Roofline(Box::new(experts)).step_us(&load);
        prop_assert!(at_most(StepModel::Roofline(Box::new(dense)).step_us(&load), all));
    }
}

/// Llama-2-70B at one token on one GPU of 1 TB/s: 2 bytes of each weight, at what a data sheet promises.
#[test]
fn a_lone_decode_reads_all_weights_once() {
    let mut model = roofline(1, None, None);
    model.efficiency.memory = 1.0;
    model.gpu.memory_gb_per_s = 1000.0;
    (model.overhead_us, model.per_request_us) = (0.0, 0.0);
    let embedding = 4096.0 * 128_256.0;
    let us = model.step_us(&load(&[(1, 1, 1)]));
    let read = 2.0 * (model.architecture.parameters() - embedding) / 1e6;
    assert!((us / read - 1.0).abs() < 1e-3, "{us} us, {read} us of weights");
}

#[test]
fn decodes_are_padded_to_the_next_graph() {
    let model = AffineContext { per_decode_us: 10.0, graph_sizes: vec![1, 2, 4, 8], ..Default::default() };
    let step = |decodes: usize| model.step_us(&load(&vec![(1, 5, 5); decodes]));
    assert_eq!([1, 2, 3, 4, 5, 8, 9].map(step), [10.0, 20.0, 40.0, 40.0, 80.0, 80.0, 90.0]);
}

#[test]
fn a_table_is_linear_between_points_and_proportional_beyond() {
    let grid = Grid::new([vec![1.0, 3.0, 7.0]], vec![10.0, 20.0, 60.0]).expect("good");
    let at = |x: f64| grid.at([x]);
    assert_eq!([0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 14.0].map(at), [10.0, 10.0, 15.0, 20.0, 40.0, 60.0, 120.0]);
}

#[test]
fn a_table_is_refused_where_it_is_none() {
    let refused = |axis: Vec<f64>, us: Vec<f64>| Grid::new([axis], us).expect_err("bad");
    assert!(refused(vec![1.0, 1.0], vec![1.0, 2.0]).contains("ascending"));
    assert!(refused(vec![1.0, 2.0], vec![1.0]).contains("2 times are needed"));
    assert!(refused(vec![1.0, 2.0], vec![1.0, f64::NAN]).contains("0 or more"));
    assert!(refused(vec![], vec![]).contains("ascending"));
}

/// More work that was measured to be cheaper is noise.
#[test]
fn a_table_is_made_monotonic() {
    let grid = Grid::new([vec![1.0, 2.0], vec![1.0, 2.0]], vec![5.0, 4.0, 3.0, 6.0]).expect("good");
    assert_eq!(grid.us(), [5.0, 5.0, 5.0, 6.0]);
}

#[test]
fn a_load_counts_what_each_token_attends_to() {
    // Tokens 3, 4 and 5 of a prompt attend to 3, 4 and 5 positions; a decode to its context and itself.
    let load = load(&[(3, 2, 10), (1, 7, 7), (1, 9, 10)]);
    assert_eq!((load.prefill_requests, load.prefill_tokens, load.decode_requests), (2, 4, 1));
    assert_eq!(load.prefill_pairs, 3 + 4 + 5 + 10);
    assert_eq!((load.prefill_context, load.decode_context), (5 + 10, 8));
    assert_eq!(load.attended_tokens, 3 * 5 + 10);
}
