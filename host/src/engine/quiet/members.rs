//! Becoming a member of the batch, and ceasing to be one.

use super::batch::{Batch, Member};
use crate::engine::instance::Instance;
use crate::engine::request::{Request, Requests};
use crate::engine::settings::Preemption;
use crate::engine::simulation::Simulation;

/// Larger blocks have no batch: it keeps a count for every token of a block.
pub(crate) const LARGEST_BLOCK: u64 = 4096;

impl Batch {
    /// A request that just got a token, and has all computed but that, becomes a member.
    pub(crate) fn join(&mut self, slot: u32, request: &mut Request) {
        let left = request.arrival.output_tokens - request.emitted;
        request.joined = self.ends;
        if self.gaps.adds_up() {
            request.gap_class = self.gaps.class(request.arrival.slo_class.as_ref());
            self.gaps.join(request.gap_class);
        }
        let member = Member { last_end: self.ends + left, seat: request.seat, slot };
        self.add(member, request.computed);
    }

    /// Forgets gaps that no member asks for, if there are many.
    pub(crate) fn trim(&mut self, requests: &Requests) {
        if self.gaps.is_long() {
            let first = self.members().map(|member| requests[member.slot].joined).min();
            self.gaps.forget_before(first.unwrap_or(self.ends));
        }
    }
}

impl Instance {
    /// A member picks the blocks that it took since it joined, and caches those that it filled.
    fn settle_blocks(&mut self, request: &mut Request) {
        let size = self.batch.block_size();
        let stored = request.computed + (self.batch.starts - request.joined);
        let missing = stored.div_ceil(size) - request.blocks.len();
        self.batch.loose -= missing;
        request.blocks.add_loose(missing);
        self.cache(request, stored / size);
    }

    /// A member, no longer counted as one, becomes what it is in the plain engine. `seen_us`: when the
    /// client saw its last token.
    fn leave_batch(&mut self, request: &mut Request, seen_us: u64) {
        self.settle_blocks(request);
        self.batch.forget(request.joined, request.computed);
        let steps = self.batch.ends - request.joined;
        request.computed += steps;
        request.emitted += steps;
        request.planned = self.batch.starts - self.batch.ends;
        if steps > 0 {
            request.last_token_us = seen_us;
        }
    }

    /// A member has all its tokens.
    pub(crate) fn complete_member(&mut self, request: &mut Request, seen_us: u64) {
        self.leave_batch(request, seen_us);
        let gaps = &mut self.batch.gaps;
        if gaps.adds_up() {
            gaps.leave(request.gap_class);
            request.longest_gap_us = request.longest_gap_us.max(gaps.longest_since(request.joined));
        } else {
            gaps.since(request.joined).for_each(|gap| request.add_gap(gap));
        }
    }

    /// A member goes back to the running requests. `seen_us`: when the clients saw the tokens of the last step
    /// that ended.
    fn return_to_running(&mut self, member: Member, requests: &mut Requests, seen_us: u64) {
        let request = &mut requests[member.slot];
        self.leave_batch(request, seen_us);
        let gaps = &mut self.batch.gaps;
        if gaps.adds_up() {
            gaps.leave(request.gap_class);
            gaps.take_back(request.gap_class, request.joined);
        }
        gaps.since(request.joined).for_each(|gap| request.add_gap(gap));
        self.running.push(member.slot);
    }

    /// The member that was admitted last goes back to the running requests, of which there are none.
    fn newest_leaves(&mut self, requests: &mut Requests, seen_us: u64) {
        if let Some(member) = self.batch.pop_newest() {
            self.return_to_running(member, requests, seen_us);
        }
    }

    /// All members go back to the running requests, in the order in which they were admitted.
    pub(crate) fn dissolve_batch(&mut self, requests: &mut Requests, seen_us: u64) {
        if self.batch.is_empty() {
            return;
        }
        for member in self.batch.drain() {
            self.return_to_running(member, requests, seen_us);
        }
        assert_eq!(self.batch.loose, 0, "L4: blocks of nobody");
        self.running.sort_unstable_by_key(|&slot| requests[slot].seat);
    }

    /// The cache holds what members have filled: somebody looks at all of it.
    pub(crate) fn settle_cache(&mut self, requests: &mut Requests) {
        let mut slots: Vec<(u64, u32)> =
            self.batch.members().map(|member| (member.seat, member.slot)).collect();
        slots.sort_unstable();
        for (_, slot) in slots {
            self.settle_blocks(&mut requests[slot]);
        }
    }
}

impl Simulation<'_> {
    /// Running requests that got a token in the step that just ended, seen at `seen_us`, and that may do so
    /// become members.
    pub(in crate::engine) fn join_batch(&mut self, index: u32, seen_us: u64) {
        let mut running = std::mem::take(&mut self.instances[index as usize].running);
        running.retain(|&slot| {
            let request = &self.requests[slot];
            let just_got_one = request.emitted > 0 && request.last_token_us == seen_us;
            if !just_got_one || request.computed + 1 != request.num_tokens() || !self.may_join(slot) {
                return true;
            }
            self.instances[index as usize].batch.join(slot, &mut self.requests[slot]);
            false
        });
        let instance = &mut self.instances[index as usize];
        instance.running = running;
        instance.batch.trim(&self.requests);
    }

    /// Whether a running request that just got a token may become a member. What it will cache
    /// must be of no interest to anybody before it leaves, since it is cached only then.
    pub(in crate::engine) fn may_join(&self, slot: u32) -> bool {
        let request = &self.requests[slot];
        let size = self.settings.kv.block_size;
        self.has_batches
            && (request.arrival.content.is_output_private()
                || request.stored_tokens() / size == request.computed / size)
    }

    /// The batch stays together over the start of a step, if that is sure to give each member its token and
    /// its block, in its turn. Where blocks run out, the members that were admitted last may have to
    /// give way. Returns whether anybody did.
    pub(in crate::engine) fn keep_batch(&mut self, index: u32) -> bool {
        let instance = &self.instances[index as usize];
        if instance.batch.is_empty() {
            return false;
        }
        let come_first = self.members_come_first(instance);
        if come_first && self.settings.engine.preemption == Preemption::Tail {
            return self.make_way(index);
        }
        if self.is_enough_for_all(instance, come_first) {
            return false;
        }
        let seen_us = self.now_us.saturating_add(self.settings.latency.delivery_us());
        self.instances[index as usize].dissolve_batch(&mut self.requests, seen_us);
        false
    }

    /// While members need more blocks than there are, whoever was admitted last is preempted. All members
    /// come first, so that nobody but members has got anything in this step, and members get their blocks
    /// in the order of admission: those that are left over are the last.
    fn make_way(&mut self, index: u32) -> bool {
        let mut preempted = false;
        loop {
            let instance = &mut self.instances[index as usize];
            if instance.batch.next_crossings() <= u64::from(instance.blocks.free()) {
                return preempted;
            }
            // Members before took what there was.
            instance.blocks.note_full();
            if instance.running.is_empty() {
                let seen_us = self.now_us.saturating_add(self.settings.latency.delivery_us());
                instance.newest_leaves(&mut self.requests, seen_us);
            }
            self.preempt(index, self.instances[index as usize].running.len() - 1);
            preempted = true;
        }
    }

    /// The run is over: every request is what it is in the plain engine.
    pub(in crate::engine) fn dissolve_batches(&mut self) {
        let delivery_us = self.settings.latency.delivery_us();
        for instance in &mut self.instances {
            // With members a step begins where the one before ended.
            let last_end_us = instance.busy_since_us().unwrap_or(self.now_us);
            instance.dissolve_batch(&mut self.requests, last_end_us.saturating_add(delivery_us));
        }
    }

    /// Whether all members get their tokens before any other running request does.
    fn members_come_first(&self, instance: &Instance) -> bool {
        let first = instance.running.first().map(|&slot| self.requests[slot].seat);
        instance.batch.len() as u64 <= self.settings.engine.max_num_batched_tokens
            && first.is_none_or(|seat| instance.batch.is_before(seat))
    }

    /// Whether blocks are enough for all running requests, and the budget is, or else members come first.
    fn is_enough_for_all(&self, instance: &Instance, come_first: bool) -> bool {
        let budget = self.settings.engine.max_num_batched_tokens;
        let mut tokens = instance.batch.len() as u64;
        let mut blocks = instance.batch.next_crossings();
        for &slot in &instance.running {
            let request = &self.requests[slot];
            let n = self.cap(request.num_tokens() - request.computed, budget);
            let needed = (request.computed + n).div_ceil(self.settings.kv.block_size);
            tokens += n;
            blocks += needed - request.blocks.len();
        }
        (tokens <= budget || come_first) && blocks <= u64::from(instance.blocks.free())
    }
}
