use std::io::Read;

use proptest::prelude::*;

use super::{gzip, open_trace, read, refusal, trace};
use crate::workload::trace::input::Lines;

const MOON: &str = "{\"timestamp\": 5, \"input_length\": 600, \"output_length\": 50, \"hash_ids\": [0, 1]}\n";
const NATIVE: &str = "{\"id\":0,\"arrival_us\":5,\"input_len\":16,\"output_len\":17,\"block_hashes\":[1],\"output_block_hashes\":[7]}\n";
const CSV: &str = "arrival_s,input_tokens,output_tokens\n1,10,1\n";
const AZURE: &str = "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 23:59:59.9799600,4808,10\n";

/// The good text, then the good line once more with `from` replaced, so that line 2 or 3 is bad.
fn second(good: &str, from: &str, to: &str) -> String {
    let line = good.lines().last().unwrap();
    assert!(line.contains(from));
    format!("{good}{}\n", line.replace(from, to))
}

#[test]
fn bad_lines_are_named_with_their_place() {
    let moon = |from, to| refusal("t.jsonl", second(MOON, from, to), "");
    let native = |from, to| refusal("t.jsonl", second(NATIVE, from, to), "");
    let csv = |from, to| refusal("t.csv", second(CSV, from, to), "");
    let azure = |from, to| refusal("t.csv", second(AZURE, from, to), "");
    let huge = "99999999999999999999999";
    let cases = [
        (moon("[0, 1]}", "[0,"), "t.jsonl:2:74: the line ends in the middle: it is truncated"),
        (moon("{\"time", "\"time"), "t.jsonl:2:11: "),
        (moon("}", "} x"), "t.jsonl:2:80: not a JSON object on one line: trailing characters"),
        (moon("600", "-600"), "t.jsonl:2:37: invalid value: integer `-600`, expected u64"),
        (moon("600", "6.5"), "t.jsonl:2:36: invalid type: floating point `6.5`"),
        (moon("600", huge), "t.jsonl:2:"),
        (moon("600", "\"600\""), "expected u64"),
        (moon("600", "0"), "t.jsonl:2: the prompt has 0 tokens"),
        (moon("50,", "0,"), "t.jsonl:2: the output has 0 tokens"),
        (
            moon("50,", "18446744073709551615,"),
            "t.jsonl:2: the output has 18446744073709551615 tokens, more than 2^40",
        ),
        (
            moon("600", "18446744073709551615"),
            "t.jsonl:2: the prompt has 18446744073709551615 tokens, more than 2^40",
        ),
        (
            moon("\"timestamp\": 5", "\"timestamp\": 4"),
            "t.jsonl:2: the arrival, at 4000 us, is before that of line 1, at 5000 us",
        ),
        (
            moon("\"timestamp\": 5", "\"timestamp\": 18446744073709551615"),
            "t.jsonl:2: the time stamp 18446744073709551615 ms is too large",
        ),
        (
            moon("\"timestamp\": 5", "\"timestamp\": 5000000000000000"),
            "t.jsonl:2: the arrival, at 5000000000000000000 us, is later than 2^62 us",
        ),
        (moon("[0, 1]", "[0, 1, 2]"), "t.jsonl:2: `hash_ids` has 3 ids, but 600 tokens are 2 pieces of 512"),
        (moon("hash_ids", "hash_idz"), "unknown field `hash_idz`: did you mean `hash_ids`?"),
        (moon(", \"hash_ids\": [0, 1]", ""), "missing field `hash_ids`"),
        (moon("\"output_length\": 50", "\"input_length\": 50"), "duplicate field `input_length`"),
        (
            native("\"block_hashes\":[1]", "\"block_hashes\":[1,2]"),
            "t.jsonl:2: `block_hashes` has 2 hashes, but 16 tokens fill 1 blocks of 16",
        ),
        (native("\"block_hashes\":[1]", "\"block_hashes\":[]"), "`block_hashes` has 0 hashes"),
        (native("[7]", "[7,8,9]"), "t.jsonl:2: `output_block_hashes` has 3 hashes, but 1 blocks of 16"),
        (native("[7]", "[]"), "`output_block_hashes` has 0 hashes"),
        (native("\"block_hashes\":[1],", ""), "`output_block_hashes` without `block_hashes`"),
        (native("[7]", "[18446744073709551616]"), "t.jsonl:2:"),
        (native("\"arrival_us\":5", "\"arrival_us\":18446744073709551615"), "is later than 2^62 us"),
        (native("[7]", "[7],\"max_tokens\":0"), "`max_tokens` is 0"),
        (native("[7]", "[7],\"round\":4294967296"), "t.jsonl:2:"),
        (native("[7]", "[7],\"tenant\":[1]"), "expected a string or a whole number"),
        (native("[7]", "[7],\"slo_clas\":\"x\""), "unknown field `slo_clas`: did you mean `slo_class`?"),
        (csv("1,10,1", "1,10"), "t.csv:3: the line has 2 fields, but the first line has 3"),
        (csv("1,10,1", "1,10,1,4"), "t.csv:3: the line has 4 fields"),
        (csv("1,10,1", "0.5,10,1"), "t.csv:3: the arrival, at 500000 us, is before that of line 2"),
        (csv("1,10,1", "x,10,1"), "t.csv:3:1: `x` is not a decimal number"),
        (csv("1,10,1", "-1,10,1"), "t.csv:3:1: `-1` is negative"),
        (csv("1,10,1", "1,1e3,1"), "t.csv:3:3: `1e3` is not a whole number"),
        (csv("1,10,1", "1,10,"), "t.csv:3:6: `` is not a whole number"),
        (csv("1,10,1", "1,10,0"), "t.csv:3: the output has 0 tokens"),
        (csv("1,10,1", "1,\"10,1"), "t.csv:3:3: a quote is not closed"),
        (csv("1,10,1", "1,99999999999999999999,1"), "t.csv:3:3: `99999999999999999999` is too large"),
        (csv("1,10,1", "99999999999999999999,10,1"), "t.csv:3:1: `99999999999999999999` is too large"),
        (
            azure("2023-11-16 23", "2023-11-16 25"),
            "t.csv:3:1: `2023-11-16 25:59:59.9799600` is not a time stamp",
        ),
        (
            azure("2023-11-16 23", "2023-11-16 22"),
            "t.csv:3:1: `2023-11-16 22:59:59.9799600` is before the first row",
        ),
    ];
    let wrong = cases.iter().filter(|(got, expected)| !got.contains(expected)).collect::<Vec<_>>();
    assert!(wrong.is_empty(), "got and expected: {wrong:#?}");
}

#[test]
fn equal_times_and_the_largest_numbers_are_fine() {
    let edge = "{\"id\":0,\"arrival_us\":4611686018427387904,\"input_len\":1099511627776,\"output_len\":1099511627776}\n";
    let trace = trace("t.jsonl", [edge, edge].concat());
    let arrivals = read(&trace.path, "", 16).unwrap();
    assert_eq!(arrivals.len(), 2);
    assert_eq!(arrivals[0].content.blocks(), (1 << 37) - 1);
    assert_ne!(arrivals[0].content.block(0), arrivals[1].content.block(0));
}

#[test]
fn whole_files_that_cannot_be_read_are_named() {
    let cases = [
        (refusal("t.jsonl", "", ""), "t.jsonl: is empty: it holds no request"),
        (refusal("t.jsonl", "\n \n", ""), "t.jsonl: is empty: it holds no request"),
        (refusal("t.jsonl", "", "format: native"), "t.jsonl: holds no request"),
        (
            refusal("t.csv", "", "format: csv"),
            "t.csv: is empty: a CSV trace begins with the names of its columns",
        ),
        (refusal("t.csv", CSV.lines().next().unwrap(), ""), "t.csv: holds no request"),
        (
            refusal("t.txt", "hello\n", ""),
            "t.txt: does not look like a trace in a known format: set `workload.format`",
        ),
        (refusal("t.jsonl", "{\"a\": 1}\n", ""), "t.jsonl: does not look like a trace"),
        (
            refusal("t.jsonl", MOON, "time_unit: s"),
            "`workload.time_unit`: is for CSV traces, but t.jsonl is a trace in the format mooncake",
        ),
        (
            refusal("t.csv", CSV, "columns: {input: input_token}"),
            "t.csv:1: there is no column `input_token` (did you mean `input_tokens`?): the columns are arrival_s, input_tokens, output_tokens",
        ),
        (
            refusal("t.csv", CSV.replace("output", "input"), "format: csv"),
            "t.csv:1:11: two columns are called `input_tokens`",
        ),
        (refusal("t.csv", b"a,\xff\n", "format: csv"), "t.csv:1:3: the line is not UTF-8"),
        (refusal("t.jsonl", MOON, "limit: 0"), "`workload.limit`: is 0"),
    ];
    for (got, expected) in cases {
        assert!(got.contains(expected), "expected {expected:?} in {got:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    let missing = read(&folder.path().join("no.jsonl"), "", 16).unwrap_err().to_string();
    assert!(missing.contains("no.jsonl: cannot open the trace: No such file"), "{missing}");
    let folder = read(folder.path(), "", 16).unwrap_err().to_string();
    assert!(folder.contains("is not a regular file"), "{folder}");
}

#[test]
fn a_bad_line_beyond_the_limit_does_no_harm() {
    let trace = trace("t.jsonl", format!("{MOON}x\n"));
    assert_eq!(read(&trace.path, "limit: 1", 16).unwrap().len(), 1);
}

#[test]
fn truncated_gzip_is_told_from_a_truncated_line() {
    let text: String =
        (0..2000).map(|i| MOON.replace("\"timestamp\": 5", &format!("\"timestamp\": {i}"))).collect();
    let packed = gzip(text.as_bytes());
    let message = refusal("t.jsonl.gz", &packed[..packed.len() / 2], "");
    assert!(
        message.starts_with("t.jsonl.gz:") && message.contains("the gzip data ends here, too early"),
        "{message}"
    );
    let message = refusal("t.jsonl.gz", &packed[..packed.len() - 3], "");
    assert!(message.contains("the gzip data ends here, too early"), "{message}");
    let mut damaged = packed;
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0x55;
    let message = refusal("t.jsonl.gz", &damaged, "");
    assert!(message.starts_with("t.jsonl.gz:"), "{message}");
}

#[test]
fn block_sizes_must_suit_the_hashes() {
    let trace = trace("t.jsonl", NATIVE);
    let message = open_trace(&trace.path, "", 24).err().unwrap().to_string();
    assert!(message.starts_with("`cluster.kv.block_size`: is 24, but "), "{message}");
    assert!(
        message.ends_with("is a native trace, whose hashes stand for 16 tokens each: use a multiple of 16"),
        "{message}"
    );
    assert!(open_trace(&trace.path, "", 0).is_err());
    assert!(open_trace(&trace.path, "", 1 << 63).is_ok());
}

#[test]
fn overlong_lines_are_refused_without_being_read() {
    // Without an end: an unbounded read would never return.
    let endless = b"ab\n".chain(std::io::repeat(b'x'));
    let mut lines = Lines::new("t.jsonl", endless).unwrap().with_longest(1000);
    assert!(lines.advance().unwrap());
    assert_eq!(lines.line(), b"ab");
    let message = lines.advance().unwrap_err().to_string();
    assert_eq!(message, "t.jsonl:2: the line is longer than 1000 bytes: is this a trace?");

    let fits = [b"x".repeat(1000), b"\r\n".to_vec(), b"y".to_vec()].concat();
    let mut lines = Lines::new("t.jsonl", std::io::Cursor::new(fits)).unwrap().with_longest(1000);
    assert!(lines.advance().unwrap() && lines.line().len() == 1000);
    assert!(lines.advance().unwrap() && lines.line() == b"y" && lines.number() == 2);
    assert!(!lines.advance().unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever a trace holds, it is read or refused: nothing overflows or panics.
    #[test]
    fn damaged_traces_are_read_or_refused(
        which in 0_usize..4,
        packed: bool,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        number in prop::option::of((any::<prop::sample::Index>(), any::<u64>())),
        cut: Option<prop::sample::Index>,
    ) {
        let good = [MOON, NATIVE, CSV, AZURE][which];
        let mut text = good.repeat(2).into_bytes();
        // A number somewhere becomes another, often a very large one.
        if let Some((at, number)) = number {
            let digits: Vec<usize> = (0..text.len()).filter(|&i| text[i].is_ascii_digit()).collect();
            let at = digits[at.index(digits.len())];
            text.splice(at..=at, number.to_string().into_bytes());
        } else {
            for (at, byte) in changes {
                let at = at.index(text.len());
                text[at] = byte;
            }
        }
        if packed {
            text = gzip(&text);
        }
        if let Some(cut) = cut {
            text.truncate(cut.index(text.len()));
        }
        let trace = trace("t", text);
        for more in ["", "format: native", "format: csv", "rate: 3", "speedup: 1.0e-9"] {
            for size in [16, 48] {
                if let Err(error) = read(&trace.path, more, size) {
                    prop_assert!(!error.to_string().is_empty());
                }
            }
        }
    }
}
