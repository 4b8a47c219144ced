use super::{read, refusal, trace};

const CSV: &str = "arrival_s,input_tokens,output_tokens\n1,1,1\n2,1,1\n2,1,1\n5.000001,1,1\n";

fn times(more: &str) -> Vec<u64> {
    let trace = trace("t.csv", CSV);
    read(&trace.path, more, 16).unwrap().iter().map(|arrival| arrival.arrival_us).collect()
}

#[test]
fn limit_speedup_and_rate() {
    assert_eq!(times(""), [1_000_000, 2_000_000, 2_000_000, 5_000_001]);
    assert_eq!(times("limit: 2"), [1_000_000, 2_000_000]);
    assert_eq!(times("limit: 99").len(), 4);
    assert_eq!(times("speedup: 2"), [500_000, 1_000_000, 1_000_000, 2_500_000]);
    assert_eq!(times("speedup: 0.5")[3], 10_000_002);
    // 3 gaps in 4.000001 s become 3 gaps in 0.3 s.
    let fast = times("rate: 10");
    assert!((fast[3] - fast[0]).abs_diff(300_000) <= 1, "{fast:?}");
    // With a limit the rate is that of what is left: 1 gap in 1 s.
    assert_eq!(times("limit: 2, rate: 4"), [250_000, 500_000]);
}

#[test]
fn what_cannot_be_rescaled_is_refused() {
    let message = refusal("t.csv", CSV, "limit: 1, rate: 4");
    assert_eq!(message, "`workload.rate`: cannot rescale t.csv: its 1 requests arrive at one time");
    let message = refusal("t.csv", CSV, "speedup: 1.0e-300");
    assert!(message.contains("would be rescaled to later than 2^62 us"), "{message}");
    let message = refusal("t.csv", CSV, "speedup: 2, rate: 4");
    assert!(message.contains("both rescale the times"), "{message}");
}
