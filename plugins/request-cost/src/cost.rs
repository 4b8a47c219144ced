//! From a cost to a score.

/// (max - cost)/(max - min), 1 if all are equal: the picker `max-score` takes the cheapest, and
/// `softmax` draws as Dynamo does.
pub(crate) fn score(costs: &[f64], scores: &mut [f64]) {
    let most = costs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = costs.iter().copied().fold(f64::INFINITY, f64::min);
    let range = most - least;
    for (score, cost) in scores.iter_mut().zip(costs) {
        *score = if range > 0.0 && range.is_finite() { (most - cost) / range } else { 1.0 };
    }
}
