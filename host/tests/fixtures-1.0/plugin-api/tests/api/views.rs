//! What a policy may read, and what it is told when it reads anything else.

use pointsman_plugin_api::{attribute, signal, testkit::Scorers};

use crate::policies::{LATER, Reader};

fn read(case: u64) -> Result<Vec<f64>, String> {
    read_with(case, |_| {})
}

fn read_with(case: u64, change: fn(&mut Scorers)) -> Result<Vec<f64>, String> {
    let mut scorer = Scorers::new::<Reader>(&format!(r#"{{"case": {case}}}"#)).unwrap();
    scorer.now_us = 77;
    scorer.request.set(&attribute::SLO_CLASS, &["critical"]);
    scorer
        .instances
        .set(&signal::KV_UTILIZATION, &[0.25, 0.75])
        .set(&signal::QUEUE_DEPTH, &[1, 2])
        .set(&signal::BATCH_SIZE, &[10, 20])
        .set(&signal::PENDING_REQUESTS, &[100, 200]);
    change(&mut scorer);
    scorer.score()
}

#[test]
fn declared_columns_are_read_by_name() {
    assert_eq!(read(0).unwrap(), [0.25, 0.75]);
    assert_eq!(read(4).unwrap(), [1.0, 1.0]);
    assert_eq!(read(7).unwrap(), [111.0, 222.0]);
    assert_eq!(read(9).unwrap(), [77.0, 77.0]);
}

#[test]
fn optional_columns_are_there_where_the_host_has_them() {
    assert_eq!(read(2).unwrap(), [0.25, 0.25]);
    let with = read_with(2, |scorer| {
        scorer.instances.set(&LATER, &[0.5, 0.5]);
    });
    assert_eq!(with.unwrap(), [0.5, 0.5]);
    assert_eq!(read(6).unwrap(), [-1.0, -1.0]);
    let with = read_with(6, |scorer| {
        scorer.request.set(&attribute::MAX_TOKENS, &[9]);
    });
    assert_eq!(with.unwrap(), [9.0, 9.0]);
}

#[test]
fn insisting_on_an_absent_column_names_it() {
    let error = read(1).unwrap_err();
    assert!(
        error.ends_with("the host has no signal `later`: read an optional one with `try_get`"),
        "{error}"
    );
}

#[test]
fn reading_what_was_not_declared_names_it() {
    let error = read(3).unwrap_err();
    assert!(
        error.ends_with("the policy reads the signal `cache_hit_rate`, which it does not declare"),
        "{error}"
    );
    let error = read(5).unwrap_err();
    assert!(error.ends_with("the policy reads the attribute `tenant`, which it does not declare"), "{error}");
}

#[test]
fn a_column_without_ages_is_current() {
    assert_eq!(read(8).unwrap(), [0.0, 0.0]);
}

#[test]
fn a_column_of_another_length_is_refused_by_name() {
    let error = read_with(7, |scorer| {
        scorer.instances.set(&signal::BATCH_SIZE, &[1, 2, 3]);
    })
    .unwrap_err();
    assert!(error.ends_with("the host passed 3 values of the signal `batch_size` for 2 rows"), "{error}");
}
