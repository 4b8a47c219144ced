//! The model of `host/docs/model.md`, one behaviour a file, every expected number worked out by
//! hand beside it. Unless a test says otherwise: alpha = 0, beta = (1000, 10, 1), blocks of 16
//! tokens. So a step takes 1000 + 10 * (prefill tokens) + (decoding requests).

#![expect(clippy::unwrap_used, reason = "a test that unwraps in vain fails, as it should")]

mod admission;
mod async_reload;
mod batching;
mod cpu_tier;
mod faulty;
mod filters;
mod free_queue;
mod hooks;
mod horizon;
mod latency;
mod little;
mod offload;
mod picking;
mod policies;
mod preemption;
mod prefix;
mod priorities;
mod properties;
mod queue_failures;
mod reload;
mod request;
mod run;
mod scorer_failures;
mod sessions;
mod signals;
mod stale_signals;
mod support;
mod unread;
mod victims;
mod way_in;
