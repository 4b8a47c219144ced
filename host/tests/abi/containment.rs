//! A panic stays in its library, is reported with its place, and ends the policy, not the process.

use std::{env, process::Command};

use pointsman::registry::{ErrorClass, PluginError, PolicyRef};

use crate::support::{FACTS, call, keys, named, priorities, scorer, scores};

#[test]
fn a_panic_in_a_call_is_an_error_with_its_place_and_the_last_call() {
    let catalogue = named(&["misbehaving"]);
    let mut policy = scorer(&catalogue, "panics-in-score").unwrap();
    let (message, panicked) = call(&mut policy).unwrap_err();
    assert!(panicked);
    assert!(message.contains("boom in score"), "{message}");
    assert!(message.contains("lib.rs:"), "{message}");

    let (message, panicked) = call(&mut policy).unwrap_err();
    assert!(panicked);
    assert_eq!(message, "not called again after an earlier panic");

    // Another object of the same library is not affected.
    let mut healthy = scorer(&catalogue, "panics-in-drop").unwrap();
    assert_eq!(scores(&mut healthy), [1.0; 3]);
}

#[test]
fn a_panic_in_a_constructor_is_an_error_that_names_policy_and_library() {
    let error = scorer(&named(&["misbehaving"]), "panics-in-new").err().unwrap();
    assert!(matches!(error, PluginError::Panicked { .. }), "{error:?}");
    assert_eq!(error.class(), ErrorClass::Library);
    let message = error.to_string();
    for part in ["panics-in-new", "misbehaving.so", "boom in new"] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn a_panic_in_a_drop_does_not_end_the_process() {
    let catalogue = named(&["misbehaving"]);
    drop(scorer(&catalogue, "panics-in-drop").unwrap());
    assert_eq!(scores(&mut scorer(&catalogue, "panics-in-drop").unwrap()), [1.0; 3]);
}

#[test]
fn a_payload_that_panics_when_dropped_is_contained_too() {
    let mut policy = scorer(&named(&["misbehaving"]), "panics-oddly").unwrap();
    let (message, panicked) = call(&mut policy).unwrap_err();
    assert!(panicked && message.contains("not text"), "{message}");
}

#[test]
fn schedulers_and_priorities_are_guarded_alike() {
    let catalogue = named(&["misbehaving"]);
    let wanted = PolicyRef::named("panicking");
    let mut scheduler = catalogue.create_scheduler(&wanted, &FACTS).unwrap();
    assert!(keys(&mut scheduler).unwrap_err().0.contains("boom in keys"));
    assert!(keys(&mut scheduler).unwrap_err().0.contains("not called again"));
    let mut priority = catalogue.create_priority(&wanted, &FACTS).unwrap();
    assert!(priorities(&mut priority).unwrap_err().0.contains("boom in priorities"));
    assert!(priorities(&mut priority).unwrap_err().0.contains("not called again"));
    let error = catalogue.create_priority(&PolicyRef::named("panics-in-order"), &FACTS).err().unwrap();
    assert!(matches!(error, PluginError::Panicked { .. }), "{error:?}");
}

#[test]
fn an_error_of_the_policy_is_its_own_sentence_and_not_the_end() {
    let mut policy = scorer(&named(&["misbehaving"]), "returns-error").unwrap();
    for _ in 0..2 {
        assert_eq!(call(&mut policy).unwrap_err(), ("no score today".to_owned(), false));
    }
}

/// Every policy of the library that panics, in a process of its own, so that all it prints is seen.
#[test]
fn a_contained_panic_prints_nothing() {
    const INSIDE: &str = "POINTSMAN_TEST_INSIDE";
    if env::var_os(INSIDE).is_some() {
        let catalogue = named(&["misbehaving"]);
        for name in ["panics-in-score", "panics-in-new", "panics-in-drop", "panics-oddly"] {
            if let Ok(mut policy) = scorer(&catalogue, name) {
                let _ = call(&mut policy);
            }
        }
        return;
    }
    let name = "containment::a_contained_panic_prints_nothing";
    let output = Command::new(env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture", "--test-threads=1"])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("1 passed"), "{out}{err}");
    assert!(!out.contains("boom") && !out.contains("panicked"), "{out}");
    assert_eq!(err, "");
}
