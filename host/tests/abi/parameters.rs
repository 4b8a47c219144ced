//! Parameters that do not fit, each named.

use pointsman::registry::{ErrorClass, PluginError};
use serde_json::{Value, json};

use crate::support::{FACTS, named, with};

fn refused(params: Value) -> String {
    let catalogue = named(&["external-scorer"]);
    let error = catalogue.create_scorer(&with("external", params), &FACTS).err().unwrap();
    assert_eq!(error.class(), ErrorClass::Configuration, "{error:?}");
    error.to_string()
}

#[test]
fn an_unknown_parameter_is_named_with_the_nearest_one() {
    let message = refused(json!({"ful_requests": 5}));
    assert!(message.contains("no parameter `ful_requests`; did you mean `full_requests`?"), "{message}");
    assert!(message.contains("external-scorer.so"), "{message}");
}

#[test]
fn an_unknown_parameter_that_is_near_to_none_gets_the_list() {
    assert!(refused(json!({"zebra": 5})).ends_with("there are full_requests"));
}

#[test]
fn a_value_of_another_type_names_its_parameter() {
    let message = refused(json!({"full_requests": "many"}));
    let expected = "the parameter `full_requests` of the scorer `external` of ";
    assert!(message.starts_with(expected), "{message}");
    for (value, found) in [
        (json!("many"), "text `many`"),
        (json!(-1), "`-1`"),
        (json!(0.5), "`0.5`"),
        (json!(null), "nothing"),
        (json!([1]), "a list"),
        (json!({"a": 1}), "a map"),
        (json!("x".repeat(100)), "a longer text"),
    ] {
        let message = refused(json!({ "full_requests": value }));
        let end = format!("must be a whole number, 0 or more, found {found}");
        assert!(message.ends_with(&end), "{message}");
    }
}

#[test]
fn a_value_that_makes_no_sense_gets_the_policys_own_sentence() {
    assert!(refused(json!({"full_requests": 0})).ends_with("`full_requests` must be at least 1"));
}

#[test]
fn parameters_that_are_no_map_are_refused() {
    for params in [json!([1]), json!(1), json!("x"), json!(true)] {
        assert!(refused(params).contains("must be a map"));
    }
}

#[test]
fn none_and_an_empty_map_are_the_defaults() {
    let catalogue = named(&["external-scorer"]);
    for params in [Value::Null, json!({})] {
        let built = catalogue.create_scorer(&with("external", params), &FACTS).unwrap();
        assert_eq!(built.provenance.parameters, json!({}));
    }
}

#[test]
fn an_error_is_found_before_the_library_is_loaded() {
    // This one cannot be loaded at all, and still its parameters are checked first.
    let catalogue = named(&["other-layout"]);
    let error = catalogue.create_scorer(&with("other-layout", json!({"x": 1})), &FACTS).err().unwrap();
    assert!(matches!(error, PluginError::UnknownParameter { .. }), "{error}");
}
