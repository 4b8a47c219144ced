//! Signals that are read at the decision.

use crate::policies::Row;
use crate::support::{Lab, at, cluster};

#[test]
fn each_signal_has_its_meaning() {
    let mut lab = Lab::new(cluster(2));
    lab.settings.kv.blocks = 10;
    lab.settings.engine.max_num_seqs = 1;
    lab.settings.latency.alpha[0] = 100.0;
    // 0 enters at 100 and runs to 1500; 1 enters at 110 and waits; 2 enters at 1100.
    lab.add([at(0, 40, 5), at(10, 20, 1), at(1000, 30, 1), at(1050, 1, 1).to(1)]);
    let run = lab.run();
    let seen = run.seen(3);
    assert_eq!(seen.now_us, 1050);
    let busy = Row {
        queue_depth: 1,
        batch_size: 1,
        // ceil(40/16) of 10.
        kv_utilization: 0.3,
        free_kv_blocks: 7,
        total_kv_blocks: 10,
        waiting_tokens: 20,
        pending_requests: 1,
        inflight_requests: 3,
        // 40 + 20 + 30.
        inflight_tokens: 90,
        ..Row::default()
    };
    let idle = Row { free_kv_blocks: 10, total_kv_blocks: 10, ..Row::default() };
    assert_eq!(seen.rows, [busy, idle]);
}

#[test]
fn starts_show_at_once_and_ends_at_their_tick() {
    let mut lab = Lab::new(cluster(2));
    // A step from 0 to 2000.
    lab.add([at(0, 100, 1)]).add([1, 1999, 2000].map(|us| at(us, 1, 1).to(1)));
    let run = lab.run();
    let batch = |id| run.seen(id).rows[0].batch_size;
    assert_eq!([0, 1, 2, 3].map(batch), [0, 1, 1, 0]);
    assert_eq!(run.seen(2).rows[0].free_kv_blocks, 1000 - 7);
    assert_eq!(run.seen(3).rows[0].free_kv_blocks, 1000);
}

#[test]
fn simultaneous_arrivals_see_those_before_them() {
    let mut lab = Lab::new(cluster(2));
    lab.add([at(5, 16, 1), at(5, 16, 1), at(5, 16, 1).to(1), at(5, 16, 1)]);
    let run = lab.run();
    // All are routed before any enters a queue.
    let pending = |id| [run.seen(id).rows[0].pending_requests, run.seen(id).rows[1].pending_requests];
    assert_eq!([0, 1, 2, 3].map(pending), [[0, 0], [1, 0], [2, 0], [2, 1]]);
    assert_eq!(run.seen(3).rows[0].queue_depth, 0);
}

#[test]
fn cached_prefix_blocks_is_the_hit_that_this_request_would_have() {
    let mut lab = Lab::new(cluster(2));
    lab.add([at(0, 48, 1).holds("a b c")]);
    let probe = |us, prompt| at(us, prompt, 1).to(1);
    lab.add([probe(1, 48).holds("a b c"), probe(2, 49).holds("a b c"), probe(3, 49).holds("a x c")]);
    let run = lab.run();
    let prefix = |id| run.seen(id).rows[0].cached_prefix_blocks;
    // Cached at the start of the step; floor(47/16) = 2, floor(48/16) = 3, and a alone.
    assert_eq!([0, 1, 2, 3].map(prefix), [0, 2, 3, 1]);
}

#[test]
fn hits_count_when_they_happen() {
    let mut lab = Lab::new(cluster(2));
    lab.add([at(0, 48, 1).holds("a b c"), at(5000, 49, 1).holds("a b c")]);
    lab.add([at(5000, 1, 1).to(1), at(5001, 1, 1).to(1)]);
    let run = lab.run();
    // 1 is admitted at 5000, after the decision about 2: 48 of 48 + 49 tokens.
    assert_eq!(run.seen(2).rows[0].cache_hit_rate, 0.0);
    assert_eq!(run.seen(3).rows[0].cache_hit_rate, 48.0 / 97.0);
}

#[test]
fn current_signals_have_no_age() {
    let mut lab = Lab::new(cluster(2));
    lab.add([at(777, 16, 1)]);
    let run = lab.run();
    assert!(run.seen(0).rows.iter().all(|row| row.age_us == 0 && row.router_age_us == 0));
}
