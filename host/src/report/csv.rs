//! One line per request: `requests.csv`.

use std::io::{self, Write};

use serde::Serialize;

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
pub fn write<'a>(
    records: impl IntoIterator<Item = &'a RequestRecord>,
    mut out: impl Write,
) -> io::Result<()> {
    write_heads(&mut out)?;
    let mut rows = Rows::new(out);
    records.into_iter().try_for_each(|record| rows.push(record))?;
    rows.into_inner().map(drop)
}

/// Writes the names of the columns.
pub(super) fn write_heads(out: impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(COLUMNS).map_err(unwrapped)?;
    csv.flush()
}

/// Lines without their heads, one by one.
pub(super) struct Rows<W: Write>(csv::Writer<W>);

impl<W: Write> Rows<W> {
    pub(super) fn new(out: W) -> Self {
        Self(csv::WriterBuilder::new().has_headers(false).from_writer(out))
    }

    /// Writes one.
    pub(super) fn push(&mut self, record: &RequestRecord) -> io::Result<()> {
        self.0.serialize(Row::of(record)).map_err(unwrapped)
    }

    /// Writes what is still to be written.
    pub(super) fn into_inner(self) -> io::Result<W> {
        self.0.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// The writer's own error: whether a pipe was closed or a disk is full must not get lost.
pub(super) fn unwrapped(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// A line, in the order of [`COLUMNS`].
#[derive(Serialize)]
struct Row<'a> {
    id: u64,
    instance: Option<u32>,
    tenant: Option<&'a str>,
    slo_class: Option<&'a str>,
    session: Option<&'a str>,
    round: Option<u32>,
    arrival_us: u64,
    queued_us: Option<u64>,
    first_scheduled_us: Option<u64>,
    ttft_us: Option<u64>,
    e2e_us: Option<u64>,
    prompt_tokens: u64,
    output_tokens: u64,
    hit_tokens_gpu: u64,
    hit_tokens_cpu: u64,
    preemptions: u64,
    state: &'static str,
}

impl<'a> Row<'a> {
    fn of(record: &'a RequestRecord) -> Self {
        Self {
            id: record.id,
            instance: record.instance,
            tenant: record.tenant.as_deref(),
            slo_class: record.slo_class.as_deref(),
            session: record.session.as_deref(),
            round: record.round,
            arrival_us: record.arrival_us,
            queued_us: record.queued_us,
            first_scheduled_us: record.first_scheduled_us,
            ttft_us: record.ttft_us,
            e2e_us: record.e2e_us,
            prompt_tokens: record.prompt_tokens,
            output_tokens: record.output_tokens,
            hit_tokens_gpu: record.hit_tokens_gpu,
            hit_tokens_cpu: record.hit_tokens_cpu,
            preemptions: record.preemptions,
            state: record.state.name(),
        }
    }
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
