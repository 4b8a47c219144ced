//! What a policy makes of parameters.

use serde_json::{Map, Value, json};

use super::super::Case;
use super::super::fault::Fault;
use super::super::subject::{BuildError, Subject};
use super::super::verdict::CaseResult;
use super::super::world::World;
use crate::registry::Parameter;

/// Whether it can be built without any.
pub(super) fn defaults(subject: &Subject<'_>) -> CaseResult {
    match build(subject, &json!({})) {
        Ok(()) => CaseResult::passed(Case::Defaults, ""),
        Err(Trouble::Refused(message)) => CaseResult::failed(Case::Defaults, message),
        Err(Trouble::Other(case)) => CaseResult::behind(Case::Defaults, case),
    }
}

/// Whether it refuses one that it does not have: a host of another version, or a test, may pass it on.
pub(super) fn unknown(subject: &Subject<'_>) -> CaseResult {
    const CASE: Case = Case::UnknownParameter;
    if let Err(trouble) = build(subject, &json!({})) {
        return CaseResult::behind(CASE, trouble.case(Case::Defaults));
    }
    match build(subject, &json!({"no_such_parameter": 1})) {
        Ok(()) => CaseResult::failed(CASE, "it accepted `no_such_parameter: 1`"),
        Err(Trouble::Refused(_)) => CaseResult::passed(CASE, ""),
        Err(Trouble::Other(case)) => CaseResult::behind(CASE, case),
    }
}

/// Whether its parameters are as it describes them.
pub(super) fn schema(subject: &Subject<'_>) -> CaseResult {
    const CASE: Case = Case::ParameterSchema;
    if subject.policy.parameters.is_empty() {
        return CaseResult::not_applicable(CASE, "it has no parameters");
    }
    if let Err(trouble) = build(subject, &json!({})) {
        return CaseResult::behind(CASE, trouble.case(Case::Defaults));
    }
    let mut untried = Vec::new();
    for parameter in &subject.policy.parameters {
        let name = &parameter.name;
        let of = |value: &Value| Value::from(Map::from_iter([(name.clone(), value.clone())]));
        match literal(&parameter.default) {
            Some(default) => match build(subject, &of(&default)) {
                Ok(()) => {}
                Err(Trouble::Refused(why)) => {
                    return CaseResult::failed(
                        CASE,
                        format!("it refuses `{name}: {default}`, its own default: {why}"),
                    );
                }
                Err(Trouble::Other(case)) => return CaseResult::behind(CASE, case),
            },
            None => untried.push(format!("`{name}`")),
        }
        if let Some(other) = of_another_type(parameter) {
            match build(subject, &of(&other)) {
                Ok(()) => {
                    return CaseResult::failed(
                        CASE,
                        format!("it accepted `{name}: {other}`, which is no {}", parameter.ty),
                    );
                }
                Err(Trouble::Refused(_)) => {}
                Err(Trouble::Other(case)) => return CaseResult::behind(CASE, case),
            }
        }
    }
    let number = subject.policy.parameters.len();
    let mut detail = format!("{number} parameter{}", if number == 1 { "" } else { "s" });
    if !untried.is_empty() {
        detail += &format!("; the default of {} is no plain value, and was not tried", untried.join(", "));
    }
    CaseResult::passed(CASE, detail)
}

/// Why there is no object.
enum Trouble {
    /// It refused, with a sentence.
    Refused(String),
    /// Something that another case reports.
    Other(Case),
}

impl Trouble {
    /// The case that reports it, where refusing is the business of `refused`.
    fn case(&self, refused: Case) -> Case {
        match self {
            Self::Refused(_) => refused,
            Self::Other(case) => *case,
        }
    }
}

fn build(subject: &Subject<'_>, params: &Value) -> Result<(), Trouble> {
    match subject.build(&World::default(), &params.to_string()) {
        Ok(_) => Ok(()),
        Err(BuildError::Library(_)) => Err(Trouble::Other(Case::Loads)),
        Err(BuildError::Policy(Fault::Refused(message))) => Err(Trouble::Refused(message)),
        Err(BuildError::Policy(fault)) => Err(Trouble::Other(fault.case())),
    }
}

/// A default, which is written as in the source, as a value; `None` if it is more than a literal.
fn literal(text: &str) -> Option<Value> {
    let text = text.trim();
    if let Some(inner) = text.strip_prefix("Some(").and_then(|rest| rest.strip_suffix(')')) {
        return literal(inner);
    }
    match text {
        "None" => return Some(Value::Null),
        "String::new()" => return Some(json!("")),
        "Vec::new()" | "vec![]" => return Some(json!([])),
        _ => {}
    }
    let conversions = [".into()", ".to_owned()", ".to_string()"];
    let text = conversions.iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text);
    let text = text.strip_prefix("String::from(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(text);
    // The compiler may put a space behind a sign.
    let text = text.strip_prefix("- ").map_or_else(|| text.to_owned(), |number| format!("-{number}"));
    let text = match text.strip_suffix('.') {
        Some(whole) => format!("{whole}.0"),
        None => text,
    };
    serde_json::from_str(&text).ok()
}

/// A value of another type, where the type is one that is known.
fn of_another_type(parameter: &Parameter) -> Option<Value> {
    let ty = parameter.ty.trim();
    let inner = ty.strip_prefix("Option<").and_then(|rest| rest.strip_suffix('>')).unwrap_or(ty).trim();
    match inner {
        "bool" | "f32" | "f64" => Some(json!("a word")),
        "String" => Some(json!(1)),
        _ if inner.starts_with("Vec<") => Some(json!(1)),
        _ => {
            let is_whole = inner
                .strip_prefix(['u', 'i'])
                .is_some_and(|bits| bits == "size" || bits.parse::<u32>().is_ok());
            is_whole.then(|| json!("a word"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_read_as_they_are_written_in_sources() {
        let read = |text| literal(text).unwrap();
        assert_eq!(read("10000.0"), json!(10000.0));
        assert_eq!(read("5."), json!(5.0));
        assert_eq!(read("- 3"), json!(-3));
        assert_eq!(read("true"), json!(true));
        assert_eq!(read("None"), Value::Null);
        assert_eq!(read("Some(1)"), json!(1));
        assert_eq!(read("\"queue\".into()"), json!("queue"));
        assert_eq!(read("String::from(\"queue\")"), json!("queue"));
        assert_eq!(literal("f64::INFINITY"), None);
        assert_eq!(literal("DEFAULT"), None);
    }

    #[test]
    fn another_type_is_known_for_plain_types() {
        let of = |ty: &str| {
            let (name, default, doc) = (String::new(), String::new(), String::new());
            of_another_type(&Parameter { name, ty: ty.to_owned(), default, doc })
        };
        assert_eq!(of("u64"), Some(json!("a word")));
        assert_eq!(of("Option<f64>"), Some(json!("a word")));
        assert_eq!(of("String"), Some(json!(1)));
        assert_eq!(of("utterly::Mine"), None);
    }
}
