//! The same formula, evaluated here column by column and by Rhai row by row, gives the same bits.

use proptest::prelude::*;
use rhai::{Engine, Scope, Token};

use pointsman_plugin_api::{signal, testkit::Scorers};

use crate::Formula;

/// Rhai with the functions of formulas, whole numbers read as others, and the operators of IEEE 754: its own
/// `==` and `!=` take numbers that are close for equal, and an infinite one for equal to all.
fn engine() -> Engine {
    let mut engine = Engine::new_raw();
    engine.set_max_expr_depths(100);
    engine.set_fast_operators(false);
    #[expect(deprecated, reason = "as in `parse`")]
    engine.on_parse_token(|token, _, _| match token {
        Token::If => Token::Identifier(Box::new("if".into())),
        other => other,
    });
    engine
        .register_fn("-", |a: f64| -a)
        .register_fn("+", |a: f64, b: f64| a + b)
        .register_fn("-", |a: f64, b: f64| a - b)
        .register_fn("*", |a: f64, b: f64| a * b)
        .register_fn("/", |a: f64, b: f64| a / b)
        .register_fn("%", |a: f64, b: f64| a % b)
        .register_fn("==", |a: f64, b: f64| a == b)
        .register_fn("!=", |a: f64, b: f64| a != b)
        .register_fn("<", |a: f64, b: f64| a < b)
        .register_fn("<=", |a: f64, b: f64| a <= b)
        .register_fn(">", |a: f64, b: f64| a > b)
        .register_fn(">=", |a: f64, b: f64| a >= b)
        .register_fn("!", |a: bool| !a)
        .register_fn("abs", f64::abs)
        .register_fn("floor", f64::floor)
        .register_fn("sqrt", f64::sqrt)
        .register_fn("min", |a: f64, b: f64| if a < b { a } else { b })
        .register_fn("max", |a: f64, b: f64| if a > b { a } else { b })
        .register_fn("clamp", |a: f64, low: f64, high: f64| a.clamp(low, high))
        .register_fn("if", |condition: bool, yes: f64, no: f64| if condition { yes } else { no });
    engine
}

const NAMES: [&str; 3] = ["kv_utilization", "cache_hit_rate", "kv_thrashing_rate"];

/// A formula of numbers alone: Rhai does not compute with truths.
fn number() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        proptest::sample::select(&NAMES[..]).prop_map(str::to_owned),
        (0.0..100.0_f64).prop_map(|value| format!("{value:?}")),
    ];
    leaf.prop_recursive(4, 40, 3, |inner| {
        let two = (inner.clone(), inner.clone(), inner.clone());
        let sign = proptest::sample::select(&["+", "-", "*", "/", "%"][..]);
        let order = proptest::sample::select(&["<", "<=", ">", ">=", "==", "!="][..]);
        prop_oneof![
            4 => (two.clone(), sign.clone(), sign).prop_map(|((a, b, c), s, t)| format!("{a} {s} {b} {t} ({c})")),
            1 => inner.clone().prop_map(|a| format!("-({a})")),
            1 => inner.clone().prop_map(|a| format!("abs({a})")),
            1 => inner.clone().prop_map(|a| format!("sqrt(abs({a}))")),
            1 => inner.clone().prop_map(|a| format!("floor({a})")),
            1 => inner.clone().prop_map(|a| format!("clamp({a}, 0.0, 1.0)")),
            1 => two.clone().prop_map(|(a, b, _)| format!("min({a}, max({b}, {a}))")),
            2 => (two, order.clone(), order).prop_map(|((a, b, c), s, t)| {
                format!("if({a} {s} {b} && !({b} {t} {c}) || {a} {t} {c}, {a} + {b}, {c})")
            }),
        ]
    })
}

proptest! {
    #[test]
    fn bit_for_bit(expr in number(), rows in proptest::collection::vec((0.0..1.0, 0.0..9.0, 0.0..0.1), 1..5)) {
        let engine = engine();
        let tree = engine.compile_expression(&expr).unwrap();
        let mut expected = Vec::new();
        for &(a, b, c) in &rows {
            let mut scope = Scope::new();
            scope.push(NAMES[0], a).push(NAMES[1], b).push(NAMES[2], c);
            expected.push(engine.eval_ast_with_scope::<f64>(&mut scope, &tree).unwrap());
        }
        let mut scorer = Scorers::new::<Formula>(&format!(r#"{{"expr": "{expr}"}}"#)).unwrap();
        let column = |of: fn(&(f64, f64, f64)) -> f64| rows.iter().map(of).collect::<Vec<_>>();
        scorer
            .instances
            .set(&signal::KV_UTILIZATION, &column(|row| row.0))
            .set(&signal::CACHE_HIT_RATE, &column(|row| row.1))
            .set(&signal::KV_THRASHING_RATE, &column(|row| row.2));
        match scorer.score() {
            Ok(scores) => {
                let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
                prop_assert_eq!(bits(&scores), bits(&expected), "{} gives {:?}, not {:?}", expr, scores, expected);
            }
            Err(message) => {
                // Rhai's `min` and `max` hide what is not a number, ours do not: an error is right, too.
                let may_hide = expr.contains("min(") || expr.contains("max(");
                prop_assert!(may_hide || expected.iter().any(|value| !value.is_finite()), "{}: {}", expr, message);
            }
        }
    }
}
