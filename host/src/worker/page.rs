//! The page that a worker process shares with its parent.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::MmapRaw;

/// How far a worker is, where it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Requests that there will be, if that is known.
    pub total: Option<u64>,
    /// The simulated time. \[us\]
    pub now_us: u64,
    /// Requests that ended.
    pub done: u64,
    /// Requests generated so far; 0 before the first report.
    pub generated: u64,
}

/// The content. A new file's zeros are its beginning. Whatever the other process does, reading it is
/// sound: there are atomics alone in it, and every value is one.
#[derive(Debug, Default)]
#[repr(C)]
pub(super) struct Page {
    /// One of the states below.
    state: AtomicU64,
    /// The word of `policy::mark`.
    pub(super) call: AtomicU64,
    /// One more than the total, or 0.
    total: AtomicU64,
    now_us: AtomicU64,
    done: AtomicU64,
    generated: AtomicU64,
}

/// The child lives, and its limits hold.
const ENTERED: u64 = 1;
/// The child has done what it was to do; the exit code is added.
const FINISHED: u64 = 0x100;

impl Page {
    pub(super) fn enter(&self) {
        self.state.store(ENTERED, Ordering::Release);
    }

    pub(super) fn has_entered(&self) -> bool {
        self.state.load(Ordering::Acquire) != 0
    }

    pub(super) fn finish(&self, code: u8) {
        self.state.store(FINISHED + u64::from(code), Ordering::Release);
    }

    /// The exit code, once the child has finished.
    pub(super) fn finished(&self) -> Option<u8> {
        self.state.load(Ordering::Acquire).checked_sub(FINISHED).and_then(|code| u8::try_from(code).ok())
    }

    pub(super) fn report(&self, progress: &Progress) {
        let total = progress.total.map_or(0, |total| total.saturating_add(1));
        self.total.store(total, Ordering::Relaxed);
        self.now_us.store(progress.now_us, Ordering::Relaxed);
        self.done.store(progress.done, Ordering::Relaxed);
        self.generated.store(progress.generated, Ordering::Release);
    }

    pub(super) fn progress(&self) -> Progress {
        // In the other order: who sees that something was generated sees the total too.
        let generated = self.generated.load(Ordering::Acquire);
        Progress {
            total: self.total.load(Ordering::Relaxed).checked_sub(1),
            now_us: self.now_us.load(Ordering::Relaxed),
            done: self.done.load(Ordering::Relaxed),
            generated,
        }
    }
}

/// The page, mapped from a file.
#[derive(Debug)]
pub(super) struct Shared(MmapRaw);

impl Shared {
    /// Maps the file, which is made long enough.
    pub(super) fn map(file: &File) -> io::Result<Self> {
        let length = size_of::<Page>() as u64;
        if file.metadata()?.len() < length {
            file.set_len(length)?;
        }
        MmapRaw::map_raw(file).map(Self)
    }

    pub(super) fn page(&self) -> &Page {
        // SAFETY: the mapping begins at a page boundary, so it is aligned, is as long as the type, and
        // lives as long as `self`. Any bytes are a valid `Page`, and all access, by this process or
        // another, is atomic.
        unsafe { &*self.0.as_mut_ptr().cast::<Page>() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_mappings_of_one_file_are_one_page() {
        let file = tempfile::tempfile().unwrap();
        let (child, parent) = (Shared::map(&file).unwrap(), Shared::map(&file).unwrap());
        let (child, parent) = (child.page(), parent.page());
        assert!(!parent.has_entered());
        assert_eq!((parent.finished(), parent.progress()), (None, Progress::default()));

        child.enter();
        let progress = Progress { total: Some(0), now_us: 1, done: 2, generated: 3 };
        child.report(&progress);
        assert!(parent.has_entered());
        assert_eq!((parent.finished(), parent.progress()), (None, progress));

        child.finish(0);
        assert_eq!(parent.finished(), Some(0));
        child.finish(130);
        assert_eq!(parent.finished(), Some(130));
    }
}
