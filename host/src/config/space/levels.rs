//! The levels of one value: `1..5`, `0..1/0.25`, `1|2|4`.

use std::ops::Range;

use super::super::error::quoted;
use super::super::limits;

/// What is wrong, where in the text, and what to do.
pub(super) type Problem = (Range<usize>, String, Option<String>);

/// More levels of one value are a slip of the pen.
const MOST: usize = 1000;

/// How ranges are written.
const HELP: &str = "write `1..5`, with a step `0..1/0.25`, or a list `1|2|4`";

/// The parts of a text between these separators, but not inside brackets or quotes.
pub(super) fn split(text: &str, separators: &[char]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut depth, mut quote) = (0, 0_usize, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '{' | '[' | '(') => depth += 1,
            (None, '}' | ']' | ')') => depth = depth.saturating_sub(1),
            (None, c) if depth == 0 && separators.contains(&c) => {
                parts.push(start..at);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(start..text.len());
    parts
}

/// The range of a text without the white space around it.
pub(super) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}

/// Whether a text is meant as a range of numbers, and not as a path such as `../a`.
pub(super) fn is_range(text: &str) -> bool {
    text.contains("..") && text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+')
}

/// The weights of a scorer: numbers from 0, ranges, lists, with or without braces.
pub(super) fn weights(text: &str) -> Result<Vec<f64>, Problem> {
    let whole = trimmed(text, 0..text.len());
    let inner = &text[whole.clone()];
    let (shift, list) = match inner.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')) {
        Some(list) => (whole.start + 1, list),
        None => (whole.start, inner),
    };
    let mut all: Vec<f64> = Vec::new();
    for part in split(list, &['|', ',']) {
        let part = trimmed(list, part);
        let place = shift + part.start..shift + part.end;
        let word = &list[part];
        let found = match word {
            "" => return Err((place, "a weight is missing".to_owned(), Some(HELP.to_owned()))),
            word if word.contains("..") => range(word).map_err(|(at, message, help)| {
                (place.start + at.start..place.start + at.end, message, help)
            })?,
            word => vec![number(word).ok_or_else(|| no_number("weight", word, place.clone()))?.0],
        };
        for weight in found {
            let shown = quoted(&weight.to_string());
            if !(0.0..=limits::WEIGHT).contains(&weight) {
                let message = format!("a weight must be a number from 0 to 1e9, found {shown}");
                return Err((place, message, None));
            }
            if all.contains(&weight) {
                return Err((place, format!("the weight {shown} is there twice"), None));
            }
            all.push(weight);
        }
    }
    Ok(all)
}

fn no_number(what: &str, word: &str, place: Range<usize>) -> Problem {
    (place, format!("the {what} {} is not a number", quoted(word)), Some(HELP.to_owned()))
}

/// The numbers of `A..B` or `A..B/STEP`, both ends in.
pub(super) fn range(text: &str) -> Result<Vec<f64>, Problem> {
    let whole = 0..text.len();
    let help = || Some(HELP.to_owned());
    let (ends, step) = match text.split_once('/') {
        Some((ends, step)) => (ends, Some(step)),
        None => (text, None),
    };
    let Some((low, high)) = ends.split_once("..") else {
        return Err((whole, format!("{} is no range", quoted(text)), help()));
    };
    let place = |word: &str, start: usize| trimmed(text, start..start + word.len());
    let read = |word: &str, start: usize| {
        let place = place(word, start);
        if place.is_empty() {
            return Err((0..text.len(), format!("the range {} has an open end", quoted(text)), help()));
        }
        number(word.trim()).ok_or_else(|| no_number("end", word.trim(), place))
    };
    let (low, low_digits) = read(low, 0)?;
    let (high, high_digits) = read(high, ends.len() - high.len())?;
    let (step, step_digits) = match step {
        Some(word) => {
            let at = place(word, text.len() - word.len());
            let step = number(word.trim()).filter(|(step, _)| *step > 0.0);
            step.ok_or_else(|| {
                let message = format!("a step must be a number above 0, found {}", quoted(word.trim()));
                (at, message, help())
            })?
        }
        None if low.fract() == 0.0 && high.fract() == 0.0 => (1.0, 0),
        None => {
            let message = format!("the range {} needs a step", quoted(text));
            return Err((whole, message, Some(format!("write `{text}/0.5`, for example"))));
        }
    };
    if low > high {
        let message = format!("the range {} descends, so nothing is in it", quoted(text));
        return Err((whole, message, Some(format!("write `{high}..{low}`"))));
    }
    let steps = ((high - low) / step).round();
    if steps >= MOST as f64 {
        let message = format!("the range {} has more than {MOST} levels", quoted(text));
        return Err((whole, message, Some("give it a larger step".to_owned())));
    }
    if (low + steps * step - high).abs() > 1e-9 * step {
        let message = format!("steps of {step} from {low} do not lead to {high}");
        return Err((whole, message, Some("both ends belong to a range".to_owned())));
    }
    // Rounded to the digits that were written: 0.1 + 2 * 0.1 is 0.3.
    let scale = 10f64.powi(low_digits.max(high_digits).max(step_digits).min(15) as i32);
    Ok((0..=steps as usize).map(|index| ((low + index as f64 * step) * scale).round() / scale).collect())
}

/// A finite number, and its digits behind the point.
fn number(word: &str) -> Option<(f64, usize)> {
    let starts = word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
    let number = word.parse::<f64>().ok().filter(|number| starts && number.is_finite())?;
    let digits = word.split_once('.').map_or(0, |(_, behind)| behind.len());
    // `1e-3` has as many digits as it needs.
    Some((number, if word.contains(['e', 'E']) { 15 } else { digits }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges_have_both_ends_and_the_digits_that_were_written() {
        assert_eq!(weights("1..5"), Ok(vec![1.0, 2.0, 3.0, 4.0, 5.0]));
        assert_eq!(weights("0..1/0.25"), Ok(vec![0.0, 0.25, 0.5, 0.75, 1.0]));
        assert_eq!(range("0.1..0.5/0.1"), Ok(vec![0.1, 0.2, 0.3, 0.4, 0.5]));
        assert_eq!(range("-1..1"), Ok(vec![-1.0, 0.0, 1.0]));
        assert_eq!(weights("3..3"), Ok(vec![3.0]));
        assert_eq!(weights(" {1, 2, 4} "), Ok(vec![1.0, 2.0, 4.0]));
        assert_eq!(weights("0|2..4|8"), Ok(vec![0.0, 2.0, 3.0, 4.0, 8.0]));
    }

    #[test]
    fn what_is_no_set_of_weights_is_refused_at_its_place() {
        for (text, place, part) in [
            ("", 0..0, "a weight is missing"),
            ("1|", 2..2, "a weight is missing"),
            ("5..1", 0..4, "descends"),
            ("1..5/3", 0..6, "do not lead to 5"),
            ("1..5/0", 5..6, "a step must be a number above 0"),
            ("1..5/-1", 5..7, "a step must be a number above 0"),
            ("0.5..2", 0..6, "needs a step"),
            ("1..x", 3..4, "the end `x` is not a number"),
            ("..5", 0..3, "has an open end"),
            ("1..", 0..3, "has an open end"),
            ("two", 0..3, "the weight `two` is not a number"),
            ("1|nan", 2..5, "is not a number"),
            ("1|1", 2..3, "is there twice"),
            ("1..3|2", 5..6, "is there twice"),
            ("-1..1", 0..5, "from 0 to 1e9"),
            ("0..1000", 0..7, "more than 1000 levels"),
            ("{1,2", 0..4, "is not a number"),
        ] {
            let (at, message, _) = weights(text).unwrap_err();
            assert!(at == place && message.contains(part), "{text}: {at:?} {message}");
        }
    }

    #[test]
    fn separators_inside_brackets_and_quotes_belong_to_the_value() {
        let parts = |text: &str| -> Vec<String> {
            split(text, &[',', '|']).into_iter().map(|range| text[range].to_owned()).collect()
        };
        assert_eq!(parts("a,{b, c},'d,e'|f"), ["a", "{b, c}", "'d,e'", "f"]);
        assert!(is_range("1..5") && !is_range("../a") && !is_range("a..b"));
    }

    proptest! {
        #[test]
        fn a_range_ascends_evenly_from_end_to_end(low in -50i32..50, steps in 0usize..100, tenths in 1i32..40) {
            let high = low * 10 + steps as i32 * tenths;
            let text = format!("{low}..{}/{}", f64::from(high) / 10.0, f64::from(tenths) / 10.0);
            let levels = range(&text).unwrap();
            prop_assert_eq!(levels.len(), steps + 1);
            prop_assert_eq!(levels[0], f64::from(low));
            prop_assert_eq!(levels[steps], f64::from(high) / 10.0);
            prop_assert!(levels.windows(2).all(|pair| pair[0] < pair[1]));
        }

        #[test]
        fn any_text_ends(text in "[-+0-9.e/|,{} x]{0,20}") {
            if let Err((at, ..)) = weights(&text) {
                prop_assert!(at.start <= at.end && at.end <= text.len());
            }
        }
    }
}
