//! What a policy reads, and what becomes of it where the host lacks it.

use pointsman::registry::{Catalogue, ErrorClass, PluginError, PolicyRef};

use crate::support::{FACTS, call, named, scorer, scores};

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

mod host {
    //! Wants to know the priority that it is to give.

    use pointsman_plugin_api::prelude::*;

    pub(super) struct Circular;

    impl Priority for Circular {
        type Params = NoParams;
        const INFO: PolicyInfo = PolicyInfo { name: "circular", aliases: &[], summary: "", version: "1.0.0" };
        const ATTRIBUTES: &'static [Need] =
            &[attribute::QUEUED_US.required(), attribute::PRIORITY.required()];

        fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
            Ok(Self)
        }

        fn order(&self) -> Order {
            Order::Fixed
        }

        fn priorities(&mut self, _: &Queue<'_>, _: &mut [f64]) -> Result<(), String> {
            Ok(())
        }
    }
}

/// What a host has depends on the kind: only schedulers see priorities.
#[test]
fn an_attribute_of_another_kind_is_refused_by_name() {
    let mut catalogue = Catalogue::new();
    catalogue.builtin_priority::<host::Circular>();
    let error = catalogue.create_priority(&PolicyRef::named("circular"), &FACTS).err().unwrap();
    assert!(matches!(error, PluginError::Lacking { what: "attribute", .. }), "{error:?}");
    assert!(error.to_string().contains("`priority`"), "{error}");
}
