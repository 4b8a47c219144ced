use super::{all, moments, source, spec};
use crate::workload::{Arrival, open};

fn count(arrivals: &[Arrival], holds: impl Fn(&Arrival) -> bool) -> usize {
    arrivals.iter().filter(|arrival| holds(arrival)).count()
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn prompts(dist: &str) -> Vec<f64> {
    let arrivals = all(&format!("{{requests: 20000, prompt_tokens: {dist}}}"), 13);
    arrivals.iter().map(|arrival| arrival.prompt_tokens as f64).collect()
}

#[test]
fn lengths_follow_their_distributions() {
    let (mean, deviation) = moments(prompts("{dist: normal, mean: 500, stddev: 50}").into_iter());
    assert!((mean - 500.0).abs() < 2.0 && (deviation - 50.0).abs() < 2.0, "{mean} {deviation}");

    let clamped = prompts("{dist: normal, mean: 500, stddev: 400, min: 300, max: 700}");
    assert!(clamped.iter().all(|tokens| (300.0..=700.0).contains(tokens)));
    assert!(clamped.contains(&300.0) && clamped.contains(&700.0));

    let uniform = prompts("{dist: uniform, min: 10, max: 19}");
    for tokens in 10..20 {
        let times = uniform.iter().filter(|&&drawn| drawn == f64::from(tokens)).count();
        assert!((1_780..2_220).contains(&times), "{tokens}: {times}");
    }

    let mut lognormal = prompts("{dist: lognormal, median: 1000, sigma: 0.5}");
    lognormal.sort_by(f64::total_cmp);
    assert!((lognormal[10_000] - 1000.0).abs() < 25.0, "{}", lognormal[10_000]);
    let (mean, _) = moments(prompts("{dist: lognormal, mean: 1000, sigma: 0.5}").into_iter());
    assert!((mean - 1000.0).abs() < 20.0, "{mean}");

    let (mean, deviation) = moments(prompts("{dist: exponential, mean: 1000}").into_iter());
    assert!((mean - 1000.0).abs() < 35.0 && (deviation - 1000.0).abs() < 50.0, "{mean} {deviation}");

    let empirical = prompts("{dist: empirical, values: [[7, 1], [70, 3]]}");
    let seven = empirical.iter().filter(|&&tokens| tokens == 7.0).count();
    assert!((4_690..5_310).contains(&seven), "{seven}");
    assert!(empirical.iter().all(|&tokens| tokens == 7.0 || tokens == 70.0));
}

#[test]
fn a_distribution_may_lie_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lengths.csv");
    std::fs::write(&path, "tokens,weight\n7,1\n70,3\n").unwrap();
    let from_file = format!("{{dist: empirical, file: {}}}", path.display());
    assert_eq!(prompts(&from_file), prompts("{dist: empirical, values: [[7, 1], [70, 3]]}"));

    std::fs::write(&path, "7\n70\nx\n").unwrap();
    let text = format!("{{prompt_tokens: {from_file}}}");
    let error = open(&spec(&text), 1, 16).err().unwrap().to_string();
    assert!(error.ends_with("lengths.csv:3: `x` is not a number"), "{error}");
    std::fs::write(&path, "0\n").unwrap();
    let error = open(&spec(&text), 1, 16).err().unwrap().to_string();
    assert!(error.contains("`workload.prompt_tokens.values[0][0]`: is 0"), "{error}");
    std::fs::remove_file(&path).unwrap();
    let error = open(&spec(&text), 1, 16).err().unwrap().to_string();
    assert!(error.contains("lengths.csv: cannot read the distribution"), "{error}");
}

#[test]
fn classes_have_their_shares_and_their_own_lengths() {
    let text = "{requests: 20000, max_tokens: 500, tenants: [{name: a, share: 1}, {name: b, share: 1}], classes: [\
                {name: critical, share: 3, prompt_tokens: 9, output_tokens: 90, max_tokens: 50, tenant: c}, {name: batch, share: 7}]}";
    let arrivals = all(text, 17);
    let critical = count(&arrivals, |arrival| arrival.slo_class.as_deref() == Some("critical"));
    assert!((5_676..6_324).contains(&critical), "{critical}");
    assert_eq!(count(&arrivals, |arrival| arrival.slo_class.as_deref() == Some("batch")), 20_000 - critical);
    for arrival in &arrivals {
        if arrival.slo_class.as_deref() == Some("critical") {
            assert_eq!((arrival.prompt_tokens, arrival.output_tokens, arrival.max_tokens), (9, 50, Some(50)));
            assert_eq!(arrival.tenant.as_deref(), Some("c"));
        } else {
            assert_eq!(
                (arrival.prompt_tokens, arrival.output_tokens, arrival.max_tokens),
                (100, 20, Some(500))
            );
        }
    }
    let a = count(&arrivals, |arrival| arrival.tenant.as_deref() == Some("a"));
    let b = count(&arrivals, |arrival| arrival.tenant.as_deref() == Some("b"));
    assert!(a.abs_diff(b) < 600, "{a} {b}");
}

#[test]
fn prefixes_have_their_popularity() {
    let hits = |popularity: &str, share: f64| {
        let text = format!(
            "{{requests: 20000, shared_prefixes: {{groups: 4, tokens: 32, share: {share}{popularity}}}}}"
        );
        let arrivals = all(&text, 19);
        let with = count(&arrivals, |arrival| arrival.prompt_tokens == 132);
        // Group g owns the identities 2g and 2g + 1.
        let groups: Vec<usize> = (0..4)
            .map(|group| count(&arrivals, |a| a.prompt_tokens == 132 && a.content.block(0) == 2 * group))
            .collect();
        assert_eq!(groups.iter().sum::<usize>(), with);
        (with, groups)
    };
    let (with, groups) = hits("", 1.0);
    assert_eq!(with, 20_000);
    assert!(groups.iter().all(|group| (4_690..5_310).contains(group)), "{groups:?}");
    let (with, _) = hits("", 0.25);
    assert!((4_690..5_310).contains(&with), "{with}");
    let (_, groups) = hits(", popularity: zipf, exponent: 1", 1.0);
    // 1 + 1/2 + 1/3 + 1/4 = 25/12.
    for (group, expected) in groups.into_iter().zip([9_600, 4_800, 3_200, 2_400]) {
        assert!(group.abs_diff(expected) < 350, "{group} {expected}");
    }
}

#[test]
fn the_identity_depends_on_description_and_seed() {
    let hash = |text: &str, seed| source(text, seed).identity().unwrap().clone();
    let one = hash("{}", 1);
    assert_eq!((one.kind, one.requests, one.sha256.len()), ("synthetic", 1000, 64));
    assert_eq!(one, hash("{}", 1));
    assert_ne!(one.sha256, hash("{}", 2).sha256);
    assert_ne!(one.sha256, hash("{max_tokens: 5}", 1).sha256);
    assert_eq!(one.description, "1,000 requests, poisson 100/s");
}

#[test]
fn one_distribution_does_not_disturb_another() {
    let a = all("{classes: [{name: x, share: 1}, {name: y, share: 1}]}", 1);
    let b = all(
        "{classes: [{name: x, share: 1}, {name: y, share: 1}], output_tokens: {dist: uniform, min: 1, max: 9}}",
        1,
    );
    for (a, b) in a.iter().zip(&b) {
        assert_eq!(
            (a.arrival_us, &a.slo_class, a.prompt_tokens),
            (b.arrival_us, &b.slo_class, b.prompt_tokens)
        );
    }
}
