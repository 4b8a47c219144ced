//! What a policy reads, and what becomes of it where the host lacks it.

use pointsman::registry::{ErrorClass, PluginError};

use crate::support::{call, named, scorer, scores};

#[test]
fn a_required_signal_that_the_host_lacks_is_refused_by_name() {
    let error = scorer(&named(&["misbehaving"]), "needs-unheard-of").err().unwrap();
    assert!(matches!(error, PluginError::Lacking { what: "signal", .. }), "{error:?}");
    assert_eq!(error.class(), ErrorClass::Library);
    let message = error.to_string();
    for part in ["needs-unheard-of", "`unheard_of`", "misbehaving.so"] {
        assert!(message.contains(part), "{message}");
    }
    assert!(!message.contains('\n'));
}

#[test]
fn an_optional_one_is_absent() {
    let mut policy = scorer(&named(&["misbehaving"]), "likes-unheard-of").unwrap();
    assert_eq!(scores(&mut policy), [0.5; 3]);
}

#[test]
fn insisting_on_an_optional_one_is_an_error_that_names_it() {
    let mut policy = scorer(&named(&["misbehaving"]), "insists-on-optional").unwrap();
    let (message, _) = call(&mut policy).unwrap_err();
    assert!(message.contains("`unheard_of`") && message.contains("try_get"), "{message}");
}

#[test]
fn reading_what_was_not_declared_is_an_error_that_names_it() {
    let mut policy = scorer(&named(&["misbehaving"]), "reads-undeclared").unwrap();
    let (message, _) = call(&mut policy).unwrap_err();
    assert!(message.contains("`kv_utilization`") && message.contains("not declare"), "{message}");
}
