//! From a case in which the engines differ to the smallest one that still does.

use pointsman::engine::{LatencyModel, Preemption, Reload};

use crate::case::{Admission, Case, Hooks, Queueing, Routing};
use crate::outcome::{self, Verdict};

/// How many smaller cases are tried at most.
const ATTEMPTS: usize = 5000;

/// Makes a case smaller in which the engines differ as `how` says.
pub(crate) fn shrink(case: Case, how: String) -> (Case, String) {
    shrink_by(case, how, |case| match std::panic::catch_unwind(|| outcome::verdict(case)) {
        Ok(Verdict::Different(how)) => Some(how),
        Ok(_) => None,
        Err(_) => Some("a panic".to_owned()),
    })
}

/// The same by any judge.
pub(crate) fn shrink_by(
    mut case: Case,
    mut how: String,
    mut judge: impl FnMut(&Case) -> Option<String>,
) -> (Case, String) {
    let mut attempts = ATTEMPTS;
    loop {
        let found = smaller(&case).into_iter().take(attempts).find_map(|smaller| {
            attempts -= 1;
            judge(&smaller).map(|how| (smaller, how))
        });
        match found {
            Some(smaller) => (case, how) = smaller,
            None => return (case, how),
        }
    }
}

/// Cases that are a little smaller, the boldest first.
fn smaller(case: &Case) -> Vec<Case> {
    let mut all: Vec<Case> = Vec::new();
    let mut with = |change: &dyn Fn(&mut Case)| {
        let mut smaller = case.clone();
        change(&mut smaller);
        if smaller != *case {
            all.push(smaller);
        }
    };
    let count = case.sessions.len();
    with(&|case| case.sessions.truncate(count.div_ceil(2)));
    for at in 0..count {
        if count > 1 {
            with(&|case| drop(case.sessions.remove(at)));
        }
        let rounds = case.sessions[at].rounds.len();
        if rounds > 1 {
            with(&|case| case.sessions[at].rounds.truncate(rounds - 1));
            with(&|case| case.sessions[at].rounds = case.sessions[at].rounds.split_off(1));
        }
    }
    with(&|case| case.hooks = Hooks::None);
    with(&|case| case.admission = Admission::All);
    with(&|case| case.queueing = Queueing::Fcfs);
    with(&|case| case.routing = Routing::RoundRobin);
    if case.routing != Routing::RoundRobin {
        with(&|case| case.routing = Routing::ReadsCounts);
    }
    with(&|case| case.settings.instances = 1);
    with(&|case| case.settings.horizon_us = None);
    with(&|case| case.settings.refresh_interval_us = 0);
    with(&|case| case.settings.completion_delay_us = 0);
    with(&|case| case.settings.kv_event_delay_us = 0);
    with(&|case| case.settings.admission_latency_us = 0);
    with(&|case| case.settings.routing_latency_us = 0);
    with(&|case| case.settings.kv.cpu_blocks = 0);
    with(&|case| case.settings.kv.reload = Reload::Blocking);
    with(&|case| case.settings.engine.long_prefill_token_threshold = 0);
    with(&|case| case.settings.engine.max_num_batched_tokens = 2048);
    with(&|case| case.settings.engine.max_num_seqs = 256);
    with(&|case| case.settings.engine.preemption = Preemption::Tail);
    with(&|case| case.settings.engine.async_scheduling = false);
    with(&|case| case.settings.kv.blocks = 1000);
    with(&|case| {
        case.settings.latency = LatencyModel::linear([0.0; 3], [100.0, 0.0, 0.0], None);
    });
    for at in 0..count {
        with(&|case| case.sessions[at].class = None);
        with(&|case| case.sessions[at].prefix = None);
        with(&|case| case.sessions[at].goal = 0);
        with(&|case| case.sessions[at].open = false);
        with(&|case| case.sessions[at].repeats = false);
        with(&|case| case.sessions[at].silent = false);
        for number in 0..case.sessions[at].rounds.len() {
            let round = &case.sessions[at].rounds[number];
            for output in [round.output / 2, round.output - 1] {
                with(&|case| case.sessions[at].rounds[number].output = output.max(1));
            }
            for prompt in [round.prompt / 2, round.prompt - 1] {
                with(&|case| case.sessions[at].rounds[number].prompt = prompt.max(1));
            }
            with(&|case| case.sessions[at].rounds[number].think_us = 0);
        }
        let before_us = if at == 0 { 0 } else { case.sessions[at - 1].arrival_us };
        with(&|case| case.sessions[at].arrival_us = before_us);
    }
    all
}
