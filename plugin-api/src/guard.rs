//! The fence around a policy: nothing unwinds across the ABI.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    mem::ManuallyDrop,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

use abi_stable::std_types::{RErr, ROk, RResult};

use crate::abi::Failure;

/// A policy behind the fence. After a panic it is never called again: its state may be torn.
pub(crate) struct Guarded<T> {
    policy: ManuallyDrop<T>,
    poisoned: bool,
}

impl<T> Guarded<T> {
    /// Builds a policy; a panic in its constructor is a failure.
    pub(crate) fn build(make: impl FnOnce() -> Result<T, String>) -> Result<Self, Failure> {
        // Here and not at every call: nothing is called that was not built.
        static HOOK: Once = Once::new();
        HOOK.call_once(quieten);
        match contain(make) {
            Ok(Ok(policy)) => Ok(Self { policy: ManuallyDrop::new(policy), poisoned: false }),
            Ok(Err(message)) => Err(Failure::error(message)),
            Err(message) => Err(Failure::panic(message)),
        }
    }

    /// Calls the policy; a panic is a failure, and the last call that the policy gets.
    pub(crate) fn call<R>(&mut self, work: impl FnOnce(&mut T) -> Result<R, String>) -> RResult<R, Failure> {
        if self.poisoned {
            return RErr(Failure::panic("not called again after an earlier panic".into()));
        }
        let policy: &mut T = &mut self.policy;
        match contain(|| work(policy)) {
            Ok(Ok(value)) => ROk(value),
            Ok(Err(message)) => RErr(Failure::error(message)),
            Err(message) => {
                self.poisoned = true;
                RErr(Failure::panic(message))
            }
        }
    }
}

impl<T> Drop for Guarded<T> {
    fn drop(&mut self) {
        // SAFETY: `policy` is not touched again: this is the drop of its only owner.
        let policy = unsafe { ManuallyDrop::take(&mut self.policy) };
        // Nobody is left to be told of a panic here; what counts is that it stops here.
        let _ = contain(move || drop(policy));
    }
}

thread_local! {
    /// How many fences this thread is inside of.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// Where the panic that is being contained happened.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `work`; a panic in it becomes its message and place, and prints nothing.
fn contain<R>(work: impl FnOnce() -> R) -> Result<R, String> {
    DEPTH.set(DEPTH.get() + 1);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    DEPTH.set(DEPTH.get() - 1);
    outcome.map_err(describe)
}

/// Puts a hook before the one in force: it notes the place of a panic that a fence will contain,
/// and hands on every other. A library has its own hook, beside the host's, because it has its
/// own standard library; linked into the host, it shares the host's.
fn quieten() {
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if DEPTH.get() == 0 {
            previous(info);
        } else {
            let place = info.location().map(|at| format!("{}:{}:{}", at.file(), at.line(), at.column()));
            PLACE.set(place);
        }
    }));
}

#[cold]
fn describe(payload: Box<dyn Any + Send>) -> String {
    let text = if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "a value that is not text".to_owned()
    };
    // The drop of a payload can panic too, outside any fence: leak what is not known to be tame.
    if !payload.is::<&str>() && !payload.is::<String>() {
        std::mem::forget(payload);
    }
    match PLACE.take() {
        Some(place) => format!("panicked at {place}: {text}"),
        None => format!("panicked: {text}"),
    }
}
