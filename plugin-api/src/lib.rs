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
//! use pointsman_plugin_api::testkit::{Scorers, instance};
//!
//! let mut scorer = Scorers::new::<Breathing>(r#"{"full_requests": 10}"#)?;
//! for depth in [0, 5, 20] {
//!     scorer.instances.push(instance().queue_depth(depth));
//! }
//! assert_eq!(scorer.score()?, [1.0, 0.5, 0.0]);
//! # Ok::<(), String>(())
//! ```
//!
//! `pointsman plugin new NAME --kind scorer` writes such a crate. By hand, `Cargo.toml` needs
//! `crate-type = ["cdylib"]` under `[lib]`. Build it, then name the file: `pointsman run CONFIG --plugin
//! target/release/libbreathing.so --routing breathing:1`.
//!
//! The rules: a policy reads no clock and no randomness but what it is given (`now_us`, and
//! [`setup::SEED`]), reads only what it declares, and keeps its own state. A panic is contained,
//! and the policy is not called again.
//!
//! | what | where |
//! |---|---|
//! | the kinds, in the order in which a request meets them | [`Admission`], [`Filter`], [`Scorer`] and [`Picker`] decide where it runs, [`Priority`] and [`Scheduler`] when |
//! | what a policy can read | [`signal`], [`attribute`], [`setup`] |
//! | what it can be told besides | [`hook`], [`outcome`] |
//! | parameters | [`parameters!`] |
//! | tests without a host | [`testkit`] |
//! | what crosses to the host, which authors never need | [`abi`], [`manifest`] |
//!
//! Two documents lie beside this crate: `docs/writing-a-policy.md` goes from nothing to a library that others
//! use, and `docs/abi.md` says what is promised.

#![expect(non_local_definitions, reason = "the expansion of `sabi_trait` has them")]

extern crate self as pointsman_plugin_api;

pub mod abi;
mod about;
pub mod attribute;
mod block;
mod column;
mod export;
mod guard;
pub mod hook;
mod info;
pub mod manifest;
mod need;
mod order;
pub mod outcome;
mod params;
mod policy;
pub mod setup;
pub mod signal;
#[cfg(feature = "testkit")]
pub mod testkit;
mod value;
mod view;

/// The code in the guide compiles and holds.
#[cfg(doctest)]
#[doc = include_str!("../docs/writing-a-policy.md")]
mod guide {}

#[doc(hidden)]
pub use serde;

pub use about::About;
pub use attribute::Attribute;
pub use block::{BlockRun, Blocks};
pub use column::{Column, ColumnType};
pub use hook::Hook;
pub use info::PolicyInfo;
pub use need::Need;
pub use order::{Key, Order};
pub use outcome::Outcome;
pub use params::{Field, NoParams, Parameters};
pub use policy::{Admission, Filter, Picker, Priority, Scheduler, Scorer};
pub use setup::Setup;
pub use signal::Signal;
pub use value::{Rows, Value};
pub use view::{Completion, Instances, KvEvent, KvEventKind, KvEvents, Queue, Request};

/// What a policy's source file imports.
pub mod prelude {
    pub use crate::{
        Admission, BlockRun, Completion, Filter, Instances, Key, KvEvent, KvEventKind, KvEvents, Need,
        NoParams, Order, Picker, PolicyInfo, Priority, Queue, Request, Scheduler, Scorer, Setup, attribute,
        export, hook, outcome, parameters, setup, signal,
    };
}
