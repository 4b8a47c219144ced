//! Types that grew at their end fit in both directions; types that differ do not, in one line.

use abi_stable::{StableAbi, sabi_trait, std_types::RBox};
use pointsman_plugin_api::abi::check;

/// The same module type in four versions, each in a module of its own: what counts is the name of
/// the type and of its crate.
macro_rules! version {
    ($version:ident: { $($field:ident: $type:ty),* }, $($last:ident)?) => {
        #[allow(dead_code, unreachable_pub, reason = "only the layouts matter")]
        mod $version {
            use abi_stable::{StableAbi, std_types::RStr};

            #[repr(C)]
            #[derive(StableAbi)]
            pub struct Inner {
                $(pub $field: $type,)*
            }

            #[repr(C)]
            #[derive(StableAbi)]
            #[sabi(kind(Prefix(prefix_ref = ModuleRef)))]
            #[sabi(missing_field(option))]
            pub struct Module {
                #[sabi(last_prefix_field)]
                pub call: extern "C" fn(RStr<'_>, Inner) -> u64,
                $(pub $last: u64,)?
            }
        }
    };
}

version!(first: { id: u64, size: u32 }, );
version!(grown: { id: u64, size: u32 }, later);
version!(grown_otherwise: { id: u64, size: u32 }, different);
version!(with_a_longer_argument: { id: u64, size: u32, more: u64 }, );
version!(with_another_argument: { id: u64, length: u32 }, );

#[test]
fn a_module_that_grew_fits_the_older_one_and_the_reverse() {
    check(first::ModuleRef::LAYOUT, grown::ModuleRef::LAYOUT).unwrap();
    check(grown::ModuleRef::LAYOUT, first::ModuleRef::LAYOUT).unwrap();
}

#[test]
fn the_verdict_does_not_depend_on_what_was_checked_before() {
    for _ in 0..2 {
        check(first::ModuleRef::LAYOUT, grown_otherwise::ModuleRef::LAYOUT).unwrap();
        check(first::ModuleRef::LAYOUT, grown::ModuleRef::LAYOUT).unwrap();
    }
}

#[test]
fn modules_that_grew_apart_do_not_fit() {
    let mismatch = check(grown::ModuleRef::LAYOUT, grown_otherwise::ModuleRef::LAYOUT).unwrap_err();
    assert_eq!(mismatch.brief, "field: host `later`, library `different`");
}

#[test]
fn an_argument_may_not_grow_and_the_message_leads_to_it() {
    let (host, library) = (first::ModuleRef::LAYOUT, with_a_longer_argument::ModuleRef::LAYOUT);
    let mismatch = check(host, library).unwrap_err();
    assert_eq!(mismatch.brief, "call / param_1: size in bytes: host 16, library 24");
    assert!(mismatch.full.lines().count() > 10);
    let mismatch = check(host, with_another_argument::ModuleRef::LAYOUT).unwrap_err();
    assert_eq!(mismatch.brief, "call / param_1: field: host `size`, library `length`");
}

#[allow(unreachable_pub, reason = "only the layouts matter")]
mod old {
    #[super::sabi_trait]
    pub trait Policy {
        #[sabi(last_prefix_field)]
        fn score(&mut self) -> u64;
    }
}

#[allow(unreachable_pub, reason = "only the layouts matter")]
mod new {
    #[super::sabi_trait]
    pub trait Policy {
        #[sabi(last_prefix_field)]
        fn score(&mut self) -> u64;

        fn feedback(&mut self) -> u64 {
            7
        }
    }
}

/// The evolution that objects are promised: methods with default bodies at the end.
#[test]
fn a_trait_that_got_a_method_fits_the_older_one_and_the_reverse() {
    let old = <old::Policy_TO<'static, RBox<()>> as StableAbi>::LAYOUT;
    let new = <new::Policy_TO<'static, RBox<()>> as StableAbi>::LAYOUT;
    check(old, new).unwrap();
    check(new, old).unwrap();
}
