//! Several metrics at once: the chance of one false "different" among all of them is kept at the
//! stated level (Holm, Scandinavian Journal of Statistics 6, 1979, 65-70).

/// Adjusts p-values: each is then compared with the level for all of them together. They may depend on
/// each other in any way. In the order given.
#[must_use]
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let count = p_values.len();
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![0.0; count];
    let mut highest: f64 = 0.0;
    for (rank, &index) in order.iter().enumerate() {
        highest = highest.max((count - rank) as f64 * p_values[index]).min(1.0);
        adjusted[index] = highest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_is_multiplied_by_the_number_and_none_falls_below_it() {
        // 3 * 0.01; 2 * 0.02 = 0.04; 1 * 0.03 would be less than that.
        assert_eq!(holm(&[0.03, 0.01, 0.02]), [0.04, 0.03, 0.04]);
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
        assert_eq!(holm(&[0.04]), [0.04]);
        assert!(holm(&[]).is_empty());
    }
}
