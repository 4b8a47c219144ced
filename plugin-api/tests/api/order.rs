//! The codes of orders are part of the ABI.

use pointsman_plugin_api::Order;

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
