//! A run that is cut.

use pointsman::engine::{Reload, RunError, State};
use pointsman::policy::baseline;

use crate::policies;
use crate::support::{Lab, Tier, at, cluster};

#[test]
fn every_request_is_in_one_state_and_they_add_up() {
    // As in `async_reload`: 6 loads from 2931 to 3131, 0 runs from 2931 to 3932.
    let mut lab = Lab::tiered(Tier { gpu: 5, cpu: 8 });
    lab.settings.kv.reload = Reload::Async;
    lab.settings.horizon_us = Some(3000);
    lab.admission = policies::admission::<baseline::SloGated>(r#"{"classes": ["batch"], "threshold": 0}"#);
    // A tick per 1000 prompt tokens: 10000 tokens are on their way for 10.
    lab.settings.latency.alpha[1] = 0.001;
    lab.add([at(0, 32, 1).holds("a b")]).flush(1, 4);
    lab.add([
        at(2000, 33, 1).holds("a b"),
        at(2010, 1000, 1),
        at(2020, 16, 1).class("batch"),
        at(2950, 16, 1),
        at(2995, 10_000, 1),
        at(3001, 16, 1),
        at(9999, 16, 1),
    ]);
    let run = lab.run();
    use State::{Completed, Dropped, Loading, NotArrived, Pipeline, Rejected, Running, Waiting};
    let expected = [
        [Running].as_slice(),
        &[Completed; 5],
        &[Loading, Dropped, Rejected, Waiting, Pipeline, NotArrived, NotArrived],
    ];
    assert_eq!(run.states(), expected.concat());
    let counts = State::ALL.map(|state| run.totals.states.get(state));
    assert_eq!(counts, [2, 1, 1, 1, 1, 5, 1, 1]);
    assert_eq!(run.totals.states.total(), 13);
    // What was loading is no start; what had been emitted is kept.
    assert_eq!((run.of(6).first_scheduled_us, run.of(6).ttft_us), (None, None));
    assert_eq!((run.of(0).output_tokens, run.of(0).e2e_us), (2, None));
    assert_eq!(run.tokens(0), [1330, 2931]);
}

fn cut_at(horizon_us: u64) -> crate::support::Run {
    let mut lab = Lab::new(cluster(1));
    lab.settings.horizon_us = Some(horizon_us);
    lab.add([at(0, 100, 2), at(2000, 16, 1)]);
    lab.run()
}

#[test]
fn events_at_the_horizon_still_happen() {
    let run = cut_at(2000);
    // The step end, the arrival, the entry and the step start of tick 2000.
    assert_eq!((run.of(0).ttft_us, run.of(0).output_tokens), (Some(2000), 1));
    assert_eq!((run.of(1).state, run.of(1).first_scheduled_us), (State::Running, Some(2000)));
    assert_eq!(run.totals.end_us, 2000);
    let run = cut_at(1999);
    assert_eq!((run.of(0).ttft_us, run.of(0).output_tokens), (None, 0));
    assert_eq!(run.states(), [State::Running, State::NotArrived]);
}

#[test]
fn tokens_emitted_by_the_horizon_count_even_if_seen_later() {
    let mut lab = Lab::new(cluster(1));
    lab.settings.horizon_us = Some(2000);
    lab.settings.latency.alpha[2] = 5000.0;
    lab.add([at(0, 100, 1)]);
    let run = lab.run();
    assert_eq!(run.of(0).state, State::Completed);
    assert_eq!((run.of(0).ttft_us, run.of(0).e2e_us), (Some(7000), Some(7000)));
}

#[test]
fn a_horizon_after_the_end_changes_nothing() {
    let mut with = Lab::new(cluster(1));
    with.settings.horizon_us = Some(1_000_000);
    with.settings.refresh_interval_us = 10;
    with.add([at(0, 100, 2)]);
    let mut without = Lab::new(cluster(1));
    without.settings.refresh_interval_us = 10;
    without.add([at(0, 100, 2)]);
    // Reports alone do not keep a run going.
    let run = with.run();
    assert_eq!(run.totals.end_us, 3001);
    assert_eq!(run, without.run());
}

#[test]
fn a_step_counts_as_busy_only_as_far_as_the_run_goes() {
    let busy_us = |horizon_us| cut_at(horizon_us).totals.instances[0].busy_us;
    // The first step ends at 2000, where the second, of 1000 + 160 + 1, begins.
    assert_eq!((busy_us(1999), busy_us(2000), busy_us(9999)), (0, 2000, 3161));
}

#[test]
fn what_is_left_in_the_source_is_counted_and_can_be_interrupted() {
    let cut = |patience_us| {
        let mut lab = Lab::new(cluster(1));
        lab.settings.horizon_us = Some(10);
        lab.patience_us = patience_us;
        lab.add(std::iter::repeat_n(at(11, 16, 1), 5000));
        lab.try_run()
    };
    assert_eq!(cut(1).unwrap().totals.states.get(State::NotArrived), 5000);
    assert!(matches!(cut(0), Err(RunError::Interrupted)));
}
