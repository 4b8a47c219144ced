//! What a plain word of YAML is: `serde_yaml` decides, so that `0x10`, `1e3`, `yes` and `~` mean
//! here what they mean in every tool that uses it.

use super::tree::Value;

/// No number or word that is not text is longer.
const MAX_TYPED: usize = 400;

/// A plain scalar, typed.
pub(super) fn typed(text: &str) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    // Text is what most long words are, and what they stay. A line break cannot be in a number.
    if text.len() > MAX_TYPED || text.contains('\n') {
        return Value::Text(text.to_owned());
    }
    match serde_yaml::from_str::<serde_yaml::Value>(text) {
        Ok(serde_yaml::Value::Null) => Value::Null,
        Ok(serde_yaml::Value::Bool(value)) => Value::Bool(value),
        Ok(serde_yaml::Value::Number(number)) => number
            .as_u64()
            .map(Value::Whole)
            .or_else(|| number.as_i64().map(Value::Negative))
            .or_else(|| number.as_f64().map(Value::Real))
            .unwrap_or_else(|| Value::Text(text.to_owned())),
        // A word such as `- x` is no plain scalar elsewhere; here it was one, so it is text.
        _ => beyond_64_bits(text).unwrap_or_else(|| Value::Text(text.to_owned())),
    }
}

/// `serde_yaml` has no value for whole numbers of more than 64 bits; they are numbers all the
/// same, and a range check can then say what is wrong with them.
fn beyond_64_bits(text: &str) -> Option<Value> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || digits.starts_with('0') || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().map(Value::Real)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_typed_as_serde_yaml_does() {
        let shown = |text: &str| format!("{:?}", typed(text));
        assert_eq!(shown("~"), "Null");
        assert_eq!(shown("true"), "Bool(true)");
        assert_eq!(shown("yes"), "Text(\"yes\")");
        assert_eq!(shown("0x10"), "Whole(16)");
        assert_eq!(shown("-3"), "Negative(-3)");
        assert_eq!(shown("1e3"), "Real(1000.0)");
        assert_eq!(shown("18446744073709551615"), "Whole(18446744073709551615)");
        assert_eq!(shown("18446744073709551616"), "Real(1.8446744073709552e19)");
        assert_eq!(shown("pa:3,qd:2"), "Text(\"pa:3,qd:2\")");
        assert_eq!(shown("- x"), "Text(\"- x\")");
        assert_eq!(shown("[a"), "Text(\"[a\")");
    }
}
