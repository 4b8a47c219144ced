//! Everything that the author of a Pointsman policy depends on.

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
