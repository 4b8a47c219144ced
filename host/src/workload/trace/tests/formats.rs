use super::{gzip, open_trace, read, trace};
use crate::workload::Arrival;

const MOONCAKE: &str = "{\"timestamp\": 0, \"input_length\": 600, \"output_length\": 50, \"hash_ids\": [0, 1]}\n\
                        {\"timestamp\": 27, \"input_length\": 512, \"output_length\": 1, \"hash_ids\": [0]}\n";
const NATIVE: &str = "{\"id\":0,\"arrival_us\":5,\"input_len\":16,\"output_len\":17,\"block_hashes\":[18446744073709551615],\
                      \"output_block_hashes\":[7],\"slo_class\":\"batch\",\"tenant\":3,\"session_id\":\"s\\u0041\",\"round\":2,\"max_tokens\":99}\n\
                      {\"id\":1,\"arrival_us\":5,\"input_len\":9,\"output_len\":1,\"slo_class\":null}\n";
const AZURE: &str = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 23:59:59.9799600,4808,10\r\n\
                     2023-11-17 00:00:00.0319609,3180,8\r\n";

fn times_and_lengths(arrivals: &[Arrival]) -> Vec<(u64, u64, u64)> {
    arrivals.iter().map(|a| (a.arrival_us, a.prompt_tokens, a.output_tokens)).collect()
}

#[test]
fn mooncake_times_are_milliseconds() {
    let trace = trace("t.jsonl", MOONCAKE);
    let arrivals = read(&trace.path, "", 16).unwrap();
    assert_eq!(times_and_lengths(&arrivals), [(0, 600, 50), (27_000, 512, 1)]);
    assert_eq!(arrivals[1].content.blocks(), 32);
    assert_eq!(arrivals[0].content.block(31), arrivals[1].content.block(31));
}

#[test]
fn native_lines_have_labels_and_hashes() {
    let trace = trace("t.jsonl", NATIVE);
    let arrivals = read(&trace.path, "", 16).unwrap();
    assert_eq!(times_and_lengths(&arrivals), [(5, 16, 17), (5, 9, 1)]);
    let first = &arrivals[0];
    assert_eq!((first.content.block(0), first.content.block(1)), (u64::MAX, 7));
    assert_eq!((first.slo_class.as_deref(), first.tenant.as_deref()), (Some("batch"), Some("3")));
    assert_eq!((first.session.as_deref(), first.round, first.max_tokens), (Some("sA"), Some(2), Some(99)));
    let second = &arrivals[1];
    assert!(second.slo_class.is_none() && second.tenant.is_none() && second.session.is_none());
    assert_eq!(second.content.blocks(), 0);
}

#[test]
fn azure_times_count_from_the_first_row() {
    let trace = trace("t.csv", AZURE);
    assert_eq!(times_and_lengths(&read(&trace.path, "", 16).unwrap()), [(0, 4808, 10), (52_000, 3180, 8)]);
}

#[test]
fn csv_columns_are_found_by_name() {
    let text = "\u{feff}model,\"when, ms\",in,out,class,who,conv,turn,cap\n\
                \"a, b\",0.0015,10,1,critical,t1,c1,0,5\n\
                \"say \"\"x\"\"\",1e1,20.0,2,,,,,\n\n";
    let trace = trace("t.csv", text);
    let columns = "columns: {arrival: 'when, ms', input: in, output: out, slo_class: class, tenant: who, session: conv, round: turn, \
                   max_tokens: cap}";
    let arrivals = read(&trace.path, &format!("{columns}, time_unit: ms"), 16).unwrap();
    assert_eq!(times_and_lengths(&arrivals), [(1, 10, 1), (10_000, 20, 2)]);
    let (first, second) = (&arrivals[0], &arrivals[1]);
    assert_eq!((first.slo_class.as_deref(), first.tenant.as_deref()), (Some("critical"), Some("t1")));
    assert_eq!((first.session.as_deref(), first.round, first.max_tokens), (Some("c1"), Some(0), Some(5)));
    assert!(second.slo_class.is_none() && second.session.is_none() && second.round.is_none());
}

#[test]
fn every_csv_request_is_its_own_content() {
    let trace = trace("t.csv", "arrival_s,input_tokens,output_tokens\n0,40,10\n0,40,10\n");
    let arrivals = read(&trace.path, "", 16).unwrap();
    let blocks: Vec<u64> =
        arrivals.iter().flat_map(|a| (0..a.content.blocks()).map(|j| a.content.block(j))).collect();
    assert_eq!(blocks.len(), 6);
    assert!(blocks.iter().enumerate().all(|(i, block)| !blocks[..i].contains(block)));
    assert_eq!(arrivals[0].content.prompt().iter().map(|run| run.len).sum::<u64>(), 2);
}

#[test]
fn gzip_is_read_as_it_is() {
    for (name, text) in [("t.jsonl", MOONCAKE), ("t.jsonl", NATIVE), ("t.csv", AZURE)] {
        let plain = trace(name, text);
        let packed = trace(name, gzip(text.as_bytes()));
        // Two members, as `cat a.gz b.gz` makes them.
        let (head, tail) = text.as_bytes().split_at(30);
        let parts = trace(name, [gzip(head), gzip(tail)].concat());
        let expected = format!("{:?}", read(&plain.path, "", 16).unwrap());
        assert_eq!(format!("{:?}", read(&packed.path, "", 16).unwrap()), expected);
        assert_eq!(format!("{:?}", read(&parts.path, "", 16).unwrap()), expected);
    }
}

#[test]
fn the_identity_is_that_of_the_file() {
    use sha2::{Digest, Sha256};
    let packed = gzip(MOONCAKE.as_bytes());
    let trace = trace("mine.jsonl.gz", &packed);
    for (more, requests) in [("", 2), ("limit: 1", 1)] {
        let source = open_trace(&trace.path, more, 16).unwrap();
        let identity = source.identity().unwrap();
        assert_eq!((identity.kind, identity.requests), ("mooncake", requests));
        let expected: String = Sha256::digest(&packed).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(identity.sha256, expected);
    }
    let description = &open_trace(&trace.path, "", 16).unwrap().identity().unwrap().description.clone();
    assert_eq!(description, "2 requests of mine.jsonl.gz (mooncake)");
}

#[test]
fn other_ids_are_a_warning_said_once() {
    let text = NATIVE.replace("\"id\":0", "\"id\":10").replace("\"id\":1,", "\"id\":11,");
    let trace = trace("t.jsonl", text);
    let source = open_trace(&trace.path, "", 16).unwrap();
    let warnings = source.warnings();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains("t.jsonl:1: `id` is 10, but the request is number 0"), "{warnings:?}");
    assert_eq!(read(&trace.path, "", 16).unwrap()[1].id, 1);
}
