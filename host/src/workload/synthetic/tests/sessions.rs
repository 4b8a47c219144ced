use std::collections::BTreeMap;

use super::{all, run, source};
use crate::workload::{Arrival, End};

const MIXED: &str = "prompt_tokens: {dist: uniform, min: 1, max: 300}, output_tokens: {dist: uniform, min: 1, max: 200}, \
     classes: [{name: critical, share: 3}, {name: batch, share: 7}], shared_prefixes: {groups: 3, tokens: 50}";

/// Everything about a request but its id and its time.
fn by_round(arrivals: &[Arrival]) -> BTreeMap<(String, u32), String> {
    let key = |arrival: &Arrival| (arrival.session.as_deref().unwrap().to_owned(), arrival.round.unwrap());
    let value = |a: &Arrival| {
        // What a loop promises of it is not part of what is sent.
        let content = a.content.clone().with_private_output(false);
        format!("{:?}", (a.prompt_tokens, a.output_tokens, &a.slo_class, &a.tenant, &content))
    };
    arrivals.iter().map(|arrival| (key(arrival), value(arrival))).collect()
}

/// Common random numbers: whatever order sessions end in, each meets the same requests.
#[test]
fn policies_do_not_change_the_requests() {
    let text = format!(
        "{{requests: 403, {MIXED}, sessions: {{rounds: 4, think_time_s: {{dist: exponential, mean: 1}}}}}}"
    );
    let fast = run(&mut *source(&text, 23), |_| 1000);
    let slow = run(&mut *source(&text, 23), |arrival| (arrival.id * 7_919) % 5_000_000);
    assert_eq!(fast.len(), 403);
    assert_ne!(
        fast.iter().map(|a| (&a.session, a.round)).collect::<Vec<_>>(),
        slow.iter().map(|a| (&a.session, a.round)).collect::<Vec<_>>(),
        "the two runs must create later rounds in different orders"
    );
    assert_eq!(by_round(&fast), by_round(&slow));
    let first = |arrivals: &[Arrival]| {
        arrivals.iter().filter(|a| a.round == Some(0)).map(|a| a.arrival_us).collect::<Vec<_>>()
    };
    assert_eq!(first(&fast), first(&slow));
}

#[test]
fn ids_are_numbered_as_the_model_says() {
    let closed = all(&format!("{{requests: 403, {MIXED}, sessions: {{rounds: 4, think_time_s: 1}}}}"), 29);
    let firsts: Vec<u64> = closed.iter().filter(|a| a.round == Some(0)).map(|a| a.id).collect();
    let later: Vec<u64> = closed.iter().filter(|a| a.round != Some(0)).map(|a| a.id).collect();
    assert_eq!(firsts, (0..101).collect::<Vec<_>>());
    assert_eq!(later, (101..403).collect::<Vec<_>>(), "in the order of creation");

    let open =
        all(&format!("{{requests: 403, {MIXED}, sessions: {{rounds: 4, think_time_s: 1, loop: open}}}}"), 29);
    assert_eq!(open.iter().map(|a| a.id).collect::<Vec<_>>(), (0..403).collect::<Vec<_>>());
    assert!(open.windows(2).all(|pair| pair[0].arrival_us <= pair[1].arrival_us));
    assert_eq!(by_round(&open), by_round(&closed), "the loop does not change what is sent");
}

#[test]
fn rounds_accumulate_and_extend_one_sequence() {
    let arrivals = all(&format!("{{requests: 400, {MIXED}, sessions: {{rounds: 4}}}}"), 31);
    let mut before: BTreeMap<String, Arrival> = BTreeMap::new();
    let mut checked = 0;
    for arrival in arrivals {
        let session = arrival.session.as_deref().unwrap().to_owned();
        if let Some(earlier) = before.get(&session) {
            let said = earlier.prompt_tokens + earlier.output_tokens;
            assert!(
                (said + 1..=said + 300).contains(&arrival.prompt_tokens),
                "everything said before and 1 to 300 new"
            );
            for block in 0..earlier.content.blocks() {
                assert_eq!(earlier.content.block(block), arrival.content.block(block));
            }
            checked += 1;
        }
        before.insert(session, arrival);
    }
    assert_eq!(checked, 300);
}

#[test]
fn sessions_start_at_the_rate_over_the_rounds() {
    let text = "{requests: 2000, arrivals: {process: constant, rate_per_s: 100}, sessions: {rounds: 4}}";
    let starts: Vec<u64> = all(text, 1).iter().filter(|a| a.round == Some(0)).map(|a| a.arrival_us).collect();
    assert_eq!(starts.len(), 500);
    assert!(starts.iter().zip(0..).all(|(&us, i)| us == i * 40_000));
}

#[test]
fn think_time_counts_from_what_the_client_saw() {
    let mut source = source("{requests: 5, sessions: {rounds: 3, think_time_s: 1.5}}", 1);
    let first = source.take().unwrap().unwrap();
    let ticket = first.ticket.unwrap();
    let second = source.on_end(ticket, End::Completed { seen_us: 777 }).unwrap().unwrap();
    assert_eq!((second.arrival_us, second.round, second.id), (1_500_777, Some(1), 2));
    let third =
        source.on_end(second.ticket.unwrap(), End::Completed { seen_us: 9_000_000 }).unwrap().unwrap();
    assert_eq!((third.arrival_us, third.round, third.id, third.ticket), (10_500_000, Some(2), 3, None));
    let other = source.take().unwrap().unwrap();
    let last = source.on_end(other.ticket.unwrap(), End::Completed { seen_us: u64::MAX }).unwrap_err();
    assert!(last.to_string().contains("later than 2^62 us"), "{last}");
}

#[test]
fn the_last_session_is_cut_short() {
    for mode in ["closed", "open"] {
        let arrivals =
            all(&format!("{{requests: 10, sessions: {{rounds: 4, think_time_s: 1, loop: {mode}}}}}"), 1);
        assert_eq!(arrivals.len(), 10);
        let last = arrivals.iter().filter(|a| a.session.as_deref() == Some("2")).count();
        assert_eq!(last, 2);
    }
}

#[test]
fn a_rejected_session_sends_nothing_more() {
    let mut closed = source("{requests: 8, sessions: {rounds: 4}}", 1);
    let first = closed.take().unwrap().unwrap();
    assert!(closed.on_end(first.ticket.unwrap(), End::Rejected).unwrap().is_none());
    assert!(closed.on_end(first.ticket.unwrap(), End::Completed { seen_us: 5 }).unwrap().is_none());

    let text = "{requests: 8, arrivals: {process: constant, rate_per_s: 4}, sessions: {rounds: 4, think_time_s: 0.3, loop: open}}";
    let whole: Vec<_> =
        all(text, 1).iter().map(|a| (a.id, a.session.clone(), a.round, a.arrival_us)).collect();
    let mut open = source(text, 1);
    let first = open.take().unwrap().unwrap();
    assert!(open.on_end(first.ticket.unwrap(), End::Dropped).unwrap().is_none());
    let mut rest = vec![];
    while let Some(us) = open.peek_us().unwrap() {
        let arrival = open.take().unwrap().unwrap();
        assert_eq!(arrival.arrival_us, us);
        rest.push((arrival.id, arrival.session, arrival.round, arrival.arrival_us));
    }
    assert!(open.take().unwrap().is_none());
    let expected: Vec<_> =
        whole.into_iter().filter(|(_, session, ..)| session.as_deref() == Some("1")).collect();
    assert_eq!(rest, expected, "the other session keeps its ids and times");
}

#[test]
fn a_session_may_not_outgrow_the_largest_prompt() {
    let mut source = source("{requests: 4, prompt_tokens: 1099511627776, sessions: {rounds: 4}}", 1);
    let error = source.take().unwrap_err().to_string();
    assert!(error.contains("session 0 would grow to a prompt of"), "{error}");
}
