//! Ctrl-C: the first ends a run in order, the second at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::exit;
use crate::report::discard_unfinished;

/// Whether somebody asked for the end.
#[derive(Debug, Clone, Default)]
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on. Where that is not possible, Ctrl-C ends the process as it always does.
    pub(super) fn listen() -> Self {
        let interrupt = Self::default();
        let asked = interrupt.0.clone();
        let _ = ctrlc::set_handler(move || {
            if asked.swap(true, Ordering::SeqCst) {
                // The second Ctrl-C does not wait for anything.
                discard_unfinished();
                std::process::exit(exit::INTERRUPTED.into());
            }
        });
        interrupt
    }

    /// Pays no attention from now on: the parent of a worker process does, and ends it.
    #[cfg(unix)]
    pub(super) fn ignore() {
        let _ = ctrlc::set_handler(|| {});
    }

    /// Whether it happened.
    pub(super) fn is_asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
