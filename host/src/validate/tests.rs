//! What is said of runs that are known.

use super::*;
use crate::config::{Config, Override};
use crate::measured::MeasuredRequest;
use crate::run::builtin_catalogue;

const SERVER: &str = "cluster: {latency: {alpha: [0, 0, 0], beta: [1000, 10, 1]}, kv: {blocks: 1000}}\nworkload: {trace: none}\n";

fn sent(arrival_us: u64, prompt_tokens: u64, output_tokens: u64) -> MeasuredRequest {
    MeasuredRequest { arrival_us, prompt_tokens, output_tokens, ttft_us: Some(1), e2e_us: Some(2) }
}

fn replay(requests: &[MeasuredRequest], client: &Client, sets: &[&str]) -> Replayed {
    let sets: Vec<Override> = sets.iter().map(|set| Override::set(set).expect("good")).collect();
    let config = Config::from_text(std::path::Path::new("server.yaml"), SERVER, &sets).expect("good");
    let resolved = config.resolve().expect("good");
    let catalogue = builtin_catalogue();
    let server = Server { resolved: &resolved, catalogue: &catalogue };
    let run = MeasuredRun { name: "m".to_owned(), requests: requests.to_vec(), content: None, warming: 0 };
    server.replay(&run, client).expect("it runs")
}

/// The check values of the model (`model.md` section 4).
#[test]
fn a_replay_is_a_run() {
    let seen = replay(&[sent(0, 100, 50)], &Client::default(), &[]);
    assert_eq!((seen.requests[0].ttft_us, seen.requests[0].e2e_us), (Some(2000), Some(51_049)));
    let client = Client { overhead_us: 500, ..Client::default() };
    let seen = replay(&[sent(0, 100, 50)], &client, &[]);
    assert_eq!((seen.requests[0].ttft_us, seen.requests[0].e2e_us), (Some(2500), Some(51_549)));
}

#[test]
fn a_client_holds_back_what_it_may_not_send() {
    let requests = [sent(0, 100, 1), sent(10, 100, 1), sent(20, 100, 1), sent(50_000, 100, 1)];
    let free = replay(&requests, &Client::default(), &[]);
    // The second and third share a step.
    assert_eq!(free.requests[1].arrival_us, 10);
    assert_eq!(free.requests[2].ttft_us, Some(2000 + 3000 - 20));
    let one = Client { max_in_flight: Some(1), ..Client::default() };
    let capped = replay(&requests, &one, &[]);
    let arrivals: Vec<u64> = capped.requests.iter().map(|request| request.arrival_us).collect();
    assert_eq!(arrivals, [0, 2000, 4000, 50_000]);
    assert!(capped.requests.iter().all(|request| request.ttft_us == Some(2000)));
}

#[test]
fn shared_beginnings_are_computed_once() {
    let requests = [sent(0, 100, 1), sent(10_000, 100, 1)];
    let client = Client { shared_prefix_tokens: 40, ..Client::default() };
    let seen = replay(&requests, &client, &[]);
    // Two blocks of 16 are hits: 68 tokens are left.
    assert_eq!((seen.requests[0].ttft_us, seen.requests[1].ttft_us), (Some(2000), Some(1680)));
    assert_eq!(seen.hit_rate, 32.0 / 200.0);
}

#[test]
fn figures_and_verdicts() {
    let request = |ttft_us, e2e_us| MeasuredRequest {
        arrival_us: 0,
        prompt_tokens: 1,
        output_tokens: 11,
        ttft_us: Some(ttft_us),
        e2e_us: Some(e2e_us),
    };
    let measured = [request(1000, 11_000), request(3000, 23_000)];
    let simulated = [request(1100, 11_100), request(3300, 23_300)];
    let figures = compare(&measured, &simulated);
    let of = |name: &str| {
        let figure: Figure = name.parse().expect(name);
        *figures.iter().find(|compared| compared.figure == figure).expect(name)
    };
    assert_eq!((of("ttft_mean").measured, of("ttft_p50").simulated), (2.0, 2.2));
    assert!((of("ttft_mean").error() - 0.1).abs() < 1e-9);
    assert_eq!(of("tpot_mean").error(), 0.0);
    assert!((of("throughput").measured - 22.0 / 0.023).abs() < 1e-6);
    assert!(Thresholds::default().failing(&figures).is_empty());
    let strict = Thresholds::default().with(&["ttft_mean=9%".parse().expect("good")]);
    assert_eq!(strict.failing(&figures)[0].compared, of("ttft_mean"));
    assert!("ttft_mena".parse::<Figure>().expect_err("bad").contains("did you mean `ttft_mean`?"));
    for bad in ["ttft_mean", "ttft_mean=x", "ttft_mean=-1%", "ttft_mean=nan"] {
        assert!(bad.parse::<Threshold>().is_err(), "{bad}");
    }
}

#[test]
fn a_queue_that_grows_is_seen() {
    let request = |at: u64, e2e_us: u64| MeasuredRequest {
        arrival_us: at * 100_000,
        prompt_tokens: 1,
        output_tokens: 2,
        ttft_us: Some(e2e_us / 2),
        e2e_us: Some(e2e_us),
    };
    let steady: Vec<_> = (0..600).map(|at| request(at, 1_000_000)).collect();
    let growing: Vec<_> = (0..600).map(|at| request(at, 1_000_000 + 30_000 * at)).collect();
    let course = course(&steady, &growing);
    assert!((course.growth[0] - 1.0).abs() < 0.05, "{:?}", course.growth);
    assert!(course.growth[1] > 1.5 && course.in_flight_error > 1.0, "{:?}", course.growth);
    assert!((course.bins[30].in_flight[0] - 10.0).abs() < 0.5, "{:?}", course.bins[30]);
}
