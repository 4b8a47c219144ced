//! What policies and observers were told, in order: a hash, and on demand the words.

use std::cell::RefCell;
use std::hash::{Hash, Hasher};

/// Everything so far.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) calls: u64,
    pub(crate) hash: u64,
    /// The calls in words, where somebody wants to read them.
    pub(crate) words: Option<Vec<String>>,
}

thread_local! {
    static HEARD: RefCell<Heard> = RefCell::default();
}

/// Begins anew on this thread.
pub(crate) fn start(in_words: bool) {
    HEARD.set(Heard { words: in_words.then(Vec::new), ..Heard::default() });
}

/// What was noted on this thread since.
pub(crate) fn stop() -> Heard {
    HEARD.take()
}

/// Notes a call with all that it is given.
pub(crate) fn note<T: Hash + std::fmt::Debug>(what: &'static str, given: T) {
    HEARD.with_borrow_mut(|heard| {
        let mut hasher = std::hash::DefaultHasher::new();
        (heard.hash, what, &given).hash(&mut hasher);
        heard.hash = hasher.finish();
        heard.calls += 1;
        if let Some(words) = &mut heard.words {
            words.push(format!("{what} {given:?}"));
        }
    });
}
