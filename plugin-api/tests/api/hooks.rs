//! What a policy is told besides the questions, and what it says that it reads.

use pointsman_plugin_api::{
    Column,
    abi::{self, CompletionCall, KvCall, NamedColumn, RSlice, RStr, SetupCall},
    prelude::*,
};

/// Scores by what it was told last.
struct Told {
    ttft_us: f64,
    blocks: f64,
}

parameters! {
    /// Parameters of `told`.
    pub struct Params {
        /// What it listens to.
        to: String = "both".into() => ["both", "completions"],
    }
}

impl Scorer for Told {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo { name: "told", aliases: &[], summary: "listens", version: "1.0.0" };
    const SIGNALS: &'static [Need] = &[signal::QUEUE_DEPTH.required(), signal::BATCH_SIZE.required()];
    const ATTRIBUTES: &'static [Need] = &[attribute::ID.required()];
    const HOOKS: &'static [Need] = &[hook::COMPLETED.required(), hook::KV_EVENTS.required()];

    fn new(_: Params, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self { ttft_us: 0.0, blocks: 0.0 })
    }

    fn reads(&self, id: &str) -> bool {
        id != "batch_size"
    }

    fn score(&mut self, _: &Request<'_>, _: &Instances<'_>, scores: &mut [f64]) -> Result<(), String> {
        scores.fill(self.ttft_us + self.blocks);
        Ok(())
    }

    fn completed(&mut self, completion: &Completion<'_>) -> Result<(), String> {
        assert_eq!((completion.now_us(), completion.request().get(&attribute::ID)), (50, 7));
        assert_eq!(completion.get(&outcome::STATE), "completed");
        assert_eq!(completion.try_get(&outcome::E2E_US), None);
        self.ttft_us = completion.get(&outcome::TTFT_US) as f64;
        Ok(())
    }

    fn kv_events(&mut self, events: &KvEvents<'_>) -> Result<(), String> {
        assert_eq!((events.now_us(), events.happened_us(), events.instance()), (9, 5, 3));
        for event in events.iter() {
            let sign = if event.kind == KvEventKind::Cached { 1.0 } else { -1.0 };
            self.blocks += sign * event.blocks.len as f64;
        }
        Ok(())
    }
}

fn told() -> abi::ScorerBox {
    let built = abi::scorer::<Told>(SetupCall { facts: RSlice::EMPTY }, RStr::from_str("{}"));
    built.into_result().map_err(|failure| failure.message).unwrap()
}

fn score(scorer: &mut abi::ScorerBox) -> f64 {
    let mut scores = [f64::NAN];
    let id = [Column::of(&[7_u64])];
    let signals = [Column::of(&[0_u64]), Column::absent()];
    let call = abi::ScoreCall {
        now_us: 0,
        rows: 1,
        request: RSlice::from_slice(&id),
        instances: RSlice::from_slice(&signals),
    };
    scorer.score(call, abi::RSliceMut::from_mut_slice(&mut scores)).into_result().unwrap();
    scores[0]
}

#[test]
fn a_completion_brings_attributes_and_outcomes_by_id() {
    let mut scorer = told();
    let (id, ttft) = ([Column::of(&[7_u64])], [125_u64]);
    let completed = [RStr::from_str("completed")];
    let named = |id, column| NamedColumn { id: RStr::from_str(id), column };
    let outcomes = [
        named("of_a_later_version", Column::of(&ttft)),
        named("ttft_us", Column::of(&ttft)),
        named("e2e_us", Column::absent()),
        named("state", Column::of(&completed)),
    ];
    let call = CompletionCall {
        now_us: 50,
        request: RSlice::from_slice(&id),
        outcomes: RSlice::from_slice(&outcomes),
    };
    scorer.completed(call).into_result().unwrap();
    assert_eq!(score(&mut scorer), 125.0);
    // One that is not there is an error that names it.
    let call = CompletionCall { outcomes: RSlice::from_slice(&outcomes[3..]), ..call };
    let failure = scorer.completed(call).into_result().unwrap_err();
    assert!(failure.message.contains("`ttft_us`"), "{}", failure.message);
}

#[test]
fn kv_events_come_in_order_and_unknown_kinds_are_left_out() {
    let mut scorer = told();
    let (kinds, firsts, lens) = ([1_u64, 99, 2], [10_u64, 0, 10], [8_u64, 100, 3]);
    let named = |id, column| NamedColumn { id: RStr::from_str(id), column };
    let columns = [
        named(KvCall::KIND, Column::of(&kinds)),
        named(KvCall::FIRST, Column::of(&firsts)),
        named(KvCall::LEN, Column::of(&lens)),
    ];
    let call =
        KvCall { now_us: 9, happened_us: 5, instance: 3, rows: 3, columns: RSlice::from_slice(&columns) };
    scorer.kv_events(call).into_result().unwrap();
    assert_eq!(score(&mut scorer), 5.0);
    let short = KvCall { rows: 2, ..call };
    let failure = scorer.kv_events(short).into_result().unwrap_err();
    assert_eq!(failure.message, "the host passed no whole column `kind` of KV events");
}

#[test]
fn every_kind_of_event_has_a_code_of_its_own() {
    let known = (0..10).filter_map(KvEventKind::from_code).collect::<Vec<_>>();
    assert_eq!(known.len(), 5);
    for kind in known {
        assert_eq!(KvEventKind::from_code(kind.code()), Some(kind));
    }
}

#[test]
fn what_a_policy_does_not_read_it_says() {
    let scorer = told();
    let reads = ["queue_depth", "batch_size", "id"].map(|id| scorer.reads(RStr::from_str(id)));
    assert_eq!(reads, [true, false, true]);
}

#[test]
fn a_word_that_is_none_of_the_choices_is_refused_before_the_policy_sees_it() {
    let build = |params| abi::scorer::<Told>(SetupCall { facts: RSlice::EMPTY }, RStr::from_str(params));
    assert!(build(r#"{"to": "completions"}"#).is_ok());
    let failure = build(r#"{"to": "all"}"#).into_result().map(|_| ()).unwrap_err();
    assert_eq!(failure.message, "parameter `to`: `all` is none of `both`, `completions`");
}
