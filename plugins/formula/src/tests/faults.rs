//! What a formula is refused for, and where it points.

use proptest::prelude::*;

use super::{fault, scorer};
use crate::functions::FUNCTIONS;
use crate::names::NAMES;

/// Formulas, and all that is said of them.
const FAULTS: &[(&str, &str)] = &[
    (
        "1 - kv_utilisation",
        "`expr` at column 5: unknown name `kv_utilisation`; did you mean `kv_utilization`?",
    ),
    ("1 - Queue-Depth", "`expr` at column 5: unknown name `Queue`; did you mean `queue_depth`?"),
    (
        "2 *\n  loadavg",
        "`expr` at line 2, column 3: unknown name `loadavg`; known are effective_load, instance,",
    ),
    ("clmap(1, 0, 1)", "`expr` at column 1: unknown function `clmap`; did you mean `clamp`?"),
    ("1 + queue_depth(2)", "`expr` at column 5: `queue_depth` is no function"),
    ("1 + max", "`expr` at column 5: `max` is a function: its arguments follow in parentheses"),
    ("prompt_blocks / 2", "`expr` at column 1: `prompt_blocks` is neither a number nor a text"),
    ("clamp(1, 2)", "`expr` at column 1: `clamp` takes 3 arguments, not 2"),
    ("1 + min(1)", "`expr` at column 5: `min` takes 2 arguments or more, not 1"),
    ("abs()", "`expr` at column 1: `abs` takes 1 argument, not 0"),
    ("pow(1, 2, 3)", "`expr` at column 1: `pow` takes 2 arguments, not 3"),
    ("slo_class", "`expr` at column 1: a text is no number: compare it with `==` or `!=`"),
    (r#"1 + "a""#, "`expr` at column 5: a text is no number"),
    (r#"if(slo_class, "a", 1)"#, "`expr` at column 4: a text is no number"),
    (r#"if(slo_class == "a", 1, "b")"#, "`expr` at column 25: a text is no number"),
    (r#"slo_class < "a""#, "`expr` at column 11: texts have no order"),
    ("slo_class == 1", "`expr` at column 11: a number and a text are never equal"),
    ("slo_class == 'critical", "`expr` at column 14: open string is not terminated"),
    ("0 < queue_depth < 3", "`expr` at column 17: comparisons cannot be chained: join two with `&&`"),
    ("1 == queue_depth == 3", "`expr` at column 18: comparisons cannot be chained"),
    ("2 ** 3", "`expr` at column 3: powers are written `pow(x, y)`"),
    ("1 & 2", "`expr` at column 3: `&` is no operator of formulas"),
    ("1 - (2", "`expr` at column 7: expecting ')' for a matching ( in this expression"),
    ("(1))", "`expr` at column 4: unexpected ')'"),
    ("1 +", "`expr` at column 4: the formula ends too early"),
    ("", "`expr` at column 1: the formula ends too early"),
    ("1 2", "`expr` at column 3: unexpected '2'"),
    ("1; 2", "`expr` at column 2: unexpected ';'"),
    ("1 - $", "`expr` at column 5: '$' is a reserved symbol"),
    (r#""abc"#, "`expr` at column 1: open string is not terminated"),
    ("tenant == ''", "`expr` at column 11: an empty text is written `\"\"`"),
    ("let x = 1", "`expr` at column 1: unexpected 'let'"),
    ("batch_size = 3", "`expr` at column 12: unexpected '='"),
    ("`a${1}`", "`expr` at column 1: this is no part of a formula"),
    ("switch 1 { 1 => 2 }", "`expr` at column 1: this is no part of a formula"),
    ("()", "`expr` at column 1: this is no part of a formula"),
];

#[test]
fn each_is_named_with_its_place() {
    for (expr, expected) in FAULTS {
        let message = fault(expr);
        assert!(message.starts_with(expected), "`{expr}`: {message}");
        assert!(!message.contains('\n'), "{message}");
    }
}

#[test]
fn depth_and_length_are_limited() {
    let nested = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
    assert!(scorer(&nested(40)).is_ok());
    assert!(fault(&nested(2000)).contains("more than 100 levels"), "{}", fault(&nested(2000)));
    let sum = |terms: usize| vec!["batch_size"; terms].join(" + ");
    assert!(scorer(&sum(50)).is_ok());
    assert!(fault(&sum(500)).contains("more than 100 levels"));
    assert!(fault(&"-".repeat(9_000)).starts_with("`expr`"));
    assert!(fault(&"!".repeat(9_000)).starts_with("`expr`"));
    assert!(fault(&"1".repeat(10_001)).contains("10001 characters long"));
}

#[test]
fn no_two_things_have_one_name() {
    let names = NAMES.iter().map(|(name, _)| *name).chain(FUNCTIONS.iter().map(|(name, _)| *name));
    let mut names = names.collect::<Vec<_>>();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn what_is_not_finite_is_an_error_that_names_the_instance() {
    let failure = |expr| scorer(expr).unwrap().score().unwrap_err();
    assert_eq!(failure("1 / queue_depth"), "`expr` gives inf for instance 0, with queue_depth 0");
    assert_eq!(
        failure("ln(3 - queue_depth) * prompt_tokens"),
        "`expr` gives -inf for instance 1, with queue_depth 3, prompt_tokens 800"
    );
    assert_eq!(failure("sqrt(5 - queue_depth)"), "`expr` gives NaN for instance 7, with queue_depth 10");
    assert_eq!(failure("0 / 0"), "`expr` gives NaN for instance 0");
    // Neither `min` nor `lowest` hides it.
    assert!(failure("min(1, sqrt(5 - queue_depth))").contains("NaN for instance 7"));
    assert!(failure("max(sqrt(5 - queue_depth), 1)").contains("NaN for instance 7"));
    assert!(failure("lowest(sqrt(5 - queue_depth))").contains("NaN for instance 0"));
}

/// Pieces of formulas, to be strung together.
fn piece() -> impl Strategy<Value = String> {
    let words =
        ["queue_depth", "slo_class", "if", "clamp", "(", ")", ",", "+", "-", "*", "/", "==", "<", "&&"];
    let more =
        ["\"a\"", "1", "0.5", "1e9", "!", "||", "now_us", "{", "}", "[", "//", "`", "'", ".", "é", "\n"];
    proptest::sample::select([&words[..], &more[..]].concat()).prop_map(str::to_owned)
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}", pieces in proptest::collection::vec(piece(), 0..40)) {
        for expr in [text, pieces.join(" "), pieces.concat()] {
            match scorer(&expr) {
                Ok(mut scorer) => drop(scorer.score()),
                Err(message) => prop_assert!(message.starts_with("`expr`"), "{}", message),
            }
        }
    }
}
