//! Sessions that stay.

use std::collections::BTreeMap;

use pointsman::engine::RequestRecord;

use crate::busy;

/// The instances that each session was on, in order of its rounds.
fn instances(records: &[RequestRecord]) -> Vec<Vec<u32>> {
    let mut sessions: BTreeMap<_, Vec<u32>> = BTreeMap::new();
    for record in records {
        sessions.entry(record.session.clone()).or_default().push(record.instance.unwrap());
    }
    assert!(sessions.len() > 100 && sessions.values().all(|rounds| rounds.len() == 3));
    sessions.into_values().collect()
}

fn moved(routing: &str) -> usize {
    let sessions = instances(&busy(routing));
    sessions.iter().filter(|rounds| rounds.iter().any(|instance| *instance != rounds[0])).count()
}

#[test]
fn the_filter_pins_a_session_and_the_scorer_alone_keeps_it() {
    assert!(moved("qd:1") > 100);
    assert_eq!(moved("{filters: [session-affinity-filter], scorers: 'qd:1'}"), 0);
    assert_eq!(moved("session-affinity:1"), 0);
    // A preference can be outweighed.
    let some = moved("'session-affinity:1,qd:2'");
    assert!(some > 0 && some < moved("qd:1"), "{some}");
}

#[test]
fn a_binding_that_is_short_lived_is_none() {
    // Rounds are further apart than a hundredth of a second.
    let short = "{filters: [{name: session-affinity-filter, params: {idle_s: 0.01}}], scorers: 'qd:1'}";
    assert_eq!(moved(short), moved("qd:1"));
}
