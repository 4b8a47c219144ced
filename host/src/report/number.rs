//! Numbers as people read them.

/// A whole number with commas between groups of three digits.
pub(crate) fn count(number: u64) -> String {
    grouped(&number.to_string())
}

/// A number with `decimals` digits behind the point and commas between groups of three before it.
pub(crate) fn decimal(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    match text.split_once('.') {
        Some((whole, fraction)) => format!("{}.{fraction}", grouped(whole)),
        None => grouped(&text),
    }
}

/// A rate or a mean: three digits or more, none that says nothing.
pub(crate) fn short(number: f64) -> String {
    decimal(number, decimals_for(number))
}

/// Digits behind the point for three significant ones, at most three.
pub(crate) fn decimals_for(number: f64) -> usize {
    match number.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 || size == 0.0 => 2,
        _ => 3,
    }
}

/// A share of 1 in percent.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// `1 request`, `2 requests`.
pub(crate) fn plural(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

fn grouped(whole: &str) -> String {
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut text = sign.to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_say_something() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(decimal(-1234.5, 1), "-1,234.5");
        assert_eq!(decimal(999.96, 1), "1,000.0");
        assert_eq!(
            [0.0, 0.012_34, 7.123, 71.23, 1712.3].map(short),
            ["0.00", "0.012", "7.12", "71.2", "1,712"]
        );
        assert_eq!(percent(0.1234), "12.3 %");
        assert_eq!(
            (plural(1, "request"), plural(1200, "request")),
            ("1 request".into(), "1,200 requests".into())
        );
    }
}
