//! "Did you mean": the nearest of the names that would have been right.

/// Longer words are not compared: the cost is quadratic and the answer would be no help.
const MAX_CHARS: usize = 64;

/// The name nearest to `word`, if one is near enough to be what was meant.
#[must_use]
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.chars().count() > MAX_CHARS {
        return None;
    }
    let plain = |text: &str| text.to_lowercase().replace('-', "_");
    let word = plain(word);
    let allowed = (word.chars().count() / 3).max(1);
    names
        .into_iter()
        .map(|name| (strsim::osa_distance(&word, &plain(name)), name))
        .filter(|&(distance, name)| {
            distance <= allowed || (word.len() >= 3 && plain(name).starts_with(&word))
        })
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}

/// The help line for an unknown `word`: the nearest name, or all names there are.
#[must_use]
pub fn did_you_mean<'a>(word: &str, names: impl IntoIterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(name) = nearest(word, names.clone()) {
        return Some(format!("did you mean `{name}`?"));
    }
    let all: Vec<&str> = names.into_iter().collect();
    (!all.is_empty()).then(|| format!("known here: {}", all.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let names = ["blocks", "block_size", "cpu_blocks", "reload"];
        assert_eq!(nearest("blokcs", names), Some("blocks"));
        assert_eq!(nearest("block-size", names), Some("block_size"));
        assert_eq!(nearest("rel", names), Some("reload"));
        assert_eq!(nearest("temperature", names), None);
        assert_eq!(nearest(&"b".repeat(1000), names), None);
    }
}
