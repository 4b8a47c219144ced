//! What a host sees of a policy that answers, but wrongly.

use crate::support::{call, named, scorer};

fn answer(library: &str, name: &str) -> (usize, [f64; 3]) {
    call(&mut scorer(&named(&[library]), name).unwrap()).unwrap()
}

#[test]
fn too_few_scores_show_in_the_count_and_as_nan() {
    let (written, scores) = answer("raw+short", "raw");
    assert_eq!(written, 2);
    assert!(scores[2].is_nan());
}

#[test]
fn too_many_scores_show_in_the_count() {
    assert_eq!(answer("raw+long", "raw").0, 4);
}

#[test]
fn a_raw_library_that_counts_right_is_like_any_other() {
    assert_eq!(answer("raw", "raw"), (3, [1.0; 3]));
}

#[test]
fn a_slot_left_alone_shows_as_nan() {
    let (written, scores) = answer("misbehaving", "leaves-one-out");
    assert_eq!(written, 3);
    assert!(scores[0].is_nan() && scores[1..] == [1.0, 1.0]);
}

#[test]
fn nan_and_huge_scores_reach_the_host_as_they_are() {
    assert!(answer("misbehaving", "returns-nan").1.iter().all(|score| score.is_nan()));
    assert_eq!(answer("misbehaving", "returns-huge").1, [1e300; 3]);
}
