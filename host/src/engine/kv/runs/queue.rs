//! The free queue: a list through the runs of free blocks.

use super::super::blocks::NONE;
use super::run::{Run, Slab};

/// Runs of free blocks: the next block to be handed out is the last of the head.
pub(super) struct FreeQueue {
    pub(super) head: u32,
    pub(super) tail: u32,
}

impl FreeQueue {
    pub(super) fn new() -> Self {
        Self { head: NONE, tail: NONE }
    }

    pub(super) fn push_back(&mut self, runs: &mut Slab, number: u32) {
        let tail = self.tail;
        (runs[number].prev, runs[number].next) = (tail, NONE);
        self.link(runs, tail, number);
        self.tail = number;
    }

    /// Puts a run before another.
    pub(super) fn insert_before(&mut self, runs: &mut Slab, other: u32, number: u32) {
        let prev = runs[other].prev;
        (runs[number].prev, runs[number].next) = (prev, other);
        runs[other].prev = number;
        self.link(runs, prev, number);
    }

    pub(super) fn unlink(&mut self, runs: &mut Slab, number: u32) {
        let Run { prev, next, .. } = runs[number];
        self.link(runs, prev, next);
        match next {
            NONE => self.tail = prev,
            next => runs[next].prev = prev,
        }
    }

    /// What follows `prev`, or what is first.
    fn link(&mut self, runs: &mut Slab, prev: u32, next: u32) {
        match prev {
            NONE => self.head = next,
            prev => runs[prev].next = next,
        }
    }

    /// The runs from the head on.
    pub(super) fn iter<'a>(&self, runs: &'a Slab) -> impl Iterator<Item = (u32, &'a Run)> {
        let mut at = self.head;
        std::iter::from_fn(move || {
            let number = at;
            let run = (number != NONE).then(|| &runs[number])?;
            at = run.next;
            Some((number, run))
        })
    }
}
