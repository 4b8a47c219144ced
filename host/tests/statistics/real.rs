//! Real runs of one configuration against itself, on different seeds: unpaired.

use pointsman::config::Config;
use pointsman::engine::Unwatched;
use pointsman::experiment::statistics::{Looks, Paired, Sample, unpaired_p};
use pointsman::metrics::Scale;
use pointsman::run::{builtin_catalogue, prepare};

const CONFIG: &str = "\
cluster: {instances: 2, kv: {blocks: 400}}
policy: {routing: 'pa:1,qd:1'}
workload: {requests: 80, arrivals: {process: poisson, rate_per_s: 25}, prompt_tokens: 200, output_tokens: 20}
";
const REPETITIONS: usize = 200;
const SEEDS: usize = 10;

fn ttft_p99_ms(seed: u64) -> f64 {
    let text = format!("seed: {seed}\n{CONFIG}");
    let resolved = Config::from_text("run.yaml".as_ref(), &text, &[]).unwrap().resolve().unwrap();
    let outcome = prepare(resolved, &builtin_catalogue(), None).unwrap().execute(&mut Unwatched).unwrap();
    outcome.summary.overall.latencies.ttft_ms.unwrap().p99
}

#[test]
fn a_configuration_is_rarely_called_different_from_itself() {
    let looks = Looks::doubling(5, SEEDS as u32);
    let (mut sequential, mut welch) = (0, 0);
    for repetition in 0..REPETITIONS as u64 {
        let first = repetition * 2 * SEEDS as u64;
        let values: Vec<f64> = (first..first + 2 * SEEDS as u64).map(ttft_p99_ms).collect();
        let (a, b) = values.split_at(SEEDS);
        let pairs: Vec<(f64, f64)> = a.iter().copied().zip(b.iter().copied()).collect();
        let differences = Paired::new(&pairs, Scale::Ratio).differences();
        let samples: Vec<Sample> =
            looks.counts().iter().map(|&count| Sample::of(&differences[..count as usize]).unwrap()).collect();
        sequential +=
            usize::from((1..=samples.len()).any(|seen| looks.p_value(&samples[..seen], 0.0) <= 0.05));
        welch += usize::from(unpaired_p(&Sample::of(a).unwrap(), &Sample::of(b).unwrap()) <= 0.05);
    }
    println!("of {REPETITIONS} A/A repetitions: {sequential} by looks, {welch} by Welch");
    // 5 % of 200 are 10; the chance of more than 17 at exactly 5 % is below 1 %.
    assert!(sequential <= 17 && welch <= 17, "{sequential} {welch}");
}
