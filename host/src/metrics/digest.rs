//! Digests of request records: whether two runs are the same, and whether they met the same requests.

use sha2::{Digest as _, Sha256};

use crate::engine::RequestRecord;
use crate::workload::hex;

/// Hash of everything that is known of all requests: equal only for runs that are the same to the
/// microsecond, routing included.
#[must_use]
pub fn of_requests(records: &[RequestRecord]) -> String {
    of_lines(records.iter().map(|record| {
        let RequestRecord { id, instance, arrival_us, queued_us, first_scheduled_us, .. } = record;
        let RequestRecord { ttft_us, e2e_us, max_itl_us, output_tokens, hit_tokens_gpu, .. } = record;
        let RequestRecord { hit_tokens_cpu, preemptions, state, .. } = record;
        format!(
            "{id},{instance:?},{arrival_us},{queued_us:?},{first_scheduled_us:?},{ttft_us:?},{e2e_us:?},\
             {max_itl_us:?},{output_tokens},{hit_tokens_gpu},{hit_tokens_cpu},{preemptions},{},{}",
            state.name(),
            offered(record)
        )
    }))
}

/// Hash of the requests that do not depend on how earlier ones fared: those without a session, and the
/// first rounds of sessions. Runs of different policies on one seed met the same requests if it is equal.
/// The lengths of later rounds follow from the same streams of randomness.
#[must_use]
pub fn of_arrivals(records: &[RequestRecord]) -> String {
    let is_first = |record: &&RequestRecord| record.round.is_none_or(|round| round == 0);
    let mut first: Vec<&RequestRecord> = records.iter().filter(is_first).collect();
    // Ids of closed-loop sessions follow the order of arrival, which policies shift.
    first.sort_by(|a, b| (a.arrival_us, &a.session, a.id).cmp(&(b.arrival_us, &b.session, b.id)));
    of_lines(first.into_iter().map(|record| format!("{},{}", record.arrival_us, offered(record))))
}

/// What a client asks for.
fn offered(record: &RequestRecord) -> String {
    let RequestRecord { tenant, session, round, prompt_tokens, .. } = record;
    format!("{tenant:?},{},{session:?},{round:?},{prompt_tokens}", record.class())
}

fn of_lines(lines: impl Iterator<Item = String>) -> String {
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(line);
        hash.update("\n");
    }
    hex(&hash.finalize())
}
