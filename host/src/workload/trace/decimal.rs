//! Decimal numbers, exactly: a time such as `0.059867` must not pass through a double.

/// The whole part of `text * 10^digits`, where `text` is a decimal number such as `12`, `0.5` or `1e-05`.
/// What lies below a unit of the result is cut off.
pub(super) fn scaled(text: &str, digits: u32) -> Result<u64, &'static str> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            (mantissa, exponent.parse::<i64>().map_err(|_| "is not a decimal number")?)
        }
        None => (text, 0),
    };
    let (negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let figures = || whole.bytes().chain(fraction.bytes());
    if whole.len() + fraction.len() == 0 || !figures().all(|byte| byte.is_ascii_digit()) {
        return Err("is not a decimal number");
    }
    if figures().all(|byte| byte == b'0') {
        return Ok(0);
    }
    if negative {
        return Err("is negative");
    }
    // The first `kept` figures make up the result, with zeros after them if there are fewer.
    let kept = (whole.len() as i64).saturating_add(exponent).saturating_add(i64::from(digits));
    let mut value: u64 = 0;
    for (place, byte) in (0..).zip(figures().chain(std::iter::repeat(b'0'))) {
        if place >= kept {
            break;
        }
        value = value
            .checked_mul(10)
            .and_then(|value| value.checked_add(u64::from(byte - b'0')))
            .ok_or("is too large")?;
    }
    Ok(value)
}

/// A whole number, where `12.0` is one too (tables that were written as floats).
pub(super) fn whole(text: &str) -> Result<u64, &'static str> {
    let figures = match text.split_once('.') {
        Some((figures, zeros)) if zeros.bytes().all(|byte| byte == b'0') => figures,
        _ => text,
    };
    if figures.is_empty() || !figures.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("is not a whole number");
    }
    figures.parse().map_err(|_| "is too large")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        let us = |text| scaled(text, 6);
        assert_eq!(us("0.059867"), Ok(59_867));
        assert_eq!(us("0.0598679"), Ok(59_867));
        assert_eq!(us("12"), Ok(12_000_000));
        assert_eq!(us(".5"), Ok(500_000));
        assert_eq!(us("5."), Ok(5_000_000));
        assert_eq!(us("1e-05"), Ok(10));
        assert_eq!(us("1.5E3"), Ok(1_500_000_000));
        assert_eq!(us("-0.0"), Ok(0));
        assert_eq!(us("+1"), Ok(1_000_000));
        assert_eq!(us("9007199254740993.000001"), scaled("9007199254740993000001", 0));
        assert_eq!(scaled("18446744073709551615", 0), Ok(u64::MAX));
        assert_eq!(us("1e-999999999999"), Ok(0));
        assert_eq!(us("0e999999999999"), Ok(0));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", ".", "-", "x", "1x", "1.2.3", "nan", "inf", "1e", "1e1.5", "--1", " 1", "1_0"] {
            assert_eq!(scaled(text, 6), Err("is not a decimal number"), "{text:?}");
        }
        assert_eq!(scaled("-1", 6), Err("is negative"));
        assert_eq!(scaled("18446744073709551616", 0), Err("is too large"));
        assert_eq!(scaled("1e999999999999", 6), Err("is too large"));
        assert_eq!(scaled("1e9223372036854775807", 6), Err("is too large"));
        assert_eq!(scaled("000000000000000000000000001", 0), Ok(1));
    }

    #[test]
    fn whole_numbers() {
        assert_eq!(whole("12"), Ok(12));
        assert_eq!(whole("12.00"), Ok(12));
        assert_eq!(whole("12.5"), Err("is not a whole number"));
        assert_eq!(whole("-1"), Err("is not a whole number"));
        assert_eq!(whole(""), Err("is not a whole number"));
        assert_eq!(whole("18446744073709551616"), Err("is too large"));
    }
}
