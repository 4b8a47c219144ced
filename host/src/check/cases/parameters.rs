//! What a policy makes of parameters.

use serde_json::{Map, Value, json};

use super::super::Case;
use super::super::fault::Fault;
use super::super::subject::{BuildError, Subject};
use super::super::verdict::CaseResult;
use super::super::world::World;
use crate::registry::Parameter;
use crate::report::number;

/// Whether it can be built without any.
pub(super) fn defaults(subject: &Subject<'_>) -> CaseResult {
    const CASE: Case = Case::Defaults;
    let given = subject.params();
    match (build(subject, &json!({})), is_empty(&given)) {
        (Ok(()), _) => CaseResult::passed(CASE, ""),
        (Err(Trouble::Other(case)), _) => CaseResult::behind(CASE, case),
        (Err(Trouble::Refused(message)), true) => {
            CaseResult::failed(CASE, format!("{message} (--params gives it parameters to be checked with)"))
        }
        // Then those that were given are what counts.
        (Err(Trouble::Refused(message)), false) => match build(subject, &given) {
            Ok(()) => CaseResult::not_applicable(CASE, format!("{message}; checked with {given}")),
            Err(Trouble::Refused(message)) => CaseResult::failed(CASE, format!("with {given}: {message}")),
            Err(Trouble::Other(case)) => CaseResult::behind(CASE, case),
        },
    }
}

fn is_empty(params: &Value) -> bool {
    params.as_object().is_none_or(Map::is_empty)
}

/// Whether it refuses one that it does not have: a host of another version, or a test, may pass it on.
pub(super) fn unknown(subject: &Subject<'_>) -> CaseResult {
    const CASE: Case = Case::UnknownParameter;
    if let Err(trouble) = build(subject, &subject.params()) {
        return CaseResult::behind(CASE, trouble.case(Case::Defaults));
    }
    match build(subject, &with(subject, "no_such_parameter", &json!(1))) {
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
    if let Err(trouble) = build(subject, &subject.params()) {
        return CaseResult::behind(CASE, trouble.case(Case::Defaults));
    }
    let given = subject.params();
    let mut untried = Vec::new();
    for parameter in &subject.policy.parameters {
        match parameter.default_value() {
            // In place of one that had to be given, its default does not do.
            Some(_) if given.get(&parameter.name).is_some() => {}
            Some(default) => {
                if let Err(result) = accepts(subject, parameter, &default, "its own default") {
                    return result;
                }
            }
            None => untried.push(format!("`{}`", parameter.name)),
        }
        for choice in &parameter.choices {
            if let Err(result) = accepts(subject, parameter, &json!(choice), "one of its choices") {
                return result;
            }
        }
        for other in misfits(parameter) {
            if let Err(result) = refuses(subject, parameter, &other) {
                return result;
            }
        }
    }
    let mut detail = number::plural(subject.policy.parameters.len() as u64, "parameter");
    if !untried.is_empty() {
        detail += &format!("; the default of {} is no plain value, and was not tried", untried.join(", "));
    }
    CaseResult::passed(CASE, detail)
}

/// The parameters that it is checked with, and one more, or another value of one.
fn with(subject: &Subject<'_>, name: &str, value: &Value) -> Value {
    let mut params = subject.params();
    params[name] = value.clone();
    params
}

/// It takes a value that it describes as good.
fn accepts(
    subject: &Subject<'_>,
    parameter: &Parameter,
    value: &Value,
    which: &str,
) -> Result<(), CaseResult> {
    const CASE: Case = Case::ParameterSchema;
    build(subject, &with(subject, &parameter.name, value)).map_err(|trouble| match trouble {
        Trouble::Refused(why) => {
            let name = &parameter.name;
            CaseResult::failed(CASE, format!("it refuses `{name}: {value}`, {which}: {why}"))
        }
        Trouble::Other(case) => CaseResult::behind(CASE, case),
    })
}

/// It refuses a value that cannot be.
fn refuses(subject: &Subject<'_>, parameter: &Parameter, value: &Value) -> Result<(), CaseResult> {
    const CASE: Case = Case::ParameterSchema;
    match build(subject, &with(subject, &parameter.name, value)) {
        Err(Trouble::Refused(_)) => Ok(()),
        Err(Trouble::Other(case)) => Err(CaseResult::behind(CASE, case)),
        Ok(()) => {
            let (name, expected) = (&parameter.name, parameter.value_type().name());
            Err(CaseResult::failed(CASE, format!("it accepted `{name}: {value}`, which is no {expected}")))
        }
    }
}

/// Values of other types, and a word that is none of the choices.
fn misfits(parameter: &Parameter) -> Vec<Value> {
    let expected = parameter.value_type();
    let candidates = [json!("no-such-word"), json!(-1.5), json!({"no": "such"})];
    candidates.into_iter().filter(|value| !expected.accepts(value)).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_cannot_be_are_known_for_each_type() {
        let of = |ty: &str, choices: &[&str]| {
            let (name, default, doc) = (String::new(), String::new(), String::new());
            let choices = choices.iter().map(|&word| word.to_owned()).collect();
            misfits(&Parameter { name, ty: ty.to_owned(), default, doc, choices })
        };
        assert_eq!(of("u64", &[]), [json!("no-such-word"), json!(-1.5), json!({"no": "such"})]);
        assert_eq!(of("Option<f64>", &[]), [json!("no-such-word"), json!({"no": "such"})]);
        assert_eq!(of("String", &[]), [json!(-1.5), json!({"no": "such"})]);
        assert!(of("String", &["a", "b"]).contains(&json!("no-such-word")));
        assert!(of("utterly::Mine", &[]).is_empty());
    }
}
