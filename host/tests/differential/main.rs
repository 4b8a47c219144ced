//! Both engines are one: random runs, cramped and wide, on the plain engine and on the fast one, with
//! everything compared that anybody can see: records in the order in which requests end, gaps between
//! tokens, totals and counts of events, what memory holds at the end, and every call of a policy, a hook
//! and an observer with all that it is given.
//!
//! `cargo test -p pointsman --test differential` tries a few thousand cases.
//!
//! | variable | meaning |
//! |---|---|
//! | `POINTSMAN_CASES=N` | so many cases instead: a million take some minutes with `--release` |
//! | `POINTSMAN_FIRST_CASE=N` | from this one on; with `POINTSMAN_CASES=1` it alone |
//!
//! A case that differs is made smaller, and printed with the command that tries it again.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod case;
mod generate;
mod heard;
mod outcome;
#[allow(dead_code, reason = "shared with the tests of the model")]
#[path = "../model/policies.rs"]
mod policies;
mod shrink;
mod source;
mod watchers;

use case::Case;
use outcome::Verdict;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().unwrap())
}

/// Tries cases from `first` on, on two threads; how many ran to their end on both engines.
fn cases(first: u64, count: u64) -> u64 {
    let threads = 2.min(count.max(1));
    let work = |thread: u64| {
        let mut ended = 0;
        for seed in (first..first + count).filter(|seed| seed % threads == thread) {
            let case = generate::case(seed);
            match outcome::verdict(&case) {
                Verdict::Same => ended += 1,
                Verdict::Endless => {}
                Verdict::Different(how) => report(seed, case, &how),
            }
        }
        ended
    };
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        all.into_iter().map(|thread| thread.join().unwrap()).sum()
    })
}

fn report(seed: u64, case: Case, how: &str) -> ! {
    let (case, how) = shrink::shrink(case, how.to_owned());
    panic!(
        "the engines differ: {how}\nmade smaller: {case:#?}\ntry it again: \
         POINTSMAN_FIRST_CASE={seed} POINTSMAN_CASES=1 cargo test -p pointsman --test differential"
    );
}

#[test]
#[allow(clippy::print_stderr, reason = "it says how many there were")]
fn both_engines_are_one() {
    let count = number("POINTSMAN_CASES", 2000);
    let ended = cases(number("POINTSMAN_FIRST_CASE", 0), count);
    eprintln!("{ended} of {count} cases are the same on both engines, the others have no end");
    assert!(ended * 100 >= count * 95 || count < 100, "only {ended} of {count} cases came to an end");
}

/// The comparison can fail, and what fails is made smaller.
#[test]
fn a_difference_is_found_and_made_smaller() {
    let case = (0..).map(generate::case).find(|case| case.sessions.len() > 5).unwrap();
    let broken = |case: &Case| case.sessions.iter().any(|session| session.rounds[0].output > 1);
    let (small, _) = shrink::shrink_by(case, String::new(), |case| broken(case).then(String::new));
    assert_eq!(small.sessions.len(), 1, "{small:?}");
    assert_eq!(small.sessions[0].rounds.len(), 1, "{small:?}");
    assert_eq!(small.sessions[0].rounds[0].output, 2, "{small:?}");
}
