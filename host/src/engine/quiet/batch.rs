//! The members of a batch, and what follows for them from the number of its steps.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::gaps::GapLog;
use super::stretch::Stretch;

/// A request in the batch. Whoever has all tokens first comes first; of those, whoever was admitted first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Member {
    /// Number of the step end at which it has all its tokens.
    pub(crate) last_end: u64,
    /// Its place in the order of admission.
    pub(crate) seat: u64,
    pub(crate) slot: u32,
}

/// Running requests of an instance that only decode. Empty in the plain engine.
pub(crate) struct Batch {
    members: BinaryHeap<Reverse<Member>>,
    /// Steps with members that began, and that ended, so far.
    pub(super) starts: u64,
    pub(super) ends: u64,
    /// How many members take a new block at the start of a step, by the step's number modulo the block
    /// size.
    crossings: Vec<u32>,
    /// `starts` modulo the block size.
    phase: usize,
    /// Blocks that members took and that nobody has picked yet. All are alike.
    pub(super) loose: u64,
    /// No member was admitted later.
    newest_seat: u64,
    /// Tokens of all members whose KV is stored, those of the step under way included.
    context: u64,
    pub(super) stretch: Option<Stretch>,
    pub(super) gaps: GapLog,
}

impl Batch {
    /// A batch for blocks of so many tokens; `adds_up`: gaps are not told request by request.
    pub(crate) fn new(block_size: u64, adds_up: bool) -> Self {
        Self {
            members: BinaryHeap::new(),
            starts: 0,
            ends: 0,
            crossings: vec![0; block_size as usize],
            phase: 0,
            loose: 0,
            newest_seat: 0,
            context: 0,
            stretch: None,
            gaps: GapLog::new(adds_up),
        }
    }

    /// How many members it has.
    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    /// Tokens that the members attend to in the step that has begun, summed.
    pub(crate) fn context(&self) -> u64 {
        self.context
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Blocks that members hold and that are in no list of a request.
    pub(crate) fn loose(&self) -> u64 {
        self.loose
    }

    /// Whether all members were admitted before this seat.
    pub(crate) fn is_before(&self, seat: u64) -> bool {
        self.newest_seat < seat
    }

    /// Blocks that members need at the next start.
    pub(crate) fn next_crossings(&self) -> u64 {
        u64::from(self.crossings[self.phase])
    }

    /// The same, `steps` starts later.
    pub(super) fn crossings_after(&self, steps: u64) -> u64 {
        let size = self.crossings.len() as u64;
        u64::from(self.crossings[((self.phase as u64 + steps) % size) as usize])
    }

    /// Block size, in tokens.
    pub(super) fn block_size(&self) -> u64 {
        self.crossings.len() as u64
    }

    /// Where a member with `computed` tokens before start number `start` is counted in `crossings`.
    fn residue(&self, start: u64, computed: u64) -> usize {
        let size = self.block_size();
        ((start % size + size - computed % size) % size) as usize
    }

    /// A request becomes a member, with `computed` tokens before the next start.
    pub(super) fn add(&mut self, member: Member, computed: u64) {
        let residue = self.residue(self.starts, computed);
        self.crossings[residue] += 1;
        self.newest_seat = self.newest_seat.max(member.seat);
        self.context += computed;
        self.members.push(Reverse(member));
    }

    /// A member that joined before start number `joined`, with `computed` tokens, needs no more blocks.
    pub(super) fn forget(&mut self, joined: u64, computed: u64) {
        let residue = self.residue(joined, computed);
        self.crossings[residue] -= 1;
        self.context -= computed + (self.starts - joined);
        if self.members.is_empty() {
            self.newest_seat = 0;
        }
    }

    /// A step with members begins.
    pub(super) fn start(&mut self) {
        self.starts += 1;
        self.context += self.members.len() as u64;
        self.phase += 1;
        if self.phase == self.crossings.len() {
            self.phase = 0;
        }
    }

    /// Steps until somebody has all its tokens.
    pub(super) fn steps_to_last(&self) -> Option<u64> {
        self.members.peek().map(|Reverse(member)| member.last_end - self.ends)
    }

    /// Removes a member that has all its tokens now.
    pub(crate) fn pop_done(&mut self) -> Option<Member> {
        if self.members.peek()?.0.last_end > self.ends {
            return None;
        }
        self.members.pop().map(|Reverse(member)| member)
    }

    /// Removes the member that was admitted last.
    pub(super) fn pop_newest(&mut self) -> Option<Member> {
        let newest = self.members().max_by_key(|member| member.seat).copied()?;
        self.members.retain(|Reverse(member)| member.slot != newest.slot);
        self.newest_seat = self.members().map(|member| member.seat).max().unwrap_or(0);
        Some(newest)
    }

    /// All members leave: they come in the order of admission.
    pub(super) fn drain(&mut self) -> Vec<Member> {
        let mut all: Vec<Member> = self.members.drain().map(|Reverse(member)| member).collect();
        all.sort_unstable_by_key(|member| member.seat);
        all
    }

    /// All members, in no order.
    pub(super) fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().map(|Reverse(member)| member)
    }

    /// What was added up of gaps, by class.
    pub(crate) fn gaps(&self) -> impl Iterator<Item = (&str, crate::engine::outcome::Gap)> + '_ {
        self.gaps.added_up()
    }
}
