//! The codes of orders are part of the ABI.

use pointsman_plugin_api::{Key, Order};

#[test]
fn each_order_has_its_code_for_ever() {
    for (order, code) in [(Order::Fixed, 0), (Order::ChangesWithTime, 1), (Order::ChangesWithState, 2)] {
        assert_eq!(order.code(), code);
        assert_eq!(Order::from_code(code), Some(order));
    }
}

#[test]
fn a_code_of_a_later_version_is_not_mistaken_for_another() {
    for code in 3..=u8::MAX {
        assert_eq!(Order::from_code(code), None);
    }
}

#[test]
fn a_key_is_finite_if_both_its_parts_are() {
    let is_finite = |major, minor| Key { major, minor }.is_finite();
    // Their sum is not.
    assert!(is_finite(f64::MAX, f64::MAX));
    for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(!is_finite(odd, 0.0) && !is_finite(0.0, odd) && !is_finite(odd, -odd));
    }
}
