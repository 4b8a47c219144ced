//! What a calibration found: tables for people, and a profile to use.

mod profile;
mod terminal;

pub use profile::{Made, write_profile};
pub use terminal::{held_out, terminal};
