//! One line per request: `requests.csv`.

use std::io::{self, Write};

use crate::engine::RequestRecord;

/// The columns. Times are whole microseconds; what was not reached is empty.
pub const COLUMNS: [&str; 17] = [
    "id",
    "instance",
    "tenant",
    "slo_class",
    "session",
    "round",
    "arrival_us",
    "queued_us",
    "first_scheduled_us",
    "ttft_us",
    "e2e_us",
    "prompt_tokens",
    "output_tokens",
    "hit_tokens_gpu",
    "hit_tokens_cpu",
    "preemptions",
    "state",
];

/// Writes the heads and all records in the order given.
///
/// # Errors
///
/// What the writer says.
pub fn write(records: &[RequestRecord], out: impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(COLUMNS).map_err(unwrapped)?;
    for record in records {
        csv.write_record(fields(record)).map_err(unwrapped)?;
    }
    csv.flush()
}

/// The writer's own error: whether a pipe was closed or a disk is full must not get lost.
pub(super) fn unwrapped(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn fields(record: &RequestRecord) -> [String; COLUMNS.len()] {
    let text = |text: &Option<std::sync::Arc<str>>| text.as_deref().unwrap_or("").to_owned();
    let time = |us: Option<u64>| us.map_or(String::new(), |us| us.to_string());
    let small = |number: Option<u32>| number.map_or(String::new(), |number| number.to_string());
    [
        record.id.to_string(),
        small(record.instance),
        text(&record.tenant),
        text(&record.slo_class),
        text(&record.session),
        small(record.round),
        record.arrival_us.to_string(),
        time(record.queued_us),
        time(record.first_scheduled_us),
        time(record.ttft_us),
        time(record.e2e_us),
        record.prompt_tokens.to_string(),
        record.output_tokens.to_string(),
        record.hit_tokens_gpu.to_string(),
        record.hit_tokens_cpu.to_string(),
        record.preemptions.to_string(),
        record.state.name().to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::State;

    #[test]
    fn what_was_not_reached_is_empty_and_labels_are_quoted_where_needed() {
        let done = RequestRecord {
            id: 0,
            instance: Some(3),
            tenant: Some("a, \"b\"".into()),
            slo_class: Some("critical".into()),
            session: Some("s1".into()),
            round: Some(2),
            arrival_us: 10,
            queued_us: Some(11),
            first_scheduled_us: Some(12),
            ttft_us: Some(20),
            e2e_us: Some(30),
            prompt_tokens: 512,
            output_tokens: 256,
            hit_tokens_gpu: 16,
            hit_tokens_cpu: 32,
            admitted_tokens: 512,
            pending_transfer_at_routing_us: Some(0),
            preemptions: 1,
            max_itl_us: None,
            state: State::Completed,
        };
        let waiting = RequestRecord {
            id: 1,
            instance: None,
            tenant: None,
            slo_class: None,
            session: None,
            round: None,
            queued_us: None,
            first_scheduled_us: None,
            ttft_us: None,
            e2e_us: None,
            output_tokens: 0,
            state: State::NotArrived,
            ..done.clone()
        };
        let mut out = Vec::new();
        write(&[done, waiting], &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r#"
        id,instance,tenant,slo_class,session,round,arrival_us,queued_us,first_scheduled_us,ttft_us,e2e_us,prompt_tokens,output_tokens,hit_tokens_gpu,hit_tokens_cpu,preemptions,state
        0,3,"a, ""b""",critical,s1,2,10,11,12,20,30,512,256,16,32,1,completed
        1,,,,,,10,,,,,512,0,16,32,1,not-arrived
        "#);
    }
}
