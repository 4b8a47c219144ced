//! What a run leaves for people and programs: the summary on a terminal, CSV, JSON.
//!
//! Nothing here simulates, prints or exits: plain results go in, text goes to a writer. `file`
//! puts such text into files that are whole or not there at all, `staged` does so for text that
//! another process writes.

pub mod ab;
pub mod calibrate;
pub mod check;
pub mod csv;
pub mod decisions;
mod effect;
pub mod experiment;
pub mod file;
pub mod json;
pub(crate) mod number;
pub mod rows;
#[cfg(test)]
mod sample;
pub mod staged;
mod style;
mod table;
pub mod terminal;
pub mod timeline;
pub mod tune;
mod unfinished;
pub mod validate;
mod wrap;

pub(crate) use number::plural;
pub use style::Style;
pub(crate) use style::plain;
pub use table::Table;
pub use unfinished::discard_unfinished;
pub(crate) use wrap::wrap;
