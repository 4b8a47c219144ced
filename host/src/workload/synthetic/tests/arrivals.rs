use super::{all, moments};

fn times(text: &str, seed: u64) -> Vec<u64> {
    all(text, seed).iter().map(|arrival| arrival.arrival_us).collect()
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn gaps_us(times: &[u64]) -> impl Iterator<Item = f64> {
    times.windows(2).map(|pair| (pair[1] - pair[0]) as f64)
}

#[test]
fn constant_arrivals_do_not_drift() {
    let times = times("{requests: 3001, arrivals: {process: constant, rate_per_s: 30}}", 1);
    for (i, &us) in (0..).zip(&times) {
        assert_eq!(us, i * 1_000_000 / 30);
    }
    assert_eq!(times[3000], 100_000_000);
}

/// The standard error of the mean gap over 40,000 gaps is 0.5 %: five of them are allowed.
#[test]
fn poisson_gaps_have_their_mean_and_variance() {
    let times = times("{requests: 40000}", 3);
    let (mean, deviation) = moments(gaps_us(&times));
    assert!((mean / 10_000.0 - 1.0).abs() < 0.025, "{mean}");
    assert!((deviation / mean - 1.0).abs() < 0.04, "{deviation}");
    let short = gaps_us(&times).filter(|&gap| gap < 10_000.0 * std::f64::consts::LN_2).count();
    assert!((19_400..20_600).contains(&short), "half of the gaps are below the median: {short}");
}

#[test]
fn gamma_gaps_have_their_variation() {
    for cv in [0.25_f64, 2.0] {
        let text = format!("{{requests: 40000, arrivals: {{process: gamma, rate_per_s: 100, cv: {cv}}}}}");
        let (mean, deviation) = moments(gaps_us(&times(&text, 5)));
        assert!((mean / 10_000.0 - 1.0).abs() < 0.025 * cv.max(1.0), "{cv}: {mean}");
        assert!((deviation / mean / cv - 1.0).abs() < 0.05, "{cv}: {deviation}");
    }
}

/// A count of n varies by its square root: five of them are allowed.
#[test]
fn phases_have_their_counts() {
    let text = "{requests: 60000, arrivals: {process: poisson, \
                phases: [{until_s: 100, rate_per_s: 100}, {until_s: 150, rate_per_s: 0}, {rate_per_s: 400}]}}";
    let times = times(text, 7);
    let between = |from_s: u64, to_s: u64| {
        let within = |us: &&u64| (from_s * 1_000_000..to_s * 1_000_000).contains(*us);
        times.iter().filter(within).count()
    };
    assert!((9_500..10_500).contains(&between(0, 100)), "{}", between(0, 100));
    assert_eq!(between(100, 150), 0);
    assert!((19_293..20_707).contains(&between(150, 200)), "{}", between(150, 200));
}

#[test]
fn a_swing_has_its_counts() {
    let text = "{requests: 40000, arrivals: {process: poisson, rate_per_s: 100, swing: {period_s: 100, amplitude: 0.8}}}";
    let times = times(text, 11);
    let half =
        |which: u64| times.iter().filter(|&&us| us < 300_000_000 && us / 50_000_000 % 2 == which).count();
    // Over a half period the mean of the sine is 2 / pi.
    let rise = 0.8 * 2.0 / std::f64::consts::PI;
    let counts = [half(0), half(1)];
    for (count, expected) in counts.into_iter().zip([15_000.0 * (1.0 + rise), 15_000.0 * (1.0 - rise)]) {
        #[expect(clippy::cast_precision_loss, reason = "a small count")]
        let off = (count as f64 - expected).abs();
        assert!(off < 5.0 * f64::sqrt(expected), "{counts:?} {expected}");
    }
}

#[test]
fn the_override_of_the_rate_replaces_it() {
    let base = "{requests: 500, arrivals: {process: gamma, rate_per_s: 10, cv: 2}}";
    let direct = "{requests: 500, arrivals: {process: gamma, rate_per_s: 40, cv: 2}}";
    assert_eq!(times(&base.replace("500,", "500, rate: 40,"), 1), times(direct, 1));
}

#[test]
fn a_limit_is_a_smaller_number_of_requests() {
    assert_eq!(times("{requests: 500, limit: 20}", 1), times("{requests: 20}", 1));
    assert_eq!(times("{requests: 500}", 1)[..20], times("{requests: 20}", 1));
}

#[test]
fn arrivals_beyond_all_bounds_are_an_error() {
    let mut source = super::source("{requests: 9, arrivals: {process: constant, rate_per_s: 1.0e-13}}", 1);
    assert_eq!(source.take().unwrap().unwrap().arrival_us, 0);
    let error = source.take().unwrap_err().to_string();
    assert!(error.contains("session 1 would start after 2^62 us"), "{error}");
}
