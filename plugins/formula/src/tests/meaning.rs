//! What formulas mean.

use super::{scorer, scores};

#[test]
fn the_formula_of_kv_pressure_has_its_values() {
    let pressure = "clamp(1 - kv_utilization - pending_transfer_latency/10000 - 2*kv_thrashing_rate, 0, 1)";
    assert_eq!(scores(pressure), [1.0, 0.5, 0.0]);
    // Not clamped, it is the host that clamps and counts.
    let bare = "1 - kv_utilization - pending_transfer_latency/10000 - 2*kv_thrashing_rate";
    assert_eq!(scores(bare)[2], 1.0 - 0.9 - 0.5 - 1.0);
}

#[test]
fn whole_numbers_are_divided_like_all_others() {
    assert_eq!(scores("1/2"), [0.5, 0.5, 0.5]);
    assert_eq!(scores("batch_size/2"), [0.5, 0.5, 2.0]);
    assert_eq!(scores("7 % 4 / 2"), [1.5; 3]);
}

#[test]
fn operators_bind_as_everywhere() {
    assert_eq!(scores("2 + 3 * 4 - 6 / 2 - 1"), [10.0; 3]);
    assert_eq!(scores("8 / 4 / 2"), [1.0; 3]);
    assert_eq!(scores("-batch_size + 3"), [2.0, 2.0, -1.0]);
    assert_eq!(scores("2 - -batch_size"), [3.0, 3.0, 6.0]);
    assert_eq!(scores("+batch_size"), [1.0, 1.0, 4.0]);
    assert_eq!(scores("1 + 1 < 3 && 2 > 1 || false"), [1.0; 3]);
    assert_eq!(scores("!(queue_depth > 0)"), [1.0, 0.0, 0.0]);
    assert_eq!(scores("queue_depth < 3 == batch_size < 2"), [1.0, 0.0, 1.0]);
}

#[test]
fn truths_count_as_0_and_1() {
    assert_eq!(scores("0.5 * (queue_depth >= 3) + 0.25 * (batch_size == 1)"), [0.25, 0.75, 0.5]);
    assert_eq!(scores("true - false"), [1.0; 3]);
    assert_eq!(scores("queue_depth != 3 && true"), [1.0, 0.0, 1.0]);
    assert_eq!(scores("if(queue_depth, 1, 0)"), [0.0, 1.0, 1.0]);
}

#[test]
fn every_function_does_what_its_name_says() {
    for (expr, expected) in [
        ("abs(-2.5)", 2.5),
        ("ceil(1.2)", 2.0),
        ("floor(1.8)", 1.0),
        ("floor(-1.2)", -2.0),
        ("exp(0)", 1.0),
        ("ln(1)", 0.0),
        ("sqrt(9)", 3.0),
        ("pow(2, 10)", 1024.0),
        ("min(3, 1, 2)", 1.0),
        ("max(3, 1, 7, 2)", 7.0),
        ("clamp(5, 0, 1)", 1.0),
        ("clamp(-5, 0, 1)", 0.0),
        ("clamp(0.5, 0, 1)", 0.5),
        ("clamp(0.5, 1, 0)", 1.0),
        ("if(1 < 2, 3, 4)", 3.0),
        ("if(1 > 2, 3, 4)", 4.0),
    ] {
        assert_eq!(scores(expr), [expected; 3], "{expr}");
    }
}

#[test]
fn lowest_and_highest_are_over_all_instances() {
    assert_eq!(scores("lowest(queue_depth)"), [0.0; 3]);
    assert_eq!(scores("highest(queue_depth + batch_size)"), [14.0; 3]);
    assert_eq!(scores("highest(2)"), [2.0; 3]);
    // The formula of `queue-depth`.
    let relative = "if(highest(effective_load) == lowest(effective_load), 1, \
                    (highest(effective_load) - effective_load) / (highest(effective_load) - lowest(effective_load)))";
    assert_eq!(scores(relative), [1.0, 9.0 / 13.0, 0.0]);
}

#[test]
fn effective_load_is_the_sum_of_three_signals() {
    assert_eq!(scores("effective_load"), [1.0, 5.0, 14.0]);
    assert_eq!(scores("effective_load - queue_depth - batch_size - pending_requests"), [0.0; 3]);
}

#[test]
fn what_is_not_chosen_may_be_anything() {
    assert_eq!(scores("if(queue_depth == 0, 1, 1 / queue_depth)"), [1.0, 1.0 / 3.0, 0.1]);
}

#[test]
fn attributes_are_the_same_for_all_instances() {
    assert_eq!(scores("prompt_tokens / 1600"), [0.5; 3]);
    assert_eq!(scores("(now_us - arrival_us) / 1000"), [0.75; 3]);
}

#[test]
fn texts_are_compared() {
    assert_eq!(scores(r#"if(slo_class == "critical", 5, 1)"#), [5.0; 3]);
    assert_eq!(scores(r#"if("batch" == slo_class, 5, 1)"#), [1.0; 3]);
    assert_eq!(scores(r#"slo_class != "batch""#), [1.0; 3]);
    assert_eq!(scores("tenant == session"), [1.0; 3]);
    assert_eq!(scores("slo_class == 'critical' && tenant == 'a' && 'it\\'s' != \"\""), [1.0; 3]);
    assert_eq!(scores(r#"if(slo_class == "cri\"tical", 1, 0)"#), [0.0; 3]);
}

#[test]
fn a_formula_may_have_lines_and_comments() {
    assert_eq!(scores("1 // all\n  - kv_utilization /* used */"), [1.0, 0.75, 1.0 - 0.9]);
}

#[test]
fn without_parameters_it_is_the_score_of_load_balance() {
    let mut scorer = pointsman_plugin_api::testkit::Scorers::new::<crate::Formula>("{}").unwrap();
    scorer.instances = self::scorer("1").unwrap().instances;
    assert_eq!(scorer.score().unwrap(), [0.5, 1.0 / 6.0, 1.0 / 15.0]);
}

#[test]
fn a_call_leaves_nothing_behind_for_the_next() {
    let mut scorer = scorer("1 - kv_utilization * (1 - batch_size / (batch_size + 1))").unwrap();
    let three = scorer.score().unwrap();
    scorer
        .instances
        .set(&pointsman_plugin_api::signal::KV_UTILIZATION, &[0.5])
        .set(&pointsman_plugin_api::signal::BATCH_SIZE, &[1])
        .set(&pointsman_plugin_api::signal::INSTANCE, &[0]);
    for id in ["queue_depth", "pending_requests", "pending_transfer_latency", "kv_thrashing_rate"] {
        // Other columns of three rows would be a mistake of the test.
        let column = pointsman_plugin_api::Signal::<u64>::new(id, "", "");
        scorer.instances.set(&column, &[0]);
    }
    assert_eq!(scorer.score().unwrap(), [0.75]);
    scorer.instances = self::scorer("1").unwrap().instances;
    assert_eq!(scorer.score().unwrap(), three);
}
