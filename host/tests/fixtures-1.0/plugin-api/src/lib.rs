//! Everything that the author of a Pointsman policy depends on.
//!
//! A policy library is a `cdylib` crate that depends on this crate alone. This is a whole one:
//!
//! ```
//! //! Prefers instances with short queues.
//! use pointsman_plugin_api::prelude::*;
//!
//! parameters! {
//!     /// What can be set in the configuration.
//!     pub struct Params {
//!         /// Queue length at which an instance scores 0. \[requests\]
//!         full_requests: u64 = 100,
//!     }
//! }
//!
//! struct Breathing {
//!     full: f64,
//! }
//!
//! impl Scorer for Breathing {
//!     type Params = Params;
//!     const INFO: PolicyInfo = PolicyInfo {
//!         name: "breathing",
//!         aliases: &["br"],
//!         summary: "prefers short queues",
//!         version: "1.0.0",
//!     };
//!     const SIGNALS: &'static [Need] = &[signal::QUEUE_DEPTH.required()];
//!
//!     fn new(params: Params, _setup: &Setup<'_>) -> Result<Self, String> {
//!         if params.full_requests == 0 {
//!             return Err("`full_requests` must be at least 1".into());
//!         }
//!         Ok(Self { full: params.full_requests as f64 })
//!     }
//!
//!     fn score(
//!         &mut self,
//!         _request: &Request<'_>,
//!         instances: &Instances<'_>,
//!         scores: &mut [f64],
//!     ) -> Result<(), String> {
//!         for (score, &depth) in scores.iter_mut().zip(instances.get(&signal::QUEUE_DEPTH)) {
//!             *score = (1.0 - depth as f64 / self.full).max(0.0);
//!         }
//!         Ok(())
//!     }
//! }
//!
//! export! { scorers: [Breathing] }
//!
//! // And its test, through all that a host goes through:
//! let mut scorer = pointsman_plugin_api::testkit::Scorers::new::<Breathing>(r#"{"full_requests": 10}"#)?;
//! scorer.instances.set(&signal::QUEUE_DEPTH, &[0, 5, 20]);
//! assert_eq!(scorer.score()?, [1.0, 0.5, 0.0]);
//! # Ok::<(), String>(())
//! ```
//!
//! `Cargo.toml` needs `crate-type = ["cdylib"]` under `[lib]`. Build it, then name the file:
//! `pointsman run CONFIG --plugin target/release/libbreathing.so --routing breathing:1`.
//!
//! The rules: a policy reads no clock and no randomness but what it is given (`now_us`, and
//! [`setup::SEED`]), reads only what it declares, and keeps its own state. A panic is contained,
//! and the policy is not called again.
//!
//! The three kinds are in [`Scorer`], [`Scheduler`] and [`Priority`]; what can be read in
//! [`signal`], [`attribute`] and [`setup`]. What crosses to the host is in [`abi`], which authors
//! never need.

#![expect(non_local_definitions, reason = "the expansion of `sabi_trait` has them")]

extern crate self as pointsman_plugin_api;

pub mod abi;
pub mod attribute;
mod block;
mod column;
mod export;
mod guard;
mod info;
pub mod manifest;
mod need;
mod order;
mod params;
mod policy;
pub mod setup;
pub mod signal;
pub mod testkit;
mod value;
mod view;

#[doc(hidden)]
pub use serde;

pub use attribute::Attribute;
pub use block::{BlockRun, Blocks};
pub use column::{Column, ColumnType};
pub use info::PolicyInfo;
pub use need::Need;
pub use order::{Key, Order};
pub use params::{Field, NoParams, Parameters};
pub use policy::{Priority, Scheduler, Scorer};
pub use setup::Setup;
pub use signal::Signal;
pub use value::{Rows, Value};
pub use view::{Instances, Queue, Request};

/// What a policy's source file imports.
pub mod prelude {
    pub use crate::{
        BlockRun, Instances, Key, Need, NoParams, Order, PolicyInfo, Priority, Queue, Request, Scheduler,
        Scorer, Setup, attribute, export, parameters, setup, signal,
    };
}
