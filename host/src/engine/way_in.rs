//! The way in: arrival, admission, routing, and the instance's queue (`model.md` section 3).

use super::event::Event;
use super::observer::{Observer, Routed};
use super::outcome::State;
use super::quiet::Due;
use super::simulation::{RunError, Simulation};
use crate::policy::{DecisionRecorder, SignalNeeds};
use crate::workload::End;

impl Simulation<'_> {
    /// A request reaches the router.
    pub(super) fn arrive(&mut self, slot: u32) -> Result<(), RunError> {
        let waiting = self.totals.states.get(State::Waiting);
        self.totals.waiting_at_arrival.push(waiting);
        self.become_state(slot, State::Pipeline);
        if self.settings.admission_latency_us > 0 {
            let time_us = self.after(self.settings.admission_latency_us)?;
            self.events.push(time_us, Event::Admission(slot));
            return Ok(());
        }
        self.admit(slot)
    }

    /// A decision is made that reads this: what it reads is brought up to date.
    fn look(&mut self, needs: SignalNeeds) {
        if self.has_batches && self.reports.looks_at_instances(needs) {
            self.catch_up_all(Due::Before(self.now_us));
            self.land_all_offloads(self.now_us);
        }
    }

    /// Admission decides, on the signals of this tick.
    pub(super) fn admit(&mut self, slot: u32) -> Result<(), RunError> {
        self.tell_what_is_due()?;
        let needs = self.policies.admission_signals();
        self.look(needs);
        let request = &self.requests[slot];
        if needs.any {
            self.reports.read(self.now_us, &self.instances, needs, (request, self.settings.kv.block_size));
        }
        if !self.policies.admits(self.now_us, &request.facts(), self.reports.table())? {
            if let Some(observer) = &mut self.observer {
                observer.rejected(self.now_us, self.requests[slot].arrival.id);
            }
            self.become_state(slot, State::Rejected);
            return self.end_request(slot, End::Rejected);
        }
        if self.settings.routing_latency_us > 0 {
            let time_us = self.after(self.settings.routing_latency_us)?;
            self.events.push(time_us, Event::Routing(slot));
            return Ok(());
        }
        self.route(slot)
    }

    /// Routing decides, on the signals of this tick; the request is on its way to the instance.
    pub(super) fn route(&mut self, slot: u32) -> Result<(), RunError> {
        self.tell_what_is_due()?;
        let needs = self.reports.needs();
        self.look(needs);
        let request = &self.requests[slot];
        self.reports.read(self.now_us, &self.instances, needs, (request, self.settings.kv.block_size));
        // Borrowed anew for this one call.
        let recorder = self.recorder.as_mut().map(|recorder| &mut **recorder as &mut dyn DecisionRecorder);
        let chosen = self.policies.route(self.now_us, &request.facts(), self.reports.table(), recorder)?;
        let prompt_tokens = request.arrival.prompt_tokens;
        let instance = &mut self.instances[chosen as usize];
        let pending_transfer_us = instance.reload_link.pending_us(self.now_us);
        if let Some(observer) = &mut self.observer {
            observer.routed(&Routed {
                now_us: self.now_us,
                id: request.arrival.id,
                slo_class: request.arrival.slo_class.as_deref().unwrap_or("standard"),
                instance: chosen,
                pending_transfer_us,
            });
        }
        let request = &mut self.requests[slot];
        request.instance = Some(chosen);
        request.pending_transfer_at_routing_us = Some(pending_transfer_us);
        instance.totals.routed += 1;
        instance.pending_requests += 1;
        instance.inflight_requests += 1;
        instance.inflight_tokens += prompt_tokens;
        let time_us = self.after(self.settings.latency.pipeline_us(prompt_tokens))?;
        self.events.push(time_us, Event::Entry(slot));
        Ok(())
    }

    /// A request enters its instance's queue, unless it could never fit.
    pub(super) fn enter(&mut self, slot: u32) -> Result<(), RunError> {
        let index = self.requests[slot].instance.expect("L2: routed before it enters a queue");
        self.interrupt(index);
        let request = &mut self.requests[slot];
        let instance = &mut self.instances[index as usize];
        instance.pending_requests -= 1;
        if request.stored_tokens().div_ceil(self.settings.kv.block_size) > u64::from(self.settings.kv.blocks)
        {
            self.show(Observer::dropped, index, slot);
            self.become_state(slot, State::Dropped);
            return self.end_request(slot, End::Dropped);
        }
        request.queued_us = Some(self.now_us);
        instance.enqueue(slot, request);
        self.become_state(slot, State::Waiting);
        self.show(Observer::queued, index, slot);
        self.show_levels(index);
        self.wake(index);
        Ok(())
    }
}
