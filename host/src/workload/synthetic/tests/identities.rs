use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{run, spec};
use crate::workload::open;
use crate::workload::synthetic::plan::Planner;

/// A token with its whole prefix: two are equal when everything up to them is.
type Prefix = Vec<u64>;

/// Identities against tokens written out one by one: two blocks have equal identities exactly when
/// all tokens up to their end are equal.
fn check(text: &str, block_size: u64, seed: u64, accumulate: bool, prefix_tokens: u64) {
    let spec = spec(text);
    let rounds = spec.sessions.as_ref().map_or(1, |sessions| sessions.rounds);
    let requests = spec.total_requests();
    // The planner of the same seed tells each session's group.
    let mut planner = Planner::new(&spec, seed).unwrap();
    let groups: Vec<Option<u64>> =
        (0..requests.div_ceil(rounds)).map(|_| planner.plan(rounds).unwrap().group).collect();

    let mut fresh = 1_000_000;
    let mut token = || {
        fresh += 1;
        fresh
    };
    let mut said: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
    let mut by_identity: BTreeMap<u64, Prefix> = BTreeMap::new();
    let mut by_prefix: BTreeMap<Prefix, u64> = BTreeMap::new();
    let arrivals = run(&mut *open(&spec, seed, block_size).unwrap(), |_| 10);
    assert_eq!(arrivals.len() as u64, requests);
    for arrival in arrivals {
        let session = arrival.session.as_deref().map_or(arrival.id as usize, |label| label.parse().unwrap());
        let prefix =
            groups[session].map_or(vec![], |group| (0..prefix_tokens).map(|i| group * 1000 + i).collect());
        let mut tokens = if accumulate { said.remove(&session).unwrap_or(prefix) } else { prefix };
        while (tokens.len() as u64) < arrival.prompt_tokens {
            tokens.push(token());
        }
        assert_eq!(tokens.len() as u64, arrival.prompt_tokens);
        tokens.extend((0..arrival.output_tokens).map(|_| token()));
        let full = (tokens.len() as u64 - 1) / block_size;
        assert_eq!(arrival.content.blocks(), full);
        let in_prompt: u64 = arrival.content.prompt().iter().map(|run| run.len).sum();
        assert_eq!(in_prompt, arrival.prompt_tokens / block_size);
        for block in 0..full {
            let upto = tokens[..usize::try_from((block + 1) * block_size).unwrap()].to_vec();
            let identity = arrival.content.block(block);
            assert_eq!(by_identity.entry(identity).or_insert_with(|| upto.clone()), &upto);
            assert_eq!(by_prefix.entry(upto).or_insert(identity), &identity);
        }
        said.insert(session, tokens);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn equal_prefixes_have_equal_identities(
        seed: u64,
        block_size in 1_u64..40,
        prefix_tokens in 1_u64..100,
        share in 0.0..=1.0_f64,
        rounds in 1_u64..5,
        accumulate: bool,
        open_loop: bool,
    ) {
        let mode = if open_loop { "open" } else { "closed" };
        let text = format!(
            "{{requests: 23, prompt_tokens: {{dist: uniform, min: 1, max: 60}}, \
             output_tokens: {{dist: uniform, min: 1, max: 50}}, \
             shared_prefixes: {{groups: 3, tokens: {prefix_tokens}, share: {share}}}, \
             sessions: {{rounds: {rounds}, loop: {mode}, accumulate: {accumulate}}}}}"
        );
        check(&text, block_size, seed, accumulate, prefix_tokens);
    }
}

#[test]
fn requests_that_stand_alone_share_nothing() {
    check("{requests: 20}", 16, 1, true, 0);
}
