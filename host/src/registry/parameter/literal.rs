//! Defaults: from how they are written in Rust to values.
//!
//! A manifest has the text of an expression. What people write as a default is understood; any
//! other expression is shown as it is written.

use serde_json::{Map, Number, Value};

use super::ValueType;

/// The value of an expression, if it is one of those that are understood and fits the type.
pub(super) fn read(text: &str, ty: &ValueType) -> Option<Value> {
    let text = text.trim();
    let value = match ty {
        ValueType::Optional(_) if text == "None" || is_empty(text) => Value::Null,
        ValueType::Optional(inner) => read(call(text, "Some")?, inner)?,
        ValueType::Whole { .. } | ValueType::Number => number(text, ty)?,
        ValueType::Bool if is_empty(text) => Value::Bool(false),
        ValueType::Bool => Value::Bool(text.parse().ok()?),
        ValueType::Text | ValueType::Word(_) if is_empty(text) => Value::String(String::new()),
        ValueType::Text | ValueType::Word(_) => Value::String(string(text)?),
        ValueType::List(_) if is_empty(text) => Value::Array(Vec::new()),
        ValueType::List(inner) => {
            items(text)?.into_iter().map(|item| read(item, inner)).collect::<Option<_>>()?
        }
        ValueType::Map(_) if is_empty(text) => Value::Object(Map::new()),
        ValueType::Map(inner) => {
            let entry = |item| {
                let (key, value) = parts(between(item, '(', ')')?)
                    .try_into()
                    .ok()
                    .map(|[key, value]: [&str; 2]| (key, value))?;
                Some((string(key)?, read(value, inner)?))
            };
            items(text)?.into_iter().map(entry).collect::<Option<Map<_, _>>>()?.into()
        }
        ValueType::Other(_) => return None,
    };
    ty.accepts(&value).then_some(value)
}

/// `Default::default()`, `Vec::new()`, `String::default()`.
fn is_empty(text: &str) -> bool {
    ["::new()", "::default()"].iter().any(|end| text.ends_with(end))
}

/// The arguments of `name(...)`, paths before the name aside.
fn call<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (before, _) = text.split_once('(')?;
    (before.trim() == name || before.trim().ends_with(&format!("::{name}"))).then_some(())?;
    between(&text[before.len()..], '(', ')')
}

fn between(text: &str, open: char, close: char) -> Option<&str> {
    text.trim().strip_prefix(open)?.strip_suffix(close).map(str::trim)
}

/// What is in `vec![...]`, `[...]`, `Vec::from([...])` or `[...].into()`.
fn items(text: &str) -> Option<Vec<&str>> {
    let text = text.trim_end_matches(".into()").trim();
    let text = call(text, "from").unwrap_or(text);
    let text = text.strip_prefix("vec!").unwrap_or(text);
    between(text, '[', ']').map(parts)
}

/// The parts between commas that are in no brackets and no text.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            _ if in_text => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    // A comma may stand at the end, and nothing at all in between.
    parts.pop_if(|last| last.is_empty());
    parts
}

/// `"a"`, `r"a"`, `"a".into()`, `String::from("a")`.
fn string(text: &str) -> Option<String> {
    let text = text.trim();
    let text = call(text, "from").unwrap_or(text);
    let ends = [".into()", ".to_owned()", ".to_string()"];
    let text = ends.iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text).trim();
    if let Some(raw) = text.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let inner = raw.get(hashes..)?.strip_suffix(&"#".repeat(hashes))?;
        return Some(inner.strip_prefix('"')?.strip_suffix('"')?.to_owned());
    }
    // Rust's escapes are those of JSON, but for `\'`, `\0`, `\x41` and `\u{41}`, which nobody needs here.
    serde_json::from_str(text).ok()
}

/// `20_000`, `1e-3`, `5_u64`, `u32::MAX`.
fn number(text: &str, ty: &ValueType) -> Option<Value> {
    if is_empty(text) {
        return Some(Value::from(0));
    }
    if let Some((rust, constant)) = text.rsplit_once("::") {
        return match (ValueType::of(rust), constant) {
            (ValueType::Whole { most, .. }, "MAX") => Some(most.into()),
            (ValueType::Whole { least, .. }, "MIN") => Some(least.into()),
            _ => None,
        };
    }
    let digits: String = text.chars().filter(|c| *c != '_' && !c.is_whitespace()).collect();
    let types = ["u8", "u16", "u32", "u64", "usize", "i8", "i16", "i32", "i64", "isize", "f32", "f64"];
    let digits = types.iter().find_map(|ty| digits.strip_suffix(ty)).unwrap_or(&digits);
    let is_number = digits.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
    match ty {
        _ if !is_number => None,
        ValueType::Whole { .. } => {
            digits.parse::<u64>().map(Value::from).or_else(|_| digits.parse::<i64>().map(Value::from)).ok()
        }
        _ => Number::from_f64(digits.parse().ok()?).map(Value::Number),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_people_write_is_understood() {
        let cases = [
            ("u64", "20_000", json!(20_000)),
            ("u64", "5_u64", json!(5)),
            ("u32", "u32::MAX", json!(4_294_967_295_u32)),
            ("i64", "-3", json!(-3)),
            ("f64", "10_000.0", json!(10_000.0)),
            ("f64", "1e-3", json!(1e-3)),
            ("f64", "-0.5f64", json!(-0.5)),
            ("bool", "true", json!(true)),
            ("bool", "bool::default()", json!(false)),
            ("String", "\"request\".into()", json!("request")),
            ("String", "String::from(\"a\\\"b, c\")", json!("a\"b, c")),
            ("String", "r#\"a\"b\"#.to_owned()", json!("a\"b")),
            ("String", "String::new()", json!("")),
            ("Option<f64>", "None", json!(null)),
            ("Option<f64>", "Some(0.5)", json!(0.5)),
            ("Vec<String>", "vec![\"a, b\".into(), \"c\".to_string(),]", json!(["a, b", "c"])),
            ("Vec<u64>", "Vec::new()", json!([])),
            ("Vec<u64>", "vec![]", json!([])),
            ("Vec<Vec<f64>>", "vec![vec![1.0, 2.0], vec![3.5]]", json!([[1.0, 2.0], [3.5]])),
            ("BTreeMap<String, f64>", "BTreeMap::from([(\"a\".into(), 1.5)])", json!({ "a": 1.5 })),
        ];
        for (ty, text, expected) in cases {
            assert_eq!(read(text, &ValueType::of(ty)), Some(expected), "{ty} = {text}");
        }
    }

    #[test]
    fn other_expressions_and_types_are_not() {
        let cases = [
            ("u64", "1 << 20"),
            ("u64", "DEFAULT"),
            ("u64", "\"a\".into()"),
            ("u8", "256"),
            ("f64", "f64::INFINITY"),
            ("f64", "1.0 / 3.0"),
            ("String", "format!(\"{}\", 1)"),
            ("Option<u64>", "Some(x)"),
            ("Vec<u64>", "vec![0; 4]"),
            ("my::Mode", "Mode::Fast"),
            ("String", "r"),
        ];
        for (ty, text) in cases {
            assert_eq!(read(text, &ValueType::of(ty)), None, "{ty} = {text}");
        }
    }
}
