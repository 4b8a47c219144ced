//! Which block holds which content, found by runs: one look-up for up to 16 consecutive identities.
//!
//! Identities come in runs of consecutive numbers, so they are kept by aligned pages of 16:
//!
//! ```text
//!   run of identities   ..., 37, 38, ..., 47 | 48, 49, ...
//!                            page 2          | page 3          <- one look-up each
//!   page 2: block of 32, block of 33, ..., block of 47         <- the oldest holder of each
//! ```
//!
//! Identities that are alone in their page cost what they cost in a plain map.

use rustc_hash::FxHashMap;

use super::blocks::NONE;

/// Identities in a page; a power of two.
pub(super) const PAGE: u64 = 16;

/// The oldest holders of sixteen identities that follow one another.
#[derive(Clone)]
struct Page {
    key: u64,
    /// How many of them are held.
    held: u16,
    /// Which of them are held by several blocks, a bit for each.
    copied: u16,
    oldest: [u32; PAGE as usize],
}

/// All pages that hold anything.
#[derive(Default)]
pub(super) struct Pages {
    of: FxHashMap<u64, u32>,
    pages: Vec<Page>,
    vacant: Vec<u32>,
}

/// Where an identity is: its page, and its place there.
fn split(identity: u64) -> (u64, usize) {
    (identity / PAGE, (identity % PAGE) as usize)
}

impl Pages {
    /// The page of this number of those that follow an identity, if anything in it is held.
    fn find(&self, key: u64) -> Option<&Page> {
        self.of.get(&key).map(|&page| &self.pages[page as usize])
    }

    /// Calls `each` with the oldest holder of each content of a run, as long as there is one; returns
    /// how many there were.
    pub(super) fn prefix(&self, first: u64, len: u64, mut each: impl FnMut(u32)) -> u64 {
        let mut done = 0;
        while done < len {
            let (key, at) = split(first.wrapping_add(done));
            let Some(page) = self.find(key) else { return done };
            let here = (len - done).min(PAGE - at as u64) as usize;
            for &block in &page.oldest[at..at + here] {
                if block == NONE {
                    return done;
                }
                each(block);
                done += 1;
            }
        }
        done
    }

    /// The page of an identity, made if there is none: its index.
    pub(super) fn page_of(&mut self, identity: u64) -> u32 {
        let key = identity / PAGE;
        let Self { of, pages, vacant } = self;
        *of.entry(key).or_insert_with(|| {
            let page = Page { key, held: 0, copied: 0, oldest: [NONE; PAGE as usize] };
            if let Some(index) = vacant.pop() {
                pages[index as usize] = page;
                return index;
            }
            pages.push(page);
            (pages.len() - 1) as u32
        })
    }

    /// The oldest holder at a place of a page; `NONE`: nobody.
    pub(super) fn get(&self, page: u32, at: usize) -> u32 {
        self.pages[page as usize].oldest[at]
    }

    /// The identity at a place of a page.
    pub(super) fn identity(&self, page: u32, at: usize) -> u64 {
        self.pages[page as usize].key * PAGE + at as u64
    }

    /// Somebody is the first to hold what was held by nobody.
    pub(super) fn fill(&mut self, page: u32, at: usize, block: u32) {
        let page = &mut self.pages[page as usize];
        page.oldest[at] = block;
        page.held += 1;
    }

    /// Another is the oldest holder now.
    pub(super) fn replace(&mut self, page: u32, at: usize, block: u32) {
        self.pages[page as usize].oldest[at] = block;
    }

    /// Whether several blocks hold what is at a place of a page.
    pub(super) fn is_copied(&self, page: u32, at: usize) -> bool {
        self.pages[page as usize].copied >> at & 1 == 1
    }

    /// Several blocks hold it from now on, or one alone.
    pub(super) fn set_copied(&mut self, page: u32, at: usize, copied: bool) {
        let page = &mut self.pages[page as usize];
        page.copied = page.copied & !(1 << at) | u16::from(copied) << at;
    }

    /// Nobody holds it any longer. A page without holders is gone.
    pub(super) fn empty(&mut self, index: u32, at: usize) {
        let page = &mut self.pages[index as usize];
        page.oldest[at] = NONE;
        page.held -= 1;
        if page.held == 0 {
            self.of.remove(&page.key);
            self.vacant.push(index);
        }
    }

    /// Every content that is held, with its oldest holder.
    pub(super) fn all(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        self.of.values().flat_map(|&index| {
            let page = &self.pages[index as usize];
            let held = page.oldest.iter().enumerate().filter(|(_, block)| **block != NONE);
            held.map(|(at, &block)| (page.key * PAGE + at as u64, block))
        })
    }

    /// Law L4 here: every page knows how many it holds, and is where its key says.
    pub(super) fn check(&self) {
        for (&key, &index) in &self.of {
            let page = &self.pages[index as usize];
            let held = page.oldest.iter().filter(|&&block| block != NONE).count();
            assert_eq!((page.key, page.held as usize), (key, held), "L4: a page of identities");
            assert!(held > 0, "L4: an empty page");
        }
        assert_eq!(self.of.len() + self.vacant.len(), self.pages.len(), "L4: lost pages");
    }
}
