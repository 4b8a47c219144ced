//! What is read, and what is said of what cannot be.

use super::*;

fn read_text(name: &str, text: &str, columns: &Columns) -> Result<MeasuredRun, String> {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join(name);
    std::fs::write(&path, text).expect("written");
    let shown = format!("{}/", directory.path().display());
    read(&path, columns).map_err(|error| error.to_string().replace(&shown, ""))
}

fn message(text: &str) -> String {
    read_text("m.csv", text, &Columns::default()).expect_err(text)
}

const HEAD: &str = "arrival_s,prompt_tokens,output_tokens,ttft_ms,e2e_s,status\n";

#[test]
fn times_are_in_the_units_that_their_columns_say_and_in_order() {
    let text = format!("{HEAD}7.5,10,3,20.5,1,ok\n7,4,2,10,0.5,ok\n7.25,4,2,,,timeout\n");
    let run = read_text("a run.csv", &text, &Columns::default()).expect("good");
    let request = |arrival_us, prompt_tokens, output_tokens, seen: Option<(u64, u64)>| MeasuredRequest {
        arrival_us,
        prompt_tokens,
        output_tokens,
        ttft_us: seen.map(|seen| seen.0),
        e2e_us: seen.map(|seen| seen.1),
    };
    let expected = [
        request(0, 4, 2, Some((10_000, 500_000))),
        request(250_000, 4, 2, None),
        request(500_000, 10, 3, Some((20_500, 1_000_000))),
    ];
    assert_eq!((run.name.as_str(), &run.requests[..]), ("a run", &expected[..]));
    assert_eq!(run.failed(), 1);
    assert_eq!(run.requests[2].tpot_us(), Some(489_750.0));
}

#[test]
fn columns_and_units_may_be_given() {
    let text = "t,in,out,first,last\n5,10,99,2,9\n";
    let columns: Columns = "arrival=t, prompt_tokens=in,ttft=first,e2e=last".parse().expect("good");
    let mut columns = columns.with_unit("ms").expect("good");
    columns.output_tokens = Some(7);
    let run = read_text("m.csv", text, &columns).expect("good");
    assert_eq!((run.requests[0].output_tokens, run.requests[0].e2e_us), (7, Some(9000)));
    assert!("arrival".parse::<Columns>().is_err() && "arrivals=x".parse::<Columns>().is_err());
    assert!(Columns::default().with_unit("min").expect_err("bad").contains("s, ms, us or ns"));
}

#[test]
fn what_is_wrong_is_said_with_line_and_column() {
    let row = |row: &str| message(&format!("{HEAD}1,10,3,20,1,ok\n{row}\n"));
    assert_eq!(row("2,10,3,-20,1,ok"), "m.csv:3, column `ttft_ms`: `-20` is negative");
    assert_eq!(row("x,10,3,20,1,ok"), "m.csv:3, column `arrival_s`: `x` is not a number");
    assert_eq!(row("2,10,3,20,,ok"), "m.csv:3, column `e2e_s`: there is nothing");
    assert_eq!(row("2,0,3,20,1,ok"), "m.csv:3, column `prompt_tokens`: a prompt has at least one token");
    assert_eq!(
        row("2,10,1.5,20,1,ok"),
        "m.csv:3, column `output_tokens`: `1.5` is not a whole number of tokens"
    );
    assert!(row("2,10,3,2000,1,ok").contains("column `e2e_s`: the last token came 1000 ms"));
    assert!(row("2,10,3,inf,1,ok").contains("no usable number"));
    assert_eq!(row("2,10"), "m.csv:3: it has 2 cells, and the line of names has 6");
    assert_eq!(message(HEAD), "m.csv: there is no request in it");
    assert!(message("").contains("there is no column for `arrival`"));
    let lacking = message("arrival_s,prompt_token,output_tokens,ttft_s,e2e_s\n");
    assert!(lacking.starts_with("m.csv:1: there is no column for `prompt_tokens`"), "{lacking}");
    assert!(lacking.contains("did you mean `prompt_token`?"), "{lacking}");
    let unit = message("arrival,prompt_tokens,output_tokens,ttft_s,e2e_s\n1,1,1,1,1\n");
    assert!(unit.contains("the unit of column `arrival` is not known"), "{unit}");
}

#[test]
fn lines_of_vllm_are_read() {
    let line = r#"{"input_toks": 5, "output_toks": 2, "queued_ts": 10.5, "first_token_ts": 10.75, "last_token_ts": 11}"#;
    let run = read_text("m.jsonl", line, &Columns::default()).expect("good");
    assert_eq!((run.requests[0].ttft_us, run.requests[0].e2e_us), (Some(250_000), Some(500_000)));
    let wrong = |from: &str, to: &str| {
        read_text("m.jsonl", &line.replace(from, to), &Columns::default()).expect_err(to)
    };
    assert_eq!(wrong("10.75", "10.25"), "m.jsonl:1, column `first_token_ts`: it is before `queued_ts`");
    assert_eq!(wrong("\"queued_ts\": 10.5, ", ""), "m.jsonl:1, column `queued_ts`: it is missing");
    assert_eq!(wrong("10.5", "\"x\""), "m.jsonl:1, column `queued_ts`: \"x\" is not a number");
}
